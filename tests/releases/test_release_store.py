"""What was released holds: numbered, immutable, whole or not there."""

import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from casepulse.agents.figures_table import figures_table
from casepulse.agents.release_store import FIGURES, RELEASE, Claim, ReleaseError, ReleaseStore
from casepulse.batch.making import Making
from casepulse.batch.releases import made_again, make
from casepulse.schemas.profile import load_profile
from casepulse.schemas.release import Kind
from casepulse.state import COUNTY, Figures, Tally, catalogue_for
from casepulse.state.calendar import midnight
from casepulse.state.release import release_bytes
from tests.releases.conftest import EVENTS, SETTINGS, archived

JANUARY = date(2021, 1, 1)
PROFILE = load_profile()
CUT = midnight(date(2021, 2, 10))
LATER = midnight(date(2021, 2, 15))


def test_every_figure_is_in_it_and_in_its_table(making: Making) -> None:
    kept = make(making, PROFILE, JANUARY, Kind.FLASH).kept
    store = making.store
    assert store.names() == ["2021-01/1-flash"]
    assert store.read("2021-01/1-flash") == kept
    catalogue = catalogue_for(PROFILE)
    assert list(kept.release.measures) == list(catalogue.measures)
    assert kept.release.at == kept.release.known == midnight(date(2021, 2, 1))
    [told] = Path(store._url).glob("2021-01/1-flash/figures-*.parquet")
    rows = pq.read_table(told).to_pylist()
    table = {(row["measure"], row["month"], row["locality"], row["status"]): row for row in rows}
    for name, measure in kept.release.measures.items():
        for month in measure.series:
            counted = 0
            for status in catalogue.measures[name].numerator:
                row = table[name, month.month, COUNTY, status]
                assert (row["numerator"], row["denominator"]) == (
                    month.numerator,
                    month.denominator,
                )
                counted += row["count"]
            assert counted == month.numerator
    assert len(rows) == len(table)


def test_what_is_awaited_is_in_no_release(making: Making) -> None:
    """Releases of before there was any such thing are made again to the same byte."""
    kept = make(making, PROFILE, JANUARY, Kind.FLASH).kept
    assert not any(measure.awaited for measure in kept.release.measures.values())
    assert b'"cells"' in release_bytes(kept.release)
    assert b'"awaited"' not in release_bytes(kept.release)


def test_releases_are_numbered_and_what_was_released_holds(making: Making, tmp_path: Path) -> None:
    for kind, known in ((Kind.FLASH, None), (Kind.PROVISIONAL, CUT), (Kind.FINAL, LATER)):
        made = make(making, PROFILE, JANUARY, kind, known)
        assert not made.there_already
        assert make(making, PROFILE, JANUARY, kind, known).there_already
    names = ["2021-01/1-flash", "2021-01/2-provisional", "2021-01/3-final"]
    assert making.store.names() == names
    assert making.store.latest("2021-01") == names[-1]
    with pytest.raises(ReleaseError, match="after it there are restated ones"):
        make(making, PROFILE, JANUARY, Kind.PROVISIONAL, LATER)
    with pytest.raises(ReleaseError, match="has a final release, or one is being made"):
        make(making, PROFILE, JANUARY, Kind.FINAL, midnight(date(2021, 2, 16)))
    why = "a wrong standard", "Head of Performance"
    with pytest.raises(ReleaseError, match="the cut of the next can't be before that"):
        make(making, PROFILE, JANUARY, Kind.RESTATED, CUT, *why)
    restated = make(making, PROFILE, JANUARY, Kind.RESTATED, LATER, *why).kept.release
    assert restated.name == "2021-01/4-restated"
    assert (restated.reason, restated.approved_by) == why


def test_what_may_not_be_released_is_refused(making: Making) -> None:
    with pytest.raises(ReleaseError, match="no final release yet"):
        make(making, PROFILE, JANUARY, Kind.RESTATED, LATER, "a reason", "a role")
    with pytest.raises(ReleaseError, match="has not ended yet"):
        make(making, PROFILE, date(2099, 1, 1), Kind.FLASH)
    with pytest.raises(ReleaseError, match="between the month's end and now"):
        make(making, PROFILE, JANUARY, Kind.FINAL, midnight(date(2021, 1, 20)))
    with pytest.raises(ReleaseError, match="as known at the month's end"):
        make(making, PROFILE, JANUARY, Kind.FLASH, CUT)
    with pytest.raises(ReleaseError, match=r"there is no release 2021-01/9-final; there are: none"):
        making.store.read("2021-01/9-final")
    assert making.store.names() == []


def test_a_file_that_was_changed_is_noticed(making: Making) -> None:
    make(making, PROFILE, JANUARY, Kind.FLASH)
    [path] = Path(making.store._url).glob("2021-01/1-flash/release-*.json")
    path.write_bytes(path.read_bytes().replace(b'"numerator": 1', b'"numerator": 2', 1))
    with pytest.raises(ReleaseError, match=r"release-\w+\.json is not what it was"):
        making.store.read("2021-01/1-flash")


