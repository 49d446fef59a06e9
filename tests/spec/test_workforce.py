"""The workforce: caseloads, allocation, how often the social worker changes.

Handbook: "Stability and permanence", "Beyond the dashboard"; the report, "Workforce".
"""

import pytest

from tests.build import (
    allocated,
    allocation_ended,
    amended,
    as_printed,
    entered_care,
    left_care,
    legal_status,
    plan,
    referral,
    referral_closed,
    row,
    share,
    status,
    statuses,
    table,
    voided,
    worker,
    worker_left,
)
from tests.build.workforce import held_by_manager, leaver

# --- caseloads --------------------------------------------------------------------------------


def _holding(children, to="w1", first=0, team=None):
    """So many children allocated to a worker, each in a case of its own."""
    return [
        allocated("2021-01-04", to=to, subject=f"child:{to}-{first + n}", team=team)
        for n in range(children)
    ]


@table("""
    a worker with a post of      | fte   | children | expected
    full time, exactly 18        | 1.0   | 18       | within
    full time, 19                | 1.0   | 19       | above
    full time, 1                 | 1.0   | 1        | within
    full time, none: not counted | 1.0   | 0        | -
    half time, exactly 9         | 0.5   | 9        | within
    half time, 10                | 0.5   | 10       | above
    0.6, 10 (10.8 allowed)       | 0.6   | 10       | within
    0.6, 11                      | 0.6   | 11       | above
    a third, 6 (5.99 allowed)    | 0.333 | 6        | above
    0.334, 6 (6.01 allowed)      | 0.334 | 6        | within
    0.335, 6 (6.03 allowed)      | 0.335 | 6        | within
    0.725, 13 (13.05 allowed)    | 0.725 | 13       | within
    0.615, 11 (11.07 allowed)    | 0.615 | 11       | within
    0.276, 5 (4.968 allowed)     | 0.276 | 5        | above
    full time, exactly 22        | 1.0   | 22       | above
    full time, 23                | 1.0   | 23       | stretched
    full time, exactly 25        | 1.0   | 25       | stretched
    full time, 26                | 1.0   | 26       | high
    half time, exactly 15 (30)   | 0.5   | 15       | high
    half time, 16 (32)           | 0.5   | 16       | excessive
    a tiny post                  | 0.004 | 1        | excessive
""")
def test_children_per_full_time_post(fte, children, expected):
    facts = [worker("2020-01-06", float(fte)), *_holding(int(children))]
    assert status("caseload_18", facts, "2021-02-01") == expected


NINETEEN = _holding(19)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("19 children", [worker("2020-01-06")], "above"),
        row("one of them no longer allocated",
            [worker("2020-01-06"), allocation_ended("2021-01-20", subject="child:w1-0")],
            "within"),
        row("that allocation ends later",
            [worker("2020-01-06"), allocation_ended("2021-02-01 00:00", subject="child:w1-0")],
            "above"),
        row("one allocation voided",
            [worker("2020-01-06"), voided(NINETEEN[0], "2021-01-20")], "within"),
        row("one allocated to another worker instead, by amendment",
            [worker("2020-01-06"),
             amended(NINETEEN[0], allocated("2021-01-04", to="w2"), "2021-01-20")], "within"),
        row("the post grew from half to full time",
            [worker("2020-01-06", 0.5), worker("2021-01-11", 1.0)], "above"),
        row("the post shrank", [worker("2020-01-06"), worker("2021-01-11", 0.5)], "excessive"),
        row("no post on record: left out", [], "post_unknown"),
        row("the worker left: left out",
            [worker("2020-01-06"), worker_left("2021-01-20")], "post_unknown"),
        row("the worker left and came back",
            [worker("2020-01-06"), worker_left("2021-01-04"), worker("2021-01-11")], "above"),
        row("a referral closed does not end an allocation",
            [worker("2020-01-06"), referral_closed("2021-01-20", subject="child:w1-0")], "above"),
    ],
)  # fmt: skip
def test_whose_caseload_is_above(facts, expected):
    said = statuses("caseload_18", [*NINETEEN, *facts], "2021-02-01")
    assert said.get(expected) == 1


def test_a_child_allocated_twice_to_the_same_worker_counts_once():
    twice = allocated("2021-01-11", key="l2", subject="child:w1-0")
    facts = [worker("2020-01-06"), *_holding(18), twice]
    assert status("caseload_18", facts, "2021-02-01") == "within"


def test_a_child_with_two_workers_counts_for_each():
    facts = [
        worker("2020-01-06", 0.05, key="w1"),
        worker("2020-01-06", 0.05, key="w2"),
        allocated("2021-01-04", to="w1", key="l1"),
        allocated("2021-01-04", to="w2", key="l2"),
    ]
    assert statuses("caseload_18", facts, "2021-02-01") == {"above": 2}


