"""The county of January 2021: the late ones of each figure, the counts on its pages, the lines of
its lists and what the alerts judge are the same, measure by measure, status by status and locality
by locality. Where two of them count another thing, the page says which."""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

import pytest

from casepulse.access.lists import ListOf, every_list
from casepulse.agents.view_metrics import ViewFamilies
from casepulse.counties.january_2021.county import AS_AT
from casepulse.schemas.due import Due
from casepulse.schemas.measure import Measure
from casepulse.schemas.view import View, ViewMeta
from casepulse.state import COUNTY, Figures, open_catalogue
from casepulse.state.calendar import falls_due, local_date
from casepulse.state.viewing import Viewer, definitions_version
from casepulse.web.live_view import Seen
from casepulse.web.locality import locality_rows
from casepulse.web.pages import Pages
from casepulse.web.rendering import Rendering
from casepulse.web.shown_measures import LiveMeasure, Shelf
from tests.conftest import JanuaryListed

CATALOGUE = open_catalogue()
LISTS = every_list(CATALOGUE)
MEASURES = list(CATALOGUE.measures.values())
PLACES = [COUNTY, *CATALOGUE.profile.localities]


@dataclass
class Told:
    """All that is told of January."""

    listed: JanuaryListed

    @cached_property
    def figures(self) -> Figures:
        return Figures(self.listed.tally, CATALOGUE, AS_AT)

    @cached_property
    def seen(self) -> Seen:
        """The view that the pages show."""
        views = Viewer().measure_views(self.figures, self.listed.awaited)
        meta = ViewMeta(
            version=1,
            as_of=AS_AT,
            published=datetime(2021, 2, 1, tzinfo=UTC),
            definitions=definitions_version(CATALOGUE),
            authority=CATALOGUE.profile.authority,
            partitions=1,
            partitions_counted=1,
            read_to={},
        )
        return Seen(meta, views, None)

    @cached_property
    def shown(self) -> dict[str, LiveMeasure]:
        """Each measure as the pages show it."""
        return {each.id: each for each in Shelf(CATALOGUE).measures(self.seen)}

    @cached_property
    def _by_list(self) -> dict[str, list[Due]]:
        found: dict[str, list[Due]] = {}
        for line in self.listed.lines:
            found.setdefault(line.list, []).append(line)
        return found

    def lines(self, which: ListOf | None) -> list[Due]:
        """Those of a list; none where there is no such list."""
        return [] if which is None else which.its_own(self._by_list.get(which.kept_as, []))

    def late(self, measure: Measure) -> list[Due]:
        """Who is late, on both lists of a measure."""
        here = self.lines(LISTS.get(measure.id)) + self.lines(LISTS.get(f"{measure.id}.late"))
        return [line for line in here if line.overdue or line.over]


@pytest.fixture(scope="module")
def told(january_listed: Callable[[], JanuaryListed]) -> Told:
    return Told(january_listed())


def _by_status(lines: Iterable[Due], locality: str) -> Counter[str]:
    return Counter(line.status for line in lines if locality in (COUNTY, line.locality))


def test_who_is_late_in_a_figure_stands_on_a_list_and_who_stands_there_is_late_in_it(
    told: Told,
) -> None:
    found = 0
    for measure in MEASURES:
        period = told.figures.current(measure)
        in_figure = [line for line in told.late(measure) if line.month in (None, period)]
        for locality in PLACES:
            statuses = told.figures.figure(measure.id, period, locality).statuses
            late = {name: count for name, count in statuses.items() if name in measure.late}
            assert +Counter(late) == _by_status(in_figure, locality), (measure.id, locality)
            found += sum(late.values()) if locality != COUNTY else 0
    assert found > 8000


def test_what_the_pages_count_are_the_lines_of_their_lists(told: Told) -> None:
    for measure in MEASURES:
        shown = told.shown[measure.id]
        awaited = told.lines(shown.listed)
        overdue = [line for line in awaited if line.overdue]
        over = told.lines(shown.listed_over)
        assert all(line.over for line in over)
        assert shown.overdue == (len(overdue) if shown.listed else None), measure.id
        assert shown.late_and_over == (len(over) if shown.listed_over else None), measure.id
        if shown.looks_ahead:
            assert shown.due_soon == len(awaited) - len(overdue), measure.id
        else:
            assert shown.due_soon is None
            assert overdue == awaited
        if shown.overdue_in_figure is not None:
            of_month = [line for line in overdue if line.month == shown.view.period]
            assert shown.overdue_in_figure == len(of_month), measure.id


