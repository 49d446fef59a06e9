"""Data quality: facts that cannot stand beside others, and teams that the profile does not know.

The rules: docs/rules.md, "Records".
"""

from collections.abc import Iterator

from casepulse.schemas.events.care import LegalStatusChanged
from casepulse.schemas.phrase import Phrase
from casepulse.state.measures.forms import contradiction
from casepulse.state.records.as_told import CARE_PERIOD
from casepulse.state.records.data_quality import (
    AFTER_DEATH,
    OUTSIDE_CARE,
    after_death,
    each_once,
    outside_care,
)
from casepulse.state.records.data_quality_contradictions import CONTRADICTIONS, contradictions
from casepulse.state.records.life import died
from casepulse.state.rules import Measures, Sorted, Standards
from casepulse.state.view import CaseView

MEASURES = Measures()

LATER = "told_for_a_later_day"


@MEASURES.measure(
    contradiction(
        (LATER,),
        id="dq_status_after_start",
        title="Periods of care whose legal status began later",
        definition="Periods of care of which the first legal status is told for a later day than "
        "the period's first. Other measures take that status back to the start.",
        source="SSDA903: an episode has a legal status from its first day (D)",
        phrase=Phrase(
            said="the first legal status of {period of care was|periods of care was} told "
            "for a later day than [its|their] start"
        ),
    )
)
def dq_status_after_start(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    told = case.facts(LegalStatusChanged)
    for period in case.records(CARE_PERIOD) if told else ():
        days = [fact.day for fact in told if period.covers(fact.day)]
        if days and days[0] > period.day:
            yield Sorted(period.key, LATER, due=days[0])


@MEASURES.measure(
    contradiction(
        AFTER_DEATH,
        id="dq_after_death",
        title="Facts told of a child after its death",
        definition="Children seen, in touch, reviewed, checked, or of whom a record began, on a "
        "day after that of their death, told as for dq_death_with_open_records. One a kind of "
        "fact and day.",
        source="SSDA903; CIN census (D)",
        phrase=Phrase(said="{fact was|facts were} told of a child for a day after its death"),
    )
)
def dq_after_death(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    death = case.records(died)
    for each in each_once(after_death(case, death)) if death else ():
        yield Sorted(each.record, each.what, due=each.since)


@MEASURES.measure(
    contradiction(
        OUTSIDE_CARE,
        id="dq_outside_care",
        title="Facts of care outside every period of care",
        definition="Legal statuses, placements, reviews of children in care and statutory visits "
        "on a day on which no period of care lasted, short breaks included. One a kind of fact "
        "and day.",
        source="SSDA903 (D)",
        phrase=Phrase(said="{fact of care lay|facts of care lay} outside every period of care"),
    )
)
def dq_outside_care(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    for each in each_once(outside_care(case)):
        yield Sorted(each.record, each.what, due=each.since)


@MEASURES.measure(
    contradiction(
        CONTRADICTIONS,
        id="dq_contradictions",
        title="Facts that contradict each other",
        definition="Reviews of plans, and visits of Targeted Support and to privately fostered "
        "children, on a day on which the plan, episode or arrangement that they name did not "
        "last; return interviews before the child was found; children seen, in care, placed or "
        "missing before their birth; private fostering while a period of care is open.",
        source="Customary (A)",
        phrase=Phrase(said="{fact contradicted|facts contradicted} another"),
    )
)
def dq_contradictions(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    for each in each_once(contradictions(case)):
        yield Sorted(each.record, each.what, due=each.since)


HOLDS_THE_CASE, HELD_THE_CASE = "holds_the_case", "held_the_case"


@MEASURES.measure(
    contradiction(
        (HOLDS_THE_CASE, HELD_THE_CASE),
        id="dq_unknown_team",
        title="Cases of teams that the profile does not know",
        definition="Each team that a case names and the profile does not, once a case: the team "
        "that holds the case now, or one that held it before. What such a team does counts for "
        "the locality of others.",
        source="Customary (A)",
        about=("child", "contact", "worker", "household", "legal_case"),
        phrase=Phrase(said="teams that the profile does not know held {case|cases}"),
    )
)
def dq_unknown_team(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    for team, fact in case.unknown_teams().items():
        status = HOLDS_THE_CASE if team == case.team() else HELD_THE_CASE
        yield Sorted(team, status, due=fact.day)
