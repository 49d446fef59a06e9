"""Child protection: enquiries under way, and initial conferences awaited.

Each is due 15 working days after the strategy discussion, as in `s47_timely` and `icpc_timely`. A
discussion of 4 January 2021 makes it due on the 25th.
"""

from datetime import date

import pytest

from casepulse.state import Partition
from casepulse.state.due import due_list
from tests.build import (
    CATALOGUE,
    amended,
    as_printed,
    conference,
    enquiry,
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
    visit,
    voided,
    when,
)
from tests.build.protection import completed, discussion, review_conference

DISCUSSED, BEGUN = discussion("2021-01-04 10:00"), enquiry("2021-01-04 15:00")
UNDER_WAY = [referral("2020-12-01"), DISCUSSED, BEGUN]
FOR_CONFERENCE = completed("2021-01-15 12:00", "conference")
AWAITED = [*UNDER_WAY, FOR_CONFERENCE]


# --- section 47 enquiries under way -----------------------------------------------------------


@table("""
    due: 15 working days after the discussion | discussed  | as_at            | expected
    the 15th working day                      | 2021-01-04 | 2021-01-25 23:59 | pending
    the midnight after                        | 2021-01-04 | 2021-01-26       | overdue
    over Christmas 2020                       | 2020-12-14 | 2021-01-07 23:59 | pending
    over Christmas 2020, the day after        | 2020-12-14 | 2021-01-08       | overdue
    over Easter 2021                          | 2021-03-24 | 2021-04-16 23:59 | pending
    over Easter 2021, the Saturday after      | 2021-03-24 | 2021-04-17       | overdue
    it has not begun yet                      | 2021-01-04 | 2021-01-04       | -
""")
def test_an_enquiry_under_way_is_overdue_15_working_days_after_the_discussion(
    discussed, as_at, expected
):
    facts = [discussion(discussed), enquiry(discussed)]
    assert status("s47_under_way", facts, as_at) == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("completed", [completed("2021-01-15")], None),
        row("completed late", [completed("2021-01-29")], None),
        row("completed after the month", [completed("2021-02-01 00:00")], "overdue"),
        row("completed, and that entered by mistake",
            [wrong := completed("2021-01-15"), voided(wrong, "2021-01-18")], "overdue"),
        row("ended by an initial conference, its completion not recorded",
            [conference("2021-01-20")], None),
        row("an initial conference of another enquiry",
            [conference("2021-01-20", ends="q9")], "overdue"),
        row("a review conference", [review_conference("2021-01-20")], "overdue"),
        row("the enquiry entered by mistake", [voided(BEGUN, "2021-01-05")], None),
        row("the discussion's day amended",
            [amended(DISCUSSED, discussion("2021-01-12"), "2021-01-13")], "pending"),
        row("the case was closed", [referral_closed("2021-01-20")], "closed"),
        row("closed, and referred again",
            [referral_closed("2021-01-20"), referral("2021-01-25", key="r2")], "closed"),
        row("closed, and referred again the same day",
            [referral_closed("2021-01-20"), referral("2021-01-20", key="r2")], "overdue"),
        row("the referral closed, the child in care by then",
            [entered_care("2021-01-18"), referral_closed("2021-01-20")], "overdue"),
        row("the referral closed, the child on a plan by then",
            [plan("2021-01-18"), referral_closed("2021-01-20")], "overdue"),
        row("one of two referrals closed",
            [referral("2020-12-10", key="r2"), referral_closed("2021-01-20")], "overdue"),
        row("closed by mistake",
            [wrong := referral_closed("2021-01-20"), voided(wrong, "2021-01-21")], "overdue"),
        row("an earlier referral closed before it began",
            [referral("2020-06-01", key="r0"), referral_closed("2020-07-01", key="r0")],
            "overdue"),
    ],
)  # fmt: skip
def test_which_enquiries_are_under_way(facts, expected):
    assert status("s47_under_way", [*UNDER_WAY, *facts], "2021-02-01") == expected


