"""Targeted Support, the part of Early Help that is delivered. Definitions: the report's body.

Episodes that are open to review alone are counted in `ts_dcyps_review` and nowhere else.
"""

from collections.abc import Iterator
from itertools import groupby, product

from casepulse.schemas.codes_early_help import EarlyHelpClosure, TargetedService
from casepulse.schemas.events.early_help import TargetedSupportEnded
from casepulse.schemas.measure import Section, months
from casepulse.schemas.phrase import Phrase
from casepulse.state.calendar import month_of
from casepulse.state.measures.early_help import DISENGAGED, REASON_UNKNOWN, REASONS
from casepulse.state.measures.forms import YES, count, share, spread, yes_no
from casepulse.state.records.early_help import (
    ends_of_support,
    open_episodes,
    past_episodes,
    targeted_episodes,
)
from casepulse.state.records.keys import team_of_completion
from casepulse.state.records.populations import is_open
from casepulse.state.rules import Measures, Sorted, Standards
from casepulse.state.view import CaseView

MEASURES = Measures()

# --- open episodes ----------------------------------------------------------------------------

UNDER, OVER, REVIEWED = "under", "over", "review"
DELIVERED = tuple(".".join(words) for words in product(TargetedService, (UNDER, OVER)))
REVIEW_ONLY = tuple(f"{service}.{REVIEWED}" for service in TargetedService)


def _episodes(word: str) -> frozenset[str]:
    return frozenset(each for each in DELIVERED if word in each.split("."))


