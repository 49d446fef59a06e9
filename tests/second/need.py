"""Referrals, visits, assessments and plans of children in need, a second time."""

from collections.abc import Iterator
from datetime import date, timedelta

from tests.second.counting import Standing, measure
from tests.second.days import month_of, months, past, working, working_days
from tests.second.life import Life, Span, spells
from tests.second.records import Record


@measure("open_to_social_care")
def open_to_social_care(life: Life) -> Iterator[Standing]:
    if life.is_open:
        yield "at", life.locality, "in_need" if life.in_need else "more_than_in_need"


def _initial(life: Life, referral: Span) -> str | None:
    count = 1 if referral.start.data["pathway"] == "S47" else 5
    due = working(referral.first, count)
    for visit in life.seen:
        if visit.day >= referral.first and (referral.last is None or visit.day <= referral.last):
            status = "in_time" if visit.day <= due else "late"
            # Of one kind there is one a day: face to face, if any telling of it says so.
            told = [
                other.data["method"]
                for other in life.seen
                if (other.day, other.data["kind"]) == (visit.day, visit.data["kind"])
            ]
            return status + ("_virtual" if set(told) == {"virtual"} else "")
    if referral.last:
        if month_of(referral.last) != month_of(referral.first):
            return "closed_unseen_later"
        slowly = referral.last > working(referral.first, 5)
        return "closed_unseen_slowly" if slowly else "closed_unseen"
    return "not_seen" if past(due, life.at) else "pending"


@measure("initial_visits_all")
def initial_visits_all(life: Life) -> Iterator[Standing]:
    for referral in life.referrals:
        status = _initial(life, referral)
        if status:
            yield month_of(referral.first), life.where(referral.start), status


def _initial_of(life: Life, pathway: str) -> Iterator[Standing]:
    for referral in life.referrals:
        status = _initial(life, referral)
        if referral.start.data["pathway"] == pathway and status:
            if status.startswith("closed"):
                status = "closed_unseen"
            yield month_of(referral.first), life.where(referral.start), status


@measure("initial_visits_s17")
def initial_visits_s17(life: Life) -> Iterator[Standing]:
    yield from _initial_of(life, "S17")


@measure("initial_visits_s47")
def initial_visits_s47(life: Life) -> Iterator[Standing]:
    yield from _initial_of(life, "S47")


@measure("re_referrals")
def re_referrals(life: Life) -> Iterator[Standing]:
    for number, referral in enumerate(life.referrals):
        earlier = [
            other for other in life.referrals[:number] if other.first > months(referral.first, -12)
        ]
        status = "repeat" if earlier else "first"
        yield month_of(referral.first), life.where(referral.start), status


@measure("ts_initial_visit")
def ts_initial_visit(life: Life) -> Iterator[Standing]:
    for episode in life.spans("targeted_support.started", "targeted_support.ended", "episode"):
        centre = episode.start.data["service"] == "children_and_family_centre"
        where = "centre" if centre else "elsewhere"
        due = working(episode.first, 10)
        visits = [
            visit.day
            for visit in life.of("targeted_support.visited")
            if visit.data["episode"] == episode.key
            and visit.data["child_seen"]
            and visit.day >= episode.first
            and (episode.last is None or visit.day <= episode.last)
        ]
        if visits:
            status = "met" if visits[0] <= due else "missed"
        elif episode.last:
            status = "closed_unseen"
        else:
            status = "missed" if past(due, life.at) else "pending"
        yield month_of(episode.first), life.where(episode.start), f"{where}_{status}"


@measure("cin_visits")
def cin_visits(life: Life) -> Iterator[Standing]:
    if not life.in_need:
        return
    since = life.in_need_since
    visits = [visit for visit in life.seen if visit.day >= since]
    last = visits[-1] if visits else None
    day = last.day if last else since
    if not past(working(day, 20), life.at):
        virtual = last is not None and last.data["method"] == "virtual"
        status = "not_due" if last is None else "met_virtual" if virtual else "met"
    else:
        status = "overdue" if last else "never"
        if (life.today - day).days >= 42:
            status += "_6_weeks"
    yield "at", life.locality, status


def _in_need_plans(life: Life) -> list[Span]:
    return life.spans("child_in_need_plan.started", "child_in_need_plan.ended", "plan")


SHORT = (["V3"], ["V4"])


