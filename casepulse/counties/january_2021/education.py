"""The education of children in care: the virtual school's roll, personal education plans, school
places, learning in lockdown, exclusions.

Of whoever is in care and of school age when January ends as many have a place, learn at school or
were excluded as published; likewise the meetings of the terms that ended with December and that
began with January. What is told of the year before makes the series.
"""

from datetime import date, timedelta

from casepulse.counties.january_2021.area import Area
from casepulse.counties.january_2021.counts import rounded
from casepulse.counties.january_2021.county import (
    FEBRUARY,
    JANUARY,
    MONTH_ENDS,
    Child,
    County,
    Spell,
    Stay,
    deal,
)
from casepulse.counties.january_2021.days import some_day, working_days
from casepulse.counties.january_2021.published import counted, figure
from casepulse.schemas.codes_education import EducationStage, ExclusionKind, Learning, Provision
from casepulse.schemas.events.education import (
    EducationPlanMeetingHeld,
    EducationPlanMeetingPlanned,
    LearningRecorded,
    SchoolExclusionStarted,
    SchoolPlaceEnded,
    SchoolPlaceStarted,
    VirtualSchoolEnrolled,
    VirtualSchoolLeft,
)

EARLY_YEARS, AT_SCHOOL, POST_16 = EducationStage

#: The report's own names of the stages.
_SCOPES = {EARLY_YEARS: "Early Years", AT_SCHOOL: "Reception to Year 11", POST_16: "Post 16"}

_DECEMBER, _LAST = MONTH_ENDS[-2:]

#: The first school days of the two academic years; the last day of which anything is told.
_SCHOOL_YEARS = (date(2019, 9, 3), date(2020, 9, 3))
_LAST_TOLD = date(2021, 3, 5)

#: In which days the meetings of the terms before are held, and those of the terms published.
_TERMS_BEFORE = (
    (date(2020, 1, 6), date(2020, 3, 20)),
    (date(2020, 5, 4), date(2020, 7, 17)),
)
_TERM_1 = (date(2020, 9, 7), date(2020, 12, 18))
_TERM_2 = (date(2021, 1, 4), date(2021, 1, 29))
_PLANNED_FOR = (FEBRUARY, date(2021, 3, 31))

#: Hours of the day between which most is told of.
SCHOOL_HOURS = 9, 15.5

#: Percent of the meetings of this term that were held in January already.
_HELD_ALREADY = 45

#: School days on which exclusions begin, with the school days lost in all. In the academic year
#: before it was 158 up to January, says the report; of its later months it says nothing.
_EXCLUDED_BEFORE = (date(2019, 9, 9), date(2020, 1, 24), 158)
_EXCLUDED_LATER = (date(2020, 2, 24), date(2020, 3, 18), 31)
_EXCLUDED = (date(2020, 9, 9), date(2021, 1, 22))


def plan(county: County) -> None:
    """Tell how the children in care are educated."""
    area = Area.of(county, "education")
    roll = _Roll(county, area.chance)
    roll.plan()
    pupils = [
        child
        for child in county.open_children(Stay.CARE, _LAST)
        if _stage(child.born, 2020) is AT_SCHOOL
    ]
    school = _School(county, area.chance)
    school.places(pupils)
    school.learning(pupils)
    school.exclusions(pupils)


def _stage(born: date, year: int) -> EducationStage:
    """The stage of education in the academic year that begins in a year, by age."""
    if born >= date(year - 4, 9, 1):
        return EARLY_YEARS
    return AT_SCHOOL if born >= date(year - 16, 9, 1) else POST_16


def _care(child: Child) -> Spell | None:
    return child.latest(Stay.CARE)


