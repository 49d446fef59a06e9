"""A profile that is begun from an extract, and one that is looked through."""

import re
import tomllib
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from casepulse.schemas.codes import Pathway
from casepulse.schemas.events.care import CareReviewHeld
from casepulse.schemas.events.referral import ReferralStarted
from casepulse.schemas.profile import Profile, ProfileError, load_profile
from casepulse.setup.doubts import Doubt, doubts
from casepulse.setup.new_profile import WHOLE, new_profile
from casepulse.setup.profile_difference import moved
from casepulse.state import Catalogue, catalogue_for
from casepulse.streams.sources.account import Account
from casepulse.streams.sources.extract import Extract, Said
from casepulse.streams.sources.recognition import extracts_in, source_of
from casepulse.streams.sources.survey import Survey, survey
from tests.commanding import Run

TAKEN = datetime(2026, 6, 29, 2, 15, tzinfo=UTC)


def said(number: int, team: str | None, day: int = 1) -> Said:
    data = ReferralStarted(referral=f"r{number}", pathway=Pathway.SECTION_17, team=team)
    time = datetime(2026, 6, day, 11, tzinfo=UTC)
    return Said(f"ssd-referrals-{number}-referral.started", f"child:{number % 3}", time, data)


@pytest.fixture
def found() -> Survey:
    accounts = [Account("ssd_cin_episodes.csv", unknown_codes=Counter(cine_referral_source=17))]
    says = [*(said(number, "t101") for number in range(4)), said(9, "t205", 5), said(10, None)]
    tomorrow = said(11, "t300", 30)
    teams = {"t101": 'Assessment "North"'}
    return survey(Extract("ssd", TAKEN, [*says, tomorrow], accounts=accounts, teams=teams))


def read(text: str, folder: Path) -> Profile:
    path = folder / "northshire.toml"
    path.write_text(text, encoding="utf-8")
    return load_profile(path)


@pytest.fixture
def lacking(found: Survey) -> Survey:
    """An extract without some of its tables."""
    found.extract.untold |= {"contact.received", "visit.recorded: kind=statutory", "early_help.x"}
    return found


@pytest.fixture
def begun(found: Survey) -> str:
    return new_profile(
        found, authority="Northshire, made up", population=52000, name="northshire.toml"
    )


def about(profile: Profile, found: Survey | None = None) -> dict[str, Doubt]:
    return {doubt.about: doubt for doubt in doubts(profile, found)}


def test_an_extract_is_counted(found: Survey) -> None:
    assert (found.facts, found.children) == (Counter({"referral.started": 6}), 3)
    assert found.teams == Counter(t101=4, t205=1)
    assert (found.first, found.last) == (date(2026, 6, 1), date(2026, 6, 5))
    assert found.unknown_codes == {("ssd_cin_episodes.csv", "cine_referral_source"): 17}


def test_a_profile_that_is_begun_can_be_read(begun: str, found: Survey, tmp_path: Path) -> None:
    profile = read(begun, tmp_path)
    assert (profile.authority, profile.base) == ("Northshire, made up", "england-2026")
    assert (profile.population, profile.sources) == (52000, ["ssd"])
    assert profile.teams == {"t101": WHOLE, "t205": WHOLE}
    assert not [doubt for doubt in doubts(profile, found) if doubt.is_missing]


def test_it_says_what_it_found(begun: str) -> None:
    assert re.search(r't101 = "Whole county" # Assessment "North"; facts: 4', begun)
    assert "# [extracts.ssd.codes.cine_referral_source]   # ssd_cin_episodes.csv: 17 cells" in begun
    assert all(line.startswith("#") for line in begun.splitlines()[:4])


def test_its_hint_on_codes_is_a_setting(begun: str, tmp_path: Path) -> None:
    hint = re.findall(r"^# (\[extracts.*|\"as the.*)$", begun, re.M)
    profile = read(begun + "\n".join(hint), tmp_path)
    [codes] = profile.extracts["ssd"].codes.values()
    assert codes == {"as the case system writes it": "the national code"}


def test_what_no_table_tells_is_left_out(lacking: Survey, tmp_path: Path) -> None:
    whole = read(
        'base = "england-2026"\nauthority = "A"\nlocalities = ["B"]\n'
        'locality_of_others = "B"\nsources = ["ssd"]\npopulation = 1',
        tmp_path,
    )
    without = ["contact.received", "visit.recorded: kind=statutory"]
    missing = [doubt for doubt in doubts(whole, lacking) if "without" in doubt.about]
    assert [doubt.is_missing for doubt in missing] == [True, True]

    profile = read(new_profile(lacking, authority="A", population=1, name="a.toml"), tmp_path)
    assert profile.extracts["ssd"].without == without
    assert not [doubt for doubt in doubts(profile, lacking) if "without" in doubt.about]
    fewer, all_of_them = catalogue_for(profile), catalogue_for(whole)
    assert fewer.measures.keys() < all_of_them.measures.keys()
    gone = all_of_them.measures.keys() - fewer.measures.keys()
    for name in gone:
        assert {"contact.received", "visit.recorded: kind=statutory"} & set(
            fewer.not_in_sources[name]
        ), name
    assert "cp_visits" in fewer.measures


