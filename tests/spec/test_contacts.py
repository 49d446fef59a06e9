"""Contacts: how many, the MASH enquiry, the final outcome, neglect.

Handbook: "Response to risk" and "Beyond the dashboard". Every time is local; as at 2021-02-01 is
the midnight at which January is over. The initial decision: test_response_to_risk.
"""

import pytest

from casepulse.schemas.codes import ContactRating
from tests.build import amended, as_printed, share, status, statuses, table, voided
from tests.build.early_help import (
    closed_by_mash,
    concluded,
    contact_from,
    enquiry_completed,
    enquiry_started,
    referral_decided,
    toolkit,
)

RECEIVED = "2021-01-04 09:00"
END = "2021-02-01"

# --- how many ---------------------------------------------------------------------------------


def test_contacts_red_ones_and_notifications_are_counted_apart():
    facts = [
        contact_from(RECEIVED, key="c1", rating=ContactRating.RED),
        contact_from(RECEIVED, key="c2", rating=ContactRating.GREEN),
        contact_from(RECEIVED, key="c3"),
        contact_from(RECEIVED, key="c4", rating=ContactRating.RED, notice=True),
        contact_from("2020-12-31 23:59", key="c5"),
        contact_from("2021-02-01 00:00", key="c6"),
    ]
    assert as_printed("contacts_received", facts, END) == "3"
    assert as_printed("red_contacts", facts, END) == "1"
    assert as_printed("missing_notifications", facts, END) == "1"
    assert as_printed("contacts_received", facts, END, period="2020-12") == "1"


def test_a_contact_counts_for_the_locality_of_its_team():
    facts = [contact_from(RECEIVED, team="stroud-assessment")]
    assert as_printed("contacts_received", facts, END, locality="Stroud") == "1"
    assert as_printed("contacts_received", facts, END, locality="Other") == "0"


def test_a_contact_that_turns_out_to_be_a_notification_is_none():
    first = contact_from(RECEIVED)
    facts = [first, amended(first, contact_from(RECEIVED, notice=True), "2021-01-20")]
    assert as_printed("contacts_received", facts, END) == "0"
    assert as_printed("missing_notifications", facts, END) == "1"
    assert as_printed("contacts_received", facts, END, known="2021-01-19") == "1"


# --- the MASH enquiry -------------------------------------------------------------------------


@table("""
    enquiry from 4 January 10:00    | started          | completed           | as_at            | expected
    none                            | -                | -                   | 2021-02-01       | no_enquiry
    completed after exactly 24 hours | 2021-01-04 10:00 | 2021-01-05 10:00   | 2021-02-01       | met
    completed a second later        | 2021-01-04 10:00 | 2021-01-05 10:00:01 | 2021-02-01       | missed
    not completed, at the due time  | 2021-01-04 10:00 | -                   | 2021-01-05 10:00 | pending
    not completed, a minute later   | 2021-01-04 10:00 | -                   | 2021-01-05 10:01 | missed
    it runs from its own start      | 2021-01-07 10:00 | 2021-01-08 09:00    | 2021-02-01       | met
    over a weekend: hours are hours | 2021-01-08 17:00 | 2021-01-11 09:00    | 2021-02-01       | missed
""")  # noqa: E501
def test_mash_enquiry_completed_within_24_hours(started, completed, as_at, expected):
    facts = [contact_from(RECEIVED)]
    facts += [enquiry_started(started)] if started else []
    facts += [enquiry_completed(completed)] if completed else []
    assert status("mash_enquiry", facts, as_at, period="2021-01") == expected


def test_mash_enquiries_of_all_contacts_and_those_in_time_of_those_due():
    facts = [contact_from("2021-01-31 20:00", key=f"c{n}") for n in range(6)]
    facts += [enquiry_started("2021-01-31 21:00", key="c0")]
    facts += [enquiry_started("2021-01-31 21:00", key="c1")]
    facts += [enquiry_completed("2021-01-31 22:00", key="c1")]
    assert share("mash_enquiry", facts, END) == "2 of 6"
    assert share("mash_enquiry_24h", facts, END) == "1 of 1"
    assert share("mash_enquiry_24h", facts, "2021-02-03", period="2021-01") == "1 of 2"
    assert as_printed("mash_enquiry_24h", facts[:6], END) == "n/a"


# --- the final outcome ------------------------------------------------------------------------


@table("""
    received 4 January 09:00         | concluded_at        | as_at               | expected
    after exactly 48 hours           | 2021-01-06 09:00    | 2021-02-01          | no_further_action_in_time
    a second later                   | 2021-01-06 09:00:01 | 2021-02-01          | no_further_action_late
    late, looked at before it was    | 2021-01-06 12:00    | 2021-01-06 11:00    | unknown
    not concluded, at the due time   | -                   | 2021-01-06 09:00    | pending
    not concluded, just after        | -                   | 2021-01-06 09:00:01 | unknown
    never                            | -                   | 2021-02-01          | unknown
""")  # noqa: E501
def test_final_outcome_within_48_hours(concluded_at, as_at, expected):
    facts = [contact_from(RECEIVED)] + ([concluded(concluded_at)] if concluded_at else [])
    assert status("end_to_end_contact_decision", facts, as_at, period="2021-01") == expected


