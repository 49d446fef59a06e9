"""Time that passes in the stream itself, so that a replay needs no wall clock."""

from typing import ClassVar

from casepulse.schemas.envelope import Data


class ClockTicked(Data):
    """Every fact recorded up to `time` has been sent. Goes to every partition, about no case."""

    TYPE: ClassVar[str] = "clock.ticked"
    ABOUT: ClassVar[tuple[str, ...]] = ("clock",)
