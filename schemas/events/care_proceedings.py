"""A child in care, or who may come into care, is the subject of proceedings."""

from typing import ClassVar

from casepulse.schemas.codes_care import ProceedingsStage
from casepulse.schemas.envelope import Data, Key


class ChildProceedingsStarted(Data):
    """A stage of proceedings about a child began; going to court ends the stage before."""

    TYPE: ClassVar[str] = "child_proceedings.started"

    proceedings: Key
    stage: ProceedingsStage


class ChildProceedingsEnded(Data):
    """Proceedings about a child ended: a stage of them, if it has a key of its own."""

    TYPE: ClassVar[str] = "child_proceedings.ended"

    proceedings: Key
