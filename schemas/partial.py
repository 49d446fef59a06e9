"""Partials: what each partition's owner tells the board, whole, never as an increment."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from casepulse.schemas.envelope import Strict
from casepulse.schemas.stored import Format
from casepulse.schemas.view import AwaitedView

Count = Annotated[int, Field(ge=1)]

#: measure → period → group (a locality, or a worker) → status → count.
Cells = dict[str, dict[str, dict[str, dict[str, Count]]]]


class Partial(Strict):
    """The tally of one partition, as at one instant.

    Of two partials of a partition the one with the greater (`claim`, `sequence`)
    holds. `claim` is the offset at which the owner's claim stands in the
    partition's changelog: who claims later has the greater one, so an owner that
    lost the partition and does not know it yet can do no harm.
    """

    partition: Annotated[int, Field(ge=0)]
    claim: Annotated[int, Field(ge=0)]
    sequence: Annotated[int, Field(ge=0)]
    definitions: str
    """The version of the measures and the profile it was counted by."""
    as_of: AwareDatetime
    read_to: Annotated[int, Field(ge=-1)]
    """The offset of the last event that is counted; -1 before the first."""
    cells: Cells | None = None
    """None: as in the partial with the sequence `same_as`."""
    awaited: dict[str, list[AwaitedView]] | None = None
    """By measure, parts too, what is still to be done and what was late in the month; told with the
    cells. None beside cells: nothing is, or the owner is of a version that does not say."""
    same_as: int | None = None

    @property
    def rank(self) -> tuple[int, int]:
        """What decides which of two partials of a partition holds."""
        return self.claim, self.sequence


#: As partials are written. From format 2 on they say so, under `format`.
PARTIAL = Format("a partial", Partial)