def test_a_worker_whose_children_sit_in_different_localities_is_one_worker_in_their_own_team():
    facts = [
        worker("2020-01-06", team="stroud-safeguarding"),
        *_holding(10, team="stroud-safeguarding"),
        *_holding(9, first=10, team="gloucester-safeguarding"),
    ]
    assert statuses("caseload_18", facts, "2021-02-01") == {"above": 1, "team_above": 1}
    stroud = statuses("caseload_18", facts, "2021-02-01", locality="Stroud")
    assert stroud == {"above": 1, "team_above": 1}
    assert statuses("caseload_18", facts, "2021-02-01", locality="Gloucester") == {}


def test_a_worker_of_no_known_team_counts_under_other():
    facts = [worker("2020-01-06"), *_holding(1)]
    assert statuses("caseload_18", facts, "2021-02-01", locality="Other") == {"within": 1}


def test_workers_without_a_post_on_record_are_out_of_the_percentage():
    facts = [worker("2020-01-06", key="w1"), *_holding(1, "w1"), *_holding(1, "w2")]
    assert share("caseload_18", facts, "2021-02-01") == "1 of 1"
    assert as_printed("caseload_18", _holding(1, "w2"), "2021-02-01") == "n/a"


def test_a_child_whom_a_manager_holds_meanwhile_is_in_nobodys_caseload():
    facts = [worker("2020-01-06", key="m1"), held_by_manager("2021-01-04")]
    assert statuses("caseload_18", facts, "2021-02-01") == {}


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        row("within 18", "caseload_18", "1 of 5"),
        row("above 18", "caseload_over_18", "4 of 5"),
        row("within 22", "caseload_22", "2 of 5"),
        row("more than 25", "caseload_25", "2 of 5"),
        row("more than 30", "caseload_30", "1 of None"),
    ],
)
def test_the_bands_of_caseloads_add_up(measure, expected):
    facts = []
    for key, children in (("w1", 18), ("w2", 19), ("w3", 25), ("w4", 26), ("w5", 31)):
        facts += [worker("2020-01-06", key=key), *_holding(children, key)]
    assert share(measure, facts, "2021-02-01") == expected


def test_teams_in_which_every_worker_is_within_18():
    facts = []
    for key, team, children in (
        ("w1", "stroud-assessment", 18),
        ("w2", "stroud-assessment", 19),
        ("w3", "fod-assessment", 18),
        ("w4", "fod-assessment", 1),
        ("w5", "mash", 0),
    ):
        facts += [worker("2020-01-06", key=key, team=team), *_holding(children, key)]
    assert share("caseload_teams_all_18", facts, "2021-02-01") == "1 of 2"
    assert share("caseload_teams_all_18", facts, "2021-02-01", locality="FoD") == "1 of 1"
    assert as_printed("caseload_teams_all_18", facts, "2021-02-01") == "50"


def test_nobody_who_holds_a_child_is_not_available():
    facts = [worker("2020-01-06", team="mash")]
    assert as_printed("caseload_18", facts, "2021-02-01") == "n/a"
    assert as_printed("caseload_teams_all_18", facts, "2021-02-01") == "n/a"
    assert as_printed("caseload_30", facts, "2021-02-01") == "0"


# --- allocation -------------------------------------------------------------------------------

