"""Response to risk: contacts, initial visits, conferences, children who went missing.

Handbook: "Response to risk". Every time is local; as at 2021-01-12 is the midnight at which
11 January is over.
"""

import pytest

from tests.build import (
    amended,
    as_printed,
    conference,
    contact,
    decision,
    enquiry,
    entered_care,
    figures,
    found,
    interview,
    left_care,
    legal_status,
    missing,
    referral,
    referral_closed,
    row,
    share,
    status,
    statuses,
    strategy_discussion,
    table,
    visit,
    voided,
)

# --- contacts ---------------------------------------------------------------------------------


@table("""
    received 4 January at 09:00      | decided             | as_at                   | expected
    decided the same day             | 2021-01-04 15:00    | 2021-02-01              | met
    decided after exactly 24 hours   | 2021-01-05 09:00    | 2021-02-01              | met
    decided a second later           | 2021-01-05 09:00:01 | 2021-02-01              | missed
    decided late, looked at before   | 2021-01-06 10:00    | 2021-01-05 10:00        | missed
    undecided, 24 hours not over     | -                   | 2021-01-05 08:59:59     | pending
    undecided at the due instant     | -                   | 2021-01-05 09:00        | pending
    undecided just after it          | -                   | 2021-01-05 09:00:00.001 | missed
    not received yet at that instant | -                   | 2021-01-04 09:00        | -
""")
def test_initial_contact_decision_within_24_hours(decided, as_at, expected):
    facts = [contact("2021-01-04 09:00")] + ([decision(decided)] if decided else [])
    assert status("initial_contact_decision", facts, as_at, period="2021-01") == expected


@table("""
    twenty-four real hours over a clock change  | received         | decided             | expected
    forward on 28 March 2021: they end at 13:00 | 2021-03-27 12:00 | 2021-03-28 13:00    | met
    forward: a second later                     | 2021-03-27 12:00 | 2021-03-28 13:00:01 | missed
    back on 25 October 2020: they end at 11:00  | 2020-10-24 12:00 | 2020-10-25 11:00    | met
    back: a second later                        | 2020-10-24 12:00 | 2020-10-25 11:00:01 | missed
""")
def test_contact_hours_are_real_hours_over_a_clock_change(received, decided, expected):
    facts = [contact(received), decision(decided)]
    assert status("initial_contact_decision", facts, "2021-04-01", period=received[:7]) == expected


@table("""
    rated Red, received 09:00            | decided             | expected
    decided after exactly 4 hours        | 2021-01-04 13:00    | met
    decided a second later               | 2021-01-04 13:00:01 | missed
    decided within 24 hours but not in 4 | 2021-01-05 08:00    | missed
    never decided                        | -                   | missed
""")
def test_red_contact_decision_within_4_hours(decided, expected):
    facts = [contact("2021-01-04 09:00", red=True)] + ([decision(decided)] if decided else [])
    assert status("red_contact_decision", facts, "2021-02-01") == expected


@table("""
    what came in                   | measure                  | red | notice | expected
    a missing notification         | initial_contact_decision | -   | yes    | -
    a missing notification, red    | red_contact_decision     | yes | yes    | -
    a green contact, among the red | red_contact_decision     | -   | -      | -
    a green contact, among all     | initial_contact_decision | -   | -      | missed
    a red contact, among all       | initial_contact_decision | yes | -      | missed
""")
def test_which_contacts_are_counted(measure, red, notice, expected):
    received = contact("2021-01-04 09:00", red=bool(red), missing_notification=bool(notice))
    assert status(measure, [received], "2021-02-01") == expected


@table("""
    a contact counts in the local month | received               | month   | expected
    the last half hour of January       | 2021-01-31 23:30       | 2021-01 | missed
    and not in February                 | 2021-01-31 23:30       | 2021-02 | -
    the first instant of February       | 2021-02-01 00:00       | 2021-02 | missed
    00:30 on 1 August, 23:30 in UTC     | 2020-07-31 23:30+00:00 | 2020-08 | missed
    and not in July                     | 2020-07-31 23:30+00:00 | 2020-07 | -
""")
def test_a_contact_counts_in_the_month_it_was_received(received, month, expected):
    facts = [contact(received)]
    assert status("initial_contact_decision", facts, "2021-03-01", period=month) == expected


