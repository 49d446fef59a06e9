"""How many referrals there are, how many of them again, and how many stay open: month by month.

The report prints referrals and re-referrals by locality for November, December and January, the
shares of the twelve months up to each, and 1,843 of 6,050 since April. The numbers of the months
before are chosen so that all of these hold; nothing else about them is published.
"""

from datetime import date

from casepulse.counties.january_2021.counts import apportion
from casepulse.counties.january_2021.published import counted, figure
from casepulse.state.calendar import add_months, month_of

OTHER = "Other"
DISABLED = "DCYPS"
LISTED = ("Cheltenham", "Cotswolds", "FoD", "Gloucester", "Stroud", "Tewkesbury", DISABLED)
LOCALITIES = (*LISTED, OTHER)

#: Referrals, and how many of them again: in December 2019, in January 2020, from February to March
#: and from April to October.
_BEFORE: dict[str, tuple[tuple[int, int], ...]] = {
    "Cheltenham": ((80, 22), (84, 24), (160, 39), (540, 166)),
    "Cotswolds": ((70, 28), (84, 55), (120, 34), (440, 161)),
    "FoD": ((92, 37), (92, 15), (180, 44), (640, 198)),
    "Gloucester": ((215, 17), (195, 56), (300, 99), (1000, 422)),
    "Stroud": ((105, 25), (108, 15), (215, 44), (740, 196)),
    "Tewkesbury": ((92, 21), (96, 34), (205, 38), (690, 163)),
    DISABLED: ((0, 0), (9, 0), (2, 0), (6, 2)),
    OTHER: ((30, 6), (30, 5), (60, 6), (367, 42)),
}

#: The months that each of those stretches has.
_STRETCHES = (
    [date(2019, 12, 1)],
    [date(2020, 1, 1)],
    [date(2020, 2, 1), date(2020, 3, 1)],
    [date(2020, month, 1) for month in range(4, 11)],
)

#: From December 2018 on the county's files begin: referrals of a month, and percent of them again.
_BEGINNING = ((480, 0), (480, 0), (460, 3), (450, 8), (440, 13), (430, 17), (420, 20), (420, 22),
              (420, 24), (420, 25), (430, 26), (440, 27))  # fmt: skip
FIRST_MONTH = date(2018, 12, 1)

#: Children whose referral is open at the end of each month since then; January 2021's is published.
_OPEN = (380, 700, 960, 1150, 1290, 1400, 1490, 1570, 1640, 1700, 1750, 1790,  # to November 2019
         1838, 1872, 1861, 1843, 1866, 1878, 1871, 1859, 1864, 1880, 1889, 1876, 1851)  # fmt: skip

#: How many of those open are disabled children and young people, from January 2020 on. Their visits
#: print as 94, 89 and 86% at the ends of November to January: of 86 children none are 89%.
DISABLED_OPEN = 85

#: Children in need for more than a year and for more than two. The first is what a published 93%
#: for a year or less leaves of 1,827.
OVER_A_YEAR = 128
OVER_TWO_YEARS = counted("cin_over_2y")

#: Where the others of them are, in percent. Other is such that visits there can print as published.
_OPEN_BY_LOCALITY = {
    "Cheltenham": 15.0,
    "Cotswolds": 8.0,
    "FoD": 13.0,
    "Gloucester": 30.5,
    "Stroud": 15.0,
    "Tewkesbury": 11.0,
    OTHER: 4.15,
}

Volumes = dict[str, tuple[int, int]]


def months() -> list[date]:
    """The first days of the months from the first on record to January 2021."""
    return [add_months(FIRST_MONTH, n) for n in range(26)]


def volumes() -> dict[date, Volumes]:
    """Referrals started, and of them again, by month and locality."""
    found = _beginning()
    for stretch, first_days in enumerate(_STRETCHES):
        for number, month in enumerate(first_days):
            found[month] = {
                locality: (
                    _share(told[stretch][0], number, len(first_days)),
                    _share(told[stretch][1], number, len(first_days)),
                )
                for locality, told in _BEFORE.items()
            }
    for month in (date(2020, 11, 1), date(2020, 12, 1), date(2021, 1, 1)):
        found[month] = _published(month)
    return found


def _share(total: int, number: int, parts: int) -> int:
    """One of so many nearly equal parts of a total."""
    return total * (number + 1) // parts - total * number // parts


def _published(month: date) -> Volumes:
    here = {}
    for locality in LISTED:
        told = figure("re_referrals", locality, month_of(month))
        here[locality] = (told.denominator or 0, told.numerator or 0)
    county = figure("re_referrals", period=month_of(month))
    received, again = (sum(each) for each in zip(*here.values(), strict=True))
    here[OTHER] = ((county.denominator or 0) - received, (county.numerator or 0) - again)
    return here


def _beginning() -> dict[date, Volumes]:
    weights = {name: float(told[0][0]) for name, told in _BEFORE.items() if name != DISABLED}
    found = {}
    for number, (received, percent) in enumerate(_BEGINNING):
        here = apportion(received, weights)
        again = {name: round(many * percent / 100) for name, many in here.items()}
        month: Volumes = {name: (many, again[name]) for name, many in here.items()}
        # Disabled children stay: all but six of those who are open long came in these months.
        disabled = 0 if number < 2 else _share(long_open()[DISABLED][1], number - 2, 10)
        month[DISABLED] = (disabled, 0)
        found[add_months(FIRST_MONTH, number)] = month
    return found


def long_open() -> dict[str, tuple[int, int]]:
    """Those in need for more than two years and those for one to two, by locality."""
    over_two = apportion(OVER_TWO_YEARS - 15, _OPEN_BY_LOCALITY)
    over_one = apportion(OVER_A_YEAR - OVER_TWO_YEARS - 65, _OPEN_BY_LOCALITY)
    here = {name: (over_two[name], over_one[name]) for name in over_two}
    return {**here, DISABLED: (15, 65)}


def open_at_the_ends() -> dict[date, dict[str, int]]:
    """Children whose referral is open at the end of each month, by locality."""
    totals = (*_OPEN, counted("children_in_need"))
    found: dict[date, dict[str, int]] = {}
    for month, total in zip(months(), totals, strict=True):
        disabled = min(DISABLED_OPEN, 15 + 7 * len(found))
        here = apportion(total - disabled, _OPEN_BY_LOCALITY)
        found[month] = {**here, DISABLED: disabled}
    return found