class _Roll(Area):
    """The virtual school's roll, and the meetings on the plans of those who are on it."""

    def plan(self) -> None:
        in_december = self.county.open_children(Stay.CARE, _DECEMBER)
        now = self.county.open_children(Stay.CARE, _LAST)
        for stage, scope in _SCOPES.items():
            first = figure("pep", scope, "2020-21 Term 1")
            second = figure("pep", scope, "2020-21 Term 2")
            assert first.denominator is not None
            assert second.denominator is not None
            able = self._able(in_december, stage)
            on_roll = able[: first.denominator]
            for child in on_roll:
                self._enrol(child, stage)
            self._meetings_of_term_1(on_roll, first.numerator or 0)
            still = set(now)
            staying = [child for child in on_roll if child in still]
            newly = [child for child in self._able(now, stage) if child not in set(staying)]
            newly = newly[: max(second.denominator - len(staying), 0)]
            for child in newly:
                self._enrol(child, stage, date(2021, 1, 5))
            for child in staying[second.denominator :]:
                self.tell(
                    child,
                    VirtualSchoolLeft,
                    self.chance.choice(working_days(*_TERM_2)),
                    SCHOOL_HOURS,
                )
            self._meetings_of_term_2(staying[: second.denominator] + newly, second.numerator or 0)
        gone = [child for child in self.county.children if self._left_in_the_year(child)]
        for child in gone:
            self._enrolled_before(child, _stage(child.born, 2020))

    def _able(self, children: list[Child], stage: EducationStage) -> list[Child]:
        """Who may be on the roll at a stage: the longest in care first. Early years are those of
        two years and more."""
        able = [
            child
            for child in children
            if _stage(child.born, 2020) is stage and child.born < date(2018, 9, 1)
        ]
        self.chance.shuffle(able)
        return sorted(able, key=_entered_lately)

    def _left_in_the_year(self, child: Child) -> bool:
        care = _care(child)
        return care is not None and care.last is not None and MONTH_ENDS[0] < care.last < _DECEMBER

    def _enrol(self, child: Child, stage: EducationStage, not_before: date | None = None) -> None:
        """On the roll since soon after the child came into care, or since this academic year."""
        care = _care(child)
        assert care is not None
        if not_before is None and care.first < _SCHOOL_YEARS[1]:
            self._enrolled_before(child, stage)
            return
        soon = max(care.first + timedelta(days=3), not_before or care.first)
        latest = date(2021, 1, 29) if not_before else _DECEMBER - timedelta(days=1)
        self.tell(child, VirtualSchoolEnrolled, max(care.first, min(soon, latest)), 16, stage=stage)

    def _enrolled_before(self, child: Child, stage: EducationStage) -> None:
        """In the year before, and anew in September 2020 where the stage is another then. A meeting
        is held nearly each term."""
        care = _care(child)
        assert care is not None
        before = _stage(child.born, 2019)
        first = max(_SCHOOL_YEARS[0], care.first + timedelta(days=4))
        if first >= _SCHOOL_YEARS[1]:
            if care.last is None or first < care.last:
                self.tell(child, VirtualSchoolEnrolled, first, SCHOOL_HOURS, stage=stage)
            return
        if child.born < date(2017, 9, 1):
            self.tell(child, VirtualSchoolEnrolled, first, SCHOOL_HOURS, stage=before)
            for begins, ends in _TERMS_BEFORE:
                if first < ends and self.chance.random() < 0.96:
                    day = some_day(max(first, begins), ends, self.chance)
                    if care.last is None or day < care.last:
                        self._held(child, day)
        anew = stage is not before or child.born >= date(2017, 9, 1)
        if anew and (care.last is None or care.last > _SCHOOL_YEARS[1]):
            self.tell(child, VirtualSchoolEnrolled, _SCHOOL_YEARS[1], 8.5, stage=stage)

    def _meetings_of_term_1(self, children: list[Child], held: int) -> None:
        """All but a few were held; those without are the ones who came last."""
        first, last = _TERM_1
        for child in children[:held]:
            care = _care(child)
            assert care is not None
            soonest = min(max(first, care.first + timedelta(days=8)), last + timedelta(days=4))
            self._held(child, some_day(soonest, max(last, soonest), self.chance))

    def _meetings_of_term_2(self, children: list[Child], done: int) -> None:
        """Held in January, or planned for February or March; some of these were held since."""
        for child in self.chance.sample(children, done):
            if self.chance.randrange(100) < _HELD_ALREADY:
                self._held(child, self.chance.choice(working_days(date(2021, 1, 6), _LAST)))
                continue
            key = self.county.key("e")
            planned = self.chance.choice(working_days(*_PLANNED_FOR))
            self.tell(
                child,
                EducationPlanMeetingPlanned,
                self.chance.choice(working_days(*_TERM_2)),
                SCHOOL_HOURS,
                meeting=key,
                planned=planned,
            )
            if planned <= _LAST_TOLD and self.chance.random() < 0.8:
                self._held(child, planned, key)

    def _held(self, child: Child, day: date, key: str = "") -> None:
        key = key or self.county.key("e")
        self.tell(child, EducationPlanMeetingHeld, day, SCHOOL_HOURS, meeting=key)


