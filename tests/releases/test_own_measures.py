"""A release of an authority with measures of its own: what it keeps, and whose code is run."""

from datetime import date
from itertools import takewhile
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from casepulse.agents.release_store import ReleaseError, ReleaseStore
from casepulse.batch.making import Making
from casepulse.batch.releases import difference, made_again, make
from casepulse.report.document import Document, Heading, Paragraph, ReportError
from casepulse.reports import document_of
from casepulse.schemas.release import Kind
from casepulse.state import open_catalogue
from casepulse.state.calendar import midnight
from tests.own_county import MODULE, TEXT, installed, profile_file
from tests.releases.conftest import SETTINGS

JANUARY, CUT = date(2021, 1, 1), midnight(date(2021, 2, 10))
NAME = "2021-01/1-final"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("own")


@pytest.fixture(scope="module")
def here(folder: Path) -> Path:
    """The profile of the council that made it."""
    return profile_file(folder)


@pytest.fixture(scope="module")
def made(archive: str, folder: Path, here: Path) -> ReleaseStore:
    """The store of its release; the module is gone again."""
    store = ReleaseStore(str(folder / "releases"))
    with installed(folder):
        making = Making(SETTINGS, store, archive, lambda count: None)
        make(making, open_catalogue(here).profile, JANUARY, Kind.FINAL, CUT)
    return store


def _making(store: ReleaseStore, archive: str, profile: Path | None) -> Making:
    settings = SETTINGS.model_copy(update={"profile": profile})
    return Making(settings, store, archive, lambda count: None)


def test_it_names_the_modules_and_its_profile_does_not(made: ReleaseStore) -> None:
    release = made.read(NAME).release
    assert (release.measures_from, release.profile.measures_from) == ([MODULE], [])
    assert release.measures["visits_written_up"].target == 90
    assert release.measures["visits_written_up"].denominator


def test_made_again_it_says_the_same(
    made: ReleaseStore, archive: str, folder: Path, here: Path
) -> None:
    with installed(folder):
        _, hashes = made_again(_making(made, archive, here), NAME)
    assert all(was == again for was, again in hashes.values())


def test_another_definition_is_noticed(
    made: ReleaseStore, archive: str, folder: Path, here: Path
) -> None:
    with installed(folder, TEXT.replace("visit.recorded <=", "visit.recorded ==")):
        _, hashes = made_again(_making(made, archive, here), NAME)
    assert all(was != again for was, again in hashes.values())


def test_only_the_profile_of_this_place_decides_on_the_code(
    made: ReleaseStore, archive: str, folder: Path
) -> None:
    """The module can be imported, and says so loudly; nothing here names it."""
    with installed(folder, 'raise SystemExit("imported")'):
        for again in (made_again, lambda making, name: difference(making, name, name)):
            with pytest.raises(ReleaseError, match=f"measures from {MODULE}; only a module that"):
                again(_making(made, archive, None), NAME)
        document_of(made, NAME, "internal")


def test_a_release_cannot_be_made_to_name_code(made: ReleaseStore, here: Path) -> None:
    release = made.read(NAME).release
    told = release.model_dump()
    told["profile"]["measures_from"] = ["os"]
    assert type(release).model_validate(told).profile.measures_from == []


def test_its_report_is_made_without_the_module_and_says_so(made: ReleaseStore) -> None:
    with capture_logs() as logs:
        document = document_of(made, NAME, "internal")
    [line] = logs
    assert (line["event"], line["release"]) == ("left out of the report", NAME)
    assert "not defined here: visits_written_up" in line["why"]
    assert dict(document.facts)["Left out, as not defined here"] == ("Visits written up in time")
    assert not [each for each in document.figures() if each.of[:1] == ("visits_written_up",)]


def test_and_with_it_has_everything(made: ReleaseStore, folder: Path, here: Path) -> None:
    with installed(folder), capture_logs() as logs:
        document = document_of(made, NAME, "internal", here=open_catalogue(here).profile)
    assert not logs
    assert "Left out, as not defined here" not in dict(document.facts)
    assert [each for each in document.figures() if each.of[:1] == ("visits_written_up",)]


def _told_under(document: Document, heading: str) -> str:
    """The sentences below a heading, up to the next one."""
    blocks = list(document.blocks())
    [at] = [
        n for n, each in enumerate(blocks) if isinstance(each, Heading) and each.text == heading
    ]
    below = takewhile(lambda each: not isinstance(each, Heading), blocks[at + 1 :])
    paragraphs = [each for each in below if isinstance(each, Paragraph)]
    return " ".join(sentence.text for each in paragraphs for sentence in each.sentences)


@pytest.mark.parametrize(
    ("topic", "heading"),
    [
        ("", "Other measures"),
        ("Visits to Children in Need", "Visits to Children in Need"),
        ("Recording", "Recording"),
    ],
)
def test_the_report_speaks_of_it_in_its_words_and_its_topic(
    made: ReleaseStore, folder: Path, here: Path, topic: str, heading: str
) -> None:
    text = TEXT.replace("phrase=Phrase(", f'phrase=Phrase(topic="{topic}", ')
    with installed(folder, text):
        document = document_of(made, NAME, "internal", here=open_catalogue(here).profile)
    view = made.read(NAME).release.measures["visits_written_up"]
    told = _told_under(document, heading)
    assert "Timeliness of writing up visits" in told
    assert f"{view.published}, {view.numerator} of {view.denominator} visits" in told
    assert "Performance is" in told
    [dashboard] = [each for each in document.tables() if each.key == "dashboard"]
    [rows] = [group.rows for group in dashboard.groups if group.head == "Seeing Children"]
    assert [row.head.shown for row in rows][:2] == [
        "Children in Need seen in time",
        "Visits written up in time",
    ]


def test_the_dashboard_of_the_report_is_that_of_the_profile(
    archive: str, folder: Path, tmp_path: Path
) -> None:
    said = '[dashboard]\n"Writing up" = ["visits_written_up"]\n"Plans" = ["cin_plan_timely"]\n'
    store = ReleaseStore(str(tmp_path / "releases"))
    with installed(folder):
        profile = open_catalogue(profile_file(tmp_path, said)).profile
        make(
            Making(SETTINGS, store, archive, lambda count: None), profile, JANUARY, Kind.FINAL, CUT
        )
        document = document_of(store, NAME, "internal", here=profile)
    assert store.read(NAME).release.profile.dashboard == profile.dashboard
    tables = {each.key: each for each in document.tables()}
    assert [group.head for group in tables["dashboard"].groups] == ["Writing up", "Plans"]
    counts = [row.head.shown for group in tables["overview_counts"].groups for row in group.rows]
    assert counts == ["Writing up", "Plans", "All"]
    without = {each.key: each for each in document_of(store, NAME, "internal").tables()}
    assert [group.head for group in without["dashboard"].groups] == ["Plans"]


def test_nothing_is_published_of_which_nobody_knows_what_it_tells(made: ReleaseStore) -> None:
    with pytest.raises(ReportError, match="not defined here: visits_written_up"):
        document_of(made, NAME, "publishable")
    assert made.editions() == []