@MEASURES.measure(
    spread(
        (*DELIVERED, *REVIEW_ONLY),
        id="ts_open",
        kind="stock",
        title="Targeted Support episodes open",
        section=Section.EARLY_HELP,
        numerator=frozenset(DELIVERED),
        standards={"long": months("from when on an episode has been open for long")},
        definition="Open episodes of Targeted Support; those open to review alone are left out.",
        source="Stated in the report (L)",
        phrase=Phrase(said="{episode|episodes} of Targeted Support [was|were] open"),
    )
)
def ts_open(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    for episode in case.records(targeted_episodes):
        if episode.ended is None:
            recent = case.clock.within_last(standards["long"].count, episode.started)
            how = REVIEWED if episode.review_only else UNDER if recent else OVER
            yield Sorted(episode.key, f"{episode.service}.{how}")


MEASURES.part(
    "ts_open",
    id="ts_open_fst",
    title="Targeted episodes held by Family Support",
    numerator=_episodes(TargetedService.FAMILY_SUPPORT_TEAM),
    denominator=frozenset(DELIVERED),
    definition="Of the episodes of ts_open, those that a Family Support Team holds.",
    phrase=Phrase(said="{of these was|of these were} held by Family Support"),
)
MEASURES.part(
    "ts_open",
    id="ts_open_cfc",
    title="Targeted episodes held by Children and Family Centres",
    numerator=_episodes(TargetedService.CHILDREN_AND_FAMILY_CENTRE),
    denominator=frozenset(DELIVERED),
    definition="Of the episodes of ts_open, those that a Children and Family Centre holds.",
    phrase=Phrase(said="{of these was|of these were} held by Children and Family Centres"),
)
MEASURES.part(
    "ts_open",
    id="ts_dcyps_open",
    title="DCYPS Early Help: open episodes",
    numerator=_episodes(TargetedService.DISABLED_CHILDREN),
    definition="Open episodes of children with the Early Help service of DCYPS.",
    phrase=Phrase(said="the DCYPS Early Help service had {open episode|open episodes}"),
)
MEASURES.part(
    "ts_open",
    id="ts_dcyps_review",
    title="DCYPS Early Help: open to review",
    numerator=frozenset({f"{TargetedService.DISABLED_CHILDREN}.{REVIEWED}"}),
    definition="Episodes of children with the Early Help service of DCYPS that are open to review "
    "alone.",
    phrase=Phrase(
        said="{episode was|episodes were} open to review only in the DCYPS Early Help service"
    ),
)
MEASURES.part(
    "ts_open",
    id="ts_under_12m",
    title="Targeted episodes open less than 12 months",
    better="high",
    numerator=_episodes(UNDER),
    denominator=frozenset(DELIVERED),
    definition="Of the episodes of ts_open, those begun in the last 12 months. Nothing says by "
    "when an episode is to end: a longer one is not late.",
    phrase=Phrase(said="{of these had|of these had} been open for less than 12 months"),
)


@MEASURES.measure(
    share(
        id="ts_also_social_care",
        title="Targeted episodes of children open to Social Care",
        section=Section.EARLY_HELP,
        definition="Of the open episodes of Targeted Support, those of a child who is open to "
        "social care: a referral open, on a plan, in care or a care leaver.",
        source="Stated in the report (L)",
        phrase=Phrase(
            said="{open episode|open episodes} supported a child open to Social Care",
            alone="{open episode|open episodes} of Targeted Support supported a child open to "
            "Social Care",
            summary=True,
        ),
    )
)
def ts_also_social_care(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    for episode in case.records(open_episodes):
        yield Sorted(episode.key, yes_no(case.records(is_open)))


@MEASURES.measure(
    share(
        id="ts_repeat_12m",
        title="Targeted episodes after earlier Early Help",
        section=Section.EARLY_HELP,
        better="low",
        standards={"look_back": months("how far back an earlier episode counts")},
        definition="Of the open episodes of Targeted Support, those of a child who had another "
        "episode, of advice or of Targeted Support, that began before it and closed in the "
        "look-back.",
        source="Stated in the report (L)",
        phrase=Phrase(
            subject="The proportion of open Targeted Support episodes that followed earlier "
            "Early Help",
            of=("episode", "episodes"),
            summary=True,
        ),
    )
)
def ts_repeat_12m(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    for episode in case.records(open_episodes):
        again = any(
            past.started < episode.started
            and case.clock.within_last(standards["look_back"].count, past.ended)
            for past in case.records(past_episodes)
        )
        yield Sorted(episode.key, yes_no(again))


# --- closed episodes --------------------------------------------------------------------------


@MEASURES.measure(
    spread(
        REASONS,
        id="ts_closed",
        title="Targeted Support episodes closed",
        section=Section.EARLY_HELP,
        definition="Episodes of Targeted Support that closed in the month; those that were open to "
        "review alone are left out.",
        source="Stated in the report (L)",
        phrase=Phrase(said="{episode|episodes} of Targeted Support [was|were] closed"),
    )
)
def ts_closed(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    for fact in case.records(ends_of_support):
        data = fact.data
        yield Sorted(
            data.episode, data.reason or REASON_UNKNOWN, fact.day, team_of_completion(case, fact)
        )


MEASURES.part(
    "ts_closed",
    id="ts_closed_needs_met",
    title="Targeted episodes closed: needs met or partly met",
    better="high",
    numerator=frozenset({EarlyHelpClosure.NEEDS_MET, EarlyHelpClosure.NEEDS_PARTLY_MET}),
    denominator=frozenset(REASONS),
    definition="Of the episodes of ts_closed, those closed because the needs of child and family "
    "were met or partly met.",
    phrase=Phrase(said="{of these|of these} closed because needs were met or partly met"),
)
MEASURES.part(
    "ts_closed",
    id="ts_closed_disengaged",
    title="Targeted episodes closed: not engaged or consent withdrawn",
    better="low",
    numerator=DISENGAGED,
    denominator=frozenset(REASONS),
    definition="Of the episodes of ts_closed, those closed because the family did not engage or "
    "withdrew its consent.",
    phrase=Phrase(
        said="{of these|of these} closed because the family did not engage or withdrew consent",
        alone="{episode|episodes} of Targeted Support closed because the family did not "
        "engage or withdrew consent",
        summary=True,
    ),
)


@MEASURES.measure(
    count(
        id="step_up",
        kind="flow",
        title="Children stepped up to Tier 4 from Targeted Support",
        section=Section.EARLY_HELP,
        definition="Children of whom an episode of Targeted Support closed in the month because "
        "they were stepped up to social care; a child with two such counts once.",
        source="Stated in the report (L)",
        phrase=Phrase(said="{child was|children were} stepped up to Tier 4 from Targeted Support"),
    )
)
def step_up(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    ups = [each for each in case.records(ends_of_support) if _stepped_up(each.data)]
    for month, ended in groupby(ups, key=lambda fact: month_of(fact.day)):
        first = next(ended)
        yield Sorted(month, YES, first.day, team_of_completion(case, first))


def _stepped_up(data: object) -> bool:
    return isinstance(data, TargetedSupportEnded) and data.reason is EarlyHelpClosure.STEPPED_UP
