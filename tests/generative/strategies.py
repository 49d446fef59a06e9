"""Facts that Hypothesis makes: few keys, so that they meet; times where the calendar is hard.

Hypothesis draws a seed and which facts to keep; the facts are made of the seed. So no two examples
are alike, it can leave facts out until a failure is small, and the mixture is ours: cases whose
facts have to do with each other, at distances that the standards know. What a fact tells is made
from its own model: a new type of event is tried with nothing to write here.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from itertools import islice
from random import Random
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from hypothesis import strategies as st
from pydantic import AwareDatetime

from casepulse.schemas.envelope import Data
from casepulse.schemas.events import FACTS, RecordVoided
from casepulse.state import Fact
from casepulse.state.calendar import midnight
from tests.build import amended, when

MICROSECOND = timedelta(microseconds=1)

#: Local midnights and other instants at which something about the calendar turns.
TURNS = [
    when(at)
    for at in (
        "2019-12-31", "2020-01-01", "2020-01-31", "2020-02-01", "2020-02-28", "2020-02-29",
        "2020-03-01", "2020-03-29", "2020-03-29 02:00", "2020-04-01", "2020-05-08", "2020-08-31",
        "2020-10-25", "2020-10-25 01:30", "2020-11-30", "2020-12-24", "2020-12-25", "2020-12-28",
        "2021-01-01", "2021-01-04", "2021-01-31", "2021-02-01", "2021-02-28", "2021-03-01",
        "2021-03-28", "2021-03-28 02:00", "2021-04-01", "2021-04-02", "2021-04-05", "2021-05-31",
    )
]  # fmt: skip

#: Days from one fact to the next: short ones, and those of the standards with their neighbours.
APART = [0, 0, 0, 0, 1, 1, 2, 3, 5, 7, 8, 10, 14, 15, 21, 28, 31, 42, 43, 63, 64, 90, 125, 183, 366]

#: Steps to either side of an instant.
BESIDE = [
    timedelta(0),
    timedelta(0),
    MICROSECOND,
    -MICROSECOND,
    timedelta(seconds=1),
    timedelta(hours=1),
    timedelta(hours=-1),
    timedelta(hours=4),
    timedelta(hours=24),
]

#: How long after it happened a fact is recorded.
DELAYS = [timedelta(0)] * 3 + [
    timedelta(hours=2), timedelta(days=1), timedelta(days=6), timedelta(days=9),
    timedelta(days=45), timedelta(days=400),
]  # fmt: skip

#: When the records of an earlier case system were taken over: the same instant for many facts.
TAKEN_OVER = when("2022-08-01 03:00")

KEYS = ["a", "a", "a", "a", "b"]
TEAMS = [None, None, None, "stroud-assessment", "gloucester-safeguarding", "no-such-team"]

_ABOUT = {
    kind: [model for model in FACTS if kind in model.ABOUT]
    for kind in ("child", "contact", "worker", "household", "legal_case")
}
_AREAS = sorted({model.__module__ for model in _ABOUT["child"]})
#: What brings a child into a population, and what most standards ask for.
_POPULATIONS = [
    model
    for model in _ABOUT["child"]
    if model.TYPE in ("referral.started", "protection_plan.started", "care_period.started")
]
_ENDS = [model for model in _ABOUT["child"] if model.TYPE.endswith((".ended", ".closed"))]
#: Who a child is: of what age, born or expected.
_REGISTRATIONS = [model for model in FACTS if model.TYPE == "child.registered"]
#: By which reason a child is known to have died.
_DEATHS = {"care_period.ended": "E2", "referral.closed": "RC2"}
_VISITS = [model for model in FACTS if model.TYPE == "visit.recorded"]


class _Teller:
    """Makes what the facts of one case tell. Each case has its favourite words: if one visit was
    statutory, most were, so that they count for the same measure."""

    def __init__(self, case_seed: str) -> None:
        self._seed = case_seed

    def data(self, random: Random, model: type[Data]) -> Data:
        """Something that an event of this type may tell."""
        told = {
            name: self._value(random, name, field.annotation)
            for name, field in model.model_fields.items()
        }
        told["team"] = random.choice(TEAMS)
        if told.get("seen_alone"):
            told["child_seen"] = True
        if "born" in told:
            if random.random() < 0.9:
                told["born"] = told["born"] or date(2010, 2, 28)
            else:
                told |= {"born": None, "expected": date(2020, random.randint(1, 12), 28)}
        if "disabilities" in told:
            told["disabilities"] = told["disabilities"] or ("NONE",)
        if model.TYPE in _DEATHS:
            told["reason"] = self._word(random, "died", [_DEATHS[model.TYPE], None, None])
        if "legal_status" in told:
            told["legal_status"] = self._word(random, "legal_status", ["C2", "V2", "V4"])
        if told.get("in_touch") == "DIED" and random.random() < 0.9:
            told["in_touch"] = "YES"  # a death ends all else: few enough that the rest is tried
        return model(**told)

    def _word(self, random: Random, name: str, words: Sequence[Any]) -> Any:
        favourite = Random(f"{self._seed} {name}").choice(words)
        return favourite if random.random() < 0.6 else random.choice(words)

    def _value(self, random: Random, name: str, annotation: Any) -> Any:
        origin = get_origin(annotation)
        if origin is Annotated:
            return self._value(random, name, get_args(annotation)[0])
        if origin in (Union, UnionType):
            first, *others = get_args(annotation)
            other = random.choice([first, first, *others])
            return self._value(random, name, other)
        if origin is tuple:
            of = get_args(annotation)[0]
            least = 1 if name == "disabilities" else 0
            count = max(least, random.randrange(3))
            return tuple(dict.fromkeys(self._value(random, name, of) for _ in range(count)))
        if origin is Literal:
            return self._word(random, name, get_args(annotation))
        if annotation is type(None):
            return None
        if annotation is bool:
            return random.random() < 0.7
        if annotation is str:
            return random.choice(KEYS)
        if annotation is int:
            return random.randint(1, 2)
        if annotation is float:
            return random.choice([0.05, 0.1, 1.0])
        if annotation is date:
            # Of all ages, up to too old for any status.
            return date(random.randint(1993, 2019), 2, 28)
        if annotation in (datetime, AwareDatetime):
            return datetime(2019, 6, 1, tzinfo=UTC)
        if isinstance(annotation, type) and issubclass(annotation, StrEnum):
            return self._word(random, name, list(annotation))
        raise TypeError(f"{name}: no values are known of {annotation}")


def _palette(random: Random, kind: str) -> list[type[Data]]:
    """The few types of fact that one case is made of, so that they have to do with each other."""
    about = _ABOUT[kind]
    if kind != "child":
        return about
    area = random.choice(_AREAS)
    of_area = [model for model in about if model.__module__ == area]
    palette = random.sample(of_area, min(7, len(of_area)))
    palette += [*random.choices(_POPULATIONS, k=2), *_VISITS, *_REGISTRATIONS, random.choice(about)]
    area_ends = [
        model for model in _ENDS if model.__module__ in {each.__module__ for each in palette}
    ]
    return [*palette, random.choice(area_ends or _ENDS)]


def moment(random: Random, known: Sequence[datetime] = ()) -> datetime:
    """An instant some standard's length after one that is known, or else after a turn."""
    start = random.choice([random.choice(TURNS), *known, *known])
    if random.random() < 0.3:
        start = midnight(start.date())
    return start + timedelta(days=random.choice(APART)) + random.choice(BESIDE)


