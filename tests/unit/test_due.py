"""Child-level lists: whoever is late in a figure is on its list, and so is who will be soon."""

from datetime import date

import pytest

from casepulse.counties.scenario import scenario
from casepulse.state import Fact, Figures, Partition
from casepulse.state.due import due_list
from tests.build import (
    CATALOGUE,
    allocated,
    allocation_ended,
    contact,
    decision,
    figure,
    plan,
    referral,
    restriction,
    row,
    visit,
    voided,
    when,
)
from tests.build.care import born
from tests.build.leaving_care import qualified


def lines(facts: list[Fact], at: str):
    """The list of a partition that holds these facts, at an instant."""
    partition = Partition(CATALOGUE, when(at))
    for fact in facts:
        partition.apply(fact)
    return due_list(partition, CATALOGUE)


def test_a_line_says_what_is_due_when_where_and_by_whom():
    facts = [
        plan("2021-01-04", team="stroud-safeguarding"),
        visit("2021-01-11 10:00"),
        allocated("2021-01-04", to="w7", key="l1"),
        allocated("2021-01-05", to="w3", key="l2"),
        allocated("2021-01-05", to="w9", key="l3"),
        allocation_ended("2021-01-06", key="l3"),
    ]
    [line] = [line for line in lines(facts, "2021-01-20") if line.measure == "cp_visits"]
    assert (line.subject, line.occurrence, line.status) == ("child:k1", "p1", "met")
    assert (line.due, line.overdue) == (date(2021, 1, 25), False)
    assert (line.locality, line.team) == ("Stroud", "stroud-safeguarding")
    assert line.workers == ("w3", "w7")


def test_it_looks_ten_working_days_ahead_and_no_further():
    facts = [plan("2021-01-04"), visit("2021-01-11 10:00")]  # due on Monday 25 January

    def due_at(at: str) -> list[bool]:
        return [line.overdue for line in lines(facts, at) if line.measure == "cp_visits"]

    assert due_at("2021-01-11 12:00") == [False], "the 25th is the tenth working day from the 11th"
    assert due_at("2021-01-25 23:59") == [False]
    assert due_at("2021-01-26") == [True]
    assert due_at("2021-06-01") == [True]
    seen = [*facts, visit("2021-01-22 10:00")]
    assert [
        line.due for line in lines(seen, "2021-01-22 12:00") if line.measure == "cp_visits"
    ] == [date(2021, 2, 5)]


def test_what_is_done_is_on_no_list_however_late_it_was():
    received = contact("2021-01-04 09:00")
    [line] = [
        each
        for each in lines([received], "2021-01-06")
        if each.measure == "initial_contact_decision"
    ]
    assert (line.due, line.overdue) == (when("2021-01-05 09:00"), True)
    done = [received, decision("2021-01-05 18:00")]
    [line] = [
        each for each in lines(done, "2021-01-06") if each.measure == "initial_contact_decision"
    ]
    assert (line.list, line.over) == ("initial_contact_decision.late", True)


def test_what_was_done_late_stands_on_a_list_of_its_own_until_the_month_is_over():
    done = [contact("2021-01-04 09:00"), decision("2021-01-05 18:00")]

    def late(at: str) -> list[tuple[str | None, str, bool, object]]:
        return [
            (line.month, line.status, line.overdue, line.due)
            for line in lines(done, at)
            if line.list == "initial_contact_decision.late"
        ]

    assert late("2021-01-05 18:00") == []
    assert late("2021-01-05 18:01") == [("2021-01", "missed", False, None)]
    assert late("2021-02-01 00:00") == [("2021-01", "missed", False, None)], "as at its end"
    assert late("2021-02-01 00:01") == []


def test_who_is_late_without_a_due_day_is_on_the_list():
    """A care leaver who never had a pathway plan."""
    [line] = [
        line
        for line in lines([qualified("2021-01-04")], "2021-01-20")
        if line.measure == "cl_pathway_plan"
    ]
    assert (line.status, line.due, line.overdue) == ("never", None, True)


def test_a_child_without_a_worker_is_late_in_the_figure_and_on_the_list():
    facts = [
        referral("2021-01-04"),
        allocated("2021-01-05", to="w7", key="l1"),
        allocation_ended("2021-01-12", key="l1"),
    ]
    [line] = [line for line in lines(facts, "2021-01-14") if line.measure == "allocated_worker"]
    assert (line.status, line.due, line.overdue) == ("delayed", date(2021, 1, 12), True)
    counted = figure("allocated_worker", facts, "2021-01-14")
    assert counted.statuses["delayed"] == 1


def test_an_older_care_leaver_is_on_the_list_of_the_older():
    facts = [born("1999-05-01"), qualified("2020-01-06")]
    assert [
        (line.measure, line.status, line.overdue)
        for line in lines(facts, "2021-01-20")
        if line.measure in ("cl_younger_seen", "cl_older_seen")
    ] == [("cl_older_seen", "never_21_and_over", True)]


def test_every_stock_has_as_many_overdue_lines_as_its_figure_has_late():
    partition = Partition(CATALOGUE)
    for event in scenario(children=60, months=2):
        if event.type == "clock.ticked":
            partition.advance(event.time)
        else:
            partition.apply(Fact.of(event))
    figures = Figures(partition.tally(), CATALOGUE, partition.now)
    found = due_list(partition, CATALOGUE)
    timed = {line.measure for line in found}
    assert {"cp_visits", "statutory_visits"} <= timed
    for name in timed:
        measure = CATALOGUE.measures[name]
        if measure.kind == "stock" and measure.late:
            late = sum(
                figures.figure(name, "at").statuses[status] for status in sorted(measure.late)
            )
            assert sum(line.overdue for line in found if line.measure == name) == late, name


CLOSED, OPENED = restriction("2021-01-05 09:00"), restriction("2021-01-12 09:00", False)


@pytest.mark.parametrize(
    ("told", "restricted"),
    [
        row("nothing was said of it", [], False),
        row("closed", [CLOSED], True),
        row("closed, and opened again", [CLOSED, OPENED], False),
        row("the same, heard of in another order", [OPENED, CLOSED], False),
        row("opened, then closed again", [CLOSED, OPENED, restriction("2021-01-19")], True),
        row("to be opened on a day that has not come",
            [CLOSED, restriction("2021-01-21", False)], True),
        row("closed by mistake", [CLOSED, voided(CLOSED, "2021-01-06")], False),
        row("opened by mistake", [CLOSED, OPENED, voided(OPENED, "2021-01-13")], True),
        row("another child's", [restriction("2021-01-05", subject="child:k2")], False),
    ],
)  # fmt: skip
def test_a_line_says_whether_the_childs_record_is_restricted(
    told: list[Fact], restricted: bool
) -> None:
    facts = [plan("2021-01-04"), visit("2021-01-11 10:00"), *told]
    found = lines(facts, "2021-01-20")
    assert {line.restricted for line in found} == {restricted}
    assert all("restricted" in line.model_fields_set for line in found), "and leaves it to nobody"
