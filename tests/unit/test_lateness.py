"""What is late is said once: figure, list and count follow from it, in a measure and its parts."""

from dataclasses import replace

import pytest

from casepulse.counties.scenario import scenario
from casepulse.schemas.measure import Measure
from casepulse.schemas.profile import load_profile
from casepulse.schemas.source import known_sources
from casepulse.state import Fact, Figures, Partition, catalogue_for
from casepulse.state.due import due_list
from casepulse.state.lateness import Lateness, lateness_of
from tests.build import CATALOGUE


def test_a_part_is_late_in_its_whole_or_has_a_list_of_its_own() -> None:
    own = {each.measure.id for each in CATALOGUE.listed if each.measure.of is not None}
    assert own == {"cl_older_seen", "cin_plan_overdue"}
    for of_rule in CATALOGUE.lateness_by_rule.values():
        lists = [each for each in of_rule if each.has_list]
        late = [status for each in lists for status in each.late]
        ahead = [status for each in lists for status in each.ahead]
        assert len({*late, *ahead}) == len(late) + len(ahead), "a line stands on one list"
        for each in of_rule:
            [whole] = [one for one in lists if one.measure.id == each.listed_under]
            assert each.late <= whole.late


def test_a_part_that_is_late_where_its_whole_is_and_beyond_is_refused() -> None:
    whole = CATALOGUE.measures["cl_younger_seen"]
    part = CATALOGUE.measures["cl_older_seen"]

    def both(late: frozenset[str]) -> dict[str, Measure]:
        return {whole.id: whole, part.id: replace(part, late=late)}

    wholes = {whole.id: whole}
    assert lateness_of(both(part.late), wholes)
    with pytest.raises(ValueError, match="cl_older_seen: calls late some of what"):
        lateness_of(both(part.late | whole.late), wholes)


@pytest.mark.parametrize("source", known_sources())
def test_whatever_feeds_the_county_a_line_stands_on_one_list_of_a_measure_that_is_shown(
    source: str,
) -> None:
    profile = load_profile().model_copy(update={"sources": [source]})
    fed = catalogue_for(profile)
    for of_rule in fed.lateness_by_rule.values():
        lists = [each for each in of_rule if each.has_list]
        late = [status for each in lists for status in each.late]
        assert len(set(late)) == len(late)
        for each in of_rule:
            assert each.measure.id in fed.measures
            [whole] = [one for one in lists if one.measure.id == each.listed_under]
            assert each.late <= whole.late


@pytest.mark.parametrize(
    ("measure", "ahead"),
    [
        ("cl_older_seen", {"met_21_and_over", "not_due_21_and_over"}),
        ("cic_health_assessment_under_5", {"met_under_5", "not_due_under_5"}),
        ("initial_visits_outstanding_prior", {"pending"}),
        ("fc_supervision_2m", set()),  # the due days are those of a supervision a month
        ("cin_not_seen_6_weeks", set()),
    ],
)
def test_what_falls_due_in_a_part(measure: str, ahead: set[str]) -> None:
    lateness = CATALOGUE.lateness(measure)
    assert lateness is not None
    assert lateness.ahead == ahead


@pytest.mark.parametrize(
    "measure",
    [
        "cp_seen_virtually", "supervision_teams_above_target", "allocated_to_leavers",
        "eh_plans_over_12m", "ts_under_12m",
    ],
)  # fmt: skip
def test_a_part_that_calls_nothing_late_has_no_list(measure: str) -> None:
    assert CATALOGUE.lateness(measure) is None


def _made_up() -> Partition:
    partition = Partition(CATALOGUE)
    for event in scenario(children=60, months=2):
        if event.type == "clock.ticked":
            partition.advance(event.time)
        else:
            partition.apply(Fact.of(event))
    return partition


def _lines_late(found: list, each: Lateness) -> tuple[int, int]:
    ours = [
        line for line in found
        if line.measure == each.listed_under and line.status in each.late
    ]  # fmt: skip
    return sum(line.overdue for line in ours), sum(line.over for line in ours)


def test_every_late_one_of_a_figure_is_a_line_of_a_list_and_is_counted() -> None:
    """In a county of any size, at the end of its last month."""
    partition = _made_up()
    figures = Figures(partition.tally(), CATALOGUE, partition.now)
    found = due_list(partition, CATALOGUE)
    views = partition.awaited().views(partition.now)
    told = 0
    for name, measure in CATALOGUE.measures.items():
        statuses = figures.figure(name, figures.current(measure)).statuses
        late = sum(statuses[status] for status in measure.late)
        each = CATALOGUE.lateness(name)
        if each is None:
            assert (late, views.get(name)) == (0, None), name
            continue
        overdue, over = _lines_late(found, each)
        assert overdue == sum(view.overdue for view in views.get(name, [])), name
        assert over == sum(view.late_and_over for view in views.get(name, [])), name
        in_month = [
            line for line in found
            if line.measure == each.listed_under and line.status in each.late
            and (line.over or line.month in (None, figures.current(measure)))
        ]  # fmt: skip
        assert len(in_month) == late, name
        told += late
    assert told > 200
