"""Foster carer households: checks, visits, supervision, and how much room they have."""

from collections.abc import Iterator

from casepulse.schemas.codes import FosteringApproval
from casepulse.schemas.envelope import Data
from casepulse.schemas.events.fostering import (
    FosterMedicalCompleted,
    FosterRecordsChecked,
    FosterReviewHeld,
    FosterSupervisionHeld,
    FosterUnannouncedVisitHeld,
)
from casepulse.schemas.measure import Measure, Section, days, months
from casepulse.schemas.phrase import Phrase
from casepulse.state.calendar import INSTANT, due_day, leaves_window
from casepulse.state.measures.forms import YES, count, duty, recurring, share
from casepulse.state.records.fostering import approved_household, in_house_foster_placement
from casepulse.state.rules import Measures, Sorted, Standards
from casepulse.state.view import CaseView

MEASURES = Measures()


def _yearly_or_so(
    *,
    id: str,  # noqa: A002  the measure's
    title: str,
    definition: str,
    source: str,
    phrase: Phrase,
) -> Measure:
    return duty(
        id=id,
        title=title,
        definition=definition,
        source=source,
        phrase=phrase,
        about=("household",),
        section=Section.FOSTER_CARERS,
        standards={"done": days("since the last one")},
    )


def _since_approval(case: CaseView, standards: Standards, kind: type[Data]) -> Iterator[Sorted]:
    """What is done again and again from the approval on."""
    household = case.records(approved_household)
    if household:
        done = [fact.day for fact in case.facts(kind) if fact.day >= household.since]
        due_on = due_day(done[-1] if done else household.since, standards["done"])
        yield Sorted(case.key, recurring(case.clock, due_on, bool(done)), due=due_on)


def _before_approval(case: CaseView, standards: Standards, kind: type[Data]) -> Iterator[Sorted]:
    """What must be done before the approval, and then again and again."""
    household = case.records(approved_household)
    if household:
        done = case.facts(kind)
        due_on = due_day(done[-1].day, standards["done"]) if done else household.since
        yield Sorted(case.key, recurring(case.clock, due_on, bool(done)), due=due_on)