@pytest.mark.parametrize(
    "facts",
    [
        row("the enquiry names no discussion", [DISCUSSED, enquiry("2020-06-01", began_by=None)]),
        row("the discussion is not on record", [enquiry("2020-06-01")]),
    ],
)
def test_an_enquiry_whose_discussion_is_not_on_record_is_under_way_without_a_due_day(facts):
    assert status("s47_under_way", facts, "2021-02-01") == "untraced"
    assert as_printed("s47_under_way", facts, "2021-02-01") == "1"
    assert as_printed("s47_overdue", facts, "2021-02-01") == "0"
    assert _listed(facts, "2021-02-01") == []


def test_an_enquiry_of_which_only_the_completion_is_on_record_is_not_under_way():
    facts = [DISCUSSED, completed("2021-01-15")]
    assert statuses("s47_under_way", facts, "2021-02-01") == {}


def test_an_enquiry_of_a_child_of_whom_no_referral_is_on_record_is_under_way():
    """That nobody told of a referral does not mean that the case is closed."""
    assert status("s47_under_way", [DISCUSSED, BEGUN], "2021-02-01") == "overdue"


def test_how_many_enquiries_are_under_way_and_overdue():
    """One is pending, one overdue, one untraced, one closed."""
    facts = [
        discussion("2021-01-20", subject="child:a"), enquiry("2021-01-20", subject="child:a"),
        discussion("2021-01-04", subject="child:b"), enquiry("2021-01-04", subject="child:b"),
        enquiry("2021-01-04", subject="child:c"),
        referral("2021-01-04", subject="child:d"), discussion("2021-01-04", subject="child:d"),
        enquiry("2021-01-04", subject="child:d"), referral_closed("2021-01-11", subject="child:d"),
    ]  # fmt: skip
    assert share("s47_under_way", facts, "2021-02-01") == "3 of None"
    assert share("s47_overdue", facts, "2021-02-01") == "1 of None"


# --- initial conferences awaited --------------------------------------------------------------


@table("""
    due: 15 working days after the discussion | done             | as_at            | expected
    the enquiry is still under way            | -                | 2021-01-20       | -
    its 15th working day                      | 2021-01-15       | 2021-01-25 23:59 | pending
    the midnight after                        | 2021-01-15       | 2021-01-26       | overdue
    the enquiry was late itself               | 2021-01-27       | 2021-01-28       | overdue
    completed at that very instant            | 2021-01-15 12:00 | 2021-01-15 12:00 | -
""")
def test_a_conference_is_overdue_15_working_days_after_the_discussion(done, as_at, expected):
    facts = UNDER_WAY + ([completed(done, "conference")] if done else [])
    assert status("icpc_awaited", facts, as_at) == expected


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        row("to conference", "conference", "overdue"),
        row("to support as a child in need", "child_in_need", None),
        row("no outcome on record", None, None),
    ],
)
def test_which_enquiries_a_conference_is_awaited_for(outcome, expected):
    facts = [*UNDER_WAY, completed("2021-01-15", outcome)]
    assert status("icpc_awaited", facts, "2021-02-01") == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("held", [conference("2021-01-22")], None),
        row("held late", [conference("2021-01-29")], None),
        row("held after the month", [conference("2021-02-01 00:00")], "overdue"),
        row("held before the enquiry was completed", [conference("2021-01-14")], None),
        row("held since, and it names no enquiry", [conference("2021-01-22", ends=None)], None),
        row("held since, and it names another enquiry", [conference("2021-01-22", ends="q9")],
            None),
        row("held on the day of completion, and it names none",
            [conference("2021-01-15 09:00", ends=None)], None),
        row("the day before, and it names none",
            [conference("2021-01-14", ends=None)], "overdue"),
        row("a review conference", [review_conference("2021-01-22")], "overdue"),
        row("a conference entered by mistake",
            [wrong := conference("2021-01-22"), voided(wrong, "2021-01-23")], "overdue"),
        row("the outcome amended",
            [amended(FOR_CONFERENCE, completed("2021-01-15 12:00", "child_in_need"),
             "2021-01-18")], None),
        row("the child came into care since", [entered_care("2021-01-18")], "in_care"),
        row("came into care since, and left it",
            [entered_care("2021-01-18"), left_care("2021-01-21")], "in_care"),
        row("was in care before: one was decided on all the same",
            [entered_care("2021-01-11")], "overdue"),
        row("short breaks since are no care",
            [entered_care("2021-01-18"), legal_status("2021-01-18", "V4")], "overdue"),
        row("the case was closed since", [referral_closed("2021-01-20")], "closed"),
        row("closed, and referred again",
            [referral_closed("2021-01-20"), referral("2021-01-25", key="r2")], "closed"),
    ],
)  # fmt: skip
def test_whether_a_conference_is_awaited(facts, expected):
    assert status("icpc_awaited", [*AWAITED, *facts], "2021-02-01") == expected


