"""What outlives the process that wrote it is read for as long as anybody asks for it.

`format-<n>.tar.xz` (releases and an archive), `live-<n>.tar.xz` (what lies in Kafka, in Redis
and in the audit log), `told-<n>.parquet` (what a source has told) and `nights-<n>.json` (what its
last nights brought) were written by the code of
their time, and are never written again: whoever gives a format a new number adds one. Here each of
them is read by the code of today.
"""

import json
import tarfile
from base64 import b64decode
from collections import Counter
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pydantic import BaseModel, ValidationError

from casepulse.access.audit import AuditError, AuditLog
from casepulse.access.chain import Head, verify, walk
from casepulse.access.record import RECORD_FORMAT, Record
from casepulse.agents.holding import Holding, read_cells
from casepulse.agents.release_store import CLAIM as RELEASE_CLAIM
from casepulse.agents.release_store import Claim, ReleaseError, ReleaseStore
from casepulse.batch.archive import archive_parts
from casepulse.batch.archive_index import STORED as ARCHIVE
from casepulse.batch.archive_index import index_of
from casepulse.batch.told_store import ToldStore
from casepulse.report.compose import compose
from casepulse.reports import document_of
from casepulse.schemas.envelope import Strict
from casepulse.schemas.events import read_event, write_event
from casepulse.schemas.events.care import CareReviewHeld
from casepulse.schemas.followed import FOLLOWED, Came
from casepulse.schemas.partial import PARTIAL
from casepulse.schemas.profile import ProfileError, load_profile
from casepulse.schemas.release import Kind
from casepulse.schemas.stored import Format, StoredError
from casepulse.schemas.stored.release import MANIFEST, READING, RELEASE, WITHHELD
from casepulse.schemas.stored.told import TOLD, TOLD_RECORD
from casepulse.schemas.view import VIEW_FORMAT, MeasureView, ViewMeta, read_view_meta
from casepulse.state import catalogue_for, open_catalogue
from casepulse.state.release import catalogue_of, content_hash, release_bytes
from casepulse.streams.committed import SourceError
from casepulse.streams.fact_rows import BEGUN, CLAIM, CLOCK, MARK, ROW_FORMAT, read_row
from casepulse.streams.sources.told import Place
from casepulse.streams.sources.weighed import digest_of

HERE = Path(__file__).parent

#: What is written, and the SHA-256 of the JSON Schema of its format.
SCHEMAS = json.loads((HERE / "schemas.json").read_text("utf-8"))

FORMATS: tuple[Format[Any], ...] = (
    RELEASE,
    READING,
    MANIFEST,
    WITHHELD,
    RELEASE_CLAIM,
    ARCHIVE,
    PARTIAL,
    TOLD,
    TOLD_RECORD,
    FOLLOWED,
)

#: What else is written, its model, and the number of its format.
OTHERS: tuple[tuple[str, type[BaseModel], int], ...] = (
    ("the live view's meta", ViewMeta, VIEW_FORMAT),
    ("a measure of the live view", MeasureView, VIEW_FORMAT),
    ("a line of the audit log", Record, RECORD_FORMAT),
)

NAMES = ["2021-01/1-flash", "2021-01/2-final", "2021-01/3-restated"]


def _unpacked(examples: Path, folder: Path) -> Path:
    with tarfile.open(examples) as files:
        files.extractall(folder, filter="data")
    return folder


