"""What shows that a case is worked on and watched: notes, supervision, what the child says."""

from typing import ClassVar

from casepulse.schemas.envelope import Data


class CaseNoteRecorded(Data):
    """Something was done for the child, and a note of it was put on the case."""

    TYPE: ClassVar[str] = "case_note.recorded"


class CaseSupervised(Data):
    """A manager went through the case with its worker (case supervision)."""

    TYPE: ClassVar[str] = "case_supervision.held"


class StatementReceived(Data):
    """The child sent a statement by Mind of My Own, an app for children's views."""

    TYPE: ClassVar[str] = "mind_of_my_own.received"
