"""Children in care, a second time."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from tests.second.counting import Standing, measure
from tests.second.days import day_of, in_last, month_of, months, past, reached, working
from tests.second.life import Life, Span, Stay
from tests.second.records import Record

#: Since when, its key, the fact.
Placement = tuple[date, str, Record]


def yes(true: bool) -> str:
    return "yes" if true else "no"


@measure("children_in_care")
def children_in_care(life: Life) -> Iterator[Standing]:
    if life.stay:
        yield "at", life.locality, "yes"


@measure("readmissions")
def readmissions(life: Life) -> Iterator[Standing]:
    for number, stay in enumerate(life.stays):
        yield month_of(stay.first), life.where(stay.start), "again" if number else "first"


@measure("discharges_from_care")
def discharges_from_care(life: Life) -> Iterator[Standing]:
    for stay in life.stays:
        if stay.last is None or stay.end is None:
            continue
        spans = [s for p in life.periods if p.has(stay.first) for s in p.spans]
        told = all(s.end and s.end.data.get("period") == s.key for s in spans)
        if not stay.by_status and not told:
            continue  # a death ended it, and no record of it
        home = stay.end.data.get("reason") in ("E4A", "E4B", "E13")
        yield month_of(stay.last), life.where_done(stay.end), "home" if home else "elsewhere"


@measure("admission_recording_delay")
def admission_recording_delay(life: Life) -> Iterator[Standing]:
    for stay in life.stays:
        recorded = day_of(stay.start.recorded)
        status = "delayed" if recorded > working(stay.first, 5) else "prompt"
        yield month_of(recorded), life.where(stay.start), status


@measure("cic_missing_12m")
def cic_missing_12m(life: Life) -> Iterator[Standing]:
    if life.stay:
        episodes = life.spans("missing_episode.started", "missing_episode.ended", "episode")
        recent = [
            e
            for e in episodes
            if e.start.data["category"] == "M" and in_last(e.start.time, 12, life.at)
        ]
        yield "at", life.locality, yes(bool(recent))


def placements(life: Life) -> list[Placement]:
    """Placements that are no temporary ones: since when, the key, the fact. Coming back is none."""
    found: list[Placement] = []
    for record in life.of("placement.started"):
        if (record.data.get("placement_type") or "").startswith("T"):
            continue
        if found and found[-1][1] == record.data["placement"]:
            continue
        found.append((record.day, record.data["placement"], record))
    return found


@measure("statutory_visits")
def statutory_visits(life: Life) -> Iterator[Standing]:
    stay = life.stay
    if stay is None:
        return
    current = placements(life)
    since = max(stay.first, current[-1][0]) if current else stay.first
    to_eighteen = bool(current and current[-1][2].data.get("until_eighteen"))
    visits = [v.day for v in life.seen if v.day >= since and v.data["method"] == "face_to_face"]
    statutory = [
        v.day
        for v in life.seen
        if v.day >= since and v.data["method"] == "face_to_face" and v.data["kind"] == "statutory"
    ]
    virtual = [v.day for v in life.seen if v.day >= since and v.data["method"] == "virtual"]

    def due(day: date | None) -> date:
        if day is None:
            return since + timedelta(7)
        if day < months(since, 12) or not to_eighteen:
            return day + timedelta(42)
        return months(day, 3)

    if not past(due(statutory[-1] if statutory else None), life.at):
        status = "met" if statutory else "not_due"
    else:
        status = "overdue" if statutory else "never"
        if visits and not past(due(visits[-1]), life.at):
            status = "seen_face_to_face"
        elif virtual and not past(due(virtual[-1]), life.at):
            status = "seen_virtually"
    yield "at", life.locality, status


@measure("cic_assessment")
def cic_assessment(life: Life) -> Iterator[Standing]:
    stay = life.stay
    if stay is None or life.born is None or not reached(working(stay.first, 45), life.at):
        return
    days = [r.day for r in life.of("care_assessment.completed") if r.day >= stay.first]
    if days:
        status = "overdue" if past(months(days[-1], 12), life.at) else "met"
    else:
        status = "never"
    yield "at", life.locality, status


@measure("cic_pathway_plan")
def cic_pathway_plan(life: Life) -> Iterator[Standing]:
    stay = life.stay
    if stay is None or life.born is None or not past(months(stay.first, 3), life.at):
        return
    if not reached(months(life.born, 16 * 12 + 3), life.at):
        return
    days = [r.day for r in life.of("pathway_plan.made", "pathway_plan.reviewed")]
    if life.of("pathway_plan.made"):
        status = "overdue" if past(months(days[-1], 6), life.at) else "met"
    else:
        status = "never"
    yield "at", life.locality, status


@measure("cic_reviews_timely")
def cic_reviews_timely(life: Life) -> Iterator[Standing]:
    held: dict[date, Record] = {}
    for review in life.of("care_review.held"):
        held.setdefault(review.day, review)
    for day, review in held.items():
        stay = life.stay_on(day)
        if stay is None:
            yield month_of(day), life.where_done(review), "outside_care"
            continue
        before = [other for other in held if stay.first <= other < day]
        if not before:
            due = working(stay.first, 20)
        else:
            due = months(before[-1], 3 if len(before) == 1 else 6)
        yield month_of(day), life.where_done(review), "met" if day <= due else "missed"


def _health(life: Life, stay: Stay, before: datetime | None = None) -> list[date]:
    return sorted(
        r.day
        for r in life.of("health_assessment.completed")
        if stay.has(r.day) and (before is None or r.time < before)
    )


def _next_health(life: Life, last: date) -> date:
    fifth = life.birthday(5)
    assert fifth
    soon = months(last, 6)
    return soon if soon < fifth else months(last, 12)


@measure("cic_health_assessment")
def cic_health_assessment(life: Life) -> Iterator[Standing]:
    stay = life.stay
    if stay is None or life.born is None:
        return
    days = _health(life, stay)
    if days:
        status = "overdue" if past(_next_health(life, days[-1]), life.at) else "met"
    else:
        status = "never" if past(working(stay.first, 20), life.at) else "not_due"
    yield "at", life.locality, status + ("_5_and_over" if life.aged(5) else "_under_5")


def _assessed(life: Life, kind: str) -> dict[date, Record]:
    held: dict[date, Record] = {}
    for record in life.of("health_assessment.completed"):
        if record.data["kind"] == kind:
            held.setdefault(record.day, record)
    return held


@measure("iha_timely")
def iha_timely(life: Life) -> Iterator[Standing]:
    for day, record in _assessed(life, "initial").items():
        stay = life.stay_on(day)
        status = "outside_care"
        if stay:
            status = "met" if day <= working(stay.first, 20) else "missed"
        yield month_of(day), life.where_done(record), status


@measure("rha_timely")
def rha_timely(life: Life) -> Iterator[Standing]:
    for day, record in _assessed(life, "review").items():
        stay = life.stay_on(day)
        before = _health(life, stay, record.time) if stay else []
        if life.born is None:
            continue
        if not before:
            status = "untraced"
        else:
            status = "met" if day <= _next_health(life, before[-1]) else "missed"
        yield month_of(day), life.where_done(record), status


@measure("iha_entrants_in_time")
def iha_entrants_in_time(life: Life) -> Iterator[Standing]:
    grown = life.birthday(18)
    for stay in life.stays:
        due = working(stay.first, 20)
        left = stay.last
        if grown and grown <= life.today:  # the eve is the last day in care
            left = min(left, grown) if left else grown
        initial = [d for d in _assessed(life, "initial") if life.stay_on(d) == stay]
        planned = [
            date.fromisoformat(r.data["appointment"])
            for r in life.of("health_assessment.planned")
            if r.data["kind"] == "initial" and life.stay_on(r.day) == stay
        ]
        requested = [
            r
            for r in life.of("health_assessment.requested")
            if r.data["kind"] == "initial" and life.stay_on(r.day) == stay
        ]
        if initial:
            status = "in_time" if min(initial) <= due else "late"
        elif left and left <= due:
            status = "left_before"
        elif planned:
            status = "planned_in_time" if planned[-1] <= due else "planned_late"
        else:
            status = "requested" if requested else "no_request"
        if not initial and status != "left_before" and past(due, life.at):
            status += "_past_due"
        yield month_of(stay.first), life.where(stay.start), status


@measure("dental_check")
def dental_check(life: Life) -> Iterator[Standing]:
    stay, two = life.stay, life.birthday(2)
    if stay is None or two is None or not life.aged(2):
        return
    days = [r.day for r in life.of("dental_check.completed") if r.day >= stay.first]
    if days:
        status = "overdue" if past(months(days[-1], 12), life.at) else "met"
    else:
        status = "never" if past(months(max(two, stay.first), 12), life.at) else "not_due"
    yield "at", life.locality, status


@measure("sdq_up_to_date")
def sdq_up_to_date(life: Life) -> Iterator[Standing]:
    stay = life.stay
    fourth = life.birthday(4)
    if stay is None or fourth is None or not life.aged(4):
        return
    told = [r for r in life.of("strengths_difficulties.completed") if r.day >= stay.first]
    if told:
        concern = "_concern" if told[-1].data["score"] >= 17 else "_below"
        status = "overdue" if past(months(told[-1].day, 12), life.at) else "met"
        yield "at", life.locality, status + concern
    else:
        due = months(max(stay.first, fourth), 12)
        yield "at", life.locality, "never" if past(due, life.at) else "not_due"


@measure("cic_section20")
def cic_section20(life: Life) -> Iterator[Standing]:
    if life.stay is None:
        return
    period = life.periods[-1]
    told = life.statuses(period)
    if not told or told[-1][1] != "V2":
        yield "at", life.locality, "no"
        return
    status = "yes"
    stages = life.spans("child_proceedings.started", "child_proceedings.ended", "proceedings")
    by_key = {span.key: span for span in stages}
    starts = life.of("child_proceedings.started")
    letters: list[Span] = []
    courts: list[Span] = []
    for record in starts:
        span = by_key.get(record.data["proceedings"])
        if span:
            stage = Span(span.key, record, span.end)
            (courts if record.data["stage"] == "court" else letters).append(stage)
    stage_now = proceedings_now(letters, courts)
    yield "at", life.locality, stage_now[0] if stage_now else status


def proceedings_now(letters: list[Span], courts: list[Span]) -> tuple[str, date] | None:
    """The stage in which proceedings are, and since when. Going to court ends the stage before."""
    in_court = [span for span in courts if span.end is None]
    if in_court:
        return "court", min(span.first for span in in_court)
    before = [
        span
        for span in letters
        if span.end is None and not any(court.first >= span.first for court in courts)
    ]
    return ("pre_proceedings", min(span.first for span in before)) if before else None


@measure("proceedings", "legal_case")
def proceedings(life: Life) -> Iterator[Standing]:
    stage = proceedings_now(
        life.spans("pre_proceedings.started", "pre_proceedings.ended", "proceedings"),
        life.spans("court_proceedings.started", "court_proceedings.ended", "proceedings"),
    )
    if stage:
        name = "pre" if stage[0] == "pre_proceedings" else "court"
        long = past(stage[1] + timedelta(26 * 7), life.at)
        yield "at", life.locality, name + ("_long" if long else "")


def _completed(life: Life, start: str, end: str) -> Iterator[Standing]:
    done = set()
    for record in life.of(end):
        key = record.data["proceedings"]
        if key in done:
            continue
        starts = [s for s in life.of(start) if s.data["proceedings"] == key]
        if starts and starts[0].day > record.day:
            continue
        done.add(key)
        status = "untraced"
        if starts:
            due = starts[0].day + timedelta(26 * 7)
            status = "met" if record.day <= due else "missed"
        yield month_of(record.day), life.where_done(record), status


@measure("pre_proceedings_completed_timely", "legal_case")
def pre_proceedings_completed_timely(life: Life) -> Iterator[Standing]:
    yield from _completed(life, "pre_proceedings.started", "pre_proceedings.ended")


@measure("court_completed_timely", "legal_case")
def court_completed_timely(life: Life) -> Iterator[Standing]:
    yield from _completed(life, "court_proceedings.started", "court_proceedings.ended")


@measure("short_term_stability")
def short_term_stability(life: Life) -> Iterator[Standing]:
    stay = life.stay
    if stay is None:
        return

    ends = {r.data["placement"]: r.time for r in life.of("placement.ended")}

    def open_as_the_year_began(placement: Placement) -> bool:
        day, key, record = placement
        over = [end for end in [ends.get(key)] if end and end >= record.time]
        over += [p.end.time for p in life.periods if p.has(day) and p.end]
        return all(in_last(end, 12, life.at) for end in over)

    def many(found: list[Placement]) -> bool:
        recent = [p for p in found if in_last(p[2].time, 12, life.at)]
        earlier = [p for p in found if not in_last(p[2].time, 12, life.at)]
        return len(recent) + bool(earlier and open_as_the_year_began(earlier[-1])) >= 3

    found = placements(life)
    current = [p for p in found if p[0] >= life.periods[-1].first]
    status = "no"
    if many(current):
        status = "yes"
    elif many(found):
        status = "with_earlier"
    yield "at", life.locality, status


@measure("long_term_stability")
def long_term_stability(life: Life) -> Iterator[Standing]:
    stay = life.stay
    if stay is None or life.born is None or life.aged(16):
        return
    if not reached(months(stay.first, 30), life.at):
        return
    found = [p for p in placements(life) if p[0] >= life.periods[-1].first]
    long = bool(found) and reached(months(max(found[-1][0], stay.first), 24), life.at)
    yield "at", life.locality, yes(long)


@measure("iro_footprint")
def iro_footprint(life: Life) -> Iterator[Standing]:
    if life.stay:
        notes = [r for r in life.of("reviewing_officer.noted") if in_last(r.time, 6, life.at)]
        visits = [r for r in life.of("reviewing_officer.visited") if in_last(r.time, 6, life.at)]
        both = "note_and_visit" if notes and visits else "note" if notes else "visit"
        yield "at", life.locality, both if notes or visits else "neither"
