"""Corrections: told twice, amended, amended again, withdrawn, the withdrawal withdrawn."""

from datetime import datetime, timedelta

from tests.second.drawing import Child, envelope
from tests.second.records import Json

CORRECTIONS = ("record.amended", "record.voided")


def correct(child: Child) -> None:
    """Correct some of what was told of a child, and more often what was corrected already."""
    random = child.random
    retold: set[str] = set()
    for number in range(random.choice((0, 0, 1, 2, 4, 6))):
        corrections = [e for e in child.events if e["type"] in CORRECTIONS]
        again = corrections and random.random() < 0.4
        event = random.choice(corrections if again else child.events)
        if event["id"] in retold:
            continue
        kind = random.random()
        if kind < 0.25 and event["type"] not in CORRECTIONS:
            if not _is_corrected(child, event):
                retold.add(event["id"])
                _tell_again(child, event)
        elif kind < 0.55:
            _correction(child, number, "record.voided", {"voids": event["id"]})
        elif event["type"] != "record.voided":
            data = {"amends": event["id"], "replacement": _replacement(child, event)}
            _correction(child, number, "record.amended", data)


def _is_corrected(child: Child, event: Json) -> bool:
    """A second telling of what was corrected would contradict the correction."""
    named = {e["data"].get("amends") or e["data"].get("voids") for e in child.events}
    return event["id"] in named


def _tell_again(child: Child, event: Json) -> None:
    """The same, under another id or source; or the same record, late, with another time."""
    kind = child.random.random()
    recorded = datetime.fromisoformat(event["time"]) + timedelta(days=child.random.randrange(30))
    again = {**event, "recordedtime": recorded.isoformat()}
    if kind < 0.4:
        again["id"] += "again"
    elif kind < 0.6:
        again["source"] = "/other-system"
    elif kind < 0.7:
        again = dict(event)
    else:
        time = child.moment(child.day())
        first = datetime.fromisoformat(event["recordedtime"])
        recorded = max(time, first) + timedelta(hours=child.random.choice((1, 300)))
        again |= {"time": time.isoformat(), "recordedtime": recorded.isoformat()}
    child.events.append(again)


def _replacement(child: Child, event: Json) -> Json:
    said = event["data"]["replacement"] if event["type"] == "record.amended" else event
    data = dict(said["data"])
    if said["type"] == "referral.started" and child.random.random() < 0.6:
        data["pathway"] = child.random.choice(("S17", "S47"))
    time = said["time"]
    if child.random.random() < 0.6:
        time = child.moment(child.day()).isoformat()
    return {"type": said["type"], "time": time, "data": data}


def _correction(child: Child, number: int, kind: str, data: Json) -> None:
    """Recorded after all that it may name, and never at the same instant as another."""
    last = max(datetime.fromisoformat(e["recordedtime"]) for e in child.events)
    if "replacement" in data:
        last = max(last, datetime.fromisoformat(data["replacement"]["time"]))
    recorded = last + timedelta(hours=child.random.choice((1, 30, 400)), seconds=number + 1)
    child.events.append(envelope(child, f"x{number}", kind, recorded, recorded, data))
