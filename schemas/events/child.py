"""The child: who the case is about, without anything that identifies them."""

from datetime import date, datetime
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from casepulse.schemas.codes import Disability, Ethnicity, PreviousPermanence, Sex
from casepulse.schemas.envelope import Data, Day, local_day


def _not_after(field: str, value: date | None, told: datetime) -> None:
    if value is not None and value > local_day(told):
        raise ValueError(f"{field}: lies after the day of the event itself (time)")


class ChildRegistered(Data):
    """A child, born or expected, became known to the service (SSD persons)."""

    TYPE: ClassVar[str] = "child.registered"

    born: Day | None = Field(default=None, description="Date of birth; none before birth.")
    expected: Day | None = Field(default=None, description="Expected date of an unborn child.")
    sex: Sex = "U"
    ethnicity: Ethnicity | None = None

    @model_validator(mode="after")
    def _born_or_expected(self) -> Self:
        if self.born is None and self.expected is None:
            raise ValueError("born: give a date of birth, or the expected date of an unborn child")
        return self

    def check_order(self, time: datetime, told: datetime) -> None:
        # The birth of a child registered before it is told by an amendment of the registration.
        _not_after("born", self.born, told)


class AsylumSeekingRecorded(Data):
    """The child is an unaccompanied asylum-seeking child (SSDA903 UASC)."""

    TYPE: ClassVar[str] = "asylum_seeking.recorded"

    ceases: Day | None = Field(default=None, description="DUC: when the status ceases.")


class DisabilityRecorded(Data):
    """Which disabilities a child has, as they are known from now on (CIN census; SSD disability).

    What was recorded last holds. NONE says that the child has none.
    """

    TYPE: ClassVar[str] = "disability.recorded"

    disabilities: Annotated[tuple[Disability, ...], Field(min_length=1)]


class RestrictionChanged(Data):
    """The child's record was closed to all but a few, or opened again.

    Case-management systems have such a flag, for the relative of a worker, an adoption, a case in
    the news: the county's Case Locking Procedure, others' restricted records. The SSD has none.
    It changes no figure.
    """

    TYPE: ClassVar[str] = "restriction.changed"

    restricted: bool


class PreviousPermanenceRecorded(Data):
    """The permanent arrangement a child had before this period of care (SSDA903)."""

    TYPE: ClassVar[str] = "previous_permanence.recorded"

    arrangement: PreviousPermanence
    arranged: Day | None = Field(default=None, description="DATE_PERM, where it is known.")

    def check_order(self, time: datetime, told: datetime) -> None:
        _not_after("arranged", self.arranged, told)