def test_a_contact_decided_next_month_counts_in_the_month_it_was_received():
    facts = [contact("2021-01-31 23:30"), decision("2021-02-01 10:00")]
    assert status("initial_contact_decision", facts, "2021-03-01", period="2021-01") == "met"
    assert status("initial_contact_decision", facts, "2021-03-01", period="2021-02") is None


def test_a_voided_contact_never_was():
    received = contact("2021-01-04 09:00")
    facts = [received, voided(received, "2021-01-06 10:00")]
    assert status("initial_contact_decision", facts, "2021-02-01") is None


def test_a_voided_decision_leaves_the_contact_undecided():
    decided = decision("2021-01-04 10:00")
    facts = [contact("2021-01-04 09:00"), decided, voided(decided, "2021-01-06 10:00")]
    assert status("initial_contact_decision", facts, "2021-02-01") == "missed"


def test_pending_contacts_stand_beside_the_percentage_and_never_inside():
    facts = [
        contact("2021-01-31 20:00", key="c1"),
        contact("2021-01-10 09:00", key="c2"),
        decision("2021-01-10 10:00", key="c2"),
        contact("2021-01-10 09:00", key="c3"),
    ]
    counted = statuses("initial_contact_decision", facts, "2021-02-01")
    assert counted == {"met": 1, "missed": 1, "pending": 1}
    assert share("initial_contact_decision", facts, "2021-02-01") == "1 of 2"


def test_with_pending_contacts_alone_there_is_no_percentage():
    facts = [contact("2021-01-31 20:00")]
    assert as_printed("initial_contact_decision", facts, "2021-02-01") == "n/a"


# --- initial visits ---------------------------------------------------------------------------


@table("""
    due: 5 working days or 1            | pathway | started          | seen             | expected
    S17 from Monday: the Monday after   | S17     | 2021-01-04       | 2021-01-11 17:00 | in_time
    S17: the last minute of that day    | S17     | 2021-01-04       | 2021-01-11 23:59 | in_time
    S17: the midnight after             | S17     | 2021-01-04       | 2021-01-12 00:00 | late
    S17 over the holiday of 8 May 2020  | S17     | 2020-05-04       | 2020-05-12 09:00 | in_time
    S17 over 8 May 2020, the day after  | S17     | 2020-05-04       | 2020-05-13 09:00 | late
    S17 over Christmas 2020             | S17     | 2020-12-23       | 2021-01-04 09:00 | in_time
    S17 over Christmas, the day after   | S17     | 2020-12-23       | 2021-01-05 09:00 | late
    S17 over Easter 2021                | S17     | 2021-03-30       | 2021-04-08 09:00 | in_time
    S17 over Easter 2021, the day after | S17     | 2021-03-30       | 2021-04-09 09:00 | late
    S17 from a Saturday: Friday         | S17     | 2021-01-09       | 2021-01-15 09:00 | in_time
    S17 from a Saturday: Saturday after | S17     | 2021-01-09       | 2021-01-16 09:00 | late
    S17 over the change of 28 March     | S17     | 2021-03-24       | 2021-03-31 23:59 | in_time
    S17 over that change, the day after | S17     | 2021-03-24       | 2021-04-01 00:00 | late
    S47: the next day                   | S47     | 2021-01-04       | 2021-01-05 23:59 | in_time
    S47: the day after next             | S47     | 2021-01-04       | 2021-01-06 00:00 | late
    S47 from Friday: Monday             | S47     | 2021-01-08       | 2021-01-11 09:00 | in_time
    S47 from Friday: Tuesday            | S47     | 2021-01-08       | 2021-01-12 09:00 | late
    S47 from Christmas Eve: 29 December | S47     | 2020-12-24       | 2020-12-29 09:00 | in_time
    S47 from Christmas Eve: 30 December | S47     | 2020-12-24       | 2020-12-30 09:00 | late
    S47 from eve of 8 May 2020: Monday  | S47     | 2020-05-07       | 2020-05-11 09:00 | in_time
    S47 from Maundy Thursday: Tuesday   | S47     | 2021-04-01       | 2021-04-06 09:00 | in_time
    S47 from Maundy Thursday: Wednesday | S47     | 2021-04-01       | 2021-04-07 09:00 | late
    seen within the hour                | S47     | 2021-01-04 12:00 | 2021-01-04 13:00 | in_time
    seen earlier on the referral day    | S47     | 2021-01-04 12:00 | 2021-01-04 09:00 | in_time
""")
def test_initial_visit_by_the_due_working_day(pathway, started, seen, expected):
    facts = [referral(started, pathway), visit(seen)]
    for measure in ("initial_visits_all", f"initial_visits_{pathway.lower()}"):
        assert status(measure, facts, "2021-06-01", period=started[:7]) == expected