@pytest.mark.parametrize(
    "facts",
    [
        row("the enquiry names no discussion", [DISCUSSED, enquiry("2020-06-01", began_by=None)]),
        row("the discussion is not on record", [enquiry("2020-06-01")]),
        row("the start of the enquiry is not on record", [DISCUSSED]),
    ],
)
def test_a_conference_whose_discussion_is_not_on_record_is_awaited_without_a_due_day(facts):
    facts = [*facts, FOR_CONFERENCE]
    assert status("icpc_awaited", facts, "2021-02-01") == "untraced"
    assert as_printed("icpc_awaited", facts, "2021-02-01") == "1"
    assert as_printed("icpc_overdue", facts, "2021-02-01") == "0"
    assert _listed(facts, "2021-02-01") == []


def test_how_many_conferences_are_awaited_and_overdue():
    """One is pending, one overdue, one untraced, one of a child in care, one closed."""
    pending, overdue, untraced, in_care, closed = (f"child:{n}" for n in range(5))
    facts = [
        discussion("2021-01-20", subject=pending), enquiry("2021-01-20", subject=pending),
        discussion("2021-01-04", subject=overdue), enquiry("2021-01-04", subject=overdue),
        entered_care("2021-01-28", subject=in_care),
        referral("2021-01-04", subject=closed), referral_closed("2021-01-28", subject=closed),
    ]  # fmt: skip
    for child in (pending, overdue, untraced, in_care, closed):
        facts.append(completed("2021-01-27", "conference", subject=child))
    assert share("icpc_awaited", facts, "2021-02-01") == "3 of None"
    assert share("icpc_overdue", facts, "2021-02-01") == "1 of None"


# --- on the lists -----------------------------------------------------------------------------


@table("""
    from Stroud to Gloucester      | as_at            | expected
    the enquiry, not due yet       | 2021-01-12 12:00 | s47_under_way q1 Gloucester ahead
    the conference, not due yet    | 2021-01-20 12:00 | icpc_awaited q1 Gloucester ahead
    the conference, overdue        | 2021-01-26       | icpc_awaited q1 Gloucester overdue
    the conference was held        | 2021-01-28 12:00 | -
""")
def test_who_is_on_the_lists(as_at, expected):
    """For the team that holds the case now: it is the one that has to act."""
    facts = [
        discussion("2021-01-04", team="stroud-assessment"),
        enquiry("2021-01-04"),
        visit("2021-01-08", team="gloucester-safeguarding"),
        completed("2021-01-15", "conference"),
        conference("2021-01-28 09:00"),
    ]
    assert _listed(facts, as_at) == ([expected] if expected else [])


def _listed(facts, as_at):
    partition = Partition(CATALOGUE, when(as_at))
    for each in facts:
        partition.apply(each)
    lines = [
        line
        for line in due_list(partition, CATALOGUE)
        if line.measure in ("s47_under_way", "icpc_awaited")
    ]
    assert all(line.due == date(2021, 1, 25) for line in lines)
    return [
        f"{line.measure} {line.occurrence} {line.locality} {'overdue' if line.overdue else 'ahead'}"
        for line in lines
    ]
