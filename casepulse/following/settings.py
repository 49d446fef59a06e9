"""Settings of the service that follows a source, from the environment, validated before it starts.

Where Kafka and Redis are stands in the settings that the worker has, too. Every variable here is
named `CASEPULSE_FOLLOW_…`.
"""

from datetime import time
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, SecretStr, StringConstraints, field_validator, model_validator
from pydantic_settings import SettingsConfigDict

from casepulse.following.hours import Hours, clock, clocks, weekdays
from casepulse.streams.settings import FromEnvironment
from casepulse.streams.sources.readers import READERS

PREFIX = "CASEPULSE_FOLLOW_"


class FollowSettings(FromEnvironment):
    """Which source is followed, where, and when."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True)

    source: Annotated[str, Field(description="the source, as ssda903; one process follows one")]
    place: Annotated[
        SecretStr,
        Field(
            description="where its extracts come: a folder, in which each is a folder or a file; "
            "or a database's URL; or CASEPULSE_FOLLOW_PLACE_FILE names the file that holds it"
        ),
    ]
    state: Annotated[
        str,
        Field(
            min_length=1,
            description="where the state of the source is kept: a directory, or an object store's "
            "URL; the one of casepulse sources run",
        ),
    ]
    match: Annotated[
        str,
        StringConstraints(pattern=r"^[^/\\]+$"),
        Field(
            description="in the folder, what an extract is called, as ssd-*.zip. One that is "
            "written over each night may have a single name"
        ),
    ] = "*"
    at: Annotated[
        str, Field(description="the hours in London at which to look, as 02:00,05:30")
    ] = "02:00"
    days: Annotated[str, Field(description="the days of the week on which one is to come")] = (
        "mon,tue,wed,thu,fri,sat,sun"
    )
    by: Annotated[
        str | None,
        Field(description="the hour in London after which it is late, as 07:00; else never"),
    ] = None
    every: Annotated[
        float,
        Field(ge=1, le=3600, description="seconds between two looks, until one has come"),
    ] = 60
    again: Annotated[
        float,
        Field(
            ge=1,
            le=86400,
            description="seconds until a database that was refused, or away, is read again",
        ),
    ] = 900
    quiet: Annotated[
        float,
        Field(
            ge=0,
            le=86400,
            description="seconds for which nothing of an extract may change, for it to be complete",
        ),
    ] = 300
    marker: Annotated[
        str | None,
        StringConstraints(min_length=1),
        Field(
            description="a file that says that an extract is complete, * being its name: */DONE "
            "within it, *.ok beside it. It must be as new as the extract"
        ),
    ] = None
    unlike: Annotated[
        float,
        Field(
            gt=0,
            le=100,
            description="by which share of the rows before a table may differ without an alert",
        ),
    ] = 0.2

    @field_validator("source")
    @classmethod
    def _readable(cls, value: str) -> str:
        if value not in READERS:
            raise ValueError(f"must be one whose extracts can be read: {', '.join(READERS)}")
        return value

    @field_validator("at")
    @classmethod
    def _hours(cls, value: str) -> str:
        clocks(value)
        return value

    @field_validator("days")
    @classmethod
    def _weekdays(cls, value: str) -> str:
        weekdays(value)
        return value

    @field_validator("by")
    @classmethod
    def _hour(cls, value: str | None) -> str | None:
        if value is not None:
            clock(value)
        return value

    @field_validator("marker")
    @classmethod
    def _with_its_name(cls, value: str | None) -> str | None:
        if value is not None and (not value.startswith("*") or ".." in value or value == "*"):
            raise ValueError("write * for the extract's name, and what follows: */DONE or *.ok")
        return value

    @model_validator(mode="after")
    def _folder(self) -> Self:
        if self.database and self.marker is not None:
            raise ValueError(f"{PREFIX}MARKER: a database has none")
        return self

    @property
    def database(self) -> bool:
        """Whether the place is a database's URL."""
        return "://" in self.place.get_secret_value()

    @property
    def folder(self) -> Path:
        """The place, as a path."""
        return Path(self.place.get_secret_value())

    @property
    def hours(self) -> Hours:
        """When to look."""
        by: time | None = None if self.by is None else clock(self.by)
        return Hours(clocks(self.at), weekdays(self.days), by)