OPEN = referral("2020-06-01")
HELD = allocated("2020-06-01 10:00")


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("held by a worker", [OPEN, HELD], "allocated"),
        row("by one of whom nothing is on record", [OPEN, allocated("2020-06-01", to="w9")],
            "allocated"),
        row("not open: not counted", [HELD], None),
        row("closed: not counted", [OPEN, HELD, referral_closed("2021-01-29")], None),
        row("never allocated", [referral("2021-01-25")], "delayed"),
        row("allocated from tomorrow", [referral("2021-01-25"), allocated("2021-02-01 00:00")],
            "delayed"),
        row("the allocation voided",
            [referral("2021-01-25"), wrong := allocated("2021-01-26"),
             voided(wrong, "2021-01-27")], "delayed"),
        row("held by a manager meanwhile",
            [referral("2021-01-25"), held_by_manager("2021-01-25")], "delayed"),
        row("taken over from the manager",
            [referral("2021-01-25"), held_by_manager("2021-01-25"),
             allocation_ended("2021-01-26"), allocated("2021-01-26", key="l2")], "allocated"),
        row("the worker's allocation ended",
            [OPEN, HELD, allocation_ended("2021-01-20")], "delayed"),
        row("its end amended to tomorrow",
            [OPEN, HELD, wrong := allocation_ended("2021-01-20"),
             amended(wrong, allocation_ended("2021-02-01"), "2021-02-01")], "allocated"),
        row("the worker left", [OPEN, HELD, worker_left("2021-01-20")], "worker_left"),
        row("the worker leaves tomorrow", [OPEN, HELD, worker_left("2021-02-01")], "allocated"),
        row("the worker left and came back",
            [OPEN, HELD, worker_left("2021-01-04"), worker("2021-01-11")], "allocated"),
        row("the worker left, another took over",
            [OPEN, HELD, worker_left("2021-01-20"), allocation_ended("2021-01-20"),
             allocated("2021-01-20", to="w2", key="l2")], "allocated"),
        row("two workers, the later one left",
            [OPEN, HELD, allocated("2020-09-01", to="w2", key="l2"),
             worker_left("2021-01-20", key="w2")], "worker_left"),
        row("two workers, the earlier one left",
            [OPEN, HELD, allocated("2020-09-01", to="w2", key="l2"),
             worker_left("2021-01-20")], "allocated"),
    ],
)  # fmt: skip
def test_whether_a_child_has_a_social_worker(facts, expected):
    assert status("allocated_worker", facts, "2021-02-01") == expected


@table("""
    without a worker since 18 January | as_at            | expected
    the fourteenth day                | 2021-02-01 23:59 | delayed
    the fourteenth day is over        | 2021-02-02       | long_delayed
""")
@pytest.mark.parametrize(
    "facts",
    [
        row("as it opened", [referral("2021-01-18")]),
        row("as the worker's allocation ended", [OPEN, HELD, allocation_ended("2021-01-18")]),
        row("opened again, an earlier allocation was longer ago",
            [OPEN, HELD, allocation_ended("2020-09-01"), referral_closed("2020-09-01"),
             referral("2021-01-18", key="r2")]),
        row("a plan that began as the referral closed goes on with it",
            [referral("2021-01-18"), plan("2021-01-20"), referral_closed("2021-01-20")]),
    ],
)  # fmt: skip
def test_a_delay_of_more_than_two_weeks_is_long(facts, as_at, expected):
    assert status("allocated_worker", facts, as_at) == expected


def _children():
    """Three held, one by a worker who left; two held by nobody, one of them for long."""
    facts = [worker("2020-01-06", key="w1"), worker("2020-01-06", key="w2")]
    facts += [worker_left("2021-01-20", key="w2")]
    for child, team, to in (
        ("k1", "stroud-assessment", "w1"),
        ("k2", "stroud-assessment", "w1"),
        ("k3", "fod-assessment", "w2"),
    ):
        subject = f"child:{child}"
        facts.append(referral("2020-06-01", subject=subject, team=team))
        facts.append(allocated("2020-06-01 10:00", to=to, subject=subject))
    facts.append(referral("2021-01-25", subject="child:k4", team="fod-assessment"))
    facts.append(referral("2020-06-01", subject="child:k5", team="mash"))
    return facts


@pytest.mark.parametrize(
    ("measure", "county", "stroud", "forest"),
    [
        row("allocated, to those who left too", "allocated_worker", "3 of 5", "2 of 2", "1 of 2"),
        row("delayed", "allocation_delayed", "2 of None", "0 of None", "1 of None"),
        row("delayed for long", "allocation_long_delayed", "1 of None", "0 of None", "0 of None"),
        row("to leavers", "allocated_to_leavers", "1 of None", "0 of None", "1 of None"),
        row("without, in total", "without_allocated_worker", "3 of None", "0 of None", "2 of None"),
    ],
)
def test_children_count_in_the_locality_of_their_own_team(measure, county, stroud, forest):
    facts = _children()
    assert share(measure, facts, "2021-02-01") == county
    assert share(measure, facts, "2021-02-01", locality="Stroud") == stroud
    assert share(measure, facts, "2021-02-01", locality="FoD") == forest


def test_a_child_who_moved_counts_where_it_is_now():
    moved = allocated("2021-01-11", to="w2", key="l2", team="fod-permanence")
    facts = [referral("2020-06-01", team="stroud-assessment"), HELD,
             allocation_ended("2021-01-11"), moved]  # fmt: skip
    assert share("allocated_worker", facts, "2021-02-01", locality="FoD") == "1 of 1"
    assert share("allocated_worker", facts, "2021-01-01", locality="Stroud") == "1 of 1"
    assert share("allocated_worker", facts, "2021-02-01", locality="Stroud") == "0 of 0"