def test_a_type_that_the_source_does_not_tell_is_refused(begun: str, tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match=r"without: contact\.decided: it tells only child\.reg"):
        read(f'{begun}\n[extracts.ssd]\nwithout = ["contact.decided"]\n', tmp_path)
    with pytest.raises(ProfileError, match="there is no source of that name"):
        read(f"{begun}\n[extracts.sdd]\npad_ids = 6\n", tmp_path)


def test_nothing_of_a_child_is_in_it(begun: str) -> None:
    assert "child:" not in begun
    assert not re.search(r"\br\d+\b", begun)


def test_a_team_that_is_not_named_is_missing(begun: str, found: Survey, tmp_path: Path) -> None:
    said = tomllib.loads(begun)["teams"]
    assert said.keys() == {"t101", "t205"}
    profile = read(begun.replace("t205", "t404"), tmp_path)
    found_about = about(profile, found)
    assert found_about["teams.t205"].is_missing
    assert "count under Whole county (facts: 1)" in str(found_about["teams.t205"])
    assert not found_about["teams.t404"].is_missing


def test_a_source_that_is_not_named_is_missing(begun: str, found: Survey, tmp_path: Path) -> None:
    profile = read(begun.replace('sources = ["ssd"]', 'sources = ["annex-a"]'), tmp_path)
    assert about(profile, found)["sources"].is_missing
    assert "sources" not in about(profile)
    unnamed = read(begun.replace('sources = ["ssd"]', ""), tmp_path)
    assert not about(unnamed)["sources"].is_missing


def test_what_is_another_countys_is_said(begun: str, tmp_path: Path) -> None:
    january = begun.replace("england-2026", "january-2021")
    found_about = about(read(january, tmp_path))
    assert "of 55 measures" in str(found_about["measures.*.target"])
    assert found_about.keys() >= {"measures.*.aip", "measures.*.comparators"}
    assert not [name for name in about(read(begun, tmp_path)) if name.startswith("measures")]
    assert about(load_profile())["authority"].is_missing


def test_a_secret_that_is_not_there_is_missing(begun: str, tmp_path: Path) -> None:
    profile = read(f'{begun}\n[extracts.ssd]\nkey_file = "{tmp_path}/none"\n', tmp_path)
    assert about(profile)["extracts.ssd.key_file"].is_missing


def test_an_area_to_which_no_team_belongs_is_said(begun: str, tmp_path: Path) -> None:
    profile = read(begun.replace('["Whole county"]', '["Whole county", "North"]'), tmp_path)
    assert "no team belongs to North" in str(about(profile)["localities"])


REVIEWS = "CHILD,DOB,REVIEW,REVIEW_CODE\n1,01/02/2010,05/06/2017,PN1\n2,01/02/2011,07/06/2017,PN1\n"


@pytest.fixture
def a_return(tmp_path: Path) -> Path:
    folder = tmp_path / "2018"
    folder.mkdir()
    (folder / "reviews.csv").write_text(REVIEWS)
    return folder


def test_the_commands_begin_a_profile_and_look_it_through(
    casepulse: Run, a_return: Path, tmp_path: Path
) -> None:
    whose = ("--authority", "Northshire, made up", "--population", "52000")
    ran = casepulse("profile", "new", "--from", a_return, *whose)
    assert ran.status == 0
    assert "ssda903: 2 children, 2 facts from 2017-06-05 to 2017-06-07" in ran.error
    profile = read(ran.out, tmp_path)
    assert profile.sources == ["ssda903"]

    looked = casepulse("profile", "check", tmp_path / "northshire.toml", "--from", a_return)
    assert looked.status == 0
    assert "look at  teams: none is named" in looked.error
    assert f"{CareReviewHeld.TYPE}" not in looked.error

    (tmp_path / "northshire.toml").write_text(ran.out.replace('["ssda903"]', '["ssd"]'))
    wrong = casepulse("profile", "check", tmp_path / "northshire.toml", "--from", a_return)
    assert wrong.status == 1
    assert "missing  sources: ssda903 is not among them" in wrong.error


