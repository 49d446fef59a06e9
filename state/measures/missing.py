"""Children who go missing: episodes, children, nights. Return interviews: return_interviews.py.

An episode counts in the month in which it began, and so does the child, once.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from casepulse.schemas.measure import Section, hours, months
from casepulse.schemas.phrase import Phrase
from casepulse.state.calendar import end_of
from casepulse.state.clock import Clock
from casepulse.state.measures.forms import YES, count, share, spread, yes_no
from casepulse.state.records.life import birthday
from casepulse.state.records.missing import MissingEpisode, missing_episodes, missing_months
from casepulse.state.records.stays import in_care
from casepulse.state.rules import Measures, Sorted, Standards
from casepulse.state.view import CaseView

MEASURES = Measures()

_SECTION = Section.MISSING

IN_CARE, ELSEWHERE = "in_care", "elsewhere"
OVERNIGHT, SHORTER = "overnight", "shorter"
ALL = (
    f"{IN_CARE}_{OVERNIGHT}",
    f"{IN_CARE}_{SHORTER}",
    f"{ELSEWHERE}_{OVERNIGHT}",
    f"{ELSEWHERE}_{SHORTER}",
)
OF_CARE = frozenset({f"{IN_CARE}_{OVERNIGHT}", f"{IN_CARE}_{SHORTER}"})
NIGHTS = frozenset({f"{IN_CARE}_{OVERNIGHT}", f"{ELSEWHERE}_{OVERNIGHT}"})


def _status(in_care: bool, overnight: bool) -> str:
    return f"{IN_CARE if in_care else ELSEWHERE}_{OVERNIGHT if overnight else SHORTER}"


def _gone_beyond(clock: Clock, episode: MissingEpisode, least: datetime) -> bool:
    """Whether an episode lasted beyond an instant, or has lasted beyond it so far."""
    return clock.past(least) if episode.found is None else episode.found > least


def _overnight(clock: Clock, episode: MissingEpisode, standards: Standards) -> bool:
    """Whether an episode went over midnight and was longer than the standard."""
    longer_than = episode.started + timedelta(hours=standards["overnight"].count)
    return _gone_beyond(clock, episode, max(longer_than, end_of(episode.day)))


_OVERNIGHT_STANDARD = {"overnight": hours("how long an episode over midnight is no night missed")}


@MEASURES.measure(
    spread(
        ALL,
        id="missing_episodes",
        title="Missing episodes",
        section=_SECTION,
        better="low",
        standards=_OVERNIGHT_STANDARD,
        definition="Missing episodes (category M) that began in the month.",
        source="DfE, missing children (D)",
        phrase=Phrase(said="there [was|were] {missing episode|missing episodes}"),
    )
)
def missing_episodes_begun(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    for each in case.records(missing_episodes):
        status = _status(each.in_care, _overnight(case.clock, each, standards))
        yield Sorted(each.key, status, each.day, each.team)


MEASURES.part(
    "missing_episodes",
    id="missing_cic_episodes",
    title="Missing episodes of children in care",
    numerator=OF_CARE,
    denominator=frozenset(ALL),
    definition="Of the missing episodes, those of children who were in care as it began.",
    phrase=Phrase(said="{missing episode was|missing episodes were} of children in care"),
)
MEASURES.part(
    "missing_episodes",
    id="missing_overnight_episodes",
    title="Missing episodes overnight",
    better="low",
    numerator=NIGHTS,
    denominator=frozenset(ALL),
    definition="Of the missing episodes, those that went over midnight and lasted longer than the "
    "standard.",
    phrase=Phrase(said="{missing episode was|missing episodes were} overnight"),
)


@MEASURES.measure(
    spread(
        ALL,
        id="missing_children",
        title="Children who went missing",
        section=_SECTION,
        better="low",
        standards=_OVERNIGHT_STANDARD,
        definition="Children with a missing episode that began in the month, each counted once.",
        source="DfE, missing children (D)",
        phrase=Phrase(said="{child|children} went missing"),
    )
)
def missing_children(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    for each in case.records(missing_months):
        cared_for = any(episode.in_care for episode in each.episodes)
        nights = [_overnight(case.clock, episode, standards) for episode in each.episodes]
        yield Sorted(each.month, _status(cared_for, any(nights)), each.day, each.team)


MEASURES.part(
    "missing_children",
    id="missing_cic_children",
    title="Missing children who are in care",
    numerator=OF_CARE,
    denominator=frozenset(ALL),
    definition="Of the children who went missing, those who were in care as an episode began.",
    phrase=Phrase(said="{of these children was|of these children were} in care"),
)
MEASURES.part(
    "missing_children",
    id="missing_overnight_children",
    title="Children missing overnight",
    better="low",
    numerator=NIGHTS,
    denominator=frozenset(ALL),
    definition="Of the children who went missing, those with an episode that went over midnight "
    "and lasted longer than the standard.",
    phrase=Phrase(said="{child was|children were} missing overnight"),
)
MEASURES.part(
    "missing_children",
    id="missing_overnight_cic",
    title="Children in care missing overnight",
    better="low",
    numerator=frozenset({f"{IN_CARE}_{OVERNIGHT}"}),
    definition="Of the children of missing_cic_children, how many were missing overnight.",
    phrase=Phrase(said="{child in care was|children in care were} missing overnight"),
)


@MEASURES.measure(
    count(
        id="missing_under_12_4h",
        title="Children under 12 missing for more than 4 hours",
        section=_SECTION,
        kind="flow",
        better="low",
        standards={"missing": hours("how long a young child may be gone before it counts")},
        definition="Children under 12 as an episode of the month began that lasted longer than the "
        "standard, each counted once.",
        source="Stated in the report (L)",
        phrase=Phrase(
            said="{child aged under 12 was|children aged under 12 were} missing for more "
            "than 4 hours"
        ),
    )
)
def missing_under_12(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    months = case.records(missing_months)
    if not months:
        return
    allowed = timedelta(hours=standards["missing"].count)
    twelfth_birthday = birthday(case, 12)
    for each in months:
        if any(
            twelfth_birthday is not None
            and episode.day < twelfth_birthday
            and _gone_beyond(case.clock, episode, episode.started + allowed)
            for episode in each.episodes
        ):
            yield Sorted(each.month, YES, each.day, each.team)


@MEASURES.measure(
    share(
        id="cic_missing_12m",
        title="Children in care missing in the last 12 months",
        section=_SECTION,
        better="low",
        standards={"look_back": months("how far back an episode counts")},
        definition="Children in care with a missing episode begun in the look-back.",
        source="Stated in the report (L)",
        phrase=Phrase(
            subject="The proportion of children in care who had been missing in the last 12 months",
            of=("child", "children"),
        ),
    )
)
def cic_missing_12m(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    if case.records(in_care):
        look_back = standards["look_back"].count
        missing = any(
            case.clock.within_last(look_back, episode.started)
            for episode in case.records(missing_episodes)
        )
        yield Sorted(case.key, yes_no(missing))
