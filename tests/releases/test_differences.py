"""Flash against final: exactly what was recorded in between, and nothing unexplained."""

from collections import Counter
from datetime import date

import pytest

from agents.release_store import Kept, ReleaseError
from casepulse.releases import Making, difference, make
from schemas.profile import load_profile
from schemas.release import Kind
from state import Fact
from state.calendar import midnight
from state.difference import OF_FACTS, Cause, Numbers, numbers_of
from tests.releases.conftest import EVENTS

JANUARY = date(2021, 1, 1)
AT, CUT = midnight(date(2021, 2, 1)), midnight(date(2021, 2, 10))
NOTHING = Numbers(0, 0)


def _released(making: Making) -> tuple[str, str]:
    make(making, load_profile(), JANUARY, Kind.FLASH)
    make(making, load_profile(), JANUARY, Kind.FINAL, CUT)
    return "2021-01/1-flash", "2021-01/2-final"


def test_flash_and_final_differ_by_what_was_recorded_between(making: Making) -> None:
    found = difference(making, *_released(making))
    between = [fact for event in EVENTS if AT <= (fact := Fact.of(event)).recorded < CUT]
    assert len(found.changes.facts) == len(between) > 0
    facts = found.second.release.facts
    more = Counter(facts) - Counter(found.first.release.facts)
    assert more == Counter(fact.type for fact in between)
    before, after = numbers_of(found.first.release), numbers_of(found.second.release)
    differing = {name for name in before if before[name] != after[name]}
    assert {(each.measure, each.month, each.locality) for each in found.changed} == differing
    assert differing
    for each in found.changed:
        assert set(each.steps) <= set(OF_FACTS)
        assert sum((step.by for step in each.steps.values()), NOTHING) == each.after - each.before
        assert all(step.facts for step in each.steps.values())


def test_what_came_late_to_the_topic_came_to_be_known_late(
    making: Making, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Recorded before the cut, but not in the topic yet when the first release read it."""
    first, second = _released(making)
    found = difference(making, first, second)
    there = {name: making.store.read(name) for name in (first, second)}
    half = {part: end // 2 for part, end in there[first].reading.read_to.items()}
    reading = there[first].reading.model_copy(update={"read_to": half})
    there[first] = Kept(there[first].release, reading, there[first].manifest)
    monkeypatch.setattr(making.store, "read", there.__getitem__)
    later = difference(making, first, second)
    assert len(later.changes.facts) > len(found.changes.facts)
    # What it says it had read does not come to what it says: no fact explains that.
    assert any(Cause.DEFINITION in each.steps for each in later.changed)


def test_releases_that_cannot_be_compared_are_refused(making: Making) -> None:
    first, second = _released(making)
    make(making, load_profile(), date(2020, 12, 1), Kind.FLASH)
    with pytest.raises(ReleaseError, match="different months"):
        difference(making, "2020-12/1-flash", second)
    with pytest.raises(ReleaseError, match="name the earlier one first"):
        difference(making, second, first)