@pytest.fixture(scope="module", params=sorted(HERE.glob("format-*.tar.xz")), ids=lambda p: p.name)
def written(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What an earlier version wrote."""
    return _unpacked(request.param, tmp_path_factory.mktemp("stored"))


@pytest.fixture(scope="module", params=sorted(HERE.glob("live-*.tar.xz")), ids=lambda p: p.name)
def live(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What an earlier version's worker and pages left in Kafka, in Redis and in the audit log."""
    return _unpacked(request.param, tmp_path_factory.mktemp("live"))


def test_releases_are_read(written: Path) -> None:
    store = ReleaseStore(str(written / "releases"))
    assert store.names() == NAMES
    for name, told in zip(NAMES, _as_json(written), strict=True):
        kept = store.read(name)
        release = kept.release
        assert store.was_told(name)
        assert (release.name, release.authority) == (name, told["authority"])
        assert release.profile.rag.tolerance == told["profile"]["rag"]["tolerance"]
        visits, visits_told = release.measures["cp_visits"], told["measures"]["cp_visits"]
        assert [cell.statuses for cell in visits.cells] == [
            cell["statuses"] for cell in visits_told["cells"]
        ]
        assert [month.published for month in visits.series] == [
            month["published"] for month in visits_told["series"]
        ]
        assert kept.reading.messages > 500
    restated = store.read(NAMES[2]).release
    assert restated.reason == "Visits of one team were told late"
    assert store.read_edition(NAMES[1]).release == NAMES[1]
    there = store.only("2021-01", Kind.FINAL)
    assert there is not None
    assert store.claimed("2021-01", there) == 2


def test_a_release_with_own_measures_is_read_where_nobody_has_their_module(written: Path) -> None:
    store = ReleaseStore(str(written / "releases"))
    for name in NAMES:
        kept = store.read(name)
        its = kept.release.measures.get("visits_written_up")
        if kept.manifest.format == 1:
            assert (kept.release.measures_from, kept.release.profile.dashboard) == ([], None)
            assert its is None
        else:
            assert kept.release.measures_from == ["our_county.measures"]
            assert kept.release.profile.measures_from == []
            assert list(kept.release.profile.dashboard or {}) == ["Seeing children", "Plans"]
            assert its is not None
            assert (its.dashboard, its.place, its.target) == ("Seeing children", 2, 90)
        document = document_of(store, name, "internal")
        left_out = dict(document.facts).get("Left out, as not defined here")
        assert left_out == (None if its is None else its.title)


def test_a_release_of_the_format_of_today_is_written_as_it_was(written: Path) -> None:
    """So the same facts name the same content, whichever version made the release."""
    store = ReleaseStore(str(written / "releases"))
    for name in NAMES:
        kept = store.read(name)
        if kept.manifest.format == RELEASE.number:
            assert content_hash(release_bytes(kept.release)) == kept.manifest.content


@pytest.mark.parametrize("later", ["court_completed_timely", "eh_decision_24h", "cp_visits"])
def test_a_release_of_before_a_measure_came_is_still_reported(written: Path, later: str) -> None:
    """Its profile sets no standards for that, and it has no figures of it."""
    release = ReleaseStore(str(written / "releases")).read(NAMES[1]).release
    settings = {name: each for name, each in release.profile.measures.items() if name != later}
    defined = open_catalogue().measures
    parts = {each.id for each in defined.values() if later in (each.id, each.of)}
    measures = {
        name: each for name, each in release.measures.items() if name in defined.keys() - parts
    }
    before = release.model_copy(
        update={
            "profile": release.profile.model_copy(update={"measures": settings}),
            "measures": measures,
        }
    )
    profile = before.profile.model_copy(
        update={"measures": {name: each for name, each in settings.items() if name in defined}}
    )
    with pytest.raises(ProfileError, match=f"{later}.standards: the profile must set"):
        catalogue_for(profile.model_copy(update={"dashboard": None}))
    document = compose(before, catalogue_of(before, load_profile()))
    told = {figure.of[0] for figure in document.figures() if figure.of}
    assert len(told) > 150
    assert not told & parts


def test_an_archive_is_read(written: Path) -> None:
    url = str(written / "archive")
    assert index_of(url).parts == [part.name for part in archive_parts(url)]
    tellings = [each for part in archive_parts(url) for each in part.tellings()]
    assert len(tellings) == sum(part.size for part in archive_parts(url)) > 500


def test_a_later_format_is_refused_with_what_to_install(written: Path) -> None:
    manifest = written / "releases" / NAMES[0] / "manifest.json"
    before = manifest.read_bytes()
    told = {**json.loads(before), "format": RELEASE.number + 1, "of a later version": 1}
    manifest.write_text(json.dumps(told))
    try:
        with pytest.raises(ReleaseError, match=r"by a later version .* Install that one"):
            ReleaseStore(str(written / "releases")).read(NAMES[0])
    finally:
        manifest.write_bytes(before)


def test_an_archive_of_a_later_format_is_refused(tmp_path: Path) -> None:
    told = {"format": ARCHIVE.number + 1, "parts": ["a"], "as_of": None, "of a later version": 1}
    (tmp_path / "archive.json").write_text(json.dumps(told))
    with pytest.raises(SourceError, match=r"by a later version .* Install that one"):
        index_of(str(tmp_path))


@pytest.mark.parametrize("number", range(1, TOLD.number + 1))
def test_what_a_source_has_told_is_read(number: int, tmp_path: Path) -> None:
    (tmp_path / "told.parquet").write_bytes((HERE / f"told-{number}.parquet").read_bytes())
    told = ToldStore(str(tmp_path), "ssda903").read()
    assert told.taken == datetime(2018, 7, 2, tzinfo=UTC)
    assert [each.holds for each in told.records.values()] == [True, True, False]
    first = told.records[Place("child:1", "ssda903-reviews-1-20170605-care_review.held")]
    assert (first.type, first.time) == ("care_review.held", datetime(2017, 6, 5, 11, tzinfo=UTC))
    assert first.digest == digest_of(CareReviewHeld(participation="PN1"))


def test_what_a_source_has_told_in_a_later_format_is_refused(tmp_path: Path) -> None:
    head = {b"casepulse.told": _in_format(TOLD.number + 1, b'{"source": "x", "taken": null}')}
    pq.write_table(pa.table({}).replace_schema_metadata(head), tmp_path / "told.parquet")
    with pytest.raises(SourceError, match=r"by a later version .* Install that one"):
        ToldStore(str(tmp_path), "x").read()


@pytest.mark.parametrize("number", range(1, FOLLOWED.number + 1))
def test_what_the_last_nights_brought_is_read(number: int) -> None:
    followed = FOLLOWED.read((HERE / f"nights-{number}.json").read_bytes())
    assert (followed.source, followed.late, followed.missed) == ("annex-a", True, 1)
    assert [each.came for each in followed.nights] == [Came.MISSING, Came.REFUSED, Came.TOLD]
    assert followed.stands_refused
    assert followed.nights[1].bad_rows[0].column == "cinv_visit_date"
    assert followed.last_told is not None
    assert followed.last_told.types[0].withdrawn == 2


def test_every_format_is_what_its_number_stands_for() -> None:
    """Fails where a model in `casepulse.schemas.stored` was changed and not given the next number,
    a step from the one before, and an example of it here."""
    schemas = {each.what: {str(each.number): _schema(each.model)} for each in FORMATS} | {
        what: {str(number): _schema(model)} for what, model, number in OTHERS
    }
    for what, by_number in schemas.items():
        assert SCHEMAS[what] | by_number == SCHEMAS[what], what
    assert schemas.keys() == SCHEMAS.keys()
    assert MANIFEST.number == READING.number == RELEASE.number, "the manifest's is that of all"


def test_what_a_format_has_no_place_for_is_not_written(written: Path) -> None:
    """A field that was added to a live model asks for a new number, and is not lost in silence."""
    release = ReleaseStore(str(written / "releases")).read(NAMES[0]).release
    told = json.loads(release_bytes(release))
    RELEASE.write(json.dumps(told))
    told["profile"]["rag"]["grace"] = 3
    with pytest.raises(ValidationError, match=r"profile\.rag\.grace"):
        RELEASE.write(json.dumps(told))


def test_rows_of_the_changelog_are_read(live: Path) -> None:
    holding = Holding(open_catalogue(), lambda held: None)
    holding.hold({0, 1})
    rows = [json.loads(line) for line in (live / "changelog.jsonl").read_text().splitlines()]
    subjects: dict[int, set[bytes]] = {0: set(), 1: set()}
    special = Counter[bytes]()
    for row in rows:
        key, (offset, event) = b64decode(row["key"]), read_row(b64decode(row["value"]))
        if key in (BEGUN, CLAIM, CLOCK, MARK):
            special[key] += 1
        else:
            subjects[row["partition"]].add(key.partition(b" ")[0])
        if key != BEGUN:
            holding.restore(row["partition"], key, offset, event)
    assert (special[BEGUN], special[CLAIM], special[CLOCK], special[MARK]) == (2, 2, 1, 2)
    for held in holding:
        assert len(held.partition) == len(subjects[held.number]) > 20
        assert held.read_to > 200


def test_partials_are_read_and_make_a_view(live: Path) -> None:
    told = (live / "partials.jsonl").read_bytes().splitlines()
    partials = [PARTIAL.read(line) for line in told]
    assert [partial.cells is None for partial in partials] == [False, True, False, True]
    for whole in partials[::2]:
        assert len(list(read_cells(whole.cells or {}))) > 1000
        assert whole.awaited


def test_a_live_view_is_read(live: Path) -> None:
    told = json.loads((live / "view.json").read_bytes())
    meta = read_view_meta(told["meta"].encode())
    measures = [
        MeasureView.model_validate_json(each, extra="ignore") for each in told["measures"].values()
    ]
    assert (meta.measures, meta.partitions_counted, meta.format) == (len(measures), 2, 1)
    assert sum(measure.numerator > 0 for measure in measures) > 50


def test_an_audit_log_is_read_and_written_on(live: Path) -> None:
    path = live / "audit.log"
    path.chmod(0o600)
    head = Head.read((live / "audit.log.head").read_text().strip())
    assert head is not None
    assert verify(path, head).head == head
    looks = [
        each.look for each in walk(path.read_bytes().splitlines(True)) if isinstance(each, Record)
    ]
    AuditLog(path, logged=False).write(looks[-1])
    assert verify(path, head).head.number == len(looks) + 1 == 4


def test_every_event_is_read_and_says_the_same(live: Path) -> None:
    lines = (live / "events.jsonl").read_bytes().splitlines()
    events = [read_event(line) for line in lines]
    assert {event.type for event in events} >= _TYPES_OF_1
    for line, event in zip(lines, events, strict=True):
        assert json.loads(write_event(event)) == json.loads(line)


#: The types of events that there were in format 1. One that goes must be read none the less.
_TYPES_OF_1 = frozenset((HERE / "types-1.txt").read_text().split())


def test_what_a_later_version_has_left_is_refused_with_what_to_install(live: Path) -> None:
    later = r"was written by a later version .* Install that one"
    row = json.loads((live / "changelog.jsonl").read_text().splitlines()[-1])
    value = b64decode(row["value"])
    with pytest.raises(StoredError, match=later):
        read_row(bytes([ROW_FORMAT]) + value[1:])
    told = (live / "partials.jsonl").read_bytes().splitlines()[0]
    with pytest.raises(StoredError, match=later):
        PARTIAL.read(_in_format(PARTIAL.number + 1, told))
    meta = json.loads((live / "view.json").read_bytes())["meta"].encode()
    with pytest.raises(StoredError, match=later):
        read_view_meta(_in_format(VIEW_FORMAT + 1, meta))
    path = live / "later.log"
    lines = (live / "audit.log").read_bytes().splitlines(True)
    path.write_bytes(lines[0] + _in_format(RECORD_FORMAT + 1, lines[1]) + b"\n")
    path.chmod(0o600)
    with pytest.raises(StoredError, match=f"line 2 {later}"):
        verify(path)
    with pytest.raises(AuditError, match=later):
        AuditLog(path, logged=False).check()


def _in_format(number: int, told: bytes) -> bytes:
    return json.dumps({**json.loads(told), "format": number}).encode()


class _Third(Strict):
    format: int = 3
    days: int
    of: str


THIRD = Format(
    "a made-up thing",
    _Third,
    {
        1: lambda said: {"format": 2, "days": 7 * said["weeks"]},
        2: lambda said: {**said, "format": 3, "of": "a week"},
    },
)


@pytest.mark.parametrize(
    "told",
    [
        {"weeks": 2},
        {"format": 1, "weeks": 2},
        {"format": 2, "days": 14},
        {"format": 3, "days": 14, "of": "a week"},
    ],
)
def test_each_number_is_one_step(told: dict[str, Any]) -> None:
    said = THIRD.read(json.dumps({**told}).encode(), told.get("format", 1))
    assert said == _Third(days=14, of="a week")


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (b'{"format": 4, "days": 14}', "was written by a later version of casepulse: a made-up"),
        (b'{"format": 3, "days": "14"}', "is not a made-up thing in format 3: days, of"),
        (b'{"days": 14}', "is not a made-up thing in format 1"),
        (b'{"format": "x"}', "is not a made-up thing"),
        (b"[]", "is not a made-up thing"),
        (b"{", "is not a made-up thing"),
    ],
)
def test_what_can_not_be_read_is_said(told: bytes, said: str) -> None:
    with pytest.raises(StoredError, match=said):
        THIRD.read(told)


def test_a_gap_between_numbers_is_no_format() -> None:
    with pytest.raises(ValueError, match="without a gap"):
        Format("a made-up thing", Claim, {1: dict, 3: dict})


def _as_json(written: Path) -> list[dict[str, Any]]:
    folders = [written / "releases" / name for name in NAMES]
    return [json.loads(next(each.glob("release-*.json")).read_bytes()) for each in folders]


def _schema(model: type[BaseModel]) -> str:
    told = json.dumps(_without_words(model.model_json_schema()), sort_keys=True)
    return sha256(told.encode()).hexdigest()


def _without_words(schema: Any) -> Any:
    """A schema without its descriptions: what is said about a field is no part of a format."""
    if isinstance(schema, dict):
        return {
            key: _without_words(value)
            for key, value in schema.items()
            if not (key == "description" and isinstance(value, str))
        }
    return [_without_words(each) for each in schema] if isinstance(schema, list) else schema
