"""Strategy discussions and section 47 enquiries, with the conferences that came of them.

Those that led to a plan are about the children of `child_protection`; all others are about children
in need, of `referrals`, while their referral is open.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from casepulse.counties.january_2021.area import Area
from casepulse.counties.january_2021.counts import apportion
from casepulse.counties.january_2021.county import (
    FEBRUARY,
    JANUARY,
    LAST,
    MONTH_ENDS,
    Child,
    County,
    Spell,
    Stay,
    at,
)
from casepulse.counties.january_2021.days import back, working_days
from casepulse.counties.january_2021.initial_conferences import (
    APRIL,
    Conference,
    Referred,
    plan_conferences,
    tell_conference,
    tell_views,
)
from casepulse.counties.january_2021.published import counted, figure, percentage, whole
from casepulse.schemas.codes import EnquiryOutcome, SafeguardingPartner
from casepulse.schemas.events.protection import (
    SectionFortySevenCompleted,
    SectionFortySevenStarted,
    StrategyDiscussionHeld,
)
from casepulse.state.calendar import add_working_days, month_of

#: Enquiries completed, and discussions that began none, in each of the months before the year.
COMPLETED_BEFORE, NO_ENQUIRY_BEFORE = 212, 66

#: In how many of a hundred cases, where the report does not say.
TO_ASSESSMENT, INITIAL = 40, 95
DISCUSSED_IN_TIME = defaultdict(lambda: 84, {"2020-10": 82, "2020-11": 84, "2020-12": 87})
COMPLETED_IN_TIME = defaultdict(lambda: 92, {"2020-10": 93, "2020-11": 93, "2020-12": 91})

#: What is printed of the year's enquiries and conferences is met a shade above it: so their product
#: is met too, the share of discussions that led to a plan.
SHADE = 0.003

#: Discussions that a mandatory partner was not invited to; in December as the report has it.
NOT_INVITED, NOT_INVITED_IN_DECEMBER = 60, 87

JAN, DEC = month_of(JANUARY), month_of(MONTH_ENDS[-2])
SOCIAL_CARE, HEALTH = SafeguardingPartner.SOCIAL_CARE, SafeguardingPartner.HEALTH
POLICE = SafeguardingPartner.POLICE
MANDATORY = (SOCIAL_CARE, HEALTH, POLICE)


@dataclass(slots=True, eq=False)
class Discussion:
    """A strategy discussion and, if it began one, its enquiry."""

    child: Child
    referral: Spell | None
    day: date
    completed: date | None = None
    """When its enquiry was completed; None: it began none."""
    outcome: EnquiryOutcome | None = None
    conference: Conference | None = None
    initial: bool = True
    in_time: bool = True
    absent: tuple[SafeguardingPartner, ...] = ()
    not_invited: tuple[SafeguardingPartner, ...] = ()

    @property
    def month(self) -> str:
        """The month in which it was held."""
        return month_of(self.day)


def tell_conferences(
    county: County, made: list[Conference], reviews: list[tuple[str, Child, date]]
) -> None:
    """Everything from the discussion to the conference, given the conferences that made a plan."""
    area = Area.of(county, "strategy")
    referred = Referred(county, area.chance)
    conferences = plan_conferences(made, referred, area.chance)
    discussions = [_behind(each) for each in conferences]
    discussions += _enquiries(discussions, referred, area.chance)
    discussions += _still_under_way(discussions, referred, area.chance)
    discussions += _no_further(discussions, referred, area.chance)
    discussions.sort(key=lambda each: (each.day, each.child.key))
    _in_time(discussions, area.chance)
    _partners(discussions, area.chance)
    for discussion in discussions:
        _tell(area, discussion)
    for each in conferences:
        each.key = each.key or county.key("cf")
        tell_conference(area, each)
    tell_views(county, reviews + [(each.key, each.child, each.day) for each in conferences])


def _share(figure: str, period: str = JAN) -> float:
    return percentage(figure, period=period) / 100


def _behind(conference: Conference) -> Discussion:
    """The discussion and the enquiry that a conference ends."""
    own = conference.child.latest(Stay.REFERRAL) if conference.made_plan else None
    return Discussion(
        conference.child,
        conference.referral or own,
        conference.discussed,
        conference.completed,
        EnquiryOutcome.CONFERENCE,
        conference,
    )


def _enquiries(conferred: list[Discussion], referred: Referred, chance: Random) -> list[Discussion]:
    """The enquiries that led to no conference: as many as the report's shares leave."""
    to_conference = Counter(month_of(each.completed) for each in conferred if each.completed)
    january = figure("s47_timely")
    year = [m for m in map(month_of, MONTH_ENDS) if month_of(APRIL) <= m < JAN]
    led = sum(to_conference[month] for month in [*year, JAN])
    share = _share("s47_to_icpc_fytd", "FYtD 2020-21")
    rest = round(led / (share + SHADE)) - (january.denominator or 0)
    completed = dict.fromkeys(map(month_of, MONTH_ENDS[:3]), COMPLETED_BEFORE)
    completed |= apportion(rest, dict.fromkeys(year, 1))
    completed[JAN] = january.denominator or 0
    found = []
    for end in MONTH_ENDS:
        month = month_of(end)
        many = completed[month] - to_conference[month]
        late = round(completed[month] * (100 - COMPLETED_IN_TIME[month]) / 100)
        assessed = round(completed[month] * TO_ASSESSMENT / 100)
        if month == JAN:
            late = completed[month] - (january.numerator or 0)
            assessed = counted("s47_to_assessment")
        days = working_days(end.replace(day=1), end)
        outcomes = [EnquiryOutcome.SINGLE_ASSESSMENT] * assessed
        others = (EnquiryOutcome.CHILD_IN_NEED, EnquiryOutcome.NO_FURTHER_ACTION)
        outcomes += chance.choices(others, k=many - assessed)
        chance.shuffle(outcomes)
        for number, outcome in enumerate(outcomes):
            done = chance.choice(days)
            day = back(done, chance.randint(16, 22) if number < late else chance.randint(4, 15))
            child, spell = referred.take(_earlier(day), done)
            found.append(Discussion(child, spell, day, done, outcome))
    return found


