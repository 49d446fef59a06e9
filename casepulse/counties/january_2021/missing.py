"""Children who went missing: January as published, and the months before it.

January: missing_in_january.py. Screening for exploitation: exploitation.py.
"""

from datetime import date, timedelta
from random import Random

from casepulse.counties.january_2021.county import (
    FEBRUARY,
    JANUARY,
    MONTH_ENDS,
    Child,
    County,
    Stay,
    at,
)
from casepulse.counties.january_2021.exploitation import plan_screening
from casepulse.counties.january_2021.missing_episodes import aged_12, elsewhere, tell_episode
from casepulse.counties.january_2021.missing_in_january import plan_january
from casepulse.counties.january_2021.published import figure
from casepulse.counties.january_2021.recording import some_day, tell
from casepulse.counties.january_2021.return_interviews import any_interviews
from casepulse.schemas.events.missing import MissingEpisodeEnded, MissingEpisodeStarted

LAST = MONTH_ENDS[-1]
YEAR_END = JANUARY - timedelta(days=1)

#: The first day of the last twelve months.
A_YEAR_AGO = date(2020, 2, 1)

#: Episodes of children in care are told from this day on.
BEGINNING = date(2019, 4, 1)

#: Whoever was missing lately entered care before this day.
DECEMBER = date(2020, 12, 1)

#: How many children not in care were missing a month: before March 2020, and since.
OTHERS_BEFORE, OTHERS_SINCE = 60, 38

#: How many of those in care were missing before the last twelve months, and not in them.
LONG_AGO = 60


def plan(county: County) -> None:
    """Plan who went missing and who was screened for exploitation."""
    chance = county.chances("missing")
    plan_screening(county, county.chances("exploitation"))
    in_care = [child for child in county.open_children(Stay.CARE, LAST) if aged_12(child)]
    chance.shuffle(in_care)
    in_care.sort(key=lambda child: child.spells[-1].first >= DECEMBER)
    cared_for = in_care[: figure("cic_missing_12m").numerator or 0]
    assert cared_for[-1].spells[-1].first < DECEMBER
    now = plan_january(county, cared_for, chance)
    for child in cared_for:
        _in_care_before(county, child, chance, missing_lately=child not in now)
    for child in in_care[len(cared_for) :][:LONG_AGO]:
        _long_ago(county, child, chance)
    _left_care(county, chance)
    _others_before(county, chance)
    _away(county, in_care, chance)
    _february(county, cared_for, chance)


def _on_some_day(county: County, child: Child, first: date, last: date, chance: Random) -> None:
    gone = tell_episode(
        county, child, some_day(first, last, chance), chance, overnight=chance.random() < 0.4
    )
    any_interviews(county, gone, chance)


def _in_care_before(county: County, child: Child, chance: Random, *, missing_lately: bool) -> None:
    """Episodes before January of a child in care; one at least in the last twelve months, if it
    was missing lately and not in January."""
    entered = child.spells[-1].first
    if missing_lately:
        first = max(entered, A_YEAR_AGO)
        _on_some_day(county, child, first, max(first, YEAR_END), chance)
    for _ in range(chance.choice((0, 1, 2, 3, 4))):
        first = max(entered, BEGINNING)
        if first < YEAR_END:
            _on_some_day(county, child, first, YEAR_END, chance)


def _long_ago(county: County, child: Child, chance: Random) -> None:
    """Episodes of a child in care before the last twelve months."""
    first, last = max(child.spells[-1].first, BEGINNING), A_YEAR_AGO - timedelta(days=2)
    if first < last:
        for _ in range(chance.choice((1, 2))):
            _on_some_day(county, child, first, last, chance)


def _left_care(county: County, chance: Random) -> None:
    """Some of those who left care had been missing while they were in it."""
    for child in county.children:
        stay = child.latest(Stay.CARE)
        if stay and stay.last and stay.last <= LAST and aged_12(child, stay.last):
            first, last = max(stay.first, BEGINNING), min(stay.last, YEAR_END)
            if first < last and chance.random() < 0.3:
                for _ in range(chance.choice((1, 1, 2, 3))):
                    _on_some_day(county, child, first, last, chance)


def _others_before(county: County, chance: Random) -> None:
    """Children who were not in care, in each of the months before."""
    for end in MONTH_ENDS[:-1]:
        known = elsewhere(county, end)
        many = OTHERS_SINCE if end >= date(2020, 3, 1) else OTHERS_BEFORE
        for child in chance.sample(known, min(len(known), many)):
            for _ in range(chance.choice((1, 1, 1, 2, 3))):
                _on_some_day(county, child, end.replace(day=1), end, chance)


def _away(county: County, in_care: list[Child], chance: Random) -> None:
    """Some are away from their placement without leave, though not missing."""
    for child in chance.sample(in_care, 60):
        begun = at(some_day(max(child.spells[-1].first, A_YEAR_AGO), LAST, chance), 17)
        key = county.key("missing")
        away = MissingEpisodeStarted(episode=key, category="A", team=child.team)
        tell(county, child.subject, away, begun, chance)
        back = MissingEpisodeEnded(episode=key, team=child.team)
        tell(county, child.subject, back, begun + timedelta(hours=chance.uniform(1, 30)), chance)


def _february(county: County, cared_for: list[Child], chance: Random) -> None:
    """Children go missing in February, too."""
    still = [each for each in cared_for if each.spells[-1].last is None]
    for child in chance.sample(still, 25) + chance.sample(elsewhere(county, FEBRUARY), 25):
        _on_some_day(county, child, FEBRUARY, date(2021, 3, 2), chance)
