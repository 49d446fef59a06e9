"""Corrections: events that replace or withdraw what an earlier event said.

Nothing is edited in place. A correction is about the same subject and comes
from the same source as the event it names. The latest correction by
`recordedtime` holds; a correction may itself be amended or voided by a later one.
"""

from datetime import datetime
from functools import reduce
from operator import or_
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, create_model

from casepulse.schemas.envelope import Data, Instant, Strict, Token
from casepulse.schemas.events.facts import FACTS


class Replacement(Strict):
    """What should have been said: when it happened, and the whole of its data."""

    type: str
    time: Instant
    data: Data


def _replacement_model(fact: type[Data]) -> type[Replacement]:
    fixed: Any = Literal[fact.TYPE]
    return create_model(
        f"{fact.__name__}Replacement",
        __base__=Replacement,
        type=(fixed, ...),
        data=(fact, ...),
    )


#: Any fact, as a replacement of an earlier one.
AnyReplacement: Any = Annotated[
    reduce(or_, (_replacement_model(fact) for fact in FACTS)), Field(discriminator="type")
]

_ANY_CASE = ("child", "contact", "worker", "household", "legal_case")


class RecordAmended(Data):
    """An earlier event is replaced: the record keeps its identity and its place in the case."""

    TYPE: ClassVar[str] = "record.amended"
    ABOUT: ClassVar[tuple[str, ...]] = _ANY_CASE

    amends: Token = Field(description="The id of the event that is replaced.")
    replacement: AnyReplacement

    def check_subject(self, kind: str) -> None:
        if kind not in self.replacement.data.ABOUT:
            about = " or ".join(self.replacement.data.ABOUT)
            raise ValueError(f"replacement.type: tells of a {about}, not of a {kind}")

    def check_order(self, time: datetime, told: datetime) -> None:
        if self.replacement.time > time:
            raise ValueError("replacement.time: what it tells lies after the amendment itself")
        self.replacement.data.check_order(self.replacement.time, time)


class RecordVoided(Data):
    """An earlier event is withdrawn: it never happened."""

    TYPE: ClassVar[str] = "record.voided"
    ABOUT: ClassVar[tuple[str, ...]] = _ANY_CASE

    voids: Token = Field(description="The id of the event that is withdrawn.")