def _earlier(day: date) -> date:
    """A day by which the referral had begun, for a discussion to be decided on before its day."""
    return day - timedelta(days=9)


def _still_under_way(
    begun: list[Discussion], referred: Referred, chance: Random
) -> list[Discussion]:
    """The enquiries begun in January and not completed in it."""
    many = (counted("strategy_to_s47")) - sum(d.month == JAN for d in begun)
    found = []
    for _ in range(many):
        done = add_working_days(FEBRUARY, chance.randint(0, 9))
        first = max(back(done, 19), date(2021, 1, 6))
        day = chance.choice(working_days(first, LAST))
        child, spell = referred.take(_earlier(day), done)
        found.append(Discussion(child, spell, day, done, EnquiryOutcome.NO_FURTHER_ACTION))
    return found


def _no_further(begun: list[Discussion], referred: Referred, chance: Random) -> list[Discussion]:
    """The discussions that began no enquiry; some are further ones under the same referral."""
    led = Counter(each.month for each in begun)
    january = figure("strategy_to_s47")
    year = [m for m in map(month_of, MONTH_ENDS) if month_of(APRIL) <= m < JAN]
    all_led = sum(led[month] for month in [*year, JAN])
    share = _share("strategy_to_s47_fytd", "FYtD 2020-21")
    none_in_january = (january.denominator or 0) - led[JAN]
    rest = round(all_led / (share + SHADE)) - all_led - none_in_january
    none = dict.fromkeys(map(month_of, MONTH_ENDS[:3]), NO_ENQUIRY_BEFORE)
    none |= apportion(rest, dict.fromkeys(year, 1))
    none[JAN] = none_in_january
    found: list[Discussion] = []
    for end in MONTH_ENDS:
        month = month_of(end)
        further = round(led[month] * (100 - INITIAL) / 100)
        if month == JAN:
            initial = whole("strategy_discussion_timely")
            further = (january.denominator or 0) - initial
        days = working_days(end.replace(day=1), end)
        for number in range(none[month]):
            day = chance.choice(days[-8:] if number < further else days)
            if number < further:
                before = _again(begun, day, chance)
                found.append(Discussion(before.child, before.referral, day, initial=False))
            else:
                child, spell = referred.take(_earlier(day), day)
                found.append(Discussion(child, spell, day))
    for day in working_days(FEBRUARY, date(2021, 3, 5)):
        for _ in range(chance.randint(1, 3)):
            child, spell = referred.take(_earlier(day), day)
            found.append(Discussion(child, spell, day))
    return found


