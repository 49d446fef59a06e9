"""Other standards, side by side with a release: what changes, and nothing else."""

from datetime import date
from pathlib import Path

import pytest

from casepulse.agents.release_store import ReleaseError
from casepulse.batch.making import Making
from casepulse.batch.releases import make
from casepulse.batch.what_if import what_if
from casepulse.schemas.profile import Profile, load_profile
from casepulse.schemas.release import Kind
from casepulse.state.calendar import midnight

JANUARY = date(2021, 1, 1)
CUT = midnight(date(2021, 2, 10))


def _profile(folder: Path, text: str) -> Profile:
    path = folder / "other.toml"
    path.write_text(f'base = "january-2021"\n{text}')
    return load_profile(path)


def test_by_its_own_profile_a_release_is_what_it_is(making: Making) -> None:
    make(making, load_profile(), JANUARY, Kind.PROVISIONAL, CUT)
    name, lines = what_if(making, load_profile(), date(2020, 11, 1), JANUARY)
    assert name == "2021-01/1-provisional"
    assert len(lines) == len(making.store.read(name).release.measures)
    assert {line.months for line in lines} == {("2020-11", "2020-12", "2021-01")}
    assert not [line for line in lines if line.differs]


def test_another_standard_changes_its_measures_and_another_target_its_colour(
    making: Making, tmp_path: Path
) -> None:
    make(making, load_profile(), JANUARY, Kind.PROVISIONAL, CUT)
    text = """
    measures.cp_visits.standards.seen = "2 working days"
    measures.initial_visits_all.target = 0
    """
    _, lines = what_if(making, _profile(tmp_path, text), date(2020, 11, 1), JANUARY)
    differing = {line.measure: line for line in lines if line.differs}
    assert "cp_visits" in differing
    assert differing["cp_visits"].release.shown[-1] != differing["cp_visits"].other.shown[-1]
    visits = differing["initial_visits_all"]
    assert visits.release.shown == visits.other.shown
    assert (visits.other.target, visits.other.rag) == (0, "green")
    assert all(name.startswith(("cp_", "initial_visits_all")) for name in differing)


def test_what_is_not_there_is_refused(making: Making) -> None:
    with pytest.raises(ReleaseError, match="has no release to put beside"):
        what_if(making, load_profile(), JANUARY, JANUARY)
    make(making, load_profile(), JANUARY, Kind.PROVISIONAL, CUT)
    with pytest.raises(ReleaseError, match="ask for 1 to 13"):
        what_if(making, load_profile(), date(2019, 1, 1), JANUARY)
    with pytest.raises(ReleaseError, match="is no release of 2020-12"):
        what_if(
            making, load_profile(), date(2020, 12, 1), date(2020, 12, 1), "2021-01/1-provisional"
        )