@pytest.mark.parametrize(
    ("facts", "as_at", "expected"),
    [
        row("no visit, on the due day", [], "2021-01-11 23:59", "pending"),
        row("no visit, the midnight after", [], "2021-01-12", "not_seen"),
        row("a visit that did not see the child is none",
            [visit("2021-01-05", seen=False)], "2021-01-12", "not_seen"),
        row("a virtual visit counts",
            [visit("2021-01-05", virtual=True)], "2021-01-12", "in_time_virtual"),
        row("a late virtual visit",
            [visit("2021-01-12", virtual=True)], "2021-02-01", "late_virtual"),
        row("virtual first, then face to face: the first holds",
            [visit("2021-01-05", virtual=True), visit("2021-01-06")],
            "2021-02-01", "in_time_virtual"),
        row("not seen first, then seen late",
            [visit("2021-01-05", seen=False), visit("2021-01-13")], "2021-02-01", "late"),
        row("a visit of the day before the referral is none",
            [visit("2021-01-03 23:59")], "2021-02-01", "not_seen"),
        row("a late visit, looked at before it was made",
            [visit("2021-01-12 10:00")], "2021-01-12 09:00", "not_seen"),
        row("closed unseen",
            [referral_closed("2021-01-06")], "2021-02-01", "closed_unseen"),
        row("closed unseen, looked at before closure",
            [referral_closed("2021-01-06")], "2021-01-06", "pending"),
        row("closed unseen on the due day",
            [referral_closed("2021-01-11 17:00")], "2021-01-12", "closed_unseen"),
        row("closed unseen after the due day",
            [referral_closed("2021-01-20")], "2021-02-01", "closed_unseen_slowly"),
        row("seen, then closed",
            [visit("2021-01-05"), referral_closed("2021-01-06")], "2021-02-01", "in_time"),
        row("closed, and seen later the same day",
            [referral_closed("2021-01-06 09:00"), visit("2021-01-06 15:00")],
            "2021-02-01", "in_time"),
        row("seen only after closure",
            [referral_closed("2021-01-06"), visit("2021-01-07")], "2021-02-01", "closed_unseen"),
        row("a visit entered by mistake and voided",
            [wrong := visit("2021-01-05"), voided(wrong, "2021-01-14")], "2021-02-01", "not_seen"),
    ],
)  # fmt: skip
def test_initial_visit_statuses(facts, as_at, expected):
    facts = [referral("2021-01-04 09:00"), *facts]
    assert status("initial_visits_all", facts, as_at, period="2021-01") == expected


