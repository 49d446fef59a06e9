"""Legal cases: planning meetings, pre-proceedings, court proceedings, and their solicitors."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from casepulse.counties.january_2021.area import Area
from casepulse.counties.january_2021.county import (
    FEBRUARY,
    JANUARY,
    LAST,
    MONTH_ENDS,
    County,
    deal,
)
from casepulse.counties.january_2021.days import some_day
from casepulse.counties.january_2021.published import counted, figure
from casepulse.schemas.events.legal import (
    CourtProceedingsEnded,
    CourtProceedingsStarted,
    LegalPlanningMeetingHeld,
    PreProceedingsEnded,
    PreProceedingsStarted,
    SolicitorAssigned,
)

LONG_AGO = LAST - timedelta(weeks=26)

#: The longest pre-proceedings: 85 weeks.
LONGEST = LAST - timedelta(weeks=85)

#: Children of the cases before court and in court, and of those of them that are overdue; of those
#: completed in time in January.
CHILDREN = {"pre": (121, 33), "court": (255, 157)}
CHILDREN_IN_TIME = {"pre": 5, "court": 4}

#: Cases completed in each earlier month, before court and in court.
COMPLETED_BEFORE = (9, 13)

#: The published figures of each stage.
_OVERDUE = {"pre": "pre_proceedings_over_26w", "court": "court_over_26w"}


@dataclass(slots=True)
class LegalCase:
    """A family's case: where it is held, and how many children it is about."""

    key: str
    team: str
    children: int = 1
    solicitor: str = ""
    """Who conducts it, told as it begins."""

    @property
    def subject(self) -> str:
        """The subject of its events."""
        return f"legal_case:{self.key}"


def plan(county: County) -> None:
    """All legal cases."""
    area = Area.of(county, "legal")
    before, in_court = _ongoing(area, "pre"), _ongoing(area, "court")
    completed_before = list(_completed(area, "pre"))
    completed_in_court = list(_completed(area, "court"))
    ongoing = [case for case, _, _ in before + in_court]
    solicitors = _share_solicitors(area, ongoing)
    # Every second one of those completed before court in January went to court that day.
    went_on = iter(completed_before[::2])
    for case, first, late in before:
        _before_court(area, case, first, None)
        if late and area.chance.random() < 0.1:
            _end(area, case, PreProceedingsEnded, case.key + "-p", _in_february(area.chance))
    for case, first, late in in_court:
        goes_on = None if late or not area.chance.random() < 0.3 else next(went_on, None)
        if goes_on is not None:
            first = goes_on[2]
            _begin(area, case, PreProceedingsStarted, case.key + "-p", goes_on[1])
            _end(area, case, PreProceedingsEnded, case.key + "-p", first)
            completed_before.remove(goes_on)
        elif first < JANUARY and area.chance.random() < 0.6:
            _before_court(area, case, first - timedelta(days=area.chance.randint(40, 250)), first)
        _in_court(area, case, first, None)
        if late and area.chance.random() < 0.1:
            _end(area, case, CourtProceedingsEnded, case.key + "-c", _in_february(area.chance))
    for case, first, last in completed_before:
        _before_court(area, case, first, last)
    for case, first, last in completed_in_court:
        _in_court(area, case, first, last)
    _earlier(area, solicitors)
    _planning_meetings(area, ongoing)


def _ongoing(area: Area, stage: str) -> list[tuple[LegalCase, date, bool]]:
    """The cases of one stage at the end of January: since when, and whether they are overdue."""
    name = _OVERDUE[stage]
    whole = figure(name)
    late = {place: counted(name, place) for place in _listed(name)}
    found = []
    for place in deal(late, area.chance):
        first = some_day(LONGEST + timedelta(days=9), LONG_AGO, area.chance)
        found.append((_case(area, place), first, True))
    if stage == "pre":
        found[0] = (found[0][0], LONGEST, True)
    for _ in range((whole.denominator or 0) - len(found)):
        place = area.chance.choice(deal(late, area.chance))
        first = some_day(LONG_AGO + timedelta(days=1), LAST - timedelta(days=2), area.chance)
        found.append((_case(area, place), first, False))
    children, of_late = CHILDREN[stage]
    cases = [case for case, _, _ in found]
    _share_out(of_late, cases[: len(deal(late, area.chance))], area.chance)
    _share_out(children - of_late, cases[len(deal(late, area.chance)) :], area.chance)
    return found


def _listed(name: str) -> list[str]:
    places = ("Gloucester", "FoD", "Cheltenham", "Tewkesbury", "Stroud", "Cotswolds", "Other")
    return [place for place in places if figure(name, place).numerator is not None]


