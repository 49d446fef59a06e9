"""Care leavers: from the day they qualify to the day their support ends."""

from typing import ClassVar

from schemas.envelope import Data, Key


class CareLeaverQualified(Data):
    """A young person qualified as a care leaver, aged 16 to 25 (Annex A list 8)."""

    TYPE: ClassVar[str] = "care_leaver.qualified"

    leaver: Key


class CareLeaverEnded(Data):
    """The young person's support as a care leaver ended."""

    TYPE: ClassVar[str] = "care_leaver.ended"

    leaver: Key
