"""Crowded counties: few children, much told of each, and all of it about the boundaries.

Days are drawn from what was drawn before, a standard earlier or later, a day off; instants, from
midnights and clock changes. Then it is told late, twice under two ids, amended, withdrawn and
shuffled. What two tellings would contradict each other about is left out: no handbook says whom
to believe.
"""

import json
from datetime import date, datetime, timedelta
from random import Random

from casepulse.schemas.events import Unreadable, read_event
from tests.second.correcting import correct
from tests.second.days import midnight, months
from tests.second.drawing import EARLIEST, Child
from tests.second.facts import AGES, BEGINNINGS, CONTACT, HOUSEHOLD, LEGAL, OF_THEME
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
    if theme == "care" and random.random() < 0.25:
        _settle(child)
    elif theme in BEGINNINGS:
        BEGINNINGS[theme](child)
    for _ in range(random.randrange(4, 26)):
        random.choice(draws)(child)
    if theme == "mixed":
        for _ in range(20):
            random.choice(draws)(child)
    return child


def _settle(child: Child) -> None:
    """In care for two and a half years and in one placement for two, a day more or less."""
    entered, placed = (
        months(child.at, -count) + timedelta(child.random.choice((-1, 0, 1))) for count in (30, 24)
    )
    child.begin("care_period.started", "period", None, entered)
    child.begin("placement.started", "placement", {"placement_type": "U4"}, placed)


def _others(random: Random, at: date) -> list[Child]:
    """A legal case, a contact and a household of foster carers."""
    found = []
    for subject, draws, most in (
        ("legal_case:l0", LEGAL, 7),
        ("contact:o0", CONTACT, 6),
        ("household:h0", HOUSEHOLD, 9),
    ):
        case = Child(random, subject, at)
        draws[0](case)
        for _ in range(random.randrange(most)):
            random.choice(draws)(case)
        found.append(case)
    return found


def county(seed: int) -> tuple[datetime, datetime | None, list[Json]]:
    """An instant, what is known of it, and the events of a crowded county."""
    random = Random(seed)
    at = random.choice((date(2021, 2, 1), date(2021, 2, 1), date(2020, 11, 1), date(2021, 4, 1),
                        date(2021, 1, 16)))  # fmt: skip
    events: list[Json] = []
    children = [_child(random, number, at) for number in range(random.randrange(2, 5))]
    for case in (*children, *_others(random, at)):
        if case.events:
            correct(case)
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
