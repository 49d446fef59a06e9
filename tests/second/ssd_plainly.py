"""County figures counted from the tables of a Standard Safeguarding Dataset, in pandas.

As all of `tests/second`. The instant is a midnight: what happened on a day before it counts.
"""

from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd

from tests.second.days import working

Spells = dict[str, list[tuple[Any, Any]]]
Figures = dict[str, tuple[int, int | None]]

_FAR = pd.Timestamp("2200-01-01")


def _due(start: Any, working_days: int) -> Any:
    return pd.Timestamp(working(start.date(), working_days))


def _table(folder: Path, name: str) -> Any:
    """A table, its columns without the table's beginning, and its days as such."""
    table = pd.read_csv(folder / f"ssd_{name}.csv", dtype=str, keep_default_na=False)
    table.columns = [each.partition("_")[2] for each in table.columns]
    for each in table.columns:
        if each.endswith(("_date", "dob")):
            table[each] = pd.to_datetime(table[each].str[:10].replace("", None)).astype("M8[s]")
    return table


def _rows(table: Any, *columns: str) -> Any:
    return table[list(columns)].itertuples(index=False, name=None)


def _unbroken(rows: Iterable[tuple[str, Any, Any]]) -> Spells:
    """Spells that overlap or follow on the same day are one; one that ends too early is none."""
    found: Spells = {}
    for child, start, end in sorted((c, s, _FAR if pd.isna(e) else e) for c, s, e in rows):
        mine = found.setdefault(child, [])
        if mine and start <= mine[-1][1]:
            mine[-1] = (mine[-1][0], max(mine[-1][1], end))
        elif end >= start:
            mine.append((start, end))
    return found