@table("""
    what came of it                        | outcome                     | proceeds | closed | expected
    to Social Care, not decided yet        | social_care                 | -        | -      | social_care_in_time
    to Social Care, no referral            | social_care                 | no       | -      | not_referred_in_time
    to Social Care, referred               | social_care                 | yes      | -      | referred_in_time
    its referral closed by the MASH        | social_care                 | yes      | yes    | referral_closed_in_time
    to Early Help                          | early_help                  | -        | -      | early_help_in_time
    to an episode open already             | existing_episode            | -        | -      | existing_episode_in_time
    no further action, with advice         | information_advice_guidance | -        | -      | advice_in_time
    no further action                      | no_further_action           | -        | -      | no_further_action_in_time
    a MASH enquiry is no final outcome     | mash_enquiry                | -        | -      | unknown
""")  # noqa: E501
def test_final_outcomes(outcome, proceeds, closed, expected):
    facts = [contact_from(RECEIVED), concluded("2021-01-05 09:00", outcome)]
    facts += [referral_decided("2021-01-05 10:00", proceeds == "yes")] if proceeds else []
    facts += [closed_by_mash("2021-01-05 11:00")] if closed else []
    assert status("end_to_end_contact_decision", facts, END) == expected


COUNTED = {
    "contacts_to_social_care": 4,
    "contacts_to_referral_outcome": 2,
    "referrals_closed_by_mash": 1,
    "contacts_unknown_outcome": 1,
}
OF_ALL = {
    "referred_to_teams": 1,
    "contacts_to_early_help": 1,
    "contacts_existing_early_help": 1,
    "contacts_nfa": 2,
    "contacts_nfa_iag": 1,
}


def _one_of_each() -> list:
    facts = [contact_from(RECEIVED, key=f"c{n}") for n in range(9)]
    outcomes = [*["social_care"] * 4, "early_help", "existing_episode"]
    outcomes += ["information_advice_guidance", "no_further_action"]
    facts += [
        concluded("2021-01-05 09:00", outcome, key=f"c{n}") for n, outcome in enumerate(outcomes)
    ]
    facts += [referral_decided("2021-01-05 10:00", n > 1, key=f"c{n}") for n in (1, 2, 3)]
    return [*facts, closed_by_mash("2021-01-06 10:00", key="c3")]


@pytest.mark.parametrize(("measure", "expected"), COUNTED.items())
def test_how_many_had_an_outcome(measure, expected):
    assert as_printed(measure, _one_of_each(), END) == str(expected)


@pytest.mark.parametrize(("measure", "expected"), OF_ALL.items())
def test_how_many_of_all_contacts_had_an_outcome(measure, expected):
    assert share(measure, _one_of_each(), END) == f"{expected} of 9"
    assert as_printed(measure, [], END) == "n/a"


def test_end_to_end_counts_every_outcome_in_time_of_those_decided_or_due():
    facts = [*_one_of_each(), contact_from("2021-01-31 12:00", key="c10")]
    assert share("end_to_end_contact_decision", facts, END) == "8 of 9"


def test_a_referral_that_turns_out_not_to_follow_leaves_the_count():
    decided = referral_decided("2021-01-05 10:00", True)
    facts = [contact_from(RECEIVED), concluded("2021-01-05 09:00", "social_care"), decided]
    facts += [amended(decided, referral_decided("2021-01-05 10:00", False), "2021-01-20")]
    assert as_printed("contacts_to_referral_outcome", facts, END) == "0"
    assert as_printed("contacts_to_referral_outcome", facts, END, known="2021-01-19") == "1"


def test_a_voided_conclusion_leaves_the_outcome_unknown():
    ended = concluded("2021-01-05 09:00")
    facts = [contact_from(RECEIVED), ended, voided(ended, "2021-01-06")]
    assert statuses("end_to_end_contact_decision", facts, END) == {"unknown": 1}


# --- neglect ----------------------------------------------------------------------------------


@table("""
    a contact about neglect             | source | reasons          | brought | expected
    from a school, with a toolkit       | 2A     | neglect          | yes     | toolkit
    from a school, without              | 2A     | neglect          | -       | no_toolkit
    among other reasons                 | 6      | missing neglect  | -       | no_toolkit
    from a relative: none expected      | 1A     | neglect          | -       | not_expected
    from a relative who brought one     | 1A     | neglect          | yes     | not_expected
    anonymous                           | 9      | neglect          | -       | not_expected
    from somebody unknown               | 10     | neglect          | -       | not_expected
    for another reason                  | 2A     | domestic_abuse   | yes     | -
    no reason on record                 | 2A     |                  | -       | -
""")
def test_neglect_toolkit_at_contact(source, reasons, brought, expected):
    facts = [contact_from(RECEIVED, source, reasons=tuple(reasons.split()))]
    facts += [toolkit("2021-01-04 09:30")] if brought else []
    assert status("neglect_toolkit_at_contact", facts, END) == expected


def test_neglect_contacts_all_and_professional():
    facts = [
        contact_from(RECEIVED, source, reasons=("neglect",), key=f"c{n}")
        for n, source in enumerate(("2A", "3A", "1B"))
    ]
    facts += [toolkit("2021-01-04 09:30", key="c0")]
    assert as_printed("contacts_neglect", facts, END) == "3"
    assert as_printed("contacts_neglect_professional", facts, END) == "2"
    assert share("neglect_toolkit_at_contact", facts, END) == "1 of 2"
    assert as_printed("neglect_toolkit_at_contact", facts[2:3], END) == "n/a"


def test_a_toolkit_completed_in_february_does_not_count_as_at_the_end_of_january():
    facts = [contact_from(RECEIVED, reasons=("neglect",)), toolkit("2021-02-02")]
    assert status("neglect_toolkit_at_contact", facts, END) == "no_toolkit"
    assert status("neglect_toolkit_at_contact", facts, "2021-03-01", period="2021-01") == "toolkit"
