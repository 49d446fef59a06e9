"""What is read of a Standard Safeguarding Dataset against figures counted from its tables alone.

Small counties at random, and crooked ones: spells that overlap or end before they begin, short
breaks, hospital and back, young people past eighteen, ids that lead nowhere.
"""

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pandas as pd

from casepulse.schemas.envelope import LONDON
from casepulse.schemas.profile import load_profile
from casepulse.state import COUNTY, Fact, Figures, catalogue_for, evaluate
from casepulse.streams.sources.difference import difference
from casepulse.streams.sources.told import Told
from tests.second.ssd_plainly import County
from tests.ssd import Row, read, write

TAKEN = date(2026, 7, 1)
COUNTIES, CHILDREN = 6, 25


def _tables(seed: int) -> dict[str, list[Row]]:
    luck, tables, keys = Random(seed), defaultdict[str, list[Row]](list), iter(range(1, 100_000))

    def add(table: str, child: int, **cells: object) -> int:
        key = next(keys)
        row = {name: str(cell) if isinstance(cell, date) else cell for name, cell in cells.items()}
        tables[f"ssd_{table}"].append({"person_id": child, **row, ID[table]: key})
        return key

    def after(day: date, low: int, high: int) -> Any:
        """A day so many days later; blank if it has not come, or by chance."""
        later = day + timedelta(luck.randrange(low, high))
        return later if later < TAKEN and luck.random() < 0.8 else ""

    for child in range(1, CHILDREN + 1):
        age = luck.choice((luck.randrange(6000), 365 * 18 + luck.randrange(-40, 400)))
        tables["ssd_person"].append({"person_id": child, "sex": "F", "dob": _ago(age)})
        ended: Any = ""
        changed: set[date] = set()
        for _ in range(luck.randrange(4)):
            began = ended if ended and luck.random() < 0.3 else _ago(luck.randrange(1, 900))
            ended = after(began, -2, 200)
            referral = add("cin_episodes", child, referral_date=began, close_date=ended)
            first = after(began, -3, 40)
            if first:
                add(
                    "cin_assessments", child, referral_id=luck.choice((referral, "", 99_999)),
                    assessment_start_date=first, assessment_auth_date=after(first, -1, 90),
                )  # fmt: skip
                enquiry = add(
                    "s47_enquiry", child, referral_id=referral, s47_start_date=first,
                    s47_end_date=after(first, -1, 40),
                )  # fmt: skip
                add(
                    "initial_cp_conference", child, icpc_icpc_date=after(first, 0, 40),
                    icpc_s47_enquiry_id=luck.choice((enquiry, enquiry, -1, 99_999)),
                )  # fmt: skip
        for _ in range(luck.choice((0, 0, 1, 2, 3))):
            began = _ago(luck.randrange(1, 900))
            plan = add(
                "cp_plans", child, cp_plan_start_date=began, cp_plan_end_date=after(began, -2, 300),
                cp_plan_latest_category="Neglect",
            )  # fmt: skip
            day, seen = _ago(luck.randrange(1, 60)), luck.choice("YN")
            add("cp_visits", child, cp_plan_id=plan, cp_visit_date=day, cp_visit_seen=seen)
            day = _ago(luck.randrange(1, 60))
            add("cin_visits", child, cin_visit_date=day, cin_visit_seen=luck.choice("YN"))
        for number in range(luck.choice((0, 0, 1, 2))):
            began = _ago(luck.randrange(1, 900))
            left = after(began, 1, 400)
            period, last = next(keys), left or TAKEN
            add(
                "cla_episodes", child, cla_id=period, clae_entered_care_date=began,
                cla_episode_start_date=began, cla_episode_start_reason="S",
                cla_episode_ceased_date=left, cla_episode_ceased_reason="E4A" if left else "",
            )  # fmt: skip
            day = began + timedelta(luck.choice((0, 0, 4)))
            while day < last and luck.random() < 0.8 and day not in changed:
                changed.add(day)  # of two on one day the handbook doesn't say which holds
                code = luck.choice(("V2 x", "C2 x", "V3 x", "V4", "E1"))
                add("legal_status", child, legal_status=code, legal_status_start_date=day)
                day += timedelta(luck.randrange(1, 150))
            day = began
            while day < last and number == 0:
                until = min(day + timedelta(luck.randrange(1, 120)), last)
                add(
                    "cla_placement", child, cla_id=period, cla_placement_start_date=day,
                    cla_placement_end_date=until if until < last else left,
                    cla_placement_type=luck.choice(("U1", "U1", "K2", "T0")),
                )  # fmt: skip
                day = until + timedelta(luck.choice((0, 0, 0, 10)))
    return tables


#: By table, the column of its key.
ID = {
    "cin_episodes": "referral_id", "cin_assessments": "assessment_id", "cp_plans": "cp_plan_id",
    "s47_enquiry": "s47_enquiry_id", "initial_cp_conference": "icpc_icpc_id",
    "cp_visits": "cp_visit_id", "cin_visits": "cin_visit_id", "cla_episodes": "cla_episode_id",
    "legal_status": "legal_status_id", "cla_placement": "cla_placement_id",
}  # fmt: skip


def _ago(days: int) -> date:
    return TAKEN - timedelta(days)


def test_the_figures_are_those_that_the_tables_give_when_they_are_counted_plainly(
    tmp_path: Path,
) -> None:
    catalogue, counted = catalogue_for(load_profile()), Counter[str]()
    for seed in range(COUNTIES):
        folder = write(tmp_path / str(seed), _tables(seed))
        extract = read(folder, _midnight(TAKEN)).extract
        facts = [Fact.of(each) for each in difference(Told(), extract).events()]
        for at in (TAKEN, date(2026, 3, 1)):
            tally = evaluate(facts, catalogue, _midnight(at))
            figures = Figures(tally, catalogue, _midnight(at))
            told = {
                cell.measure: (cell.numerator, cell.denominator)
                for cell in figures.cells()
                if cell.locality == COUNTY
            }
            expected = County(folder, pd.Timestamp(at)).figures()
            assert {name: told[name] for name in expected} == expected, (seed, at)
            counted.update({name: number for name, (number, _) in expected.items()})
    assert min(counted.values()) > 0, counted


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=LONDON)
