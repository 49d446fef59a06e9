"""What a profile says of the extracts of a source: what their own columns leave open."""

from typing import Annotated

from pydantic import Field

from casepulse.schemas.envelope import Strict

Text = Annotated[str, Field(min_length=1, max_length=200)]


class ExtractSettings(Strict):
    """How one source's extracts are read."""

    key_file: Text | None = Field(
        default=None,
        description="A file with a secret. With it children's and workers' ids are told as keys "
        "that nobody can lead back to them without it. To be decided before the first extract: it "
        "is in the id of every fact.",
    )
    pad_ids: Annotated[int, Field(ge=0, le=64)] = Field(
        default=0, description="Digits that an id has at least: leading noughts were lost."
    )
    codes: dict[Text, dict[Text, Text]] = Field(
        default_factory=dict,
        description="By column, what the case system writes, and the national code that it means.",
    )