class County:
    """What the tables say as at the midnight with which a day begins."""

    def __init__(self, folder: Path, at: Any) -> None:
        self.folder, self.at = folder, at
        self.month = (at - pd.Timedelta(days=1)).replace(day=1)
        self.year = pd.Timestamp(self.month.year - (self.month.month < 4), 4, 1)
        people = _table(folder, "person")
        birthday = (people.dob + pd.DateOffset(years=18)).fillna(_FAR)
        self.adult = dict(zip(people.person_id, birthday, strict=True))
        columns = ("person_id", "cp_plan_start_date", "cp_plan_end_date")
        self.plans = self._of_children(_unbroken(_rows(_table(folder, "cp_plans"), *columns)))
        self.status: dict[tuple[str, Any], str] = {}
        self.care = self._of_children(self._care())

    def figures(self) -> Figures:
        """By measure, the numerator and the denominator; None where it is a count."""
        return self._demand() | self._protection() | self._in_care()

    def _of_children(self, spells: Spells) -> Spells:
        """Those that began before the eighteenth birthday."""
        return {
            child: [each for each in mine if each[0] < self.adult[child]]
            for child, mine in spells.items()
        }

    def _open(self, spells: Spells) -> dict[str, tuple[Any, Any]]:
        return {
            child: each
            for child, mine in spells.items()
            for each in mine
            if each[0] < self.at <= min(each[1], self.adult[child])
        }

    def _in_month(self, days: Any) -> Any:
        return (days >= self.month) & (days < self.at)

    def _care(self) -> Spells:
        """Stays in care: periods without the time under a status of short breaks."""
        rows = _table(self.folder, "cla_episodes")
        rows["left"] = rows.cla_episode_ceased_date.where(rows.cla_episode_ceased_reason != "X1")
        periods = [
            (child, of.entered_care_date.min(), of.left.max())
            for (child, _), of in rows.groupby(["person_id", "cla_id"])
        ]
        statuses = _table(self.folder, "legal_status").sort_values("legal_status_start_date")
        found: Spells = {}
        for child, mine in _unbroken(periods).items():
            found[child], theirs = [], statuses[statuses.person_id == child]
            for start, end in mine:
                told = [
                    (day, words.split()[0])
                    for day, words in _rows(theirs, "legal_status_start_date", "legal_status")
                    if start <= day < min(end, self.at)
                ] or [(start, "")]
                told[0] = (start, told[0][1])
                stays: list[tuple[Any, Any]] = []
                for (day, code), (until, _) in pairwise([*told, (end, "")]):
                    if code not in ("V3", "V4"):
                        first = stays.pop()[0] if stays and stays[-1][1] == day else day
                        stays.append((first, until))
                        self.status[child, first] = code
                found[child] += stays
        return found

    def _demand(self) -> Figures:
        rows = _table(self.folder, "cin_episodes")
        rows = rows[~(rows.close_date < rows.referral_date) & (rows.referral_date < self.at)]
        rows = rows.sort_values(["person_id", "referral_date"])
        before = rows.groupby("person_id").referral_date.shift()
        rows["again"] = before > rows.referral_date - pd.DateOffset(months=12)
        begun = rows[rows.referral_date >= self.month]
        known = dict(_rows(rows, "referral_id", "referral_date"))
        done = _table(self.folder, "cin_assessments")
        done = done[~(done.assessment_auth_date < done.assessment_start_date)]
        began = done.referral_id.map(known).fillna(done.assessment_start_date)
        done["due"] = [_due(day, 45) for day in began]
        over = done[self._in_month(done.assessment_auth_date)]
        # it is waited for until the case is closed: no referral, plan or stay in care is open
        stays = list(_rows(rows, "person_id", "referral_date", "close_date"))
        for child, mine in [*self.plans.items(), *self.care.items()]:
            stays += [(child, start, min(end, self.adult[child])) for start, end in mine]
        closed = _unbroken(stays)
        rest = done[(done.assessment_start_date < self.at) & ~(done.assessment_auth_date < self.at)]
        waiting = sum(
            not any(start <= end < self.at for _, end in closed.get(child, ()))
            for child, start in _rows(rest, "person_id", "assessment_start_date")
        )
        return {
            "referrals": (len(begun), None),
            "re_referrals": (int(begun.again.sum()), len(begun)),
            "single_assessment": (int((over.assessment_auth_date <= over.due).sum()), len(over)),
            "assessments_open": (waiting, None),
        }

    def _protection(self) -> Figures:
        rows = _table(self.folder, "s47_enquiry")
        due = {key: _due(day, 15) for key, day in _rows(rows, "s47_enquiry_id", "s47_start_date")}
        rows = rows[~(rows.s47_end_date < rows.s47_start_date) & self._in_month(rows.s47_end_date)]
        enquiries = [day <= due[of] for of, day in _rows(rows, "s47_enquiry_id", "s47_end_date")]
        rows = _table(self.folder, "initial_cp_conference")
        rows = rows[self._in_month(rows.icpc_date) & rows.s47_enquiry_id.isin(due)]
        conferences = [day <= due[of] for of, day in _rows(rows, "s47_enquiry_id", "icpc_date")]
        on_plan = self._open(self.plans)
        last = {child: start for child, (start, _) in on_plan.items()}
        for kind in ("cin", "cp", "cla"):
            columns = ("person_id", f"{kind}_visit_date", f"{kind}_visit_seen")
            for child, day, seen in _rows(_table(self.folder, f"{kind}_visits"), *columns):
                if child in last and seen == "Y" and day < self.at:
                    last[child] = max(last[child], day)
        begun = [(plan[0], plan is not mine[0]) for mine in self.plans.values() for plan in mine]
        again = [is_later for start, is_later in begun if self.month <= start < self.at]
        in_time = sum(_due(day, 10) >= self.at for day in last.values())
        return {
            "s47_timely": (sum(enquiries), len(enquiries)),
            "icpc_timely": (sum(conferences), len(conferences)),
            "cp_children": (len(on_plan), None),
            "cp_visits": (in_time, len(on_plan)),
            "repeat_plans_started": (sum(again), len(again)),
        }

    def _in_care(self) -> Figures:
        now = self._open(self.care)
        stays = [each for mine in self.care.values() for each in mine]
        under_20 = sum(self.status[child, start] == "V2" for child, (start, _) in now.items())
        return {
            "children_in_care": (len(now), None),
            "cic_section20": (under_20, len(now)),
            "admissions_to_care": (sum(self.year <= s < self.at for s, _ in stays), None),
            "discharges_from_care": (sum(self.year <= e < self.at for _, e in stays), None),
            "short_term_stability": (sum(self._moves(child) >= 3 for child in now), len(now)),
        }

    def _moves(self, child: str) -> int:
        """Placements of the last 12 months, and the one that was open when they began."""
        rows = _table(self.folder, "cla_placement")
        rows = rows[(rows.person_id == child) & (rows.cla_placement_start_date < self.at)]
        homes, back = list[tuple[Any, Any, str]](), None
        columns = ("cla_placement_start_date", "cla_placement_end_date", "cla_placement_type")
        for start, end, kind in sorted(_rows(rows.fillna({columns[1]: _FAR}), *columns)):
            is_away, home = kind.startswith("T"), homes[-1] if homes else None
            if home and home[1] == start and (is_away or (back == start and kind == home[2])):
                homes[-1] = (home[0], end, home[2])
                back = end if is_away else None
            elif not is_away:
                homes.append((start, end, kind))
        since = self.at - pd.DateOffset(months=12)
        before = [end for start, end, _ in homes if start < since][-1:]
        return sum(start >= since for start, _, _ in homes) + sum(end >= since for end in before)
