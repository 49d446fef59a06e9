"""Foster carer households: who is approved, for how many children, and what is up to date."""

from datetime import date, datetime, timedelta
from random import Random

from casepulse.counties.january_2021.county import (
    FEBRUARY,
    JANUARY,
    MONTH_ENDS,
    County,
    at,
    deal,
)
from casepulse.counties.january_2021.draws import day_between, percent_of
from casepulse.counties.january_2021.published import figure
from casepulse.schemas.codes import FosteringApproval
from casepulse.schemas.envelope import Data
from casepulse.schemas.events.fostering import (
    FosterMedicalCompleted,
    FosterRecordsChecked,
    FosterReviewHeld,
    FosterSupervisionHeld,
    FosterUnannouncedVisitHeld,
    HouseholdApprovalEnded,
    HouseholdApproved,
)
from casepulse.state.calendar import add_months

#: Beside the general ones: carers of a child of their own kin, and those who offer short breaks.
CONNECTED, SHORT_BREAKS = 58, 23

#: Households that gave up in the year before, and in February.
GAVE_UP, GIVE_UP = 24, 2

#: Of those approved now, approved for less than a year: no yearly duty of theirs is due yet.
NEW = 9

TEAM = "fostering"

#: Reviews and unannounced visits are told from two years before on.
FIRST_TOLD = date(2019, 1, 7)


def plan(county: County) -> None:
    """Households, their approvals, and what the fostering team does with them."""
    chance = county.chances("foster_carers")
    approvals = _approvals(chance)
    households = [county.key("h") for _ in approvals]
    new = set(households[:NEW])
    begun = {key: _approved(key in new, chance) for key in households}
    for key, (approval, places) in zip(households, approvals, strict=True):
        _approve(county, key, approval, places, begun[key], chance)
    _yearly(county, "fc_annual_review", FosterReviewHeld, (180, 330), begun, new, chance)
    # The share of unannounced visits fell from November on: most are late since then.
    _yearly(county, "fc_unannounced", FosterUnannouncedVisitHeld, (3, 90), begun, new, chance)
    _every_three_years(county, "fc_dbs", FosterRecordsChecked, begun, new, chance)
    _every_three_years(county, "fc_medical", FosterMedicalCompleted, begun, new, chance)
    _supervise(county, households, begun, chance)
    _give_up(county, households, chance)


def _approvals(chance: Random) -> list[tuple[FosteringApproval, int]]:
    """What each household is approved for, and for how many children; mixed."""
    general = figure("fc_households").numerator or 0
    places = figure("fc_capacity").denominator or 0
    more_than_one = [0] * general
    for _ in range(places - general):
        fewest = [n for n, more in enumerate(more_than_one) if more < 2]
        more_than_one[chance.choice(fewest)] += 1
    found = [(FosteringApproval.GENERAL, 1 + more) for more in more_than_one]
    found += [(FosteringApproval.CONNECTED_PERSON, 1)] * CONNECTED
    found += [(FosteringApproval.SHORT_BREAKS, 1)] * SHORT_BREAKS
    chance.shuffle(found)
    return found


def _approved(new: bool, chance: Random) -> date:
    if new:
        return day_between(date(2020, 3, 2), date(2020, 11, 20), chance)
    return day_between(date(2009, 1, 5), date(2017, 3, 31), chance)


def _approve(
    county: County,
    key: str,
    approval: FosteringApproval,
    places: int,
    day: date,
    chance: Random,
) -> None:
    data = HouseholdApproved(approval=approval, places=places, team=TEAM)
    county.tell(f"household:{key}", data, at(day, chance.uniform(10, 16)))


def _yearly(
    county: County,
    name: str,
    done: type[Data],
    late_by: tuple[int, int],
    begun: dict[str, date],
    new: set[str],
    chance: Random,
) -> None:
    """A yearly duty: as many late as published, by so many days; the new ones are not due."""
    late = set(_late(name, sorted(begun.keys() - new), len(begun), chance))
    for key in sorted(begun.keys() - new):
        if key in late:
            last = add_months(FEBRUARY, -12) - timedelta(days=chance.randint(*late_by))
        else:
            last = day_between(date(2020, 2, 3), date(2021, 1, 29), chance)
        day = last
        while day >= FIRST_TOLD:
            _tell(county, key, done, day, chance)
            day -= timedelta(days=chance.randint(330, 363))
        _tell_in_february(county, key, done, key in late, chance)


