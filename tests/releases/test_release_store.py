"""What was released holds: numbered, immutable, whole or not there."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from agents.release_store import Claim, ReleaseError, ReleaseStore
from casepulse.releases import Making, made_again, make
from schemas.profile import load_profile
from schemas.release import Kind
from state import COUNTY, Catalogue
from state.calendar import midnight
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
    catalogue = Catalogue(PROFILE)
    assert list(kept.release.measures) == list(catalogue.measures)
    assert kept.release.at == kept.release.known == midnight(date(2021, 2, 1))
    told = Path(store._url) / "2021-01/1-flash/figures.parquet"
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
    with pytest.raises(ReleaseError, match="has a final release"):
        make(making, PROFILE, JANUARY, Kind.FINAL, midnight(date(2021, 2, 16)))
    why = "a wrong standard", "Head of Performance"
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
    path = Path(making.store._url) / "2021-01/1-flash/release.json"
    path.write_bytes(path.read_bytes().replace(b'"numerator": 1', b'"numerator": 2', 1))
    with pytest.raises(ReleaseError, match=r"release\.json is not what it was"):
        making.store.read("2021-01/1-flash")


def test_what_was_broken_off_is_finished_under_the_number_that_it_had(
    making: Making, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed before each of the files that are written, one after another."""
    write, written = ReleaseStore._write, []

    class KilledError(BaseException):
        pass

    for survives in range(4):

        def killed(self: ReleaseStore, name: str, told: bytes, survives: int = survives) -> None:
            if len(written) >= survives:
                raise KilledError
            written.append(name)
            write(self, name, told)

        written.clear()
        monkeypatch.setattr(ReleaseStore, "_write", killed)
        with pytest.raises(KilledError):
            make(making, PROFILE, JANUARY, Kind.FLASH)
        assert making.store.names() == []
        with pytest.raises(ReleaseError, match="there is no release"):
            making.store.read("2021-01/1-flash")
    monkeypatch.setattr(ReleaseStore, "_write", write)
    assert make(making, PROFILE, JANUARY, Kind.FLASH).kept.release.name == "2021-01/1-flash"


def test_two_makings_at_once_never_share_a_number(making: Making) -> None:
    store = making.store
    one = Claim(kind=Kind.PROVISIONAL, known=CUT)
    other = Claim(kind=Kind.PROVISIONAL, known=LATER)
    assert store.claim("2021-01", one) == 1
    assert store.claim("2021-01", other) == 2
    assert store.claim("2021-01", one) == 1
    # Killed between making the file and saying what it is for: its number is passed over.
    (Path(store._url) / "2021-01" / "3.claim").touch()
    assert store.claim("2021-01", Claim(kind=Kind.FLASH, known=CUT)) == 4


def test_made_again_from_the_offsets_it_was_made_from_it_has_the_same_bytes(
    making_from: Callable[[str], Making], tmp_path: Path
) -> None:
    some = EVENTS[: len(EVENTS) * 9 // 10]
    kept = make(
        making_from(archived(some, tmp_path / "some")), PROFILE, JANUARY, Kind.PROVISIONAL, LATER
    ).kept
    # The archive of all of them holds more; of it, only what had been there counts.
    more = making_from(archived(EVENTS, tmp_path / "all"))
    again, content = made_again(more, kept.release.name)
    assert content == again.manifest.content == kept.manifest.content


def test_an_object_store_does_as_well(archive: str) -> None:
    store = ReleaseStore("memory://releases")
    making = Making(SETTINGS, store, archive, lambda count: None)
    kept = make(making, PROFILE, JANUARY, Kind.FLASH).kept
    assert store.read(kept.release.name) == kept
    assert make(making, PROFILE, JANUARY, Kind.FLASH).there_already
