"""The publishable edition: no withheld count can be worked out from it, nor with the one before.

The reader who tries is in `tests/attack.py`: on small releases he goes through every table there
could be, on a whole one he asks a solver.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from itertools import product
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from casepulse.counties.scenario import scenario
from casepulse.schemas.events.clock import ClockTicked
from casepulse.schemas.profile import DisclosureRule, ProfileError, load_profile
from casepulse.schemas.publishable import FigureName, Withheld
from casepulse.schemas.release import Kind, Release
from casepulse.state import AT, COUNTY, Fact, Tally, catalogue_for, evaluate
from casepulse.state.disclosure.publishable import Published, withheld
from casepulse.state.release import Cut, make_release
from tests.attack import Asked, Reader
from tests.build import row

DECEMBER, JANUARY = date(2020, 12, 1), date(2021, 1, 1)

#: Two localities are enough to add up, and few enough to go through everything.
PROFILE = load_profile().model_copy(
    update={"localities": ["North", "South"], "locality_of_others": "South", "teams": {}}
)
CATALOGUE = catalogue_for(PROFILE)

#: Measures of one base: a share in its windows; a stock, and another that is part of its rest.
FLOWS = ("re_referrals", "re_referrals_fytd", "re_referrals_12m")
STOCKS = ("cp_visits", "cp_not_seen_20")

#: Base, month, locality and status, with how many there are.
Cells = dict[tuple[str, str, str, str], int]


def flows(*counts: int) -> Cells:
    """The referrals of three months by locality: how many again, how many the first."""
    months = ("2020-11", "2020-12", "2021-01")
    return _cells("re_referrals", months, ("repeat", "first"), counts)


def stocks(*counts: int) -> Cells:
    """Children on a plan at two month ends by locality: seen in time, overdue, long overdue."""
    return _cells("cp_visits", ("2020-12", "2021-01"), ("met", "overdue", "long_overdue"), counts)


def _cells(
    base: str, months: Sequence[str], statuses: Sequence[str], counts: Sequence[int]
) -> Cells:
    places = product([base], months, PROFILE.localities, statuses)
    return dict(zip(places, counts, strict=True))


def release_of(cells: Cells, month: date = JANUARY, number: int = 1) -> Release:
    """A release of a few measures: two months of the county, the last by locality."""
    cut = Cut(month, Kind.FINAL, number, datetime(2021, 3, 8, tzinfo=UTC))
    last, tally = f"{month:%Y-%m}", Tally()
    for (base, period, locality, status), count in cells.items():
        now = CATALOGUE.measures[base].kind == "stock" and period == last
        if count and period <= last:
            tally.add_count((base, AT if now else period, locality, status), count)
    whole = make_release(cut, tally, {}, CATALOGUE)
    views = {}
    for name in FLOWS if ("re_referrals", "2021-01", "North", "first") in cells else STOCKS:
        view = whole.measures[name]
        localities = {locality: months[-1:] for locality, months in view.localities.items()}
        views[name] = view.model_copy(update={"series": view.series[-2:], "localities": localities})
    return whole.model_copy(update={"measures": views})


def published(release: Release, before: Published | None = None) -> Published:
    return Published(release, withheld(release, CATALOGUE, before))


def recovered(*editions: tuple[Cells, Published]) -> list[Asked]:
    """The counts that should not be known, and are; each edition with its cells."""
    reader = Reader([edition for _, edition in editions], CATALOGUE)
    near = {
        (number, *cell): count
        for number, (cells, _) in enumerate(editions)
        for cell, count in cells.items()
    }
    return [asked for asked in reader.secrets() if reader.recovers(asked, near)]


twelve = st.lists(st.integers(0, 9), min_size=12, max_size=12)
either = st.sampled_from([flows, stocks])
changes = st.lists(st.tuples(st.integers(0, 11), st.integers(0, 9)), max_size=4)


@settings(max_examples=30, deadline=None)
@given(either, twelve)
def test_nothing_can_be_worked_out_from_one_edition(cells_of, counts):
    cells = cells_of(*counts)
    assert not recovered((cells, published(release_of(cells))))


@settings(max_examples=30, deadline=None)
@given(either, twelve, changes, st.sampled_from([DECEMBER, JANUARY]))
@example(stocks, [0, 9, 5, 3, 1, 5, 4, 4, 5, 5, 8, 7], [(3, 6), (11, 6), (9, 2)], JANUARY)
@example(stocks, [0, 8, 8, 2, 6, 7, 1, 1, 5, 2, 4, 0], [(0, 8), (3, 7), (0, 6)], DECEMBER)
@example(flows, [2, 1, 3, 7, 2, 5, 9, 5, 0, 8, 7, 0], [(6, 3), (10, 9), (6, 8), (4, 9)], JANUARY)
def test_nothing_can_be_worked_out_from_two_editions(cells_of, counts, changed, month):
    cells = cells_of(*counts)
    first = published(release_of(cells, month))
    for place, count in changed:
        counts[place] = count
    cells_then, cells = cells, cells_of(*counts)
    second = published(release_of(cells, number=2), first)
    assert not recovered((cells_then, first), (cells, second))


# --- that these tests can fail ----------------------------------------------------------------

#: In January, in the north 13 seen in time and 3 overdue; in the south 24 and 9.
SEEN = stocks(30, 10, 0, 30, 10, 0, 13, 3, 0, 24, 9, 0)

#: The same with more of one kind.
MORE_OVERDUE_IN_THE_NORTH = SEEN | {("cp_visits", "2021-01", "North", "overdue"): 9}
FEWER_OVERDUE_IN_THE_SOUTH = SEEN | {("cp_visits", "2021-01", "South", "overdue"): 8}


def only_small(release: Release) -> Withheld:
    """What is withheld if nobody thinks of sums."""
    rule = release.profile.disclosure
    names: dict[str, set[FigureName]] = {"numerator": set(), "denominator": set()}
    for view in release.measures.values():
        for locality, months in {COUNTY: view.series, **view.localities}.items():
            for month in months:
                for part, small in names.items():
                    if rule.is_small(getattr(month, part) or 0):
                        small.add(FigureName(view.measure, month.month, locality))
    return Withheld(
        release=release.name,
        before=None,
        rule=rule,
        numerators=frozenset(names["numerator"]),
        denominators=frozenset(names["denominator"]),
    )


def test_the_reader_finds_out_a_small_count_that_is_withheld_alone():
    """Those not seen in time are the rest of those who are."""
    release = release_of(SEEN)
    alone = recovered((SEEN, Published(release, only_small(release))))
    assert [(each.measure, each.part, each.locality) for each in alone] == [
        ("cp_visits", "rest", "North")
    ]
    assert not recovered((SEEN, published(release)))


def test_the_reader_finds_out_from_two_editions_what_neither_tells():
    """3 of 16 were overdue: withheld. Then 9 of 22 are: an edition that knows of no other shows
    all, and what has stayed as it was tells of the 3."""
    first = published(release_of(SEEN))
    release = release_of(MORE_OVERDUE_IN_THE_NORTH, number=2)
    careless, careful = published(release), published(release, first)
    assert not recovered((SEEN, first))
    assert not recovered((MORE_OVERDUE_IN_THE_NORTH, careless))
    assert recovered((SEEN, first), (MORE_OVERDUE_IN_THE_NORTH, careless))
    assert not recovered((SEEN, first), (MORE_OVERDUE_IN_THE_NORTH, careful))


# --- what is withheld, and how it is told -----------------------------------------------------


def test_what_has_not_changed_is_shown_and_withheld_as_before():
    release = release_of(SEEN)
    first = withheld(release, CATALOGUE)
    second = withheld(release, CATALOGUE, Published(release, first))
    assert (second.numerators, second.denominators) == (first.numerators, first.denominators)
    assert (first.before, second.before) == (None, release.name)


def test_the_rule_of_the_profile_is_followed():
    release = release_of(SEEN)
    assert withheld(release, CATALOGUE).numerators

    def under(**rule: object) -> Withheld:
        disclosure = release.profile.disclosure.model_copy(update=rule)
        profile = release.profile.model_copy(update={"disclosure": disclosure})
        return withheld(release.model_copy(update={"profile": profile}), CATALOGUE)

    assert not under(largest_withheld=2).numerators
    assert not under(complements=False).numerators
    assert under(largest_withheld=30).numerators > withheld(release, CATALOGUE).numerators


def test_a_stricter_rule_than_that_of_the_edition_before_holds_for_what_has_changed():
    """What was shown, and is the same, can't be taken back."""
    first = published(release_of(SEEN))
    release = release_of(FEWER_OVERDUE_IN_THE_SOUTH, number=2)
    disclosure = PROFILE.disclosure.model_copy(update={"largest_withheld": 10})
    profile = PROFILE.model_copy(update={"disclosure": disclosure})
    second = published(release.model_copy(update={"profile": profile}), first)
    south, county = ("cp_visits", "2021-01", "South"), ("cp_visits", "2020-12", COUNTY)
    assert second.withheld.of(south) != "nothing"
    assert second.withheld.of(county) == first.withheld.of(county) == "nothing"


