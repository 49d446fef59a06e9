"""What feeds a county, what it tells, and what that leaves out; and who is told of it."""

import re
from datetime import date, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from casepulse.counties.scenario import scenario
from casepulse.report.compose import compose
from casepulse.report.html import render_html
from casepulse.schemas.profile import Profile, ProfileError, load_profile
from casepulse.schemas.release import Kind, Release
from casepulse.schemas.source import EVERYTHING, Feed, Source, known_sources
from casepulse.schemas.stored.release import RELEASE
from casepulse.state import Fact, Figures, catalogue_for, evaluate, open_catalogue
from casepulse.state.release import Cut, catalogue_of, make_release, read_release, release_bytes
from casepulse.state.viewing import definitions_version, measure_views
from tests.build import when
from tests.commanding import Run
from tests.needs import NEEDS, Needs, cases_of, needs_of, with_what_was_found_before, written

DECIDED = "initial_contact_decision"


def fed_by(*sources: str, **own: Source) -> Profile:
    """The default profile, fed by some sources."""
    return load_profile().model_copy(update={"sources": [*sources, *own], "source": own})


FRONT_DOOR = Source(
    title="The front door's own events",
    tells={
        "contact.received": ["source", "missing_notification", "time"],
        "contact.decided": ["outcome", "time"],
    },
)


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"contact.heard": []}, "there is no type of event 'contact.heard'"),
        ({"contact.decided": ["outcom"]}, "contact.decided has no field outcom; it has outcome"),
        ({"contact.decided": []}, "contact.decided must say outcome, which is neither told nor"),
    ],
)
def test_a_source_that_tells_what_there_is_not_is_refused(
    said: dict[str, list[str]], wrong: str
) -> None:
    with pytest.raises(ValidationError, match=re.escape(wrong)):
        Source(title="Odd", tells=said)


def test_what_is_assumed_is_not_told_as_well() -> None:
    assumes = {"contact.decided": {"outcome": "no_further_action"}}
    assert Source(title="Bare", tells={"contact.decided": []}, assumes=assumes)
    with pytest.raises(ValidationError, match="outcome is told, or no field of it"):
        Source(title="Odd", tells={"contact.decided": ["outcome"]}, assumes=assumes)
    with pytest.raises(ValidationError, match=r"contact\.decided is not told"):
        Source(title="Odd", tells={"referral.closed": ["referral"]}, assumes=assumes)


@pytest.mark.parametrize(
    ("needs", "missing"),
    [
        ([], ()),
        (["contact.received: source"], ()),
        (["contact.received: kind=a, rating"], ("contact.received: kind=a, rating",)),
        (["referral.started: source"], ("referral.started",)),
        (["visit.recorded: kind=initial"], ()),
        (["visit.recorded: kind=other"], ("visit.recorded: kind=other",)),
        (["visit.recorded: kind"], ("visit.recorded: kind",)),
    ],
)
def test_what_is_missing_is_no_more_than_what_nobody_tells(
    needs: list[str], missing: tuple[str, ...]
) -> None:
    source = Source(
        title="Some",
        tells={
            "contact.received": ["source"],
            "visit.recorded": ["kind=initial", "method", "child_seen"],
        },
    )
    assert Feed([source]).missing_for("any", needs) == missing


def test_what_one_source_lacks_another_tells() -> None:
    ssd = known_sources()["ssd"]
    needs = open_catalogue().measures[DECIDED].needs
    assert Feed([ssd]).missing_for(DECIDED, needs)
    assert Feed([FRONT_DOOR]).missing_for(DECIDED, needs) == ()
    assert Feed([ssd, FRONT_DOOR]).missing_for(DECIDED, needs) == ()


def test_what_a_source_tells_in_part_another_may_tell_whole() -> None:
    ssd, all_of_it = known_sources()["ssd"], known_sources()[EVERYTHING]
    needs = open_catalogue().measures["strategy_to_s47"].needs
    why = "strategy discussion held: only those that an enquiry followed"
    assert Feed([ssd]).missing_for("strategy_to_s47", needs) == (why,)
    assert Feed([ssd, FRONT_DOOR]).missing_for("strategy_to_s47", needs) == (why,)
    assert Feed([ssd, all_of_it]).missing_for("strategy_to_s47", needs) == ()


def test_the_measures_that_come_with_casepulse_are_those_that_sources_leave_out() -> None:
    known = open_catalogue().measures
    for name, source in known_sources().items():
        left_out = [measure for each in source.left_out for measure in each.measures]
        assert not set(left_out) - known.keys(), name
        assert len(set(left_out)) == len(left_out), name


def test_a_source_that_nobody_knows_is_refused_with_those_there_are(tmp_path: Path) -> None:
    path = tmp_path / "northshire.toml"
    path.write_text('base = "january-2021"\nsources = ["sdd"]\n')
    with pytest.raises(ProfileError) as refused:
        open_catalogue(path)
    assert str(refused.value).startswith(f"{path}, line 2: sources: there is no source 'sdd'")
    assert "annex-a, cin-census, dfe-payload, ssd, ssda903" in str(refused.value)