@measure("cin_12m_or_less")
def cin_12m_or_less(life: Life) -> Iterator[Standing]:
    if not life.in_need:
        return
    current = spells(p for p in _in_need_plans(life) if life.need and p.first >= life.need.first)
    status = "longer" if past(months(life.in_need_since, 12), life.at) else "12_months_or_less"
    period = life.periods[-1] if life.periods and life.periods[-1].last is None else None
    if period and not life.grown_up and [c for _, c, _ in life.statuses(period)][-1:] in SHORT:
        status = "short_breaks"
    elif current and current[-1].last is None:
        plan = current[-1]
        latest = [span for span in plan.spans if span.last is None][-1]
        if latest.start.data.get("short_breaks"):
            status = "short_breaks"
        elif past(months(plan.first, 24), life.at):
            status = "plan_over_2_years"
    yield "at", life.locality, status


@measure("cin_plan_timely")
def cin_plan_timely(life: Life) -> Iterator[Standing]:
    authorised = life.of("assessment.authorised")
    for plan in _in_need_plans(life):
        data = plan.start.data
        status = "untraced"
        begun: date | None = None
        late = ""
        if data.get("reviewed"):
            begun, late = date.fromisoformat(data["reviewed"]), "late_after_review"
        else:
            name = data.get("assessment")
            if name:
                found = [a for a in authorised if a.data["assessment"] == name]
            else:
                found = [a for a in authorised if a.day <= plan.first]
            if found:
                begun, late = found[-1].day, "late_after_assessment"
        if begun:
            status = "met" if plan.first <= working(begun, 10) else late
        yield month_of(plan.first), life.where(plan.start), status


@measure("cin_review_up_to_date")
def cin_review_up_to_date(life: Life) -> Iterator[Standing]:
    if not life.in_need:
        return
    current = spells(p for p in _in_need_plans(life) if life.need and p.first >= life.need.first)
    if not current or current[-1].last is not None:
        yield "at", life.locality, "without_plan"
        return
    plan = current[-1]
    reviews = [
        review.day
        for review in life.of("child_in_need_plan.reviewed")
        if review.data["plan"] in plan.keys
    ]
    if reviews:
        status = "overdue" if past(months(reviews[-1], 3), life.at) else "met"
    else:
        status = "never" if past(plan.first + timedelta(42), life.at) else "not_due"
    yield "at", life.locality, status


def _referral_day(life: Life, started: Record) -> date:
    for referral in life.referrals:
        if referral.key == started.data.get("referral"):
            return referral.first
    return started.day


def _started(life: Life, key: str) -> Record | None:
    for record in life.of("assessment.started"):
        if record.data["assessment"] == key:
            return record
    return None


@measure("single_assessment")
def single_assessment(life: Life) -> Iterator[Standing]:
    done = set()
    for authorised in life.of("assessment.authorised"):
        key = authorised.data["assessment"]
        started = _started(life, key)
        if key in done or (started and started.day > authorised.day):
            continue
        done.add(key)
        status = "untraced"
        if started:
            due = working(_referral_day(life, started), 45)
            status = "met" if authorised.day <= due else "missed"
        yield month_of(authorised.day), life.where_done(authorised), status


BANDS = {20: "up_to_20", 30: "21_to_30", 45: "31_to_45", 59: "46_to_59", 89: "60_to_89"}


@measure("single_assessment_bands")
def single_assessment_bands(life: Life) -> Iterator[Standing]:
    done = set()
    for authorised in life.of("assessment.authorised"):
        key = authorised.data["assessment"]
        started = _started(life, key)
        if key in done or started is None or started.day > authorised.day:
            continue
        done.add(key)
        begun = _referral_day(life, started)
        yield month_of(authorised.day), life.where_done(authorised), _band(begun, authorised.day)


def _band(begun: date, until: date) -> str:
    """By the working days taken, up to and including the last."""
    taken = working_days(begun, until)
    return next((band for most, band in BANDS.items() if taken <= most), "90_and_over")


@measure("assessments_open")
def assessments_open(life: Life) -> Iterator[Standing]:
    if life.is_dead:
        return
    for span in life.spans("assessment.started", "assessment.authorised", "assessment"):
        if span.end is None and not life.closed_after(span.first):
            begun = _referral_day(life, span.start)
            overdue = "_overdue" if past(working(begun, 45), life.at) else ""
            yield "at", life.locality, _band(begun, life.today) + overdue


@measure("case_supervision")
def case_supervision(life: Life) -> Iterator[Standing]:
    if not life.is_open:
        return
    since = life.open_spells[-1][0]
    if not any(
        allocation.last is None or allocation.last >= since
        for allocation in life.spans("allocation.started", "allocation.ended", "allocation")
        if not allocation.start.data.get("to_manager")
    ):
        return
    held = [record.day for record in life.of("case_supervision.held") if record.day >= since]
    if held:
        status = "overdue" if past(months(held[-1], 1), life.at) else "met"
    else:
        status = "never" if past(months(since, 1), life.at) else "not_due"
    yield "at", life.locality, status
