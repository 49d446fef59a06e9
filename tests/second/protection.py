"""Strategy discussions, enquiries, conferences and protection plans, a second time."""

from collections.abc import Iterator
from datetime import date

from tests.second.counting import Standing, measure
from tests.second.days import day_of, instant, month_of, months, past, reached, working
from tests.second.life import Life, Spell
from tests.second.records import Record


@measure("cp_children")
def cp_children(life: Life) -> Iterator[Standing]:
    if life.protection:
        yield "at", life.locality, "yes"


@measure("cp_visits")
def cp_visits(life: Life) -> Iterator[Standing]:
    if life.protection is None:
        return
    since = life.protection.first
    visits = [visit for visit in life.seen if visit.day >= since]
    last = visits[-1] if visits else None
    day = last.day if last else since
    if not past(working(day, 10), life.at):
        virtual = last is not None and last.data["method"] == "virtual"
        status = "not_due" if last is None else "met_virtually" if virtual else "met"
    else:
        long = "long_" if past(working(day, 20), life.at) else ""
        status = long + ("overdue" if last else "never")
    yield "at", life.locality, status


@measure("cp_seen_alone")
def cp_seen_alone(life: Life) -> Iterator[Standing]:
    if life.protection is None or not life.aged(5):
        return
    alone = [
        visit.day
        for visit in life.seen
        if visit.data.get("seen_alone") and visit.day >= life.protection.first
    ]
    in_time = bool(alone) and not past(working(alone[-1], 10), life.at)
    yield "at", life.locality, "yes" if in_time else "no"


@measure("cp_visit_recording_delay")
def cp_visit_recording_delay(life: Life) -> Iterator[Standing]:
    first: dict[tuple[date, str], Record] = {}
    for visit in sorted(life.of("visit.recorded"), key=lambda r: r.recorded):
        first.setdefault((visit.day, visit.data["kind"]), visit)
    grown = life.birthday(18)
    for (day, _), visit in first.items():
        if any(spell.has(day) for spell in life.protections) and not (grown and day >= grown):
            delayed = record_day(visit) > working(day, 5)
            yield month_of(day), life.where_done(visit), "delayed" if delayed else "prompt"


def record_day(record: Record) -> date:
    """The day on which something was recorded."""
    return day_of(record.recorded)


@measure("cp_over_2y")
def cp_over_2y(life: Life) -> Iterator[Standing]:
    if life.protection:
        over = reached(months(life.protection.first, 24), life.at)
        yield "at", life.locality, "yes" if over else "no"


def _conference_of(life: Life, spell: Spell) -> date:
    """The day of the initial conference that a spell on a plan began with."""
    first = min(spell.spans, key=lambda s: s.start.time)
    for conference in life.of("conference.held"):
        named = conference.data["conference"] == first.start.data.get("conference")
        if named and conference.data["kind"] == "initial" and conference.day <= first.first:
            return conference.day
    before = [c.day for c in _initial_conferences(life) if c.day <= spell.first]
    return before[-1] if before else spell.first


def _reviews(life: Life, spell: Spell) -> list[date]:
    """A review that names a plan belongs to it; a review conference, to the spell it falls in."""
    days = {
        review.day
        for review in life.of("protection_plan.reviewed")
        if review.data["plan"] in spell.keys
    }
    days |= {
        conference.day
        for conference in life.of("conference.held")
        if conference.data["kind"] == "review" and spell.has(conference.day)
    }
    return sorted(day for day in days if spell.has(day))


@measure("cp_review_up_to_date")
def cp_review_up_to_date(life: Life) -> Iterator[Standing]:
    spell = life.protection
    if spell is None or not past(months(spell.first, 3), life.at):
        return
    reviews = _reviews(life, spell)
    if reviews:
        status = "overdue" if past(months(reviews[-1], 6), life.at) else "met"
    else:
        due = months(_conference_of(life, spell), 3)
        status = "never" if past(due, life.at) else "not_due"
    yield "at", life.locality, status


@measure("cp_review_conferences")
def cp_review_conferences(life: Life) -> Iterator[Standing]:
    held: dict[date, Record] = {}
    for review in life.records:
        if review.type == "protection_plan.reviewed" or (
            review.type == "conference.held" and review.data["kind"] == "review"
        ):
            held.setdefault(review.day, review)
    for day, review in held.items():
        status = "no_plan"
        grown = life.birthday(18)
        for spell in life.protections if grown is None or day < grown else ():
            reviews = _reviews(life, spell)
            if day in reviews:
                before = [other for other in reviews if other < day]
                due = months(before[-1], 6) if before else months(_conference_of(life, spell), 3)
                status = "met" if day <= due else "missed"
        yield month_of(day), life.where_done(review), status


REPEATS = ("first", "second", "third_or_more")