def _case(subject: str, seed: str, kept: Iterable[bool]) -> list[Fact]:
    """The facts of one case: plain ones, tellings of the same id, corrections of all kinds.

    Each comes of its own seed, so that leaving out one leaves the others as they are.
    """
    of_case = Random(f"{seed} {subject}")
    teller = _Teller(f"{seed} {subject}")
    palette = _palette(of_case, subject.partition(":")[0])
    landmarks = [moment(of_case)]
    for _ in range(3):
        landmarks.append(moment(of_case, landmarks * 9))
    landmarks.sort()
    seeds = [f"{seed} {subject} {place}" for place, keep in enumerate(kept) if keep]
    numbers = [Random(each).randrange(_IDS) for each in seeds]
    return [
        _fact(subject, Random(each), number, numbers, teller, palette, landmarks)
        for each, number in zip(seeds, numbers, strict=True)
    ]


def _fact(
    subject: str,
    random: Random,
    number: int,
    numbers: list[int],
    teller: _Teller,
    palette: list[type[Data]],
    landmarks: list[datetime],
) -> Fact:
    taken = random.random() < 0.15
    event_id = f"e{_near(random, numbers) if taken else number}"
    source = "north" if random.random() < 0.9 else "south"
    data = teller.data(random, random.choice(palette))
    begins = data.TYPE.endswith((".started", ".received")) and random.random() < 0.7
    time = moment(random, landmarks[:1] * 4 if begins else landmarks)
    together = random.random() < 0.25  # much was put in at once, when the records were moved
    recorded = max(time, TAKEN_OVER) if together else time + random.choice(DELAYS)
    plain = Fact(event_id, source, subject, time, recorded, data)
    what = random.random()
    if what < 0.75:
        return plain
    # A correction names a fact, another correction, one still to come, itself, or none.
    target = "unknown" if random.random() < 0.1 else f"e{_near(random, numbers)}"
    if what < 0.9:
        named = replace(plain, id=target)
        instead = replace(plain, time=min(moment(random, landmarks), time))
        return amended(named, instead, time, recorded=recorded, id=event_id, source=source)
    return replace(plain, data=RecordVoided(voids=target))


