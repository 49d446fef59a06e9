"""The legal status of children in care, and the proceedings about some of them."""

from datetime import date, timedelta
from random import Random

from casepulse.counties.january_2021.area import Area
from casepulse.counties.january_2021.counts import part
from casepulse.counties.january_2021.county import (
    FEBRUARY,
    JANUARY,
    LAST,
    Child,
    County,
    Spell,
    Stay,
    deal,
)
from casepulse.counties.january_2021.published import counted, percentage
from casepulse.schemas.codes import LegalStatusCode, ProceedingsStage
from casepulse.schemas.events.care import LegalStatusChanged
from casepulse.schemas.events.legal import ChildProceedingsEnded, ChildProceedingsStarted

#: The report: two in three of those under section 20 entered care in 2020 or after.
SINCE, LATELY = date(2020, 1, 1), 0.68

#: About so many are accommodated at any time until there is an order.
FIRST_WEEKS = 5

#: The report: 18 of 32 who are in proceedings are before the court.
IN_COURT = 18 / 32


def legal_statuses(county: County, children: list[Child]) -> None:
    """Section 20 for as many as published when January ends, and orders for all others."""
    area = Area.of(county, "care_legal")
    staying = [child for child in children if Stay.CARE in child.open_at_the_end_of(LAST)]
    many = counted("cic_section20")
    lately = round(LATELY * many)
    area.chance.shuffle(staying)
    section_20 = [child for child in staying if child.spells[-1].first >= SINCE][:lately]
    section_20 += [child for child in staying if child.spells[-1].first < SINCE][: many - lately]
    by_agreement = {*section_20, *_leavers_by_agreement(children, section_20, area.chance)}
    for child in children:
        for spell in child.spells:
            last = spell is child.spells[-1]
            if last and spell.last and spell.last < date(2020, 12, 20):
                agreed = area.chance.random() < 0.4
            else:
                agreed = (last and child in by_agreement) or spell.first >= FEBRUARY
            if agreed:
                area.tell(child, LegalStatusChanged, spell.first, 21, legal_status="V2")
            else:
                _orders(area, child, spell)
    _proceedings(area, section_20)


def _leavers_by_agreement(
    children: list[Child], staying: list[Child], chance: Random
) -> list[Child]:
    """Who left in January and had been accommodated: so many that the share was the same when
    December ended, with the few who were so in their first weeks."""
    december = JANUARY - timedelta(days=1)
    then = [child for child in children if child.spells[-1].lasts_at_the_end_of(december)]
    left = [child for child in then if not child.spells[-1].lasts_at_the_end_of(LAST)]
    known = FIRST_WEEKS + sum(child in staying for child in then)
    many = part(len(then), percentage("cic_section20")) - known
    return chance.sample(left, min(max(0, many), len(left)))


def _orders(area: Area, child: Child, spell: Spell) -> None:
    """Police protection or section 20, an interim order, a full care order; for some of the
    youngest a placement order. When January ends none of them is under section 20 still."""
    steps: list[tuple[int, LegalStatusCode]] = [(0, area.chance.choice(("V2", "L2", "C1")))]
    steps.append((area.chance.randint(3, 30), "C1"))
    steps.append((area.chance.randint(190, 300), "C2"))
    if child.born > date(2016, 6, 1) and area.chance.random() < 0.6:
        steps.append((area.chance.randint(301, 420), "E1"))
    told = None
    for after, code in steps:
        day = spell.first + timedelta(days=after)
        if code == "C1" and spell.lasts_at_the_end_of(LAST):
            day = min(day, LAST)
        if code != told and day <= LAST and (spell.last is None or day < spell.last):
            area.tell(child, LegalStatusChanged, day, 22 if after else 21, legal_status=code)
            told = code


def _proceedings(area: Area, section_20: list[Child]) -> None:
    """Some of those under section 20 are in proceedings when January ends; some others were."""
    many = counted("cic_s20_in_proceedings")
    court = round(many * IN_COURT)
    stages = deal({"court": court, "pre_proceedings": many - court}, area.chance)
    known = [child for child in section_20 if child.spells[-1].last is None]
    chosen = area.chance.sample(known, many + 20)
    for child, stage in zip(chosen, [*stages, *["over"] * 20], strict=True):
        spread = (date(2021, 1, 25) - date(2020, 7, 1)).days
        first = max(
            child.spells[-1].first,
            date(2020, 7, 1) + timedelta(days=area.chance.randint(0, spread)),
        )
        key = area.county.key("pr")
        area.tell(
            child,
            ChildProceedingsStarted,
            first,
            22,
            proceedings=key,
            stage=ProceedingsStage("court" if stage == "court" else "pre_proceedings"),
        )
        if stage == "over":
            end = first + timedelta(days=area.chance.randint(0, (LAST - first).days))
            area.tell(child, ChildProceedingsEnded, end, 23, proceedings=key)