@measure("repeat_plans_started")
def repeat_plans_started(life: Life) -> Iterator[Standing]:
    for number, spell in enumerate(life.protections):
        start = min(spell.spans, key=lambda s: s.start.time).start
        yield month_of(spell.first), life.where(start), REPEATS[min(number, 2)]


@measure("repeat_plans_current")
def repeat_plans_current(life: Life) -> Iterator[Standing]:
    if life.protection:
        yield "at", life.locality, REPEATS[min(len(life.protections) - 1, 2)]


@measure("strategy_discussion_timely")
def strategy_discussion_timely(life: Life) -> Iterator[Standing]:
    done: set[object] = set()
    for discussion in life.of("strategy_discussion.held"):
        referral = discussion.data.get("referral") or discussion.data["discussion"]
        if referral in done:
            continue
        done.add(referral)
        status = "untraced"
        if discussion.data.get("decided"):
            due = working(day_of(instant(discussion.data["decided"])), 1)
            status = "met" if discussion.day <= due else "missed"
        yield month_of(discussion.day), life.where_done(discussion), status


def _discussed(life: Life, enquiry: str | None) -> date | None:
    """The day of the strategy discussion that began an enquiry."""
    for span in life.spans("s47_enquiry.started", "s47_enquiry.completed", "enquiry"):
        if span.key == enquiry:
            for discussion in life.of("strategy_discussion.held"):
                if discussion.data["discussion"] == span.start.data.get("discussion"):
                    return discussion.day
    return None


@measure("s47_timely")
def s47_timely(life: Life) -> Iterator[Standing]:
    done = set()
    for completed in life.of("s47_enquiry.completed"):
        enquiry = completed.data["enquiry"]
        started = [s for s in life.of("s47_enquiry.started") if s.data["enquiry"] == enquiry]
        if enquiry in done or (started and started[0].day > completed.day):
            continue
        done.add(enquiry)
        discussed = _discussed(life, enquiry)
        status = "untraced"
        if discussed:
            status = "met" if completed.day <= working(discussed, 15) else "missed"
        yield month_of(completed.day), life.where_done(completed), status


def _initial_conferences(life: Life) -> list[Record]:
    return [c for c in life.of("conference.held") if c.data["kind"] == "initial"]


@measure("icpc_timely")
def icpc_timely(life: Life) -> Iterator[Standing]:
    done = set()
    for conference in _initial_conferences(life):
        if conference.data["conference"] in done:
            continue
        done.add(conference.data["conference"])
        discussed = _discussed(life, conference.data.get("enquiry"))
        status = "untraced"
        if discussed:
            status = "met" if conference.day <= working(discussed, 15) else "missed"
        yield month_of(conference.day), life.where_done(conference), status


@measure("s47_under_way")
def s47_under_way(life: Life) -> Iterator[Standing]:
    for span in life.spans("s47_enquiry.started", "s47_enquiry.completed", "enquiry"):
        ended = [c for c in _initial_conferences(life) if c.data.get("enquiry") == span.key]
        if span.end or ended:
            continue
        discussed = _discussed(life, span.key)
        if life.is_dead or life.closed_after(span.first):
            status = "closed"
        elif discussed is None:
            status = "untraced"
        else:
            status = "overdue" if past(working(discussed, 15), life.at) else "pending"
        yield "at", life.locality, status


@measure("icpc_awaited")
def icpc_awaited(life: Life) -> Iterator[Standing]:
    done = set()
    for completed in life.of("s47_enquiry.completed"):
        enquiry = completed.data["enquiry"]
        started = [s for s in life.of("s47_enquiry.started") if s.data["enquiry"] == enquiry]
        if enquiry in done or completed.data.get("outcome") != "conference":
            continue
        if started and started[0].day > completed.day:
            continue
        done.add(enquiry)
        if any(
            c.data.get("enquiry") == enquiry or c.day >= completed.day
            for c in _initial_conferences(life)
        ):
            continue
        discussed = _discussed(life, enquiry)
        entered = [stay.first for stay in life.stays if stay.first >= completed.day]
        closed = life.closed_after(completed.day)
        if closed and not (entered and entered[0] <= closed):
            status = "closed"
        elif entered:
            status = "in_care"
        elif life.is_dead:
            status = "closed"
        elif discussed is None:
            status = "untraced"
        else:
            status = "overdue" if past(working(discussed, 15), life.at) else "pending"
        yield "at", life.locality, status


@measure("icpc_to_plan")
def icpc_to_plan(life: Life) -> Iterator[Standing]:
    grown = life.birthday(18)
    done = set()
    for conference in _initial_conferences(life):
        key = conference.data["conference"]
        if key in done:
            continue
        done.add(key)
        made = any(
            plan.start.data.get("conference") == key
            or (plan.start.data.get("conference") is None and plan.first == conference.day)
            for spell in life.protections
            for plan in spell.spans
            if grown is None or plan.first < grown
        )
        yield month_of(conference.day), life.where_done(conference), "yes" if made else "no"