def _ten_referrals():
    """Of ten children: 3 seen in time (1 virtually), 2 late (1 virtually), 1 not seen, 1 closed
    unseen, and 3 referred on the last working day of the month and still pending."""
    made = [("2021-01-05", False), ("2021-01-06", False), ("2021-01-07", True),
            ("2021-01-20", False), ("2021-01-20", True)]  # fmt: skip
    for child, (day, virtual) in enumerate(made):
        yield referral("2021-01-04", subject=f"child:seen{child}")
        yield visit(day, virtual=virtual, subject=f"child:seen{child}")
    yield referral("2021-01-04", subject="child:unseen")
    yield referral("2021-01-04", subject="child:closed")
    yield referral_closed("2021-01-05", subject="child:closed")
    for child in range(3):
        yield referral("2021-01-29", subject=f"child:new{child}")


@table("""
    of ten referrals                | measure                 | expected
    in time: of those seen or due   | initial_visits_all      | 3 of 6
    late: of the same               | initial_visits_late     | 2 of 6
    not seen: of the same           | initial_visits_not_seen | 1 of 6
    virtual: of the visits made     | initial_visits_virtual  | 2 of 5
    closed unseen: of all referrals | closed_unseen           | 1 of 10
""")
def test_the_parts_of_initial_visits(measure, expected):
    assert share(measure, list(_ten_referrals()), "2021-02-01") == expected


def test_a_referral_amended_from_s17_to_s47_is_judged_as_s47():
    told = referral("2021-01-04 09:00", "S17")
    now_told = amended(told, referral("2021-01-04 09:00", "S47"), "2021-01-05 17:00")
    facts = [told, now_told, visit("2021-01-06 09:00")]
    assert status("initial_visits_s17", facts, "2021-02-01") is None
    assert status("initial_visits_s47", facts, "2021-02-01") == "late"
    assert status("initial_visits_all", facts, "2021-02-01") == "late"


@table("""
    amended to S47 on 5 January at 17:00, looked at | known            | s17     | s47
    as known before                                 | 2021-01-05 17:00 | pending | -
    as known after                                  | 2021-01-05 17:01 | -       | pending
""")
def test_an_amendment_changes_the_pathway_once_it_is_known(known, s17, s47):
    told = referral("2021-01-04 09:00", "S17")
    facts = [told, amended(told, referral("2021-01-04 09:00", "S47"), "2021-01-05 17:00")]
    assert status("initial_visits_s17", facts, "2021-01-05 12:00", known=known) == s17
    assert status("initial_visits_s47", facts, "2021-01-05 12:00", known=known) == s47


def test_each_referral_of_a_child_is_counted():
    facts = [
        referral("2021-01-04", key="r1"),
        referral("2021-01-18", key="r2"),
        visit("2021-01-19"),
    ]
    assert statuses("initial_visits_all", facts, "2021-02-01") == {"in_time": 1, "late": 1}


# --- conferences ------------------------------------------------------------------------------


@table("""
    due: 15 working days after the discussion | discussed  | held             | expected
    the 15th working day                      | 2021-01-04 | 2021-01-25 23:59 | met
    the midnight after                        | 2021-01-04 | 2021-01-26 00:00 | missed
    over Christmas 2020                       | 2020-12-14 | 2021-01-07       | met
    over Christmas 2020, the day after        | 2020-12-14 | 2021-01-08       | missed
    over Easter 2021                          | 2021-03-24 | 2021-04-16       | met
    over Easter 2021, the Saturday after      | 2021-03-24 | 2021-04-17       | missed
    the same day                              | 2021-01-04 | 2021-01-04 15:00 | met
""")
def test_icpc_within_15_working_days_of_the_strategy_discussion(discussed, held, expected):
    facts = [strategy_discussion(discussed), enquiry(discussed), conference(held)]
    assert status("icpc_timely", facts, "2021-06-01", period=held[:7]) == expected


def test_the_discussion_that_began_the_enquiry_starts_the_clock_not_a_later_one():
    facts = [
        strategy_discussion("2021-01-04", key="d1"),
        enquiry("2021-01-05", began_by="d1"),
        strategy_discussion("2021-01-18", key="d2"),
        conference("2021-01-29"),
    ]
    assert status("icpc_timely", facts, "2021-02-01") == "missed"


DISCUSSED, CONFERRED = strategy_discussion("2021-01-04"), conference("2021-01-25")