def _every_three_years(
    county: County,
    name: str,
    done: type[Data],
    begun: dict[str, date],
    new: set[str],
    chance: Random,
) -> None:
    """What is done before the approval, and every three years from then on."""
    late = set(_late(name, sorted(begun.keys() - new), len(begun), chance))
    for key, approved in begun.items():
        before = approved - timedelta(days=chance.randint(20, 120))
        _tell(county, key, done, before, chance)
        if key in new:
            continue
        if key in late:
            last = date(2018, 1, 30) - timedelta(days=chance.randint(0, 120))
        else:
            last = day_between(date(2018, 2, 5), date(2021, 1, 29), chance)
        _tell(county, key, done, last, chance)
        earlier = last - timedelta(days=chance.randint(1000, 1090))
        if earlier > approved:
            _tell(county, key, done, earlier, chance)
        _tell_in_february(county, key, done, key in late, chance)


def _late(name: str, of: list[str], all_of_them: int, chance: Random) -> list[str]:
    """Who is late, so that the published share of all is not."""
    return chance.sample(of, all_of_them - percent_of(figure(name).published, all_of_them))


def _supervise(
    county: County, households: list[str], begun: dict[str, date], chance: Random
) -> None:
    """A supervision in January, in December and not since, or in neither, for as many as published;
    in the months before for as many in a hundred as in January."""
    many = len(households)
    in_month = percent_of(figure("fc_supervision_month").published, many)
    in_two = percent_of(figure("fc_supervision_2m").published, many)
    latest = deal({"month": in_month, "two": in_two - in_month, "": many - in_two}, chance)
    for key, when in zip(households, latest, strict=True):
        for end in MONTH_ENDS:
            wanted = chance.random() < in_month / many
            if end >= date(2020, 12, 1):
                wanted = (
                    when == "month"
                    if end >= JANUARY
                    else when == "two" or (when == "month" and wanted)
                )
            if wanted and begun[key] < end.replace(day=1):
                day = day_between(end.replace(day=2), end, chance)
                _tell(county, key, FosterSupervisionHeld, day, chance)
        _tell_in_february(county, key, FosterSupervisionHeld, chance.random() < 0.8, chance)


def _give_up(county: County, households: list[str], chance: Random) -> None:
    """Some households gave up in the year before, two do in February."""
    for _ in range(GAVE_UP):
        key = county.key("h")
        _approve(county, key, FosteringApproval.GENERAL, 2, _approved(False, chance), chance)
        for done in (FosterRecordsChecked, FosterMedicalCompleted):
            _tell(
                county, key, done, day_between(date(2018, 1, 8), date(2019, 12, 1), chance), chance
            )
        for year in (2019, 2020):
            day = day_between(date(year - 1, 12, 1), date(year, 1, 20), chance)
            _tell(county, key, FosterReviewHeld, day, chance)
            _tell(county, key, FosterUnannouncedVisitHeld, day + timedelta(days=7), chance)
        _end(county, key, day_between(date(2020, 2, 10), date(2020, 12, 18), chance))
    for key in chance.sample(households, GIVE_UP):
        _end(county, key, day_between(FEBRUARY + timedelta(days=2), date(2021, 3, 3), chance))


def _end(county: County, key: str, day: date) -> None:
    county.tell(f"household:{key}", HouseholdApprovalEnded(team=TEAM), at(day, 16))


def _tell(county: County, key: str, done: type[Data], day: date, chance: Random) -> None:
    time = at(day, chance.uniform(9, 17))
    recorded: datetime | None = None
    if date(2021, 1, 18) <= day < FEBRUARY and chance.random() < 1 / 30:
        recorded = at(day_between(FEBRUARY, date(2021, 3, 2), chance), 10)
    county.tell(f"household:{key}", done(team=TEAM), time, recorded)


def _tell_in_february(
    county: County, key: str, done: type[Data], wanted: bool, chance: Random
) -> None:
    if wanted and chance.random() < 0.5:
        day = day_between(FEBRUARY + timedelta(days=1), date(2021, 3, 2), chance)
        _tell(county, key, done, day, chance)