class _School(Area):
    """School places, learning in lockdown and exclusions."""

    def places(self, pupils: list[Child]) -> None:
        """Where whoever is of school age has a place; where others had one before."""
        placed = counted("school_place")
        alternative = counted("alternative_provision")
        out_of_county = counted("educated_out_of_county")
        order = self.chance.sample(pupils, len(pupils))
        provisions = deal(
            {Provision.ALTERNATIVE: alternative, Provision.MAINSTREAM: placed - alternative},
            self.chance,
        )
        outside = deal({"out": out_of_county, "": placed - out_of_county}, self.chance)
        for child, provision, where in zip(order, provisions, outside, strict=False):
            self._place(child, Provision(provision), not where)
        for number, child in enumerate(order[placed:]):
            self._without_place(child, lately=number == 0)
        known = set(pupils)
        for child in self.county.children:
            care = _care(child)
            if child in known or care is None or care.first >= JANUARY:
                continue
            lately = care.last is None or care.last > MONTH_ENDS[0]
            if lately and AT_SCHOOL in (_stage(child.born, 2019), _stage(child.born, 2020)):
                mainstream = self.chance.random() < 0.96
                provision = Provision.MAINSTREAM if mainstream else Provision.ALTERNATIVE
                self._place(child, provision, self.chance.random() < 0.74)

    def _place(self, child: Child, provision: Provision, in_county: bool) -> str:
        care = _care(child)
        assert care is not None
        year = _SCHOOL_YEARS[_stage(child.born, 2019) is EARLY_YEARS]
        day = max(year, care.first)
        key = self.county.key("sc")
        # On the day on which a child comes into care, that is known in the evening.
        self.tell(
            child,
            SchoolPlaceStarted,
            day,
            20.5,
            place=key,
            provision=provision,
            in_county=in_county,
        )
        return key

    def _without_place(self, child: Child, lately: bool) -> None:
        """Lost it before Christmas, or one of them in January; or never had one in care."""
        care = _care(child)
        assert care is not None
        lost = (
            date(2021, 1, 18)
            if lately
            else some_day(date(2020, 10, 12), date(2020, 12, 18), self.chance)
        )
        if care.first < lost - timedelta(days=14):
            key = self._place(child, Provision.MAINSTREAM, True)
            self.tell(child, SchoolPlaceEnded, lost, SCHOOL_HOURS, place=key)

    def learning(self, pupils: list[Child]) -> None:
        """At school since September; in January as published. The percentage that learn remotely
        says of how many it is known."""
        remotely = figure("learning_remotely")
        in_school = counted("attending_school")
        share = int(remotely.published.rstrip("%"))
        known = next(
            n for n in range(len(pupils), 0, -1) if rounded(remotely.numerator or 0, n) == share
        )
        counts = {
            Learning.IN_SCHOOL.value: in_school,
            Learning.REMOTELY.value: remotely.numerator or 0,
        }
        counts[Learning.NOT_LEARNING.value] = known - sum(counts.values())
        dealt = deal(counts, self.chance)
        for child, how in zip(self.chance.sample(pupils, known), dealt, strict=True):
            care = _care(child)
            assert care is not None
            day = max(date(2020, 9, 7), care.first + timedelta(days=1))
            if day < JANUARY:
                at_school = Learning.IN_SCHOOL
                self.tell(child, LearningRecorded, day, SCHOOL_HOURS, learning=at_school)
            if day >= JANUARY or how != Learning.IN_SCHOOL.value:
                day = max(day, some_day(date(2021, 1, 5), date(2021, 1, 8), self.chance))
                self.tell(
                    child, LearningRecorded, min(day, date(2021, 1, 29)), 18, learning=Learning(how)
                )

    def exclusions(self, pupils: list[Child]) -> None:
        """As many children as published, and as many school days lost."""
        first, last = _EXCLUDED
        since = first - timedelta(days=10)
        able = [child for child in pupils if _in_care_since(child, since)]
        children = self._likely(able, counted("fixed_term_exclusion"))
        days_lost = counted("school_days_lost", period="AYtD 2020-21")
        self._exclude(children, first, last, days_lost)
        for first, last, days_lost in (_EXCLUDED_BEFORE, _EXCLUDED_LATER):
            then = [
                child
                for child in self.county.children
                if _stage(child.born, 2019) is AT_SCHOOL
                and _in_care_since(child, first - timedelta(days=10), last)
            ]
            self._exclude(self._likely(then, days_lost // 5), first, last, days_lost)

    def _likely(self, able: list[Child], many: int) -> list[Child]:
        """Most who are excluded are eleven and older."""
        older = [child for child in able if child.born < date(2009, 9, 1)]
        younger = [child for child in able if child.born >= date(2009, 9, 1)]
        of_older = min(many * 9 // 10, len(older))
        return self.chance.sample(older, of_older) + self.chance.sample(younger, many - of_older)

    def _exclude(self, children: list[Child], first: date, last: date, days_lost: int) -> None:
        """Each of the children once at least, for one to five school days at a time."""
        lengths = [1] * len(children)
        while sum(lengths) < days_lost:
            longer = self.chance.randrange(len(lengths) + 6)
            if longer >= len(lengths) or lengths[longer] == 5:
                lengths.append(1)
            else:
                lengths[longer] += 1
        days = working_days(first, last)
        for number, school_days in enumerate(lengths):
            child = children[number] if number < len(children) else self.chance.choice(children)
            self.tell(
                child,
                SchoolExclusionStarted,
                self.chance.choice(days),
                SCHOOL_HOURS,
                exclusion=self.county.key("x"),
                kind=ExclusionKind.FIXED_TERM,
                school_days=school_days,
            )


def _entered_lately(child: Child) -> date:
    care = _care(child)
    assert care is not None
    return max(care.first, date(2020, 9, 1))


def _in_care_since(child: Child, day: date, until: date = _LAST) -> bool:
    care = _care(child)
    return care is not None and care.first <= day and (care.last is None or care.last > until)
