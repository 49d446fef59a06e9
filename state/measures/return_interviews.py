"""Return interviews of children who went missing.

A child counts once a month, with all the episodes that began in it.
"""

from collections.abc import Iterator
from datetime import timedelta

from casepulse.schemas.codes import InterviewOutcome
from casepulse.schemas.measure import Measure, Section, hours
from casepulse.schemas.phrase import Phrase
from casepulse.state.measures.forms import MET, MISSED, PENDING, share
from casepulse.state.records.life import died
from casepulse.state.records.missing import MissingEpisode, missing_months
from casepulse.state.rules import Measures, Sorted, Standards
from casepulse.state.view import CaseView

MEASURES = Measures()

REFUSED = "refused"


@MEASURES.measure(
    Measure(
        id="return_interview",
        title="Missing children who had a return interview",
        section=Section.MISSING,
        kind="flow",
        better="high",
        statuses=(MET, REFUSED, MISSED, PENDING),
        numerator=frozenset({MET}),
        denominator=frozenset({MET, REFUSED, MISSED}),
        decimals=1,
        definition="Children with a missing episode begun in the month, each counted once; met if "
        "at least one return interview was held for an episode begun in it. Refused: offered and "
        "refused, and none held. Pending, and in neither number: still missing. An interview "
        "before the child was found is none.",
        source="Statutory guidance on children who run away or go missing, 2014; local (L)",
        phrase=Phrase(
            subject="The proportion of missing children who had a return interview",
            of=("child", "children"),
        ),
    )
)
def return_interview(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    for each in case.records(missing_months):
        outcomes = frozenset().union(*(episode.interviews for episode in each.episodes))
        if InterviewOutcome.HELD in outcomes:
            status = MET
        elif any(episode.found is None for episode in each.episodes):
            if case.records(died):
                continue  # it was never found, and nothing is due any more
            status = PENDING
        else:
            status = REFUSED if InterviewOutcome.REFUSED in outcomes else MISSED
        yield Sorted(each.month, status, each.day, each.team)


MEASURES.part(
    "return_interview",
    id="return_interview_refused",
    title="Missing children who refused a return interview",
    decimals=0,
    numerator=frozenset({REFUSED}),
    definition="Of the children of return_interview, those who refused and had none.",
    phrase=Phrase(said="{child|children} refused a return interview"),
)

IN_TIME, LATE = "in_time", "late"
LATEST, EARLIER = "latest", "earlier"


def _interviewed(*timing: str, after: tuple[str, ...] = (LATEST, EARLIER)) -> frozenset[str]:
    return frozenset(f"{each}_{which}" for each in timing for which in after)


@MEASURES.measure(
    share(
        id="return_interview_timely",
        title="Missing children interviewed in time",
        section=Section.MISSING,
        kind="flow",
        better="high",
        statuses=tuple(sorted(_interviewed(IN_TIME, LATE))),
        numerator=_interviewed(IN_TIME),
        denominator=_interviewed(IN_TIME, LATE),
        late=_interviewed(LATE),
        standards={"interview": hours("found or back to the first interview for that episode")},
        definition="Of the children of return_interview who were interviewed, those with at least "
        "one episode of the month whose first interview was held within the standard.",
        source="Statutory guidance on children who run away or go missing, 2014 (S)",
        phrase=Phrase(subject="Timeliness of return interviews", of=("child", "children")),
    )
)
def return_interview_timely(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    for each in case.records(missing_months):
        held = [episode for episode in each.episodes if episode.interviewed]
        if held:
            after = LATEST if each.episodes[-1].interviewed else EARLIER
            status = f"{_timing(held, standards)}_{after}"
            yield Sorted(each.month, status, each.day, each.team)


def _timing(held: list[MissingEpisode], standards: Standards) -> str:
    """The best timing of the first interviews of some episodes."""
    allowed = timedelta(hours=standards["interview"].count)
    in_time = any(
        episode.interviewed <= episode.found + allowed
        for episode in held
        if episode.interviewed and episode.found
    )
    return IN_TIME if in_time else LATE


MEASURES.part(
    "return_interview_timely",
    id="return_interview_latest",
    title="Missing children interviewed after their most recent episode",
    better="high",
    numerator=_interviewed(IN_TIME, LATE, after=(LATEST,)),
    denominator=_interviewed(IN_TIME, LATE),
    definition="Of the children of return_interview who were interviewed, those interviewed after "
    "the last episode that began in the month.",
    phrase=Phrase(said="{child was|children were} interviewed after their most recent episode"),
)
