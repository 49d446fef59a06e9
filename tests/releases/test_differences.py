"""Flash against final: exactly what was recorded in between, and nothing unexplained."""

from collections import Counter
from datetime import date

import pytest

from casepulse.agents.release_store import Kept, ReleaseError
from casepulse.batch.making import Making
from casepulse.batch.releases import difference, make
from casepulse.schemas.profile import load_profile
from casepulse.schemas.release import Kind
from casepulse.state import Fact
from casepulse.state.calendar import midnight
from casepulse.state.difference import OF_FACTS, Numbers, numbers_of
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
    # What happened in February was recorded in its time, and is no late fact of January.
    of_january = [fact for fact in between if fact.time < AT or fact.corrects]
    assert len(between) > len(of_january) == len(found.changes.facts) > 0
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


def test_a_source_that_is_not_the_releases_own_is_refused(
    making: Making, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of what the first release read was not there yet, it says; but its figures were."""
    first, second = _released(making)
    there = {name: making.store.read(name) for name in (first, second)}
    half = {part: end // 2 for part, end in there[first].reading.read_to.items()}
    reading = there[first].reading.model_copy(update={"read_to": half})
    there[first] = Kept(there[first].release, reading, there[first].manifest)
    monkeypatch.setattr(making.store, "read", there.__getitem__)
    # What it says it had read does not come to what it says: no fact explains that.
    with pytest.raises(ReleaseError, match="these events do not come to what they say"):
        difference(making, first, second)


def test_releases_that_cannot_be_compared_are_refused(making: Making) -> None:
    first, second = _released(making)
    make(making, load_profile(), date(2020, 12, 1), Kind.FLASH)
    with pytest.raises(ReleaseError, match="different months"):
        difference(making, "2020-12/1-flash", second)
    with pytest.raises(ReleaseError, match="name the earlier one first"):
        difference(making, second, first)
