"""An extract that was cut short is told from a change: by how much of what was told would be gone.

A table that is refilled every night is empty for a while, and whoever reads it then would withdraw
all that was ever told of it.
"""

from collections.abc import Mapping

from casepulse.schemas.errors import FailedError
from casepulse.streams.sources.changes import Counts, WhatChanged

#: How many facts of a type may be gone at once: so many, or this share of them if that is more.
MANY, SHARE = 50, 0.02


class HalfExtractError(FailedError):
    """Too much would be withdrawn. The message has the counts by type."""


def too_much_is_gone(by_type: Mapping[str, Counts]) -> dict[str, Counts]:
    """The types of which all is gone, or more than can be believed."""
    return {
        name: counts
        for name, counts in by_type.items()
        if counts.voided and (counts.said == 0 or counts.voided > max(MANY, SHARE * counts.before))
    }


def check(changes: WhatChanged) -> None:
    """See that an extract is no half of one; else nothing is told until somebody has looked.

    Raises:
        HalfExtractError: it looks like one.
    """
    gone = too_much_is_gone(changes.by_type)
    if gone:
        lines = [
            f"{name}: {counts.before} before, {counts.said} in the extract; {counts.voided} would "
            "be withdrawn"
            for name, counts in gone.items()
        ]
        raise HalfExtractError(
            "the extract looks cut short, and nothing was told:\n"
            + "\n".join(lines)
            + "\nlook at it, and take it again; if all of that is truly gone: --accept"
        )