def test_what_was_broken_off_is_finished_under_the_number_that_it_had(
    making: Making, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed before each of the files that are written, one after another."""
    put, create = ReleaseStore._put, ReleaseStore._create
    written: list[str] = []

    class KilledError(BaseException):
        pass

    def killed_after(survives: int, name: str) -> None:
        if len(written) >= survives:
            raise KilledError
        written.append(name)

    for survives in range(5):  # a claim, three files, the manifest

        def put_or_die(self: ReleaseStore, name: str, told: bytes, n: int = survives) -> None:
            killed_after(n, name)
            put(self, name, told)

        def create_or_die(self: ReleaseStore, name: str, told: bytes, n: int = survives) -> bool:
            killed_after(n, name)
            return create(self, name, told)

        written.clear()
        monkeypatch.setattr(ReleaseStore, "_put", put_or_die)
        monkeypatch.setattr(ReleaseStore, "_create", create_or_die)
        with pytest.raises(KilledError):
            make(making, PROFILE, JANUARY, Kind.FLASH)
        assert making.store.names() == []
        with pytest.raises(ReleaseError, match="there is no release"):
            making.store.read("2021-01/1-flash")
    monkeypatch.setattr(ReleaseStore, "_put", put)
    monkeypatch.setattr(ReleaseStore, "_create", create)
    assert make(making, PROFILE, JANUARY, Kind.FLASH).kept.release.name == "2021-01/1-flash"
    # A final one is finished with the cut that it began with, though nobody says it again.
    monkeypatch.setattr(ReleaseStore, "_put", put_or_die)
    with pytest.raises(KilledError):
        make(making, PROFILE, JANUARY, Kind.FINAL, CUT)
    monkeypatch.setattr(ReleaseStore, "_put", put)
    final = make(making, PROFILE, JANUARY, Kind.FINAL).kept.release
    assert (final.name, final.known) == ("2021-01/2-final", CUT)


def test_makings_at_once_share_no_number_and_a_release_has_but_one(tmp_path: Path) -> None:
    """Eight at a time, each asking for a release of its own, or all for the same."""
    same = Claim(kind=Kind.FLASH, known=midnight(date(2021, 2, 1)))
    others = [Claim(kind=Kind.PROVISIONAL, known=CUT + timedelta(hours=hour)) for hour in range(8)]
    for turn in range(20):
        store = ReleaseStore(str(tmp_path / str(turn)))
        with ThreadPoolExecutor(8) as pool:
            numbers = list(pool.map(lambda _, s=store: s.claim("2021-01", same), range(8)))
            assert set(numbers) == {1}
            numbers = list(pool.map(lambda claim, s=store: s.claim("2021-01", claim), others))
            assert sorted(numbers) == list(range(2, 10))


def test_of_two_final_releases_at_once_one_is_refused(tmp_path: Path) -> None:
    store = ReleaseStore(str(tmp_path))
    assert store.claim("2021-01", Claim(kind=Kind.FINAL, known=CUT)) == 1
    with pytest.raises(ReleaseError, match="one is being made, as known at 2021-02-10"):
        store.claim("2021-01", Claim(kind=Kind.FINAL, known=LATER))


def test_a_second_making_of_a_release_leaves_it_as_it_is(making: Making) -> None:
    """It had read to other offsets, and comes to its end after the first."""
    kept = make(making, PROFILE, JANUARY, Kind.FLASH).kept
    before = {
        path: path.read_bytes() for path in Path(making.store._url).rglob("*") if path.is_file()
    }
    figures = Figures(Tally(), catalogue_for(PROFILE), kept.release.at)
    other = kept.reading.model_copy(update={"messages": 1})
    assert making.store.write(kept.release, figures_table(figures), other) == kept.manifest
    assert making.store.read(kept.release.name) == kept
    assert all(path.read_bytes() == told for path, told in before.items())


def test_a_copy_of_a_release_is_none(making: Making) -> None:
    make(making, PROFILE, JANUARY, Kind.FLASH)
    folder = Path(making.store._url) / "2021-01"
    shutil.copytree(folder / "1-flash", folder / "7-restated")
    (folder / "old 1-flash").mkdir()
    (folder / "old 1-flash" / "manifest.json").write_text("{}")
    assert making.store.names() == ["2021-01/1-flash", "2021-01/7-restated"]
    with pytest.raises(ReleaseError, match="7-restated is the copy of another release"):
        making.store.read("2021-01/7-restated")


def test_words_that_are_none_are_refused_before_anything_is_claimed(making: Making) -> None:
    make(making, PROFILE, JANUARY, Kind.FINAL, CUT)
    with pytest.raises(ReleaseError, match="have words"):
        make(making, PROFILE, JANUARY, Kind.RESTATED, LATER, " ", "a role")
    assert not list(Path(making.store._url).glob("2021-01/2.claim"))


def test_made_again_from_the_offsets_it_was_made_from_it_has_the_same_bytes(
    making_from: Callable[[str], Making], tmp_path: Path
) -> None:
    some = EVENTS[: len(EVENTS) * 9 // 10]
    kept = make(
        making_from(archived(some, tmp_path / "some")), PROFILE, JANUARY, Kind.PROVISIONAL, LATER
    ).kept
    # The archive of all of them holds more; of it, only what had been there counts.
    more = making_from(archived(EVENTS, tmp_path / "all"))
    there, again = made_again(more, kept.release.name)
    assert there == kept
    for file in (RELEASE, FIGURES):
        assert again.pop(file) == (kept.manifest.files[file],) * 2
    assert not again


def test_an_object_store_does_as_well(archive: str) -> None:
    store = ReleaseStore("memory://releases")
    making = Making(SETTINGS, store, archive, lambda count: None)
    kept = make(making, PROFILE, JANUARY, Kind.FLASH).kept
    assert store.read(kept.release.name) == kept
    assert make(making, PROFILE, JANUARY, Kind.FLASH).there_already
