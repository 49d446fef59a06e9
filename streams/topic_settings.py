"""The settings of topics that promises rest on: how what is found is held to what must be, and why.

Nothing here speaks to Kafka: `casepulse.streams.topics` asks it, and changes what may be changed.
"""

from collections.abc import Mapping
from dataclasses import dataclass

#: Settings of which more is as good; -1 is without end.
_AT_LEAST = frozenset({"retention.ms", "retention.bytes", "max.message.bytes"})

#: Settings of which less is as good.
_AT_MOST = frozenset({"segment.ms"})

#: What loses something, and how. By setting and by what it must be, or by setting alone.
_WHY = {
    ("cleanup.policy", "delete"): "compacting keeps one message a key, and a case's others go",
    ("cleanup.policy", "compact"): "what is deleted by its age can't be restored",
    ("retention.ms", "-1"): "month ends and backfills are made from all events",
    "retention.ms": "a board that starts reads the last minutes",
    "segment.ms": "a board that starts reads all that is kept, and no open segment is deleted",
    "retention.bytes": "the oldest messages go once the topic has grown to this",
    "max.message.bytes": "a larger message is refused, and what it tells is lost or stands still",
    "unclean.leader.election.enable": "a broker that lags behind may come to lead, and what it "
    "lacks is gone",
    "min.insync.replicas": "what one broker alone has acknowledged goes with its disk",
}

#: Where the number of copies is concerned, how to come by more.
_MORE_COPIES = (
    'add copies with kafka-reassign-partitions.sh: docs/runbook.md, "CasepulseTopicSettings"'
)

_MENDED = "casepulse topics --create puts it right"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something about a topic that a promise rests on, and that is not so."""

    topic: str
    setting: str
    """Of Kafka's settings, or: missing, partitions, replication.factor, settings (all of them)."""
    words: str
    """What is so, what must be, why, and what to do; without the topic's name."""
    mend: str | None = None
    """What `casepulse topics --create` sets it to; None if it must be left to somebody."""
    known: bool = True
    """False: Kafka does not tell, so that it may be well."""

    def __str__(self) -> str:
        """One line for people."""
        return f"{self.topic}: {self.words}"


def setting_problems(
    topic: str, must: Mapping[str, str], found: Mapping[str, str | None], copies: int
) -> list[Problem]:
    """The settings that are not as they must be.

    Args:
        topic: its name.
        must: by setting, what it must be, or must be at least.
        found: by setting, what Kafka says; empty if it says nothing.
        copies: of each partition, how many there are at least.
    """
    if not found:
        words = (
            "its settings are not told, so they are not checked; give this user "
            "DescribeConfigs on the topic"
        )
        return [Problem(topic, "settings", words, known=False)]
    problems = []
    for name, value in must.items():
        there = found.get(name)
        if there is not None and not _holds(name, there, value):
            problems.append(_problem(topic, name, there, value, copies))
    needed = found.get("min.insync.replicas")
    if needed is not None and int(needed) > copies:
        words = (
            f"has min.insync.replicas {needed}, and {_copies(copies)}: nothing can be written; "
            f"lower the one, or {_MORE_COPIES}"
        )
        problems.append(Problem(topic, "min.insync.replicas", words))
    elif needed is not None and "min.insync.replicas" in must and int(needed) == copies > 1:
        words = (
            f"has min.insync.replicas {needed}, and {_copies(copies)}: one broker that is away "
            f"stops all; set it to {must['min.insync.replicas']}"
        )
        problems.append(Problem(topic, "min.insync.replicas", words))
    return problems


def _problem(topic: str, name: str, there: str, value: str, copies: int) -> Problem:
    least = "at least " if _is_least(name, value) else "at most " if name in _AT_MOST else ""
    why = _WHY.get((name, value)) or _WHY[name]
    # With fewer copies than that, Kafka would take nothing any more.
    may = name != "min.insync.replicas" or int(value) < copies
    what = _MENDED if may else f"first {_MORE_COPIES}"
    words = f"has {name} {there}, must have {least}{value}: {why}; {what}"
    return Problem(topic, name, words, mend=value if may else None)


def _is_least(name: str, value: str) -> bool:
    return name == "min.insync.replicas" or (name in _AT_LEAST and value != "-1")


def _holds(name: str, there: str, value: str) -> bool:
    if name == "min.insync.replicas":
        return int(there) >= int(value)
    if name in _AT_LEAST:
        return there == "-1" or (value != "-1" and int(there) >= int(value))
    if name in _AT_MOST:
        return int(there) <= int(value)
    return there == value


def copies_problem(topic: str, copies: int, must: int) -> Problem | None:
    """Too few copies of some partition; more are as good."""
    if copies >= must:
        return None
    words = (
        f"has {_copies(copies)}, must have {must} (CASEPULSE_REPLICATION): with a broker's disk "
        f"all on it is gone; {_MORE_COPIES}"
    )
    return Problem(topic, "replication.factor", words)


def _copies(count: int) -> str:
    return "one copy of a partition" if count == 1 else f"{count} copies of a partition"


def partitions_problem(topic: str, there: int, must: int, *, keyed: bool) -> Problem | None:
    """Another number of partitions than it was made with.

    Args:
        topic: its name.
        there: how many it has.
        must: how many it must have.
        keyed: whether a key leads to a partition: then it is not only one that nobody reads.
    """
    if there == must:
        return None
    asked = " (CASEPULSE_PARTITIONS)" if keyed else ""
    words = f"has {there} partitions, must have {must}{asked}. The count is fixed for life: "
    if not keyed:
        words += "what stands in the others nobody reads; delete and create the topic anew"
    elif there > must:
        words += (
            "if it was made so, set CASEPULSE_PARTITIONS to that; if it was grown, what stands in "
            "the others nobody reads, and keys lead elsewhere: docs/runbook.md, "
            '"CasepulseTopicPartitions", says how to move on'
        )
    else:
        words += "set CASEPULSE_PARTITIONS to what the installation was made with"
    return Problem(topic, "partitions", words)