@pytest.mark.parametrize(
    "facts",
    [
        row("the conference names no enquiry", [DISCUSSED, conference("2021-01-25", ends=None)]),
        row("the enquiry is not on record", [DISCUSSED, CONFERRED]),
        row("the enquiry names no discussion", [enquiry("2021-01-04", began_by=None), CONFERRED]),
        row("the discussion is not on record", [enquiry("2021-01-04"), CONFERRED]),
    ],
)
def test_a_conference_whose_discussion_is_not_on_record_is_out_of_the_percentage(facts):
    assert status("icpc_timely", facts, "2021-02-01") == "untraced"
    assert as_printed("icpc_timely", facts, "2021-02-01") == "n/a"


def test_a_review_conference_is_no_initial_one():
    facts = [DISCUSSED, enquiry("2021-01-04"), conference("2021-01-05", "review")]
    assert status("icpc_timely", facts, "2021-02-01") is None


# --- children who went missing ----------------------------------------------------------------

BACK_NEXT_DAY = (missing("2021-01-10"), found("2021-01-11 09:00"))


@pytest.mark.parametrize(
    ("facts", "month", "expected"),
    [
        row("an interview was held",
            [*BACK_NEXT_DAY, interview("2021-01-12")], "2021-01", {"met": 1}),
        row("none was offered", BACK_NEXT_DAY, "2021-01", {"missed": 1}),
        row("it was refused",
            [*BACK_NEXT_DAY, interview("2021-01-12", "refused")],
            "2021-01", {"refused": 1}),
        row("it was not held",
            [*BACK_NEXT_DAY, interview("2021-01-12", "not_held")],
            "2021-01", {"missed": 1}),
        row("refused, then held after all",
            [*BACK_NEXT_DAY, interview("2021-01-12", "refused"), interview("2021-01-13")],
            "2021-01", {"met": 1}),
        row("still missing: pending", [missing("2021-01-10")], "2021-01", {"pending": 1}),
        row("an interview before the child was found is none",
            [*BACK_NEXT_DAY, interview("2021-01-10 18:00")], "2021-01", {"missed": 1}),
        row("nor is a refusal before it was",
            [*BACK_NEXT_DAY, interview("2021-01-10 18:00", "refused")], "2021-01", {"missed": 1}),
        row("at the very instant it was found",
            [*BACK_NEXT_DAY, interview("2021-01-11 09:00")], "2021-01", {"met": 1}),
        row("an interview of a child of whose return nobody told",
            [missing("2021-01-10"), interview("2021-01-12")], "2021-01", {"pending": 1}),
        row("interviewed after one episode, missing again",
            [*BACK_NEXT_DAY, interview("2021-01-12"), missing("2021-01-20", key="m2")],
            "2021-01", {"met": 1}),
        row("refused after one episode, missing again",
            [*BACK_NEXT_DAY, interview("2021-01-12", "refused"), missing("2021-01-20", key="m2")],
            "2021-01", {"pending": 1}),
        row("two episodes, one interview: the child counts once",
            [*BACK_NEXT_DAY, missing("2021-01-20", key="m2"), found("2021-01-21", key="m2"),
             interview("2021-01-22", of="m2")],
            "2021-01", {"met": 1}),
        row("two episodes, one refusal: the child counts once",
            [*BACK_NEXT_DAY, missing("2021-01-20", key="m2"), found("2021-01-21", key="m2"),
             interview("2021-01-22", "refused", of="m2")],
            "2021-01", {"refused": 1}),
        row("held in February for an episode begun in January: counts in January",
            [missing("2021-01-31 23:00"), found("2021-02-01 09:00"), interview("2021-02-02")],
            "2021-01", {"met": 1}),
        row("and not in February",
            [missing("2021-01-31 23:00"), found("2021-02-01 09:00"), interview("2021-02-02")],
            "2021-02", {}),
        row("an interview for January's episode is none for February's",
            [*BACK_NEXT_DAY, missing("2021-02-10", key="m2"), found("2021-02-10 20:00", key="m2"),
             interview("2021-02-11", of="m1")],
            "2021-02", {"missed": 1}),
        row("away without authorisation is not missing",
            [missing("2021-01-10", away=True)], "2021-01", {}),
        row("an interview after being away is none for having been missing",
            [*BACK_NEXT_DAY, missing("2021-01-12", key="m2", away=True),
             found("2021-01-12 20:00", key="m2"), interview("2021-01-13", of="m2")],
            "2021-01", {"missed": 1}),
        row("an episode entered by mistake and voided",
            [wrong := missing("2021-01-10"), voided(wrong, "2021-01-11")], "2021-01", {}),
    ],
)  # fmt: skip
def test_return_interview_by_child_and_month(facts, month, expected):
    assert statuses("return_interview", facts, "2021-03-01", period=month) == expected


