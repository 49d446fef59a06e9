"""Early Help: advice episodes and My Plans. Definitions: the report's body, "Early Help"."""

from collections.abc import Iterator
from itertools import product

from casepulse.schemas.codes_early_help import (
    AdviceHolder,
    EarlyHelpClosure,
    EarlyHelpPlanKind,
    LeadAgency,
)
from casepulse.schemas.events.early_help import AdviceEpisodeEnded
from casepulse.schemas.measure import Section, months
from casepulse.schemas.phrase import Phrase
from casepulse.state.measures.forms import spread
from casepulse.state.records.early_help import open_advice, open_plans
from casepulse.state.records.keys import one_a_record
from casepulse.state.rules import Measures, Sorted, Standards
from casepulse.state.view import CaseView

MEASURES = Measures()

# --- advice, guidance and support -------------------------------------------------------------

FIS_OR_COORDINATOR, HELD_ELSEWHERE = "fis_or_coordinator", "held_elsewhere"
LEVEL_3, OTHER_LEVEL = "level_3", "other_level"
ADVICE = tuple(
    f"{level}_{holder}"
    for level, holder in product((LEVEL_3, OTHER_LEVEL), (FIS_OR_COORDINATOR, HELD_ELSEWHERE))
)
_COORDINATORS = (AdviceHolder.FAMILY_INFORMATION_SERVICE, AdviceHolder.EARLY_HELP_COORDINATOR)