@MEASURES.measure(
    _yearly_or_so(
        id="fc_annual_review",
        title="Foster carers with an up-to-date annual review",
        definition="Approved households whose approval was reviewed within the standard, or that "
        "have not been approved for so long.",
        source="Fostering Services Regulations 2011, reg. 28 (S)",
        phrase=Phrase(
            subject="The proportion of foster carers with an up-to-date annual review",
            of=("foster carer", "foster carers"),
        ),
    )
)
def fc_annual_review(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    return _since_approval(case, standards, FosterReviewHeld)


@MEASURES.measure(
    _yearly_or_so(
        id="fc_unannounced",
        title="Foster carers with an up-to-date unannounced visit",
        definition="Approved households visited unannounced within the standard, or that have not "
        "been approved for so long.",
        source="National Minimum Standards for Fostering Services 2011, 21.8 (S)",
        phrase=Phrase(
            subject="The proportion of foster carers with an up-to-date unannounced visit",
            of=("foster carer", "foster carers"),
        ),
    )
)
def fc_unannounced(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    return _since_approval(case, standards, FosterUnannouncedVisitHeld)


@MEASURES.measure(
    _yearly_or_so(
        id="fc_dbs",
        title="Foster carers with an up-to-date DBS check",
        definition="Approved households whose carers' criminal records were checked within the "
        "standard, before the approval or since. Without a check on record the household is late "
        "from the day after its approval.",
        source="Local standard, customary (A)",
        phrase=Phrase(
            subject="The proportion of foster carers with an up-to-date DBS check",
            of=("foster carer", "foster carers"),
        ),
    )
)
def fc_dbs(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    return _before_approval(case, standards, FosterRecordsChecked)


@MEASURES.measure(
    _yearly_or_so(
        id="fc_medical",
        title="Main foster carers with an up-to-date medical",
        definition="Approved households whose main carer had a medical within the standard, before "
        "the approval or since. Without one on record the household is late from the day after "
        "its approval.",
        source="Local standard, customary (A)",
        phrase=Phrase(
            subject="The proportion of main foster carers with an up-to-date medical",
            of=("foster carer", "foster carers"),
        ),
    )
)
def fc_medical(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    return _before_approval(case, standards, FosterMedicalCompleted)


IN_MONTH, IN_TWO_MONTHS, NOT_SUPERVISED = "in_month", "in_two_months", "not_supervised"


@MEASURES.measure(
    share(
        id="fc_supervision_month",
        about=("household",),
        title="Foster carers who received a supervision in the month",
        section=Section.FOSTER_CARERS,
        better="high",
        statuses=(IN_MONTH, IN_TWO_MONTHS, NOT_SUPERVISED),
        numerator=frozenset({IN_MONTH}),
        denominator=frozenset({IN_MONTH, IN_TWO_MONTHS, NOT_SUPERVISED}),
        late=frozenset({IN_TWO_MONTHS, NOT_SUPERVISED}),
        standards={
            "month": months("a supervision in these is monthly"),
            "two_months": months("a supervision in these is two-monthly"),
        },
        definition="Approved households that received a supervision in the last month. The next is "
        "due a month after the last; one that never had any is late, and has no due day.",
        source="Local standard, stated in the report (L)",
        phrase=Phrase(
            subject="The proportion of foster carers who received a supervision in the month",
            of=("foster carer", "foster carers"),
        ),
    )
)
def fc_supervision_month(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    if case.records(approved_household):
        held = case.facts(FosterSupervisionHeld)[-1:]
        status, due_at = NOT_SUPERVISED, None
        for fact in held:
            month = standards["month"].count
            due_at = leaves_window(fact.time, month) - INSTANT
            if case.clock.within_last(month, fact.time):
                status = IN_MONTH
            elif case.clock.within_last(standards["two_months"].count, fact.time):
                status = IN_TWO_MONTHS
        yield Sorted(case.key, status, due=due_at)


MEASURES.part(
    "fc_supervision_month",
    id="fc_supervision_2m",
    title="Foster carers who received a supervision in the last 2 months",
    better="high",
    numerator=frozenset({IN_MONTH, IN_TWO_MONTHS}),
    late=frozenset({NOT_SUPERVISED}),
    definition="Approved households that received a supervision in the last two months.",
    phrase=Phrase(
        subject="The proportion of foster carers who received a supervision in the last 2 months",
        of=("foster carer", "foster carers"),
    ),
)


@MEASURES.measure(
    count(
        id="fc_households",
        about=("household",),
        title="Households approved for general full-time foster care",
        section=Section.FOSTER_CARERS,
        definition="Households with an approval for general full-time foster care.",
        source="Local measure of the report (L)",
        phrase=Phrase(
            said="{household was|households were} approved for general full-time foster care"
        ),
    )
)
def fc_households(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    household = case.records(approved_household)
    if household and household.approval is FosteringApproval.GENERAL:
        yield Sorted(case.key, YES)


CHILDREN, PLACES = "children", "places"


@MEASURES.measure(
    share(
        id="fc_capacity",
        about=("child", "household"),
        title="Utilisation of in-house foster placement capacity",
        section=Section.FOSTER_CARERS,
        better="high",
        statuses=(CHILDREN, PLACES),
        numerator=frozenset({CHILDREN}),
        denominator=frozenset({PLACES}),
        definition="Children in care in general full-time placements of the authority's own (U1 to "
        "U6, provider PR1), for each 100 places for which households are approved for such care.",
        source="Local measure of the report (L)",
        phrase=Phrase(
            subject="Utilisation of in-house foster placement capacity",
            of=("placement", "placements"),
        ),
    )
)
def fc_capacity(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    household = case.records(approved_household)
    if household and household.approval is FosteringApproval.GENERAL:
        yield Sorted(case.key, PLACES, weight=household.places)
    if case.records(in_house_foster_placement):
        yield Sorted(case.key, CHILDREN)
