"""Dental checks of children in care, and their strengths and difficulties questionnaires."""

from datetime import date, timedelta
from random import Random

from casepulse.counties.january_2021.county import (
    FEBRUARY,
    MONTH_ENDS,
    Child,
    County,
    Stay,
    at,
)
from casepulse.counties.january_2021.fitting import rounded
from casepulse.counties.january_2021.published import figure
from casepulse.counties.january_2021.recording import some_day, tell
from casepulse.schemas.events.health import DentalCheckCompleted, StrengthsDifficultiesCompleted
from casepulse.state.calendar import add_months

LAST = MONTH_ENDS[-1]

#: Whatever was done on this day or later is no more than twelve months old when January ends.
A_YEAR_AGO = date(2020, 2, 1)

#: What is told begins here.
BEGINNING = date(2018, 11, 1)

#: Of those who have no questionnaire, so many in a hundred await the first; the others lack it.
AWAITING_IN_A_HUNDRED = 72

#: The highest score, and the least one of concern.
HIGHEST, CONCERN = 40, 17


def plan_wellbeing(county: County, children: list[Child], chance: Random) -> None:
    """Tell the checks and questionnaires of those in care when January ends, and of others."""
    _dental_checks(county, children, chance)
    _questionnaires(county, children, chance)
    _of_those_who_left(county, chance)
    _february(county, children, chance)


def _since(child: Child, years: int) -> date:
    """The later of the entry to care and a birthday: the first check is due a year on."""
    stay = child.latest(Stay.CARE)
    assert stay is not None
    return max(stay.first, add_months(child.born, 12 * years))


def _some_and_the_newest(children: list[Child], years: int, many: int) -> list[Child]:
    """So many of them, with all who entered care, or reached an age in it, as January ended."""
    newest = [child for child in children if _since(child, years) >= date(2021, 1, 22)]
    others = [child for child in children if child not in newest]
    return (newest + others)[:many]


def _dental_checks(county: County, children: list[Child], chance: Random) -> None:
    """So many are up to date, so many overdue; the few others, of the newest, not due yet."""
    aged = [child for child in children if add_months(child.born, 24) < FEBRUARY]
    chance.shuffle(aged)
    overdue = figure("dental_overdue").numerator or 0
    told = int(figure("dental_check").published.rstrip("%"))
    up_to_date = round(len(aged) * told / 100)
    newest = [child for child in aged if _since(child, 2) >= A_YEAR_AGO]
    waiting = len(aged) - overdue - up_to_date
    not_due = set(_some_and_the_newest(newest, 2, waiting))
    late = set([child for child in aged if _since(child, 2) < A_YEAR_AGO][:overdue])
    for child in aged:
        if child in not_due:
            continue
        first = max(_since(child, 0), BEGINNING)
        if child in late:
            day = A_YEAR_AGO - timedelta(days=chance.randint(1, 290))
        else:
            day = some_day(max(first + timedelta(days=7), A_YEAR_AGO), date(2021, 1, 30), chance)
        while day >= first:
            _check(county, child, day, chance)
            day -= timedelta(days=chance.randint(170, 380))


def _check(county: County, child: Child, day: date, chance: Random) -> None:
    data = DentalCheckCompleted(team=child.team)
    tell(county, child.subject, data, at(day, chance.uniform(9, 16)), chance)


def _questionnaires(county: County, children: list[Child], chance: Random) -> None:
    """Who has a timely questionnaire, an old one or none; and the latest scores."""
    aged = [child for child in children if add_months(child.born, 48) < FEBRUARY]
    chance.shuffle(aged)
    concern = figure("sdq_concern")
    of_concern = concern.numerator or 0
    percentage = int(concern.published.rstrip("%"))
    scored = min(
        (n for n in range(of_concern, len(aged)) if rounded(of_concern, n) == percentage),
        key=lambda n: abs(of_concern * 100 - n * percentage),
    )
    untimely = figure("sdq_missing").numerator or 0
    waiting = (len(aged) - scored) * AWAITING_IN_A_HUNDRED // 100
    newest = [child for child in aged if _since(child, 4) >= A_YEAR_AGO]
    not_due = set(_some_and_the_newest(newest, 4, waiting))
    longer = [child for child in aged if _since(child, 4) < A_YEAR_AGO]
    never = set(longer[: len(aged) - scored - waiting])
    overdue = set(longer[len(never) : untimely])
    with_score = [child for child in aged if child not in not_due and child not in never]
    scores = _scores(with_score, of_concern, chance)
    for child in with_score:
        first = max(_since(child, 0), add_months(child.born, 48), BEGINNING)
        if child in overdue:
            earliest = max(first, date(2019, 2, 4))
            day = some_day(earliest, A_YEAR_AGO - timedelta(days=1), chance)
        else:
            earliest = max(first + timedelta(days=5), A_YEAR_AGO)
            day = some_day(earliest, date(2021, 1, 30), chance)
        score = scores[child]
        while day >= first:
            _score(county, child, day, score, chance)
            day -= timedelta(days=chance.randint(330, 420))
            score = min(HIGHEST, max(0, score + chance.randint(-5, 5)))


def _scores(children: list[Child], of_concern: int, chance: Random) -> dict[Child, int]:
    """A score for each: so many of concern, and on average what the report prints for those aged 4
    to 16 who have been in care for more than a year."""
    shuffled = chance.sample(children, len(children))
    scores = {
        child: chance.randint(CONCERN, 29) if number < of_concern else chance.randint(3, 16)
        for number, child in enumerate(shuffled)
    }
    counted = [
        child
        for child in children
        if add_months(child.born, 12 * 17) >= FEBRUARY and _since(child, 0) < A_YEAR_AGO
    ]
    wanted = round(float(figure("sdq_average").published) * len(counted))
    while (missing := wanted - sum(scores[child] for child in counted)) != 0:
        child = chance.choice(counted)
        step = 1 if missing > 0 else -1
        least, most = (CONCERN, HIGHEST) if scores[child] >= CONCERN else (0, CONCERN - 1)
        scores[child] = min(most, max(least, scores[child] + step))
    return scores


def _score(county: County, child: Child, day: date, score: int, chance: Random) -> None:
    data = StrengthsDifficultiesCompleted(score=score, team=child.team)
    tell(county, child.subject, data, at(day, chance.uniform(9, 16)), chance)


def _of_those_who_left(county: County, chance: Random) -> None:
    """Yearly checks and questionnaires of those who left care in the year."""
    for child in county.children:
        stay = child.latest(Stay.CARE)
        if stay is None or stay.last is None or stay.last > LAST:
            continue
        day = some_day(max(stay.first, BEGINNING), stay.last, chance)
        while day >= max(stay.first, BEGINNING):
            if day >= add_months(child.born, 24):
                _check(county, child, day, chance)
            if day >= add_months(child.born, 48):
                _score(county, child, day, chance.randint(2, 30), chance)
            day -= timedelta(days=chance.randint(250, 420))


def _february(county: County, children: list[Child], chance: Random) -> None:
    """What goes on in February."""
    for child in chance.sample(children, 60):
        stay = child.latest(Stay.CARE)
        assert stay is not None
        day = some_day(FEBRUARY, min(stay.last or date(2021, 3, 4), date(2021, 3, 4)), chance)
        if add_months(child.born, 24) < day:
            _check(county, child, day, chance)
        if add_months(child.born, 48) < day and chance.random() < 0.5:
            _score(county, child, day, chance.randint(2, 30), chance)