def test_two_profiles_are_compared(casepulse: Run, begun: str, tmp_path: Path) -> None:
    before, after = tmp_path / "before.toml", tmp_path / "after.toml"
    before.write_text(begun)
    more = '[measures.cp_visits]\ntarget = 95\n[measures.cin_visits.standards]\nseen = "5 days"\n'
    after.write_text(begun.replace("52000", "53000") + more)
    said = casepulse("profile", "diff", before, after).out
    assert re.search(r"measures\.cp_visits\.target +95", said)
    assert re.search(r"population +52000 +53000", said)
    assert re.search(r"figures move, \d+: .*cp_rate", said)
    assert "the mark alone moves (target, tolerance, comparators), 1: cp_visits" in said
    assert "they say the same" in casepulse("profile", "diff", before, before).out


def test_what_two_profiles_do_to_measures(begun: str, tmp_path: Path) -> None:
    def catalogue(text: str) -> Catalogue:
        return catalogue_for(read(text, tmp_path))

    whole = catalogue(begun)
    stricter = begun + '[measures.cp_visits.standards]\nseen = "5 working days"\n'
    parts = {name for name, each in whole.measures.items() if each.base == "cp_visits"}
    assert set(moved(whole, catalogue(stricter)).figures) == parts > {"cp_visits"}
    assert moved(whole, catalogue(begun.replace("t101", "t102"))).figures == tuple(whole.measures)
    fewer = catalogue(begun.replace('sources = ["ssd"]', 'sources = ["cin-census"]'))
    assert set(moved(whole, fewer).shown_no_more) == whole.measures.keys() - fewer.measures.keys()
    assert moved(fewer, whole).shown_now == moved(whole, fewer).shown_no_more
    looser = moved(whole, catalogue(begun + "[rag]\ntolerance = 6.0\n"))
    assert (looser.figures, set(looser.marks)) == ((), set(whole.measures))


def test_what_is_no_extract_is_said(casepulse: Run, tmp_path: Path) -> None:
    ran = casepulse(
        *("profile", "new", "--from", tmp_path, "--authority", "A", "--population", "1")
    )
    assert ran.status == 1
    assert f"{tmp_path}: is no extract of a source that can be read" in ran.error


@pytest.mark.parametrize(
    ("name", "content", "source"),
    [
        ("ssd_person.csv", "pers_person_id\n", "ssd"),
        ("Reviews.CSV", '"child","DOB"\n', "ssda903"),
        ("a.xml", '<?xml version="1.0"?>\n<EXPSSDA903><CHILD/></EXPSSDA903>', "ssda903"),
        ("b.xml", '<?xml version="1.0"?>\n<Message><Header/></Message>', "cin-census"),
        ("c.xml", '<x:Message xmlns:x="urn:x"><Header/></x:Message>', "cin-census"),
        ("d.xml", "<html></html>", None),
        ("2026-06-29.xlsx", "", "annex-a"),
        ("all.jsonl", "", "dfe-payload"),
        ("list 1.csv", "Child Unique ID,Gender\n", "annex-a"),
        ("notes.txt", "hello\n", None),
        ("other.csv", "name,age\n", None),
    ],
)
def test_a_source_is_known_by_what_lies_there(
    tmp_path: Path, name: str, content: str, source: str | None
) -> None:
    (tmp_path / name).write_text(content)
    assert source_of(str(tmp_path / name)) == source
    assert source_of(str(tmp_path)) == source
    assert source_of("postgresql+psycopg://reader@db/ssd") == "ssd"
    assert source_of(str(tmp_path / "nowhere")) is None


def test_the_extracts_of_a_folder_stand_in_order(a_return: Path, tmp_path: Path) -> None:
    nights = tmp_path / "nights"
    for day in ("2026-06-30", "2026-06-29"):
        (nights / day).mkdir(parents=True)
        (nights / day / "ssd_person.csv").write_text("pers_person_id\n")
    (nights / "notes.txt").write_text("hello\n")
    assert list(extracts_in(str(nights))) == [
        (str(nights / "2026-06-29"), "ssd"),
        (str(nights / "2026-06-30"), "ssd"),
    ]
    assert list(extracts_in(str(a_return))) == [(str(a_return), "ssda903")]
    lists = tmp_path / "lists"
    lists.mkdir()
    for number in (1, 3):
        (lists / f"list {number}.csv").write_text("Child Unique ID,Gender\n")
    assert list(extracts_in(str(lists))) == [(str(lists), "annex-a")]
    books = tmp_path / "books"
    books.mkdir()
    for month in ("07", "06"):
        (books / f"2026-{month}-29.xlsx").touch()
    assert [Path(place).name for place, _ in extracts_in(str(books))] == [
        "2026-06-29.xlsx",
        "2026-07-29.xlsx",
    ]
