"""Social workers: how many there are in each team, and how many children each holds.

As the report prints it: how many hold 18 children or fewer for each full-time post, how many hold
more than 22, 25 and 30, and in how many teams nobody holds more than 18.
"""

from dataclasses import dataclass, field
from random import Random

from casepulse.counties.january_2021.area import Area
from casepulse.counties.january_2021.counts import apportion
from casepulse.counties.january_2021.published import counted, share, whole
from casepulse.counties.january_2021.runs import Run
from casepulse.schemas.profile import load_profile

#: The sizes of posts, as often as here.
POSTS = (1.0, 1.0, 1.0, 0.8, 0.6, 0.5)

#: Children for each full-time post: above the first, and at most the second.
WITHIN, ABOVE, STRETCHED, HIGH = (0, 18), (18, 22), (22, 25), (25, 30)

#: The two who hold more than 30, as the report tells: 16 children for half a post are 32 for a
#: whole one, 20 for 0.6 of a post are 33.
EXCESSIVE = {"cotswolds-assessment": (0.5, 16), "gloucester-safeguarding-5": (0.6, 20)}

#: What a team that holds no children of its own holds of others'.
ON_LOAN = 3


@dataclass(slots=True, eq=False)
class Worker:
    """A social worker: the post, and the children held when January ends."""

    key: str
    team: str
    fte: float
    holds: list[Run] = field(default_factory=list)

    @property
    def subject(self) -> str:
        """The subject of the worker's events."""
        return f"worker:{self.key}"


def staff(area: Area, held: list[Run]) -> list[Worker]:
    """Every worker who holds a child when January ends, and whom."""
    children: dict[str, list[Run]] = {team: [] for team in load_profile().teams}
    for run in held:
        children[run.child.team].append(run)
    for of_team in children.values():
        area.chance.shuffle(of_team)
    for of_team in children.values():
        if not of_team:
            largest = max(children.values(), key=len)
            of_team += [largest.pop() for _ in range(ON_LOAN)]
    sizes = {team: float(len(of_team)) for team, of_team in children.items()}
    many = whole("caseload_18")
    posts = {team: 1 + more for team, more in apportion(many - len(sizes), sizes).items()}
    bands = _bands(posts, many, area.chance)
    found = []
    for team, of_team in children.items():
        for fte, load in _loads(len(of_team), posts[team], bands.get(team, []), team, area.chance):
            found.append(
                Worker(area.county.key("w"), team, fte, [of_team.pop() for _ in range(load)])
            )
    return found


def _bands(posts: dict[str, int], many: int, chance: Random) -> dict[str, list[tuple[int, int]]]:
    """The bands of those who hold more than 18, by team: none in as many teams as published."""
    above = counted("caseload_over_18")
    beyond_22 = many - share(many, "caseload_22")
    beyond_25 = counted("caseload_25")
    all_within = counted("caseload_teams_all_18")
    largest = sorted(posts, key=lambda team: (team in EXCESSIVE, posts[team], team), reverse=True)
    with_some = largest[: len(posts) - all_within]
    shares = {team: float(posts[team]) for team in with_some}
    counts = {team: 1 + more for team, more in apportion(above - len(shares), shares).items()}
    bands = [ABOVE] * (above - beyond_22) + [STRETCHED] * (beyond_22 - beyond_25)
    bands += [HIGH] * (beyond_25 - len(EXCESSIVE))
    chance.shuffle(bands)
    return {
        team: [bands.pop() for _ in range(count - (team in EXCESSIVE))]
        for team, count in counts.items()
    }


def _loads(
    children: int, posts: int, bands: list[tuple[int, int]], team: str, chance: Random
) -> list[tuple[float, int]]:
    """The posts of a team, each with its children: those above first.

    Raises:
        ValueError: the team's children can't be shared out so.
    """
    for _ in range(2000):
        found = [EXCESSIVE[team]] if team in EXCESSIVE else []
        found += [_above(band, chance) for band in bands]
        others, left = posts - len(found), children - sum(load for _, load in found)
        if others <= left <= 17 * others:
            loads = [1] * others
            for _ in range(left - others):
                room = [n for n, load in enumerate(loads) if load < 18]
                loads[min(chance.choice(room), chance.choice(room), key=loads.__getitem__)] += 1
            return found + [(_post_for(load, chance), load) for load in loads]
    raise ValueError(f"{children} children can't be shared by {posts} workers of {team}")


def _above(band: tuple[int, int], chance: Random) -> tuple[float, int]:
    fte = chance.choice(POSTS)
    tenths = round(10 * fte)
    return fte, chance.randint(band[0] * tenths // 10 + 1, max(band[1] * tenths // 10, 1))


def _post_for(load: int, chance: Random) -> float:
    return chance.choice([fte for fte in POSTS if 10 * load <= 18 * round(10 * fte)])