def _sixty_seven_children():
    """January 2021 as reported: 67 children, 52 interviewed, 8 refused."""
    for child in range(67):
        subject = f"child:k{child}"
        yield missing("2021-01-10", subject=subject)
        yield found("2021-01-11", subject=subject)
        if child < 60:
            outcome = "held" if child < 52 else "refused"
            yield interview("2021-01-12", outcome, subject=subject)


@table("""
    of January's 67 children | measure                  | expected | printed
    interviewed, 77.6%       | return_interview         | 52 of 67 | 77.6
    refused, 12%             | return_interview_refused | 8 of 67  | 12
""")
def test_return_interviews_of_january_2021_are_as_the_report_prints_them(
    measure, expected, printed
):
    facts = list(_sixty_seven_children())
    assert share(measure, facts, "2021-02-01") == expected
    assert as_printed(measure, facts, "2021-02-01") == printed


@table("""
    in care since 2019, missing from | began            | as_at            | expected
    the instant the 12 months begin  | 2020-02-01 00:00 | 2021-02-01       | yes
    the minute before                | 2020-01-31 23:59 | 2021-02-01       | no
    the last minute of the 12 months | 2021-01-31 23:59 | 2021-02-01       | yes
    the very instant looked at       | 2021-02-01 00:00 | 2021-02-01       | no
    29 February, until 28 February   | 2020-02-29 12:00 | 2021-02-28 23:59 | yes
    29 February, as at 1 March       | 2020-02-29 12:00 | 2021-03-01       | no
""")
def test_children_in_care_missing_in_the_last_12_months(began, as_at, expected):
    facts = [entered_care("2019-01-01"), missing(began)]
    assert status("cic_missing_12m", facts, as_at) == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("in care, never missing", [entered_care("2020-06-01")], "no"),
        row("missing, and in care since",
            [missing("2020-05-01"), entered_care("2020-06-01")], "yes"),
        row("away without authorisation",
            [entered_care("2020-06-01"), missing("2020-07-01", away=True)], "no"),
        row("missing, never in care: not counted", [missing("2020-07-01")], None),
        row("left care: not counted",
            [entered_care("2020-06-01"), missing("2020-07-01"), left_care("2020-08-01")], None),
        row("on short breaks: not counted",
            [entered_care("2020-06-01"), legal_status("2020-06-01", "V4"), missing("2020-07-01")],
            None),
        row("one episode long ago and one lately",
            [entered_care("2018-06-01"), missing("2018-07-01"), missing("2020-07-01", key="m2")],
            "yes"),
    ],
)  # fmt: skip
def test_who_counts_among_children_in_care_missing(facts, expected):
    assert status("cic_missing_12m", facts, "2021-02-01") == expected


def test_an_episode_leaves_the_twelve_months_although_nothing_happens():
    said = figures([entered_care("2019-01-01"), missing("2020-01-15 10:00")], "2021-02-01")
    series = dict(said.series(said.catalogue.measures["cic_missing_12m"]))
    assert (series["2020-12"].numerator, series["2020-12"].denominator) == (1, 1)
    assert (series["2021-01"].numerator, series["2021-01"].denominator) == (0, 1)