#: How many ids there are for the facts of a case.
_IDS = 997


def _near(random: Random, numbers: list[int]) -> int:
    """One of the numbers: a choice that stays when another is left out."""
    start = random.randrange(_IDS)
    return min(numbers, key=lambda number: (number - start) % _IDS)


#: Cases, and the most facts of each. A worker has the keys that allocations name.
CASES = {
    "child:k1": 20, "child:k2": 20, "child:k3": 16,
    "contact:c1": 6, "contact:c2": 6, "worker:a": 6, "worker:b": 6, "household:h": 6,
    "legal_case:l": 6,
}  # fmt: skip

_seeds = st.integers(0, 2**64)


def _bits(kept: bytes) -> Iterator[bool]:
    """Every second fact is kept, in the long run; none, of the simplest example."""
    return ((byte >> bit) % 2 == 1 for byte in kept for bit in range(8))


@dataclass(frozen=True)
class World:
    """The facts of a few cases, and a seed for whatever else happens to them."""

    facts: list[Fact]
    seed: str

    @property
    def random(self) -> Random:
        """Chances that are the same each time they are asked for."""
        return Random(self.seed)

    def moments(self, count: int) -> list[datetime]:
        """Instants that matter to the facts, oldest first."""
        random, times = Random(f"{self.seed} moments"), [fact.time for fact in self.facts]
        return sorted(moment(random, times) for _ in range(count))


def _world(seed: int, kept: bytes) -> World:
    bits = _bits(kept)
    facts = [
        fact
        for subject, most in CASES.items()
        for fact in _case(subject, f"{seed}", islice(bits, most))
    ]
    return World(facts, f"{seed} world")


#: Three children, two contacts, two workers, a household and a legal case: up to 92 facts.
worlds = st.builds(_world, _seeds, st.binary(min_size=12, max_size=12))


def _child(seed: int, kept: bytes) -> World:
    return World(_case("child:k1", f"{seed}", _bits(kept)), f"{seed} child")


#: One child: up to twenty-four facts.
children = st.builds(_child, _seeds, st.binary(min_size=3, max_size=3))


def data_of(random: Random, model: type[Data]) -> Data:
    """Something that an event of this type may tell."""
    return _Teller("anybody").data(random, model)