def _again(begun: list[Discussion], day: date, chance: Random) -> Discussion:
    """A discussion some time ago of a child in need whose referral is open still."""
    return chance.choice(
        [
            each
            for each in begun
            if each.outcome is not EnquiryOutcome.CONFERENCE
            and each.referral
            and day - timedelta(days=90) < each.day < day - timedelta(days=12)
            and (each.referral.last is None or each.referral.last > day)
        ]
    )


def _by_month(discussions: list[Discussion]) -> dict[str, list[Discussion]]:
    by_month = defaultdict(list)
    for each in discussions:
        by_month[each.month].append(each)
    return by_month


def _in_time(discussions: list[Discussion], chance: Random) -> None:
    """Which of them were held in time: of January's initial ones as many as the report has."""
    for month, held in _by_month(discussions).items():
        initial = [each for each in held if each.initial]
        many = round(len(initial) * DISCUSSED_IN_TIME[month] / 100)
        if month == JAN:
            many = counted("strategy_discussion_timely")
        for each in chance.sample(initial, len(initial) - many):
            each.in_time = False


def _partners(discussions: list[Discussion], chance: Random) -> None:
    """Who was not invited, and who was and stayed away."""
    for month, held in _by_month(discussions).items():
        part = len(held) / 270
        absent = {HEALTH: round(50 * part), POLICE: round(12 * part), SOCIAL_CARE: round(15 * part)}
        many = NOT_INVITED_IN_DECEMBER if month == DEC else round(NOT_INVITED * part)
        left_out = {HEALTH: many * 4 // 5, SOCIAL_CARE: many - many * 4 // 5}
        if month == JAN:
            absent = {
                HEALTH: counted("strategy_no_health"),
                POLICE: counted("strategy_no_police"),
                SOCIAL_CARE: counted("strategy_no_social_care"),
            }
            many = counted("strategy_partner_not_invited")
            left_out = {HEALTH: many * 4 // 5, SOCIAL_CARE: many - many * 4 // 5}
        shuffled = chance.sample(held, len(held))
        for partner, count in left_out.items():
            for each in shuffled[:count]:
                each.not_invited = (partner,)
            shuffled = shuffled[count:]
        for partner, count in absent.items():
            invited = [each for each in held if partner not in each.not_invited]
            for each in chance.sample(invited, count):
                each.absent += (partner,)


def _tell(area: Area, each: Discussion) -> None:
    """Tell a discussion and its enquiry."""
    child, key = each.child, area.county.key("sd")
    days_before = area.chance.choice((0, 0, 1)) if each.in_time else area.chance.randint(2, 5)
    invited = tuple(partner for partner in MANDATORY if partner not in each.not_invited)
    time = at(each.day, 12 + 4 * area.chance.random())
    area.tell(
        child,
        StrategyDiscussionHeld,
        time,
        discussion=key,
        referral=each.referral.key if each.referral else None,
        decided=at(back(each.day, days_before), 9 + 2.5 * area.chance.random()),
        invited=invited,
        attended=tuple(partner for partner in invited if partner not in each.absent),
    )
    if each.completed is None:
        return
    enquiry = area.county.key("s47")
    if each.conference:
        each.conference.enquiry = enquiry
    time += timedelta(minutes=30)
    area.tell(child, SectionFortySevenStarted, time, enquiry=enquiry, discussion=key)
    said = {"enquiry": enquiry, "outcome": each.outcome}
    area.tell(child, SectionFortySevenCompleted, each.completed, 11, **said)
