"""An extract told: all that has changed or nothing, one run at a time, and each to its end."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from casepulse.batch.one_at_a_time import BusyError, one_at_a_time
from casepulse.batch.telling import AboutToTell, Outcome, finish, tell_extract
from casepulse.batch.told_store import FILE, NEW, TELLING, ToldStore
from casepulse.schemas.extracts import ExtractSettings
from casepulse.streams.committed import SourceError
from casepulse.streams.sources.account import Account, RefusedError
from casepulse.streams.sources.extract import ExtractError
from casepulse.streams.sources.guard import BrokenExtractError, broken, check_rows
from casepulse.streams.sources.told import told_by
from tests.unit.test_ssda903 import HEADERS
from tests.unit.test_told_store import Kafka, Killed

FIRST = datetime(2018, 7, 2, tzinfo=UTC)

IN_CARE = "{},01/05/2017,S,C2,N1,U1,PR1,,,,,,"
LEFT_CARE = "{},01/05/2017,S,C2,N1,U1,PR1,01/06/2017,E4A,,,,"
UNREADABLE = "{},31/31/2017,S,C2,N1,U1,PR1,,,,,,"


class Nights:
    """Extracts of one source that are told one after another, a day apart."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = ToldStore(str(folder / "state"), "ssda903")
        self.kafka = Kafka()
        self.count = 0

    def extract(self, *rows: str, header: str = HEADERS["episodes"]) -> str:
        self.count += 1
        here = self.folder / str(self.count)
        here.mkdir()
        (here / "episodes.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
        return str(here)

    def tell(
        self,
        place: str,
        taken: datetime | None = None,
        *,
        accept: bool = False,
        about_to_tell: AboutToTell = lambda outcome: None,
    ) -> Outcome:
        return tell_extract(
            "ssda903",
            place,
            taken=taken or FIRST + timedelta(days=self.count),
            settings=ExtractSettings(),
            store=self.store,
            publish=self.kafka,
            accept=accept,
            about_to_tell=about_to_tell,
        )

    def told(self, since: int = 0) -> list[str]:
        return [event.type for event in self.kafka.events[since:]]


@pytest.fixture
def nights(tmp_path: Path) -> Nights:
    return Nights(tmp_path)


def rows(row: str, count: int, since: int = 1) -> list[str]:
    return [row.format(number) for number in range(since, since + count)]


def test_one_night_after_another(nights: Nights) -> None:
    first = nights.tell(nights.extract(IN_CARE.format(1)))
    assert (first.refused, first.finished, first.bad, first.events) == (None, False, 0, 3)
    assert first.by_type["care_period.started"].new == 1
    second = nights.tell(nights.extract(LEFT_CARE.format(1)))
    assert (second.events, second.extract.kind) == (1, "year=2018")
    assert nights.told(3) == ["care_period.ended"]
    assert nights.store.read().records == told_by("ssda903", nights.kafka.events).records


def test_the_same_extract_says_nothing(nights: Nights) -> None:
    place = nights.extract(IN_CARE.format(1))
    nights.tell(place)
    again = nights.tell(place, FIRST + timedelta(days=9))
    assert (again.events, again.refused, len(nights.kafka.events)) == (0, None, 3)
    earlier = nights.tell(place, FIRST - timedelta(days=9))
    assert (earlier.events, earlier.refused) == (0, None)


def test_an_earlier_extract_is_refused_with_both_instants(nights: Nights) -> None:
    nights.tell(nights.extract(IN_CARE.format(1)), FIRST)
    earlier = nights.tell(nights.extract(LEFT_CARE.format(1)), FIRST - timedelta(days=1))
    assert earlier.refused is not None
    assert "2018-07-01T00:00:00+00:00" in earlier.refused
    assert "2018-07-02T00:00:00+00:00" in earlier.refused
    assert (earlier.events, len(nights.kafka.events)) == (0, 3)
    assert nights.store.read().taken == FIRST


def test_a_run_that_was_broken_off_is_told_to_its_end_first(nights: Nights) -> None:
    nights.tell(nights.extract(IN_CARE.format(1)))
    nights.kafka.lives = 0
    with pytest.raises(Killed):
        nights.tell(nights.extract(LEFT_CARE.format(1)))
    nights.kafka.lives = 1000
    third = nights.tell(nights.extract(IN_CARE.format(1)), accept=True)
    assert third.finished
    assert nights.told(3) == ["care_period.ended", "record.voided"]
    assert nights.store.read().records == told_by("ssda903", nights.kafka.events).records


def test_what_was_broken_off_is_told_though_the_extract_is_refused(nights: Nights) -> None:
    nights.tell(nights.extract(*rows(IN_CARE, 4)))
    nights.kafka.lives = 0
    with pytest.raises(Killed):
        nights.tell(nights.extract(*rows(LEFT_CARE, 4)))
    nights.kafka.lives = 1000
    third = nights.tell(nights.extract(*rows(UNREADABLE, 4)))
    assert third.finished
    assert third.refused is not None
    assert nights.told().count("care_period.ended") == 4


@pytest.mark.parametrize("told_before", [False, True])
def test_an_extract_whose_rows_are_mostly_bad_is_refused(nights: Nights, told_before: bool) -> None:
    if told_before:
        nights.tell(nights.extract(*rows(IN_CARE, 5)))
    before = len(nights.kafka.events)
    place = nights.extract(*rows(IN_CARE, 2, since=4), *rows(UNREADABLE, 3))
    refused = nights.tell(place)
    assert refused.refused is not None
    assert "episodes.csv: 3 of 5 rows can't be read" in refused.refused
    assert "--accept" in refused.refused
    assert (refused.bad, refused.events, len(nights.kafka.events)) == (3, 0, before)
    accepted = nights.tell(place, accept=True)
    assert (accepted.refused, accepted.bad) == (None, 3)
    assert accepted.events == (0 if told_before else 6)


def test_an_extract_with_a_file_that_is_bad_as_a_whole_is_refused(nights: Nights) -> None:
    refused = nights.tell(nights.extract(IN_CARE.format(1), header="CHILD,DECOM"))
    assert refused.refused is not None
    assert "episodes.csv: 1 of 1 rows can't be read" in refused.refused
    assert nights.told() == []


def test_a_few_bad_rows_stop_nothing(nights: Nights) -> None:
    told = nights.tell(nights.extract(*rows(IN_CARE, 3), *rows(UNREADABLE, 3, since=4)))
    assert (told.refused, told.bad, told.events) == (None, 3, 9)


@pytest.mark.parametrize(
    ("count", "bad", "others", "is_broken"),
    [
        (1, 1, 0, False),
        (2, 2, 0, False),
        (3, 3, 0, True),
        (6, 3, 0, False),
        (5, 3, 0, True),
        (1000, 501, 0, True),
        (29, 29, 2_000, True),
        (29, 29, 25_000, False),  # as the placements for adoption of a county: the rest is right
    ],
)
def test_most_is_more_than_half_and_more_than_two_and_no_corner(
    count: int, bad: int, others: int, is_broken: bool
) -> None:
    account = Account("reviews.csv", rows=count, told=count - bad, bad=bad)
    rest = Account("episodes.csv", rows=others, told=others)
    assert broken([rest, account]) == ([account] if is_broken else [])


def test_a_file_without_rows_that_can_not_be_read_is_broken() -> None:
    account = Account("reviews.csv")
    account.refuse_file(0, RefusedError(None, "is empty"))
    with pytest.raises(BrokenExtractError, match=r"reviews\.csv: 0 of 0"):
        check_rows([account])


def test_two_at_once_there_may_not_be(nights: Nights) -> None:
    place = nights.extract(IN_CARE.format(1))
    with one_at_a_time(nights.store.url), pytest.raises(BusyError, match="another run"):
        nights.tell(place)
    assert nights.told() == []
    assert nights.tell(place).events == 3


def test_what_another_source_was_telling_is_not_told(nights: Nights) -> None:
    """Somebody has named the folder of another source."""
    other = ToldStore(nights.store.url, "ssd")
    other.keep(other.read())
    (Path(nights.store.url) / NEW).write_bytes((Path(nights.store.url) / FILE).read_bytes())
    (Path(nights.store.url) / TELLING).write_bytes(b"{}\n")
    place = nights.extract(IN_CARE.format(1))
    for tell in (lambda: nights.tell(place), lambda: finish(nights.store, nights.kafka)):
        with pytest.raises(SourceError, match="is what ssd has told, and not ssda903"):
            tell()
    assert (Path(nights.store.url) / TELLING).exists()


def test_the_rest_of_what_was_broken_off_can_be_told_alone(nights: Nights) -> None:
    assert not finish(nights.store, nights.kafka)
    nights.kafka.lives = 0
    with pytest.raises(Killed):
        nights.tell(nights.extract(IN_CARE.format(1)))
    nights.kafka.lives = 1000
    assert finish(nights.store, nights.kafka)
    assert len(nights.told()) == 3
    assert nights.store.taken() == FIRST + timedelta(days=1)


def test_what_is_about_to_be_told_can_still_be_stopped(nights: Nights) -> None:
    def stop(outcome: Outcome) -> None:
        assert (outcome.events, outcome.extract.kind) == (3, "year=2018")
        raise Killed

    place = nights.extract(IN_CARE.format(1))
    with pytest.raises(Killed):
        nights.tell(place, about_to_tell=stop)
    assert nights.told() == []
    assert not (Path(nights.store.url) / TELLING).exists()


def test_a_run_that_failed_is_no_longer_at_it(nights: Nights) -> None:
    for _ in range(2):
        with pytest.raises(ExtractError):
            nights.tell(str(nights.folder / "nowhere"))


def test_facts_read_are_told(nights: Nights) -> None:
    read = 0

    def progress(count: int) -> None:
        nonlocal read
        read += count

    outcome = tell_extract(
        "ssda903",
        nights.extract(*rows(IN_CARE, 201)),
        taken=FIRST,
        settings=ExtractSettings(),
        store=nights.store,
        publish=nights.kafka,
        progress=progress,
    )
    assert read == outcome.events == 603