def test_allocation_is_printed_with_one_decimal_and_not_available_without_children():
    assert as_printed("allocated_worker", _children(), "2021-02-01") == "60.0"
    assert as_printed("allocated_worker", [], "2021-02-01") == "n/a"
    assert as_printed("allocation_delayed", [], "2021-02-01") == "0"


def test_an_earlier_month_end_is_looked_at_again():
    facts = [OPEN, HELD, allocation_ended("2020-12-20"), allocated("2021-01-11", key="l2")]
    assert status("allocated_worker", facts, "2021-02-01", period="2020-12") == "delayed"
    assert status("allocated_worker", facts, "2021-02-01", period="2020-11") == "allocated"
    assert status("allocated_worker", facts, "2021-02-01") == "allocated"


# --- fewer than three social workers ----------------------------------------------------------


def _held_by(*spells):
    """Allocations one after another: to whom, from when, until when."""
    facts = []
    for number, (to, start, end) in enumerate(spells):
        facts.append(allocated(start, to=to, key=f"l{number}"))
        if end:
            facts.append(allocation_ended(end, key=f"l{number}"))
    return facts


@table("""
    held by w1, w2 and now w3; as at 1 Feb 2021  | first_ended             | expected
    the first until the 6 months began           | 2020-08-01 00:00        | no
    the first until just before                  | 2020-07-31 23:59        | yes
    the first until long before                  | 2020-03-02 00:00        | yes
    the first within them                        | 2020-10-05 00:00        | no
""")
def test_three_social_workers_in_six_months_are_too_many(first_ended, expected):
    facts = [referral("2019-06-03"), *_held_by(
        ("w1", "2019-06-03", first_ended), ("w2", "2020-10-05", "2021-01-11"),
        ("w3", "2021-01-11", None),
    )]  # fmt: skip
    assert status("sw_stability_6m", facts, "2021-02-01") == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("nobody at all", [], "yes"),
        row("the same worker three times",
            _held_by(("w1", "2020-06-01", "2020-10-01"), ("w1", "2020-10-05", "2020-12-01"),
                     ("w1", "2020-12-07", None)), "yes"),
        row("back to the first after a second",
            _held_by(("w1", "2020-06-01", "2020-10-01"), ("w2", "2020-10-01", "2020-12-01"),
                     ("w1", "2020-12-01", None)), "yes"),
        row("three at once",
            _held_by(("w1", "2020-06-01", None), ("w2", "2020-06-01", None),
                     ("w3", "2020-06-01", None)), "no"),
        row("two and a manager",
            [held_by_manager("2020-06-01", key="l9"),
             *_held_by(("w1", "2020-09-01", "2020-12-01"), ("w2", "2020-12-01", None))], "yes"),
        row("the third from tomorrow",
            _held_by(("w1", "2020-06-01", "2020-10-01"), ("w2", "2020-10-01", None),
                     ("w3", "2021-02-01", None)), "yes"),
        row("one allocation voided",
            [*_held_by(("w1", "2020-06-01", None), ("w2", "2020-06-01", None)),
             wrong := allocated("2020-09-01", to="w3", key="l3"), voided(wrong, "2020-09-02")],
            "yes"),
    ],
)  # fmt: skip
def test_different_workers_are_counted(facts, expected):
    assert status("sw_stability_6m", [referral("2020-06-01"), *facts], "2021-02-01") == expected


@pytest.mark.parametrize(
    ("facts", "six_months", "in_care"),
    [
        row("a child in need", [OPEN], "yes", None),
        row("a care leaver", [leaver("2020-06-01")], "yes", None),
        row("in care", [entered_care("2020-06-01")], "yes", "no"),
        row("in care, and a referral open", [OPEN, entered_care("2020-06-01")], "yes", "no"),
        row(
            "in short breaks: a child in need",
            [OPEN, entered_care("2020-06-01"), legal_status("2020-06-01", "V4")],
            "yes",
            None,
        ),
        row("left care", [entered_care("2020-06-01"), left_care("2021-01-31")], None, None),
    ],
)
def test_of_children_in_care_the_last_twelve_months_are_asked_about(facts, six_months, in_care):
    held = _held_by(
        ("w1", "2020-02-03", "2020-06-01"),
        ("w2", "2020-06-01", "2020-07-01"),
        ("w3", "2020-07-01", None),
    )
    assert status("sw_stability_6m", [*facts, *held], "2021-02-01") == six_months
    assert status("sw_stability_cic_12m", [*facts, *held], "2021-02-01") == in_care


def test_stability_of_nobody_is_not_available():
    assert as_printed("sw_stability_6m", [], "2021-02-01") == "n/a"
    assert as_printed("sw_stability_cic_12m", [], "2021-02-01") == "n/a"