@MEASURES.measure(
    spread(
        ADVICE,
        id="eh_advice_open",
        kind="stock",
        title="Advice, guidance and support episodes open",
        section=Section.EARLY_HELP,
        definition="Open episodes of advice, guidance and support.",
        source="Stated in the report (L)",
        phrase=Phrase(said="{episode|episodes} of advice, guidance and support [was|were] open"),
    )
)
def eh_advice_open(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    for episode in case.records(open_advice):
        level = LEVEL_3 if episode.level == 3 else OTHER_LEVEL
        holder = FIS_OR_COORDINATOR if episode.held_by in _COORDINATORS else HELD_ELSEWHERE
        yield Sorted(episode.episode, f"{level}_{holder}")


MEASURES.part(
    "eh_advice_open",
    id="eh_advice_level3",
    title="Advice episodes at Level 3",
    numerator=frozenset(each for each in ADVICE if each.startswith(LEVEL_3)),
    denominator=frozenset(ADVICE),
    definition="Of the episodes of eh_advice_open, those at Level 3.",
    phrase=Phrase(said="{of these was|of these were} at Level 3"),
)
MEASURES.part(
    "eh_advice_open",
    id="eh_advice_fis_coordinators",
    title="Advice episodes with the Family Information Service and Early Help Co-ordinators",
    numerator=frozenset(each for each in ADVICE if each.endswith(FIS_OR_COORDINATOR)),
    denominator=frozenset(ADVICE),
    definition="Of the episodes of eh_advice_open, those that the Family Information Service or an "
    "Early Help Co-ordinator holds.",
    phrase=Phrase(
        said="{of these was|of these were} held by the Family Information Service and "
        "Early Help Co-ordinators"
    ),
)

REASON_UNKNOWN = "unknown"
REASONS = (*EarlyHelpClosure, REASON_UNKNOWN)
DISENGAGED = frozenset({EarlyHelpClosure.NOT_ENGAGED, EarlyHelpClosure.CONSENT_WITHDRAWN})


@MEASURES.measure(
    spread(
        REASONS,
        id="eh_advice_closed",
        title="Advice episodes closed",
        section=Section.EARLY_HELP,
        definition="Episodes of advice, guidance and support that closed in the month.",
        source="Stated in the report (L)",
        phrase=Phrase(said="{episode|episodes} of advice, guidance and support [was|were] closed"),
    )
)
def eh_advice_closed(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    for fact in one_a_record(case, AdviceEpisodeEnded, "episode"):
        data = fact.data
        yield Sorted(data.episode, data.reason or REASON_UNKNOWN, fact.day, data.team)


MEASURES.part(
    "eh_advice_closed",
    id="eh_advice_closed_met_elsewhere",
    title="Advice episodes closed: needs met elsewhere",
    numerator=frozenset({EarlyHelpClosure.MET_ELSEWHERE}),
    denominator=frozenset(REASONS),
    definition="Of the episodes of eh_advice_closed, those whose needs another agency or service "
    "met.",
    phrase=Phrase(
        said="{of these|of these} closed because needs were met by another agency or service"
    ),
)
MEASURES.part(
    "eh_advice_closed",
    id="eh_advice_closed_disengaged",
    title="Advice episodes closed: not engaged or consent withdrawn",
    better="low",
    numerator=DISENGAGED,
    denominator=frozenset(REASONS),
    definition="Of the episodes of eh_advice_closed, those closed because the family did not "
    "engage or withdrew its consent.",
    phrase=Phrase(
        said="{of these|of these} closed because the family did not engage or withdrew consent",
        alone="{episode|episodes} of advice, guidance and support closed because the "
        "family did not engage or withdrew consent",
        summary=True,
    ),
)

# --- My Plan and My Plan Plus -----------------------------------------------------------------

EDUCATION, OTHER_AGENCY = "education", "other_agency"
UNDER, OVER = "under", "over"
PLANS = tuple(
    ".".join(words)
    for words in product(EarlyHelpPlanKind, (EDUCATION, OTHER_AGENCY), (UNDER, OVER))
)


def _plans(word: str) -> frozenset[str]:
    return frozenset(each for each in PLANS if word in each.split("."))


@MEASURES.measure(
    spread(
        PLANS,
        id="eh_plans_open",
        kind="stock",
        title="My Plans and My Plans Plus open",
        section=Section.EARLY_HELP,
        standards={"long": months("from when on a plan has been open for long")},
        definition="Open My Plans and My Plans Plus.",
        source="Stated in the report (L)",
        phrase=Phrase(said="{plan was|plans were} open"),
    )
)
def eh_plans_open(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    for fact in case.records(open_plans):
        data = fact.data
        lead = EDUCATION if data.lead is LeadAgency.EDUCATION else OTHER_AGENCY
        recent = case.clock.within_last(standards["long"].count, fact.time)
        yield Sorted(data.plan, f"{data.kind}.{lead}.{UNDER if recent else OVER}")


MEASURES.part(
    "eh_plans_open",
    id="eh_my_plan_open",
    title="My Plans open",
    numerator=_plans(EarlyHelpPlanKind.MY_PLAN),
    definition="Open My Plans.",
    phrase=Phrase(said="{of these was a My Plan|of these were My Plans}"),
)
MEASURES.part(
    "eh_plans_open",
    id="eh_my_plan_plus_open",
    title="My Plans Plus open",
    numerator=_plans(EarlyHelpPlanKind.MY_PLAN_PLUS),
    definition="Open My Plans Plus.",
    phrase=Phrase(said="{of these was a My Plan Plus|of these were My Plans Plus}"),
)
MEASURES.part(
    "eh_plans_open",
    id="eh_plans_education",
    title="Plans allocated to Education",
    numerator=_plans(EDUCATION),
    denominator=frozenset(PLANS),
    definition="Of the plans of eh_plans_open, those allocated to Education.",
    phrase=Phrase(said="{of these was|of these were} allocated to Education"),
)
MEASURES.part(
    "eh_plans_open",
    id="eh_plans_under_12m",
    title="Plans open less than 12 months",
    numerator=_plans(UNDER),
    denominator=frozenset(PLANS),
    definition="Of the plans of eh_plans_open, those begun in the last 12 months.",
    phrase=Phrase(said="{of these had|of these had} been open for less than 12 months"),
)
MEASURES.part(
    "eh_plans_open",
    id="eh_plans_over_12m",
    title="Plans open more than 12 months",
    better="low",
    numerator=_plans(OVER),
    denominator=frozenset(PLANS),
    definition="Of the plans of eh_plans_open, those begun 12 months ago or longer. Nothing says "
    "by when a plan is to end: none of them is late.",
    phrase=Phrase(
        said="{of these had|of these had} been open for more than 12 months",
        alone="{My Plan or My Plan Plus had|My Plans and My Plans Plus had} been open for "
        "more than 12 months",
        summary=True,
    ),
)