def test_a_record_says_what_is_not_shown_of_a_figure_and_comes_back_from_json_in_order():
    north, south = FigureName("m", "2021-01", "North"), FigureName("m", "2021-01", "South")
    record = Withheld(
        release="2021-01/2-final",
        before=None,
        rule=PROFILE.disclosure,
        numerators=frozenset({south, north}),
        denominators=frozenset({south}),
    )
    assert record.of(north) == "numerator"
    assert record.of(south) == "all"
    assert record.of(("m", "2021-01", COUNTY)) == "nothing"
    told = record.model_dump_json()
    assert told.index("North") < told.index("South")
    assert Withheld.model_validate_json(told) == record


@pytest.mark.parametrize(
    ("text", "line", "field", "allowed"),
    [
        row("none is small", "[disclosure]\nlargest_withheld = 0", 2,
            "disclosure.largest_withheld", "equal to 1"),
        row("half a child", "[disclosure]\n\nlargest_withheld = 5.5", 3,
            "disclosure.largest_withheld", "integer"),
        row("a text for yes", '[disclosure]\ncomplements = "yes"', 2,
            "disclosure.complements", "boolean"),
        row("a rule that there is none of", "[disclosure]\nrounded = true", 2,
            "disclosure.rounded", "not permitted"),
    ],
)  # fmt: skip
def test_a_wrong_rule_is_refused_with_its_line(tmp_path, text, line, field, allowed):
    path = tmp_path / "county.toml"
    path.write_text(f'base = "january-2021"\n{text}', encoding="utf-8")
    with pytest.raises(ProfileError) as caught:
        load_profile(path)
    assert f"county.toml, line {line + 1}: {field}" in str(caught.value)
    assert allowed in str(caught.value)