def test_what_a_localitys_page_counts_are_the_lines_of_the_locality(told: Told) -> None:
    for locality in CATALOGUE.profile.localities:
        for row in locality_rows(told.shown.values(), locality):
            here = [line for line in told.lines(row.measure.listed) if line.locality == locality]
            overdue = sum(line.overdue for line in here)
            where = row.measure.id, locality
            assert row.overdue == (overdue if row.measure.listed else None), where
            soon = len(here) - overdue if row.measure.looks_ahead else None
            assert row.due_soon == soon, where


def test_a_page_says_where_its_count_is_another_than_its_figure_has(told: Told) -> None:
    """In words: how many of them count in the month, and how many of the month are over."""
    pages = Pages(Shelf(CATALOGUE), Rendering())
    differing = 0
    for measure in MEASURES:
        shown = told.shown[measure.id]
        page = pages.page(f"/measures/{measure.id}", told.seen).html
        said = " ".join(re.sub(r"<[^>]+>", " ", page).split())
        if shown.overdue is not None and shown.awaited:
            assert f"Overdue now {shown.overdue:,} " in said, measure.id
        else:
            assert "Overdue now" not in said, measure.id
        if shown.overdue == shown.view.late or not shown.awaited:
            continue
        differing += 1
        assert measure.kind == "flow", measure.id
        assert f"Late in January 2021, and over {shown.late_and_over:,} " in said, measure.id
        if shown.overdue:
            told_of = f"{shown.overdue_in_figure:,} of them in the figure of January 2021"
            assert told_of in said, measure.id
    assert differing > 10


def test_nobody_stands_on_a_list_of_what_falls_due_who_is_late(told: Told) -> None:
    for line in told.listed.lines:
        if line.due is not None and not line.overdue:
            assert falls_due(line.due) > AS_AT, line
        if line.due is not None and line.overdue:
            assert falls_due(line.due) <= AS_AT, line


def test_the_alerts_judge_the_lines_of_the_lists(told: Told) -> None:
    view = View(meta=told.seen.meta, measures=dict(told.seen.measures))
    families = {each.name: each for each in ViewFamilies(CATALOGUE).of(view)}
    counted: Counter[tuple[str, str]] = Counter()
    for sample in families["casepulse_measure_overdue"].samples:
        counted[sample.labels["measure"], sample.labels["locality"]] = int(sample.value)
    lines = Counter((line.measure, line.locality) for line in told.listed.lines if line.overdue)
    assert +counted == lines
    since = {
        sample.labels["measure"]: sample.value
        for sample in families["casepulse_measure_oldest_due_timestamp_seconds"].samples
    }
    oldest: dict[str, float] = {}
    for line in told.listed.lines:
        if line.overdue and line.due is not None:
            at = falls_due(line.due).timestamp()
            oldest[line.measure] = min(at, oldest.get(line.measure, at))
    assert since == oldest


@pytest.mark.parametrize(
    ("measure", "overdue", "over"),
    [
        ("cl_older_seen", 15, None),
        ("cl_younger_seen", 130, None),
        ("allocated_worker", 29, None),
        ("cin_plan_overdue", 36, None),
        ("cl_pathway_plan", 110, None),
        ("cse_tools", 12, 4),  # two of them of months before January
        ("initial_contact_decision", 0, 882),
        ("cp_seen_virtually", None, None),
        ("supervision_teams_above_target", None, None),
        ("assessments_open", 70, None),
        ("fc_supervision_month", 104, None),
    ],
)
def test_who_is_late_in_january(
    told: Told, measure: str, overdue: int | None, over: int | None
) -> None:
    shown = told.shown[measure]
    assert (shown.overdue, shown.late_and_over) == (overdue, over)


def test_the_longest_overdue_is_told_as_its_list_tells_it(told: Told) -> None:
    pages = Pages(Shelf(CATALOGUE), Rendering())
    overdue = [line for line in told.lines(LISTS["cin_visits"]) if line.overdue]
    first = min(line.due for line in overdue if line.due is not None)
    days = (local_date(AS_AT) - first).days
    page = pages.page("/measures/cin_visits", told.seen).html
    assert f"the longest due {first.day} {first:%B %Y}, {days} days ago" in page


def test_the_dashboard_shows_the_tolerance_beside_the_target(told: Told) -> None:
    page = Pages(Shelf(CATALOGUE), Rendering()).page("/", told.seen)
    for name, shown in told.shown.items():
        if shown.view.dashboard is not None and shown.view.target is not None:
            assert "tolerance 4.5 points" in page.parts[f"{name}.target"], name
