"""Crowded counties: few children, much told of each, and all of it about the boundaries.

Days are drawn from what was drawn before, a standard earlier or later, a day off; instants, from
midnights and clock changes. Then it is told late, twice under two ids, amended, withdrawn and
shuffled. What two tellings would contradict each other about is left out: no handbook says whom
to believe.
"""

import json
from datetime import date, datetime, timedelta
from random import Random

from schemas.events import Unreadable, read_event
from tests.second.days import midnight, months
from tests.second.drawing import EARLIEST, Child, envelope
from tests.second.facts import AGES, BEGINNINGS, LEGAL, OF_THEME
from tests.second.records import Json

#: The kinds of thing that stand in a child's foreground; each draws its own types more often.
THEMES = ("need", "protect", "care", "leaver", "missing", "fostering", "mixed")


def _child(random: Random, number: int, at: date) -> Child:
    theme = random.choice(THEMES)
    child = Child(random, f"child:c{number}", at)
    age = random.choice(AGES.get(theme, (5, 12, 16, 18, 10)))
    if random.random() < 0.88:
        born = months(child.day(), -12 * age)
        registered = max(born, EARLIEST)
        child.days += [months(born, 12 * a) for a in (16, 18) if months(born, 12 * a) <= at]
        child.tell("child.registered", {"born": born.isoformat()}, registered)
    draws = OF_THEME[theme]
    if theme in BEGINNINGS:
        BEGINNINGS[theme](child)
    for _ in range(random.randrange(4, 26)):
        random.choice(draws)(child)
    if theme == "mixed":
        for _ in range(20):
            random.choice(draws)(child)
    return child


def _legal_case(random: Random, number: int, at: date) -> Child:
    case = Child(random, f"legal_case:l{number}", at)
    for _ in range(random.randrange(1, 7)):
        random.choice(LEGAL)(case)
    return case


def _correct(child: Child) -> None:
    """Amend, withdraw, amend again, withdraw the withdrawal; tell twice, under two ids or one."""
    random = child.random
    latest = {e["id"]: datetime.fromisoformat(e["recordedtime"]) for e in child.events}
    retold: set[str] = set()
    for number in range(random.choice((0, 0, 1, 2, 4))):
        event = random.choice(child.events)
        if event["id"] in retold:
            continue
        last = max(latest.values())
        recorded = last + timedelta(hours=random.choice((1, 30, 400)), seconds=number)
        name = f"x{number}"
        kind = random.random()
        if kind < 0.25 and event["type"] != "record.voided" and event["type"] != "record.amended":
            retold.add(event["id"])
            told = datetime.fromisoformat(event["time"]) + timedelta(days=random.randrange(30))
            again = {**event, "recordedtime": max(told, datetime.fromisoformat(
                event["time"])).isoformat()}  # fmt: skip
            if random.random() < 0.7:
                again["id"] += "again"
            else:
                again = dict(event)
            child.events.append(again)
            continue
        if kind < 0.55:
            data: Json = {"voids": event["id"]}
            corrected = "record.voided"
        else:
            if event["type"] == "record.voided":
                continue
            said = event if event["type"] != "record.amended" else event["data"]["replacement"]
            time = child.moment(child.day()) if random.random() < 0.6 else None
            new = dict(said["data"])
            if said["type"] == "referral.started" and random.random() < 0.6:
                new["pathway"] = random.choice(("S17", "S47"))
            replacement = {
                "type": said["type"],
                "time": (time or datetime.fromisoformat(said["time"])).isoformat(),
                "data": new,
            }
            data = {"amends": event["id"], "replacement": replacement}
            corrected = "record.amended"
            recorded = max(recorded, datetime.fromisoformat(replacement["time"]))
        correction = envelope(child, name, corrected, recorded, recorded, data)
        child.events.append(correction)
        latest[correction["id"]] = recorded


def county(seed: int) -> tuple[datetime, datetime | None, list[Json]]:
    """An instant, what is known of it, and the events of a crowded county."""
    random = Random(seed)
    at = random.choice((date(2021, 2, 1), date(2021, 2, 1), date(2020, 11, 1), date(2021, 4, 1),
                        date(2021, 1, 16)))  # fmt: skip
    events: list[Json] = []
    for number in range(random.randrange(2, 5)):
        child = _child(random, number, at)
        if child.events:
            _correct(child)
        events += child.events
    case = _legal_case(random, 0, at)
    if case.events:
        _correct(case)
    events += case.events
    random.shuffle(events)
    moment = midnight(at)
    if random.random() < 0.15:
        moment += timedelta(hours=12)
    known = None if random.random() < 0.6 else moment + timedelta(days=random.choice((0, 10, 60)))
    return moment, known, [event for event in events if readable(event)]


def readable(event: Json) -> bool:
    """Whether the product takes it for an event."""
    try:
        read_event(json.dumps(event).encode())
    except Unreadable:
        return False
    return True