def test_a_release_from_before_there_was_a_rule_has_that_of_the_default_profile():
    assert load_profile().disclosure == DisclosureRule()


# --- whole releases ---------------------------------------------------------------------------

WHOLE = catalogue_for(load_profile())


@pytest.fixture(scope="module")
def release_at() -> Callable[[date, datetime], Release]:
    """Releases of a made-up county of a few hundred children: nearly everything in it is small."""
    events = scenario(seed=5, children=250, months=3)
    facts = [Fact.of(event) for event in events if event.type != ClockTicked.TYPE]

    def release(month: date, known: datetime) -> Release:
        cut = Cut(month, Kind.FINAL, 1, known)
        return make_release(cut, evaluate(facts, WHOLE, cut.at, known), {}, WHOLE)

    return release


def attacked(editions: list[Published], asked: int) -> None:
    reader = Reader(editions, WHOLE)
    secrets = reader.secrets()
    assert len(secrets) > 10 * asked
    for each in Random(3).sample(secrets, asked):
        assert not reader.recovers_by_solver(each)


def test_a_whole_release_and_that_of_the_month_before(release_at):
    first = release_at(DECEMBER, datetime(2021, 1, 20, tzinfo=UTC))
    before = Published(first, withheld(first, WHOLE))
    second = release_at(JANUARY, datetime(2021, 2, 1, tzinfo=UTC))
    now = Published(second, withheld(second, WHOLE, before))
    attacked([before], 20)
    attacked([before, now], 20)
    for view in second.measures.values():
        for locality, months in {COUNTY: view.series, **view.localities}.items():
            for month in months:
                name = FigureName(view.measure, month.month, locality)
                rule = second.profile.disclosure
                if rule.is_small(month.numerator):
                    assert now.withheld.of(name) != "nothing"
                if WHOLE.measures[name.measure].scale != "rate":
                    assert now.withheld.of(name) == "all" or not rule.is_small(
                        month.denominator or 0
                    )


def test_the_solver_finds_out_what_only_small_counts_withheld_give_away(release_at):
    release = release_at(JANUARY, datetime(2021, 2, 1, tzinfo=UTC))
    reader = Reader([Published(release, only_small(release))], WHOLE)
    found = [each for each in reader.secrets() if each.part == "rest"][:20]
    assert any(reader.recovers_by_solver(each) for each in found)
