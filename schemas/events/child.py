"""The child: who the case is about, without anything that identifies them."""

from datetime import date, datetime
from typing import ClassVar, Self

from pydantic import Field, model_validator

from schemas.codes import Ethnicity, PreviousPermanence, Sex
from schemas.envelope import Data


def _not_after(field: str, value: date | None, time: datetime) -> None:
    if value is not None and value > time.date():
        raise ValueError(f"{field}: {value} lies after the event itself ({time.date()})")


class ChildRegistered(Data):
    """A child, born or expected, became known to the service (SSD persons)."""

    TYPE: ClassVar[str] = "child.registered"

    born: date | None = Field(default=None, description="Date of birth; none before birth.")
    expected: date | None = Field(default=None, description="Expected date of an unborn child.")
    sex: Sex = "U"
    ethnicity: Ethnicity | None = None

    @model_validator(mode="after")
    def _born_or_expected(self) -> Self:
        if self.born is None and self.expected is None:
            raise ValueError("born: give a date of birth, or the expected date of an unborn child")
        return self


class AsylumSeekingRecorded(Data):
    """The child is an unaccompanied asylum-seeking child (SSDA903 UASC)."""

    TYPE: ClassVar[str] = "asylum_seeking.recorded"

    ceases: date | None = Field(default=None, description="DUC: when the status ceases.")


class PreviousPermanenceRecorded(Data):
    """The permanent arrangement a child had before this period of care (SSDA903)."""

    TYPE: ClassVar[str] = "previous_permanence.recorded"

    arrangement: PreviousPermanence
    arranged: date | None = Field(default=None, description="DATE_PERM, where it is known.")

    def check_order(self, time: datetime) -> None:
        _not_after("arranged", self.arranged, time)