def _case(area: Area, place: str) -> LegalCase:
    teams = [
        team for team in area.county.teams[place] if "safeguarding" in team or "eleven" in team
    ]
    return LegalCase(area.county.key("g"), area.chance.choice(teams or area.county.teams[place]))


def _share_out(children: int, cases: list[LegalCase], chance: Random) -> None:
    """So many children in all; each case has one at least."""
    for _ in range(children - len(cases)):
        chance.choice(cases).children += 1


def _completed(area: Area, stage: str) -> Iterator[tuple[LegalCase, date, date]]:
    """The cases completed in January: as many of them in time as published."""
    told = figure(
        {"pre": "pre_proceedings_completed_timely", "court": "court_completed_timely"}[stage]
    )
    in_time, whole = told.numerator or 0, told.denominator or 0
    cases = [_case(area, area.chance.choice(_listed("court_over_26w"))) for _ in range(whole)]
    children = CHILDREN_IN_TIME[stage]
    _share_out(children, cases[:in_time], area.chance)
    for number, case in enumerate(cases):
        yield case, *_stretch(number < in_time, JANUARY, date(2021, 1, 29), area.chance)


def _stretch(in_time: bool, first: date, last: date, chance: Random) -> tuple[date, date]:
    """Proceedings completed between two days: in 26 weeks, or in more."""
    ended = some_day(first + timedelta(days=3), last, chance)
    days = chance.randint(90, 182) if in_time else chance.randint(183, 400)
    return ended - timedelta(days=days), ended


def _earlier(area: Area, solicitors: list[str]) -> None:
    """What was completed in the months before."""
    for end in MONTH_ENDS[:-1]:
        for _ in range(COMPLETED_BEFORE[0]):
            case = _case(area, area.chance.choice(_listed("court_over_26w")))
            case.solicitor = area.chance.choice(solicitors)
            stretch = _stretch(area.chance.random() < 0.55, end.replace(day=1), end, area.chance)
            _before_court(area, case, *stretch)
        for _ in range(COMPLETED_BEFORE[1]):
            case = _case(area, area.chance.choice(_listed("court_over_26w")))
            case.solicitor = area.chance.choice(solicitors)
            stretch = _stretch(area.chance.random() < 0.35, end.replace(day=1), end, area.chance)
            _in_court(area, case, *stretch)


def _before_court(area: Area, case: LegalCase, first: date, last: date | None) -> None:
    _begin(area, case, PreProceedingsStarted, case.key + "-p", first)
    if last:
        _end(area, case, PreProceedingsEnded, case.key + "-p", last)


def _in_court(area: Area, case: LegalCase, first: date, last: date | None) -> None:
    _begin(area, case, CourtProceedingsStarted, case.key + "-c", first)
    if last:
        _end(area, case, CourtProceedingsEnded, case.key + "-c", last)


def _begin(
    area: Area,
    case: LegalCase,
    start: type[PreProceedingsStarted] | type[CourtProceedingsStarted],
    key: str,
    day: date,
) -> None:
    area.tell(case, start, day, (12, 15), proceedings=key, children=case.children)
    if case.solicitor:
        area.tell(case, SolicitorAssigned, day, 17, solicitor=case.solicitor)


def _end(
    area: Area,
    case: LegalCase,
    end: type[PreProceedingsEnded] | type[CourtProceedingsEnded],
    key: str,
    day: date,
) -> None:
    area.tell(case, end, day, (10, 11.5), proceedings=key)


def _share_solicitors(area: Area, cases: list[LegalCase]) -> list[str]:
    """So many solicitors that the published average comes out, each with nearly as many cases."""
    average = int(figure("solicitor_caseload").published)
    solicitors = [area.county.key("s") for _ in range(round(len(cases) / average))]
    for number, case in enumerate(area.chance.sample(cases, len(cases))):
        case.solicitor = solicitors[number % len(solicitors)]
    return solicitors


def _planning_meetings(area: Area, cases: list[LegalCase]) -> None:
    """As many in January as published, about as many in each month before and some since."""
    many = counted("legal_planning_meetings")
    months = [(end.replace(day=1), end) for end in MONTH_ENDS]
    for first, last in [*months, (FEBRUARY, date(2021, 3, 5))]:
        for _ in range(many if last == LAST else many + area.chance.randint(-4, 4)):
            case = area.chance.choice(cases)
            if area.chance.random() < 0.5:
                case = _case(area, area.chance.choice(_listed("court_over_26w")))
            day = some_day(first, last, area.chance)
            area.tell(case, LegalPlanningMeetingHeld, day, 11, meeting=area.county.key("lm"))


def _in_february(chance: Random) -> date:
    return some_day(FEBRUARY + timedelta(days=1), date(2021, 3, 3), chance)
