"""What a person should know of a payload besides its counts. Nothing of anybody's."""

from collections.abc import Iterator

from casepulse.streams.sources.dfe_payload.element import Reading, speakable
from casepulse.streams.sources.dfe_payload.files import Payload
from casepulse.streams.sources.dfe_payload.kinds import CHILD


def notes_of(payload: Payload, reading: Reading) -> Iterator[str]:
    """What stands out in a payload that has been read."""
    if payload.unknown:
        yield f"files that were not read: {', '.join(payload.unknown)}"
    unknown: dict[tuple[str, str], int] = {}
    for (kind, name), count in reading.unknown.items():
        where = kind, speakable(name)
        unknown[where] = unknown.get(where, 0) + count
    for (kind, name), count in sorted(unknown.items()):
        if count:
            yield f"{kind}: {name} is no property that is known; it was not read ({count} times)"
    purged = [f"{kind} {count}" for kind, count in sorted(reading.purged.items()) if count]
    if purged:
        yield f"purged: {', '.join(purged)}"
    if reading.marked:
        yield (
            f"children whose la_child_id is not of letters and digits alone: {reading.marked}. "
            "Version 1.0.1 takes none; a child whose id changes is another child: see child_id"
        )
    if not reading.accounts[CHILD.name].whole:
        yield (
            "a child could not be read, and nobody knows which: nothing is withdrawn but what is "
            "purged"
        )
