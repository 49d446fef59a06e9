"""From lines of JSON to what holds: the latest telling of each record, amended or withdrawn."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tests.second.days import day_of, instant

Json = dict[str, Any]


@dataclass(frozen=True)
class Record:
    """What happened, as it is known."""

    type: str
    subject: str
    time: datetime
    recorded: datetime
    data: Json
    id: str

    @property
    def day(self) -> date:
        return day_of(self.time)

    @property
    def team(self) -> str | None:
        return self.data.get("team")


def known_records(events: Iterable[Json], known: datetime | None) -> dict[str, list[Record]]:
    """What is known of every subject, in the order in which it happened."""
    latest: dict[tuple[str, str, str], Json] = {}
    for event in events:
        if known is not None and instant(event["recordedtime"]) >= known:
            continue
        key = (event["subject"], event["source"], event["id"])
        told = latest.get(key)
        if told is None or instant(event["recordedtime"]) > instant(told["recordedtime"]):
            latest[key] = event
    corrections: dict[tuple[str, str, str], list[Json]] = defaultdict(list)
    for (subject, source, _), event in latest.items():
        data = event["data"]
        named = data.get("amends") if event["type"] == "record.amended" else data.get("voids")
        if event["type"] in ("record.amended", "record.voided"):
            corrections[subject, source, named].append(event)

    def content(event: Json) -> tuple[str, datetime, Json] | None:
        """What an event says now; None if it was withdrawn. A correction says its replacement."""
        key = (event["subject"], event["source"], event["id"])
        said: tuple[str, datetime, Json] | None = (
            event["type"],
            instant(event["time"]),
            event["data"],
        )
        if event["type"] == "record.amended":
            new = event["data"]["replacement"]
            said = (new["type"], instant(new["time"]), new["data"])
        for correction in sorted(corrections[key], key=lambda e: instant(e["recordedtime"])):
            if correction["type"] == "record.voided":
                if content(correction) is not None:
                    said = None
            elif (new_said := content(correction)) is not None:
                said = new_said
        return said

    found: dict[str, list[Record]] = defaultdict(list)
    for (subject, _, name), event in latest.items():
        if event["type"] in ("record.amended", "record.voided", "clock.ticked"):
            continue
        said = content(event)
        if said is not None:
            kind, time, data = said
            recorded = instant(event["recordedtime"])
            found[subject].append(Record(kind, subject, time, recorded, data, name))
    for records in found.values():
        records.sort(key=lambda r: (r.time, r.recorded, r.id))
    return found
