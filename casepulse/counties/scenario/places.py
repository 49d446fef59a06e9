"""The places of the county: its localities, and the teams that work there."""

from itertools import count

from casepulse.counties.scenario.setting import Setting
from casepulse.counties.scenario.workforce import COMFORTABLE, Team
from casepulse.schemas.profile import load_profile

#: The teams for disabled children stand beside the localities.
DISABLED = "DCYPS"

#: How the county's children are spread over its localities; 4 for one that is not named here.
CHILDREN_IN = {
    "Gloucester": 30, "Cheltenham": 18, "Stroud": 15, "FoD": 13, "Tewkesbury": 11, "Cotswolds": 8,
    DISABLED: 7,
}  # fmt: skip

#: Staff when the run-in begins, for each child to come: what the first children will need.
STAFF_AT_FIRST = 0.04


class Places:
    """The teams of each locality, without the front door's."""

    def __init__(self, setting: Setting) -> None:
        self._teams: dict[str, list[Team]] = {}
        profile, workers = load_profile(), count(1)
        for name, locality in profile.teams.items():
            if locality != profile.locality_of_others:
                self._teams.setdefault(locality, []).append(Team(setting, name, workers))

    def team_for(self, locality: str, stage: str, number: int) -> Team:
        """The team that works cases of a stage in a locality. Where teams are not told apart by
        stage, one keeps the child of a number throughout."""
        teams = self._teams[locality]
        kept_by = teams[number % len(teams)]
        return next((team for team in teams if team.name.endswith(stage)), kept_by)

    def localities(self, *besides: str) -> dict[str, int]:
        """Where children live, each with its share; some left out."""
        return {place: CHILDREN_IN.get(place, 4) for place in self._teams if place not in besides}

    def staff(self, children: int) -> None:
        """Appoint the workers who are there when the scenario begins."""
        shares = self.localities()
        for locality, teams in self._teams.items():
            share = shares[locality] / sum(shares.values()) / len(teams)
            needed = children * share * STAFF_AT_FIRST / COMFORTABLE
            for team in teams:
                team.appoint_at_first(needed)
