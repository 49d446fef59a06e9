"""Facts that Hypothesis makes: few keys, so that they meet; times where the calendar is hard.

Hypothesis draws how many facts there are and a seed for each; a fact is made of its seed. So it
can leave facts out until a failure is small, and the mixture is ours: cases whose facts have to do
with each other, at distances that the standards know. The data of every type of fact is made from
its own model: a new type is tried with nothing to write here.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from random import Random
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from hypothesis import strategies as st
from pydantic import AwareDatetime

from schemas.envelope import Data
from schemas.events import FACTS, RecordVoided
from state import Fact
from state.calendar import midnight
from tests.build import CATALOGUE, amended, when

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

KEYS = ["a", "a", "a", "a", "b"]
TEAMS = [None, None, None, "stroud-assessment", "gloucester-safeguarding", "no-such-team"]

_ABOUT = {
    kind: [model for model in FACTS if kind in model.ABOUT]
    for kind in ("child", "contact", "worker")
}
_AREAS = sorted({model.__module__ for model in _ABOUT["child"]})
#: What brings a child into a population, and what most standards ask for.
_POPULATIONS = [
    model
    for model in _ABOUT["child"]
    if model.TYPE in ("referral.started", "protection_plan.started", "care_period.started")
]
_VISITS = [model for model in FACTS if model.TYPE == "visit.recorded"]


def _value(random: Random, annotation: Any) -> Any:
    """A value of a field of an event's data."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _value(random, get_args(annotation)[0])
    if origin in (Union, UnionType):
        return _value(random, random.choice(get_args(annotation)))
    if origin is Literal:
        return random.choice(get_args(annotation))
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
        return date(random.randint(2003, 2018), 2, 28)
    if annotation in (datetime, AwareDatetime):
        return datetime(2019, 6, 1, tzinfo=UTC)
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return random.choice(list(annotation))
    raise TypeError(f"no values are known of {annotation}")


def _data(random: Random, model: type[Data]) -> Data:
    """Something that an event of this type may tell."""
    told = {name: _value(random, field.annotation) for name, field in model.model_fields.items()}
    told["team"] = random.choice(TEAMS)
    if told.get("seen_alone"):
        told["child_seen"] = True
    if "born" in told:
        told["born"] = told["born"] or date(2010, 2, 28)
    if "legal_status" in told:
        told["legal_status"] = random.choice(["C2", "V2", "V2", "V4"])
    return model(**told)


def _palette(random: Random, kind: str) -> list[type[Data]]:
    """The few types of fact that one case is made of, so that they have to do with each other."""
    about = _ABOUT[kind]
    if kind != "child":
        return about
    area = random.choice(_AREAS)
    of_area = [model for model in about if model.__module__ == area]
    palette = [random.choice(of_area) for _ in range(4)]
    return [*palette, *random.choices(_POPULATIONS + _VISITS, k=2), random.choice(about)]


def moment(random: Random, known: Sequence[datetime] = ()) -> datetime:
    """An instant some standard's length after one that is known, or else after a turn."""
    start = random.choice([random.choice(TURNS), *known, *known])
    if random.random() < 0.3:
        start = midnight(start.date())
    return start + timedelta(days=random.choice(APART)) + random.choice(BESIDE)


def _case(subject: str, case_seed: int, seeds: list[int]) -> list[Fact]:
    """The facts of one case: plain ones, tellings of the same id, corrections of all kinds.

    Each comes of its own seed, so that leaving out one leaves the others as they are.
    """
    of_case = Random(f"{subject} {case_seed}")
    palette = _palette(of_case, subject.partition(":")[0])
    landmarks = [moment(of_case)]
    for _ in range(3):
        landmarks.append(moment(of_case, landmarks * 9))
    numbers = [seed % _IDS for seed in seeds]
    facts: list[Fact] = []
    for place, (number, seed) in enumerate(zip(numbers, seeds, strict=True)):
        random = Random(f"{case_seed} {seed} {seeds[:place].count(seed)}")
        if random.random() < 0.15:
            number = _near(random, numbers)
        event_id = f"e{number}"
        source = "north" if random.random() < 0.9 else "south"
        time = moment(random, landmarks)
        recorded = time + random.choice(DELAYS)
        data = _data(random, random.choice(palette))
        plain = Fact(event_id, source, subject, time, recorded, data)
        what = random.random()
        # A correction names a fact, another correction, one still to come, itself, or none.
        target = "unknown" if random.random() < 0.1 else f"e{_near(random, numbers)}"
        named = Fact(target, source, subject, time, recorded, data)
        if what < 0.75:
            facts.append(plain)
        elif what < 0.9:
            told = min(moment(random, landmarks), time)
            instead = Fact(event_id, source, subject, told, recorded, data)
            facts.append(
                amended(named, instead, time, recorded=recorded, id=event_id, source=source)
            )
        else:
            withdrawn = RecordVoided(voids=target)
            facts.append(Fact(event_id, source, subject, time, recorded, withdrawn))
    return facts


#: How many ids there are for the facts of a case.
_IDS = 997


def _near(random: Random, numbers: list[int]) -> int:
    """One of the numbers: a choice that stays when another is left out."""
    start = random.randrange(_IDS)
    return min(numbers, key=lambda number: (number - start) % _IDS)


_seeds = st.integers(0, 2**48)


def facts_of(subject: str, most: int = 16) -> st.SearchStrategy[list[Fact]]:
    """The facts of one case, in the order they were made in."""
    return st.builds(_case, st.just(subject), _seeds, st.lists(_seeds, min_size=1, max_size=most))


SUBJECTS = ["child:k1", "child:k2", "contact:c1", "worker:a", "worker:b"]


@st.composite
def counties(draw: st.DrawFn) -> list[Fact]:
    """The facts of a few cases of every kind."""
    facts = draw(facts_of("child:k1"))
    for subject in SUBJECTS[1:]:
        facts += draw(facts_of(subject, 6))
    return facts


children = facts_of("child:k1")
cases = st.sampled_from(SUBJECTS).flatmap(facts_of)
rules = st.sampled_from(sorted(CATALOGUE.rules))


def moments_of(facts: list[Fact]) -> st.SearchStrategy[datetime]:
    """Instants that matter to these facts."""
    times = [fact.time for fact in facts]
    return _seeds.map(lambda seed: moment(Random(seed), times))
