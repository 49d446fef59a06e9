"""Missing episodes and the interviews offered after them."""

from typing import ClassVar

from casepulse.schemas.codes import InterviewOutcome, MissingCategory
from casepulse.schemas.envelope import Data, Key


class MissingEpisodeStarted(Data):
    """A child went missing (M) or was away from placement without authorisation (A)."""

    TYPE: ClassVar[str] = "missing_episode.started"

    episode: Key
    category: MissingCategory


class MissingEpisodeEnded(Data):
    """The child was found or came back."""

    TYPE: ClassVar[str] = "missing_episode.ended"

    episode: Key


class ReturnInterviewRecorded(Data):
    """What came of the return interview that was offered after an episode."""

    TYPE: ClassVar[str] = "return_interview.recorded"

    episode: Key
    outcome: InterviewOutcome
