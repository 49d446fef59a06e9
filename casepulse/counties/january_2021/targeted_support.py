"""Targeted Support: the episodes open at the end of January, by service, age and what was done.

Some of the open episodes support children who are open to social care: those of the areas planned
before. To each of them an episode is told and nothing else, and no team, so that the child stays
with the team that holds it.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from casepulse.counties.january_2021.area import Area
from casepulse.counties.january_2021.county import FEBRUARY, LAST, Child, County, Stay
from casepulse.counties.january_2021.published import counted, percentage, share
from casepulse.counties.january_2021.targeted_closed import ClosedEpisodes
from casepulse.counties.january_2021.targeted_episodes import (
    CENTRE,
    DISABLED,
    FAMILY_SUPPORT,
    REASONS,
    Episodes,
)
from casepulse.counties.january_2021.telling import LAST_DAY
from casepulse.schemas.codes_early_help import EarlyHelpClosure, TargetedService
from casepulse.schemas.events.early_help import TargetedSupportStarted
from casepulse.state.calendar import add_working_days

#: Of the open episodes of each service, those begun in January: soon enough that the first visit
#: was due by its end, and too late for that. The report gives no counts.
JANUARY_DUE = {FAMILY_SUPPORT: 92, CENTRE: 100, DISABLED: 8}
JANUARY_NOT_DUE = {FAMILY_SUPPORT: 19, CENTRE: 19, DISABLED: 2}

#: Episodes begun in December that are open, for each service.
DECEMBER = {FAMILY_SUPPORT: 95, CENTRE: 95, DISABLED: 10}

#: Children open to social care, by the service that supports them too (the report's text).
ALSO_SOCIAL_CARE = {FAMILY_SUPPORT: 260, CENTRE: 262, DISABLED: 4}

#: Assessments completed in January, and those that were not completed by its end. The report gives
#: percentages alone.
ASSESSED_IN_JANUARY, ASSESSMENTS_OPEN = 200, 400

#: An episode that closed on or after this day was closed within the last twelve months.
FIRST_THAT_COUNTS = date(2020, 2, 4)


def plan(county: County) -> None:
    """Tell every episode of Targeted Support."""
    area = Area.of(county, "targeted_support")
    _Open(county, area.chance).tell_all()
    ClosedEpisodes(county, area.chance).tell_all()


@dataclass(slots=True, eq=False)
class _Episode:
    """An open episode as it is planned."""

    service: TargetedService
    first: date
    begun: str
    """`long`, `2020`, `december`, `due` or `not_due`."""
    visit: str = "any"
    """`in_time`, `late` or `not_yet`, where it matters."""
    assessment: str = "any"
    repeat: bool = False
    social_care: bool = False


class _Open(Episodes):
    """The episodes that are open at the end of January."""

    def tell_all(self) -> None:
        episodes = [each for service, many in self._services().items()
                    for each in self._begun(service, many)]  # fmt: skip
        self._deal_visits(episodes)
        self._deal_assessments(episodes)
        self._deal_repeats(episodes)
        self._deal_social_care(episodes)
        known = self._children_in_social_care()
        for episode in episodes:
            self._tell_episode(episode, known)
        self._tell_reviews()

    def _services(self) -> dict[TargetedService, int]:
        """How many each service holds: two percentages, and a count that leaves the rest."""
        in_all, disabled = counted("ts_open"), counted("ts_dcyps_open")
        centres = in_all - disabled - share(in_all, "ts_open_fst")
        while round(100 * centres / in_all) > percentage("ts_open_cfc"):
            centres -= 1
        return {
            FAMILY_SUPPORT: in_all - disabled - centres,
            CENTRE: centres,
            DISABLED: disabled,
        }

    def _begun(self, service: TargetedService, many: int) -> list[_Episode]:
        """When the episodes of a service began."""
        in_all = counted("ts_open")
        long = {FAMILY_SUPPORT: 80, CENTRE: 80, DISABLED: 0}
        long[DISABLED] = in_all - counted("ts_under_12m") - sum(long.values())
        rest = many - long[service] - JANUARY_DUE[service] - JANUARY_NOT_DUE[service]
        kinds = {
            "long": (long[service], date(2018, 9, 3), date(2020, 1, 29)),
            "2020": (rest - DECEMBER[service], date(2020, 2, 5), date(2020, 11, 27)),
            "december": (DECEMBER[service], date(2020, 12, 1), date(2020, 12, 18)),
            "due": (JANUARY_DUE[service], date(2021, 1, 4), date(2021, 1, 15)),
            "not_due": (JANUARY_NOT_DUE[service], date(2021, 1, 18), date(2021, 1, 29)),
        }
        return [
            _Episode(service, self.day(first, last), begun)
            for begun, (count, first, last) in kinds.items()
            for _ in range(count)
        ]

    def _some(self, episodes: list[_Episode], *begun: str) -> list[_Episode]:
        """Episodes begun then whose assessment is not dealt yet, shuffled."""
        some = [each for each in episodes if each.begun in begun and each.assessment == "any"]
        self.chance.shuffle(some)
        return some

    def _deal_visits(self, episodes: list[_Episode]) -> None:
        due = [each for each in episodes if each.begun == "due"]
        at_centres = [each for each in due if each.service is CENTRE]
        elsewhere = [each for each in due if each.service is not CENTRE]
        seen = share(len(due), "ts_initial_visit")
        scope = "Children and Family Centres"
        seen_at_centres = share(len(at_centres), "ts_initial_visit", scope)
        for each in due:
            each.visit = "late"
        in_time = self.chance.sample(at_centres, seen_at_centres)
        for each in in_time + self.chance.sample(elsewhere, seen - seen_at_centres):
            each.visit = "in_time"
        for each in episodes:
            if each.begun == "not_due":
                each.visit = "not_yet"

    def _deal_assessments(self, episodes: list[_Episode]) -> None:
        in_time = share(ASSESSED_IN_JANUARY, "ts_assessment")
        open_in_time = share(ASSESSMENTS_OPEN, "ts_assessment_open_in_time")
        early = [each for each in self._some(episodes, "2020") if each.first < date(2020, 11, 1)]
        for each in early[: ASSESSED_IN_JANUARY - in_time]:
            each.assessment = "completed_late"
        for each in self._some(episodes, "december")[:in_time]:
            each.assessment = "completed_in_time"
        for each in self._some(episodes, "due", "not_due")[:open_in_time]:
            each.assessment = "open_in_time"
        for each in self._some(episodes, "2020")[: ASSESSMENTS_OPEN - open_in_time]:
            each.assessment = "open_late"

    def _deal_repeats(self, episodes: list[_Episode]) -> None:
        able = [each for each in episodes if each.first >= date(2020, 4, 20)]
        for each in self.chance.sample(able, counted("ts_repeat_12m")):
            each.repeat = True

    def _deal_social_care(self, episodes: list[_Episode]) -> None:
        for service, many in ALSO_SOCIAL_CARE.items():
            of_service = [each for each in episodes if each.service is service]
            for each in self.chance.sample(of_service, many):
                each.social_care = True

    def _children_in_social_care(self) -> list[Child]:
        """Children open at the end of January, old enough for any episode, shuffled."""
        in_need, on_plan = (
            self.county.open_children(stay, LAST) for stay in (Stay.REFERRAL, Stay.PLAN)
        )
        both = {each.key: each for each in (*in_need, *on_plan)}
        old_enough = [each for each in both.values() if each.born < date(2018, 1, 1)]
        self.chance.shuffle(old_enough)
        return old_enough

    def _tell_episode(self, episode: _Episode, known: list[Child]) -> None:
        before = episode.first - timedelta(days=self.chance.randint(40, 120))
        if episode.social_care:
            child, team = known.pop(), None
        else:
            place = "DCYPS" if episode.service is DISABLED else None
            child = self.child(before if episode.repeat else episode.first, place)
            team = child.team
        if episode.repeat:
            self.tell_earlier(child, episode.first, before, team, since=FIRST_THAT_COUNTS)
        key = self.begin(child, episode.service, episode.first, team)
        self._tell_visit(child, key, episode)
        self._tell_assessment(child, key, episode)
        if self.chance.random() < 0.15:
            day = self.day(FEBRUARY, LAST_DAY)
            self.end(child, key, self.pick(REASONS), day)

    def _tell_visit(self, child: Child, key: str, episode: _Episode) -> None:
        first = episode.first
        if episode.visit == "in_time":
            self.visit(child, key, add_working_days(first, self.chance.randint(2, 10)))
        elif episode.visit == "late":
            if self.chance.random() < 0.8:
                self.visit(child, key, add_working_days(first, self.chance.randint(11, 30)))
        elif episode.visit == "not_yet":
            due = add_working_days(first, self.chance.randint(10, 25))
            self.visit(child, key, max(due, FEBRUARY + timedelta(days=1)))
        else:
            day = self.visit_some_day(episode.service, first)
            if day is not None:
                self.visit(child, key, day)

    def _tell_assessment(self, child: Child, key: str, episode: _Episode) -> None:
        begun = add_working_days(episode.first, self.chance.randint(2, 5))
        in_january = self.day(date(2021, 1, 4), date(2021, 1, 29))
        match episode.assessment:
            case "completed_in_time":
                due = add_working_days(begun, 30)
                self.assess(child, key, begun, min(in_january, due))
            case "completed_late":
                self.assess(child, key, begun, in_january)
            case "open_in_time":
                begun = min(begun, date(2021, 1, 29))
                self.assess(child, key, begun, add_working_days(begun, 25))
            case "open_late":
                done = self.day(date(2021, 2, 2), date(2021, 4, 30))
                self.assess(child, key, begun, done)
            case _:
                self.assess_some_day(child, key, episode.first, FEBRUARY)

    def _tell_reviews(self) -> None:
        """Children of DCYPS who are open to review alone."""
        for number in range(counted("ts_dcyps_review") + 45):
            first = self.day(date(2018, 3, 1), date(2020, 11, 30))
            child = self.child(first, "DCYPS")
            key = self.county.key("ts")
            began = TargetedSupportStarted(
                episode=key, service=DISABLED, review_only=True, team=child.team
            )
            self.say(child.subject, began, self.working_hours(first))
            if number >= counted("ts_dcyps_review"):
                last = self.day(max(first, date(2020, 1, 6)), date(2021, 1, 28))
                self.end(child, key, EarlyHelpClosure.NEEDS_MET, last)
