"""Whose case supervision is late when January ends: as many children, and in as many teams, as the
report prints."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from random import Random

from casepulse.counties.january_2021.county import JANUARY
from casepulse.counties.january_2021.published import counted, figure
from casepulse.counties.january_2021.runs import Run

#: Where a child is held for whom nothing has been done in time when January ends: how many such
#: children the report tells of in the 11 to 25 teams, with the disabled children, in safeguarding.
FORGOTTEN = {"eleven-plus": 11, "dcyps": 1, "safeguarding": 7}

#: Whoever has been forgotten has been open since before this day.
OPEN_FOR_LONG = date(2020, 8, 1)

#: The teams of which the report tells how many children have never been supervised, and since when
#: those have been open: five of the first since November, the one of the second since October.
NEVER = {
    "gloucester-assessment": ((15, date(2020, 12, 1)), (5, date(2020, 11, 1))),
    "fod-safeguarding": ((1, date(2020, 10, 1)),),
}

#: At most so many in a hundred of a team's children are late.
MOST_LATE = 65


@dataclass(slots=True)
class Late:
    """Children whose supervision is overdue, or whose first one is; of the former, those for whom
    nothing else has been done in time either."""

    overdue: set[Run]
    never: set[Run]
    forgotten: set[Run]


def plan_late(supervised: list[Run], chance: Random) -> Late:
    """Choose them among the children who are to be supervised."""
    never_in_all = counted("supervision_never")
    late_in_all = never_in_all + (counted("supervision_overdue"))
    teams: dict[str, list[Run]] = defaultdict(list)
    for run in chance.sample(supervised, len(supervised)):
        teams[run.child.team].append(run)
    forgotten = _forgotten(supervised, chance)
    never = _never(teams, forgotten)
    chosen = {*forgotten, *never}
    for team, many in _late_by_team(teams, chosen, late_in_all, chance).items():
        already = sum(run in chosen for run in teams[team])
        can_be = [run for run in teams[team] if run.first < JANUARY and run not in chosen]
        chosen |= set(can_be[: many - already])
    if len(chosen) != late_in_all:
        raise ValueError(f"{late_in_all} children are to be late, and {len(chosen)} can be")
    others = [run for run in chosen - forgotten - never if run.child.team not in NEVER]
    others.sort(key=lambda run: (run.first, run.child.key), reverse=True)
    never |= set(others[: never_in_all - len(never)])
    return Late(chosen - never, never, forgotten)


def _forgotten(supervised: list[Run], chance: Random) -> set[Run]:
    found: set[Run] = set()
    for kind, many in FORGOTTEN.items():
        can_be = [
            run
            for run in supervised
            if kind in run.child.team
            and run.first < OPEN_FOR_LONG
            and len(run.stays) == 1
            and run.last is None
        ]
        found |= set(chance.sample(can_be, many))
    return found


def _never(teams: dict[str, list[Run]], forgotten: set[Run]) -> set[Run]:
    found: set[Run] = set()
    for team, told in NEVER.items():
        for many, since in told:
            can_be = [
                run
                for run in teams[team]
                if run.first < JANUARY and run not in forgotten and run not in found
            ]
            # Those of that month, and if they are too few, those who come nearest.
            can_be.sort(key=lambda run: abs((run.first - since).days - 15))
            found |= set(can_be[:many])
    return found


def _late_by_team(
    teams: dict[str, list[Run]], chosen: set[Run], many: int, chance: Random
) -> dict[str, int]:
    """How many are late in each team that has any: as many teams are above the target as published,
    and as many have nobody late."""
    told = figure("supervision_teams_above_target")
    above, perfect = told.numerator or 0, counted("supervision_teams_100")
    sizes = {team: len(runs) for team, runs in teams.items()}
    with_late = {run.child.team for run in chosen}
    by_size = sorted(teams, key=lambda team: (sizes[team], team))
    all_done = [team for team in by_size if team not in with_late][:perfect]
    rest = [team for team in by_size if team not in all_done]
    below = {"gloucester-assessment"} | _too_small(rest, sizes)
    others = [team for team in rest if team not in below]
    below |= set(chance.sample(others, len(teams) - above - len(below)))
    least = {team: sum(run in chosen for run in teams[team]) for team in rest}
    most = {}
    for team in rest:
        size = sizes[team]
        if team in below:
            least[team] = max(least[team], -(-size // 5))
            can_be = sum(run.first < JANUARY for run in teams[team])
            most[team] = max(min(size * MOST_LATE // 100, can_be), least[team])
        else:
            least[team] = max(least[team], 1)
            most[team] = (size - 1) // 5
    return _spread(many, least, most, chance)


def _too_small(teams: Iterable[str], sizes: dict[str, int]) -> set[str]:
    """Teams in which one child who is late is one in five already."""
    return {team for team in teams if sizes[team] < 6}


def _spread(
    many: int, least: dict[str, int], most: dict[str, int], chance: Random
) -> dict[str, int]:
    """So many in all, each team between its least and its most."""
    found = dict(least)
    for _ in range(many - sum(found.values())):
        room = [team for team in found if found[team] < most[team]]
        found[chance.choice(room)] += 1
    return found
