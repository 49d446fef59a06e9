"""What a profile says of the extracts of a source: what their own columns leave open."""

from typing import Annotated, Literal

from pydantic import Field

from casepulse.schemas.codes import VisitMethod
from casepulse.schemas.codes_early_help import EarlyHelpPlanKind
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
    without: list[Text] = Field(
        default_factory=list,
        description="What the source could tell, and these extracts don't, for a table or list of "
        'it is not there: "contact.received", or some of a type, "visit.recorded: kind=statutory". '
        "Measures that need it are left out.",
    )
    codes: dict[Text, dict[Text, Text]] = Field(
        default_factory=dict,
        description="By column, what the case system writes, and the national code that it means.",
    )
    years: Annotated[int, Field(ge=1, le=100)] = Field(
        default=6,
        description="Of a Standard Safeguarding Dataset, how many years back its tables go "
        "(@ssd_timeframe_years of its script).",
    )
    roles: list[Text] = Field(
        default=["CW"],
        description="Of a Standard Safeguarding Dataset, the roles of the worker who is "
        "responsible for a child. Roles of others are not told.",
    )
    manager_roles: list[Text] = Field(
        default_factory=list,
        description="Of a Standard Safeguarding Dataset, the roles of a manager who holds a case "
        "until a social worker takes it.",
    )
    visit_method: Annotated[VisitMethod, Field(strict=False)] = Field(
        default=VisitMethod.FACE_TO_FACE,
        description="How visits are made, where a source does not say it.",
    )
    early_help: Annotated[EarlyHelpPlanKind, Field(strict=False)] | None = Field(
        default=None,
        description="What the episodes of early help of a Standard Safeguarding Dataset are told "
        "as: it has no kinds of its own. Without it they are not told.",
    )
    changes_alone: bool = Field(
        default=False,
        description="Every extract holds what has changed since the one before, and no more. Of "
        "the DfE's payload one is taken so, too, if the name of its file says `delta`.",
    )
    whole_children: bool = Field(
        default=True,
        description="An extract of what has changed holds each child in it whole: what is missing "
        "of a list that is there is gone. If not, what it says is purged is gone, and no more.",
    )
    child_id: Literal["la_child_id", "mis_child_id"] = Field(
        default="la_child_id",
        description="Of the DfE's payload, which of a child's ids its key is made of. To be "
        "decided before the first extract; the second, where the first is to change: since version "
        "1.0.1 it is of letters and digits alone.",
    )
    database_schema: Text | None = Field(
        default=None,
        description="Of an extract in a database, the schema that its tables are in. Without it "
        "the user's own; ?schema= in the URL says it as well.",
    )
    password_file: Text | None = Field(
        default=None,
        description="Of an extract in a database, a file with the user's password, so that it "
        "need not stand in the URL.",
    )