def test_one_of_its_own_may_not_have_the_name_of_another(tmp_path: Path) -> None:
    path = tmp_path / "northshire.toml"
    ours = '[source.ssd]\ntitle = "Ours"\n[source.ssd.tells]\n"clock.ticked" = []\n'
    path.write_text(f'base = "january-2021"\n{ours}')
    with pytest.raises(ProfileError, match="is the name of one that comes with casepulse"):
        load_profile(path)


def test_a_profile_of_before_has_the_version_that_it_had() -> None:
    assert load_profile().version == "b78383eeb0fc"
    assert fed_by("ssd").version != fed_by("annex-a").version != load_profile().version


def test_other_sources_are_other_definitions() -> None:
    versions = {definitions_version(catalogue_for(fed_by(name))) for name in known_sources()}
    assert len(versions) == len(known_sources())


def test_what_is_left_out_may_be_set_in_the_profile_all_the_same() -> None:
    """Its target is there already when a source comes that tells it."""
    assert fed_by("ssd").settings(DECIDED).target == 90
    catalogue = catalogue_for(fed_by("ssd"))
    assert DECIDED not in catalogue.measures
    assert catalogue.left_out[DECIDED].title
    assert catalogue.not_in_sources[DECIDED][0] == "contact.decided"
    assert DECIDED not in {name for part in catalogue.dashboard.values() for name in part}


def a_release(profile: Profile) -> Release:
    """January 2021 of a small county."""
    catalogue = catalogue_for(profile)
    facts = [Fact.of(event) for event in scenario(children=30, months=2)]
    cut = Cut(date(2021, 1, 1), Kind.FINAL, 1, when("2021-03-09"))
    return make_release(cut, evaluate(facts, catalogue, cut.at), {"a.fact": 1}, catalogue)


def test_a_part_is_counted_though_its_whole_is_not_shown() -> None:
    """The children in need are known to the census; who else is open to the service is not."""
    catalogue, whole = catalogue_for(fed_by("cin-census")), open_catalogue()
    assert "children_in_need" in catalogue.measures
    assert "open_to_social_care" not in catalogue.measures
    facts = [Fact.of(event) for event in scenario(children=60, months=3)]
    at = when("2021-01-15")
    counted = [
        Figures(evaluate(facts, each, at), each, at).figure("children_in_need", "at")
        for each in (catalogue, whole)
    ]
    assert counted[0] == counted[1]
    assert counted[0].numerator > 5


def test_a_release_says_what_was_left_out_and_its_report_does() -> None:
    release = a_release(fed_by("cin-census"))
    assert DECIDED not in release.measures
    assert release.not_in_sources[DECIDED].missing == ["contact.decided", "contact.received"]
    kept = read_release(release_bytes(release), RELEASE.number)
    assert kept == release
    catalogue = catalogue_of(kept, load_profile())
    assert catalogue.measures.keys() == release.measures.keys()
    page = " ".join(re.sub("<[^>]+>", " ", render_html(compose(kept, catalogue))).split())
    assert "The figures are made from: Children in need census." in page
    title = open_catalogue().measures[DECIDED].title
    assert f"{title} contact decided; contact received" in page
    assert "Early Help This release has no measure of this chapter." in page
    whole = a_release(load_profile())
    assert whole.not_in_sources == {}
    assert "not in your sources" not in render_html(compose(whole, open_catalogue())).lower()


def test_a_view_has_no_measure_that_is_left_out() -> None:
    catalogue, at = (
        catalogue_for(fed_by("ssda903")),
        datetime.fromisoformat("2021-01-15T09:00+00:00"),
    )
    views = measure_views(Figures(evaluate([], catalogue, at), catalogue, at))
    assert views.keys() == catalogue.measures.keys()
    assert not views.keys() & catalogue.not_in_sources.keys()


def test_the_command_names_what_is_left_out(casepulse: Run, tmp_path: Path) -> None:
    path = tmp_path / "northshire.toml"
    path.write_text('base = "january-2021"\nsources = ["ssd"]\n')
    shown = casepulse("measures", "--profile", path)
    assert "Not in your sources (Standard Safeguarding Dataset):" in shown.out
    [line] = [each for each in shown.out.splitlines() if f" {DECIDED} " in f" {each} "]
    assert "contact decided" in line
    rows = {
        row["measure"]: row
        for row in casepulse("measures", "--format", "json", "--profile", path).lines()
    }
    assert len(rows) == len(open_catalogue().measures)
    assert rows[DECIDED]["not_in_sources"][0] == "contact.decided"
    assert rows["cp_visits"]["not_in_sources"] == []
    assert casepulse("measures").out.count("Not in your sources") == 0


def test_what_is_found_is_added_to_what_stands_in_the_file() -> None:
    facts = [Fact.of(event) for event in scenario(children=20, months=3)]
    catalogue = open_catalogue()
    found = needs_of(cases_of(facts), catalogue)
    assert "visit.recorded: kind=protection_plan" in found.figures["cp_visits"]
    assert "contact.decided: time" in found.figures[DECIDED]
    both = with_what_was_found_before(found, catalogue)
    for name, measure in catalogue.measures.items():
        known = {each.partition(": ")[0] for each in both.figures[name]}
        of_both = {*measure.needs, *found.figures[name]}
        assert known == {each.partition(": ")[0] for each in of_both}
    nothing_new = with_what_was_found_before(Needs({}, {}), catalogue)
    assert written(*nothing_new) == NEEDS.read_text("utf-8")
