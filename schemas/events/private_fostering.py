"""Private fostering: a child under 16 who lives with somebody who is no close relative, by an
arrangement of the parents. The child is not in care; the authority visits (Children Act 1989,
section 67)."""

from typing import ClassVar

from casepulse.schemas.envelope import Data, Key


class PrivateFosteringStarted(Data):
    """A private fostering arrangement began (Annex A; the former PF1 return)."""

    TYPE: ClassVar[str] = "private_fostering.started"

    arrangement: Key


class PrivateFosteringVisited(Data):
    """A worker visited a privately fostered child and saw the child, face to face."""

    TYPE: ClassVar[str] = "private_fostering.visited"

    arrangement: Key


class PrivateFosteringEnded(Data):
    """A private fostering arrangement ended."""

    TYPE: ClassVar[str] = "private_fostering.ended"

    arrangement: Key
