"""Child protection: strategy discussions and section 47 enquiries, and what became of them."""

from collections.abc import Iterator

from casepulse.schemas.codes import EnquiryOutcome, SafeguardingPartner
from casepulse.schemas.measure import Section, days
from casepulse.schemas.phrase import Phrase
from casepulse.state.calendar import due_day, local_date
from casepulse.state.measures.forms import MET, MISSED, UNTRACED, cohort, share, spread, timed
from casepulse.state.records.protection import (
    conferences,
    enquiries,
    initial_conferences,
    strategy_discussions,
)
from casepulse.state.rules import Measures, Sorted, Standards
from casepulse.state.view import CaseView

MEASURES = Measures()

TRACED = (MET, MISSED, UNTRACED)


@MEASURES.measure(
    cohort(
        id="strategy_discussion_timely",
        title="Initial strategy discussions in time",
        section=Section.CHILD_PROTECTION,
        statuses=TRACED,
        standards={"held": days("decided to hold the discussion to held")},
        definition="Initial strategy discussions held in the month, one a child and referral, that "
        "were held within the standard. One of which nobody recorded when it was decided on is "
        "untraced and left out.",
        source="Local standard, customary (A)",
        phrase=Phrase(
            subject="Timeliness of initial strategy discussions", of=("discussion", "discussions")
        ),
    )
)
def strategy_discussion_timely(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    for discussion in case.records(strategy_discussions):
        if not discussion.initial:
            continue
        if discussion.decided is None:
            yield Sorted(discussion.key, UNTRACED, discussion.day, discussion.team)
            continue
        due_on = due_day(local_date(discussion.decided), standards["held"])
        status = timed(case.clock, due_on, discussion.day)
        yield Sorted(discussion.key, status, discussion.day, discussion.team)


#: How far a strategy discussion led: no further, to an enquiry, to a conference, to a plan.
NO_FURTHER, ENQUIRY, CONFERENCE, PLAN = "no_further", "enquiry", "conference", "plan"
REACHED = (NO_FURTHER, ENQUIRY, CONFERENCE, PLAN)


@MEASURES.measure(
    share(
        id="strategy_to_s47",
        title="Strategy discussions progressing to an S47 enquiry",
        section=Section.CHILD_PROTECTION,
        kind="flow",
        statuses=REACHED,
        numerator=frozenset({ENQUIRY, CONFERENCE, PLAN}),
        denominator=frozenset(REACHED),
        definition="Of the strategy discussions held in the month, initial or not, those that "
        "began a section 47 enquiry, by now.",
        source="Stated in the report (L)",
        phrase=Phrase(
            said="{strategy discussion|strategy discussions} progressed to an S47 enquiry"
        ),
    )
)
def strategy_to_s47(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    discussions = case.records(strategy_discussions)
    if not discussions:
        return
    led_to = {each.discussion.key: ENQUIRY for each in case.records(enquiries) if each.discussion}
    for conference in case.records(initial_conferences):
        if conference.discussion and led_to[conference.discussion.key] != PLAN:
            led_to[conference.discussion.key] = PLAN if conference.made_plan else CONFERENCE
    for each in discussions:
        yield Sorted(each.key, led_to.get(each.key, NO_FURTHER), each.day, each.team)


MEASURES.part(
    "strategy_to_s47",
    id="strategy_to_s47_fytd",
    title="Strategy discussions progressing to an S47 enquiry, year to date",
    section=Section.DEMAND,
    window="fytd",
    definition="As strategy_to_s47, since April.",
    phrase=Phrase(said="{strategy discussion|strategy discussions} progressed to an S47 enquiry"),
)
MEASURES.part(
    "strategy_to_s47",
    id="strategy_to_plan_yield_fytd",
    title="Strategy discussions that led to a protection plan, year to date",
    section=Section.DEMAND,
    window="fytd",
    numerator=frozenset({PLAN}),
    definition="Of the strategy discussions held since April, those that began an enquiry whose "
    "initial conference made a protection plan, by now.",
    phrase=Phrase(said="{strategy discussion|strategy discussions} led to a protection plan"),
)

HEALTH_ABSENT, POLICE_ABSENT = "health_absent", "police_absent"
SOCIAL_CARE_ABSENT, NOT_INVITED = "social_care_absent", "not_invited"
_ABSENT = {
    SafeguardingPartner.HEALTH: HEALTH_ABSENT,
    SafeguardingPartner.POLICE: POLICE_ABSENT,
    SafeguardingPartner.SOCIAL_CARE: SOCIAL_CARE_ABSENT,
}


@MEASURES.measure(
    spread(
        (*_ABSENT.values(), NOT_INVITED),
        id="strategy_no_health",
        title="Strategy discussions without invited health",
        section=Section.CHILD_PROTECTION,
        better="low",
        numerator=frozenset({HEALTH_ABSENT}),
        definition="Strategy discussions held in the month that health was invited to and took no "
        "part in. One of which nobody recorded who took part is not counted.",
        source="Working Together 2018 (S): who takes part",
        phrase=Phrase(
            said="{strategy discussion|strategy discussions} took place without Health, who "
            "had been invited"
        ),
    )
)
def strategy_partners(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    for discussion in case.records(strategy_discussions):
        if discussion.invited is None:
            continue
        found = [
            status
            for partner, status in _ABSENT.items()
            if partner in discussion.invited
            and discussion.attended is not None
            and partner not in discussion.attended
        ]
        if not _ABSENT.keys() <= set(discussion.invited):
            found.append(NOT_INVITED)
        for status in found:
            key = f"{discussion.key}:{status}"
            yield Sorted(key, status, discussion.day, discussion.team)


for _id, _title, _status, _phrase in (
    (
        "strategy_no_police",
        "police",
        POLICE_ABSENT,
        Phrase(
            said="{strategy discussion|strategy discussions} took place without Police, who "
            "had been invited"
        ),
    ),
    (
        "strategy_no_social_care",
        "social care",
        SOCIAL_CARE_ABSENT,
        Phrase(
            said="{strategy discussion|strategy discussions} took place without Social Care, "
            "who had been invited"
        ),
    ),
):
    MEASURES.part(
        "strategy_no_health",
        id=_id,
        title=f"Strategy discussions without invited {_title}",
        better="low",
        numerator=frozenset({_status}),
        definition=f"Strategy discussions held in the month that {_title} was invited to and took "
        "no part in.",
        phrase=_phrase,
    )
MEASURES.part(
    "strategy_no_health",
    id="strategy_partner_not_invited",
    title="Strategy discussions that a mandatory partner was not invited to",
    better="low",
    numerator=frozenset({NOT_INVITED}),
    definition="Strategy discussions held in the month to which health, police or social care was "
    "not invited; each discussion once.",
    phrase=Phrase(
        said="a mandatory partner was not invited to {strategy discussion|strategy discussions}"
    ),
)


@MEASURES.measure(
    cohort(
        id="s47_timely",
        title="S47 enquiries in time",
        section=Section.CHILD_PROTECTION,
        statuses=TRACED,
        standards={"completed": days("strategy discussion that began the enquiry to completed")},
        definition="Section 47 enquiries completed in the month within the standard. One whose "
        "strategy discussion is not on record is untraced and left out.",
        source="Working Together 2018 (S)",
        phrase=Phrase(subject="Timeliness of S47 enquiries", of=("enquiry", "enquiries")),
    )
)
def s47_timely(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    for enquiry in case.records(enquiries):
        done = enquiry.completed_day
        if done is None:
            continue
        if enquiry.discussion is None:
            yield Sorted(enquiry.key, UNTRACED, done, enquiry.team)
            continue
        due_on = due_day(enquiry.discussion.day, standards["completed"])
        yield Sorted(enquiry.key, timed(case.clock, due_on, done), done, enquiry.team)


OUTCOME_UNKNOWN = "unknown"
OUTCOMES = (*(each.value for each in EnquiryOutcome), OUTCOME_UNKNOWN)


@MEASURES.measure(
    share(
        id="s47_to_icpc",
        title="S47 enquiries progressing to an initial conference",
        section=Section.CHILD_PROTECTION,
        kind="flow",
        statuses=OUTCOMES,
        numerator=frozenset({EnquiryOutcome.CONFERENCE.value}),
        denominator=frozenset(OUTCOMES),
        definition="Of the section 47 enquiries completed in the month, those whose outcome was an "
        "initial child protection conference, or that such a conference names.",
        source="Stated in the report (L)",
        phrase=Phrase(
            said="{S47 enquiry|S47 enquiries} progressed to an initial child protection conference"
        ),
    )
)
def s47_to_icpc(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    done = [each for each in case.records(enquiries) if each.completed_day is not None]
    if done:
        conferred = {each.enquiry for each in case.records(conferences)}
        for each in done:
            outcome = EnquiryOutcome.CONFERENCE if each.key in conferred else each.outcome
            yield Sorted(each.key, outcome or OUTCOME_UNKNOWN, each.completed_day, each.team)


MEASURES.part(
    "s47_to_icpc",
    id="s47_to_assessment",
    title="S47 enquiries progressing to a single assessment",
    numerator=frozenset({EnquiryOutcome.SINGLE_ASSESSMENT.value}),
    definition="Of the section 47 enquiries completed in the month, those whose outcome was a "
    "single assessment.",
    phrase=Phrase(said="{S47 enquiry|S47 enquiries} progressed to a single assessment"),
)
MEASURES.part(
    "s47_to_icpc",
    id="s47_to_icpc_fytd",
    title="S47 enquiries progressing to an initial conference, year to date",
    section=Section.DEMAND,
    window="fytd",
    definition="As s47_to_icpc, since April.",
    phrase=Phrase(
        said="{S47 enquiry|S47 enquiries} progressed to an initial child protection conference"
    ),
)
