"""Missing children, care leavers and private fostering, a second time."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

from tests.second.counting import Standing, measure
from tests.second.days import midnight, month_of, months, past
from tests.second.life import Life, Span
from tests.second.records import Record


def _missing(life: Life) -> list[Span]:
    found = life.spans("missing_episode.started", "missing_episode.ended", "episode")
    return [episode for episode in found if episode.start.data["category"] == "M"]


def _by_month(life: Life) -> dict[str, list[Span]]:
    found: dict[str, list[Span]] = defaultdict(list)
    for episode in _missing(life):
        found[month_of(episode.first)].append(episode)
    return found


def _where_and_how_long(life: Life, episode: Span) -> tuple[bool, bool]:
    """Whether in care as it began, and whether overnight."""
    until = episode.end.time if episode.end else life.at
    next_midnight = midnight(episode.first + timedelta(1))
    overnight = until > next_midnight and until - episode.start.time > timedelta(hours=8)
    return life.stay_on(episode.first) is not None, overnight


def _named(in_care: bool, overnight: bool) -> str:
    return ("in_care" if in_care else "elsewhere") + ("_overnight" if overnight else "_shorter")


@measure("missing_episodes")
def missing_episodes(life: Life) -> Iterator[Standing]:
    for episode in _missing(life):
        status = _named(*_where_and_how_long(life, episode))
        yield month_of(episode.first), life.where(episode.start), status


@measure("missing_children")
def missing_children(life: Life) -> Iterator[Standing]:
    for month, episodes in _by_month(life).items():
        found = [_where_and_how_long(life, episode) for episode in episodes]
        status = _named(any(a for a, _ in found), any(b for _, b in found))
        yield month, life.where(episodes[0].start), status


@measure("missing_under_12_4h")
def missing_under_12_4h(life: Life) -> Iterator[Standing]:
    for month, episodes in _by_month(life).items():
        long = [
            episode
            for episode in episodes
            if life.aged(12, episode.first) is False
            and (episode.end.time if episode.end else life.at) - episode.start.time
            > timedelta(hours=4)
        ]
        if long:
            yield month, life.where(long[0].start), "yes"


def _interviews(life: Life, episode: Span, outcome: str) -> list[Record]:
    """Of before the child was found there is none."""
    return [
        r
        for r in life.of("return_interview.recorded")
        if r.data["episode"] == episode.key
        and r.data["outcome"] == outcome
        and episode.end is not None
        and r.time >= episode.end.time
    ]


@measure("return_interview")
def return_interview(life: Life) -> Iterator[Standing]:
    for month, episodes in _by_month(life).items():
        if any(_interviews(life, episode, "held") for episode in episodes):
            status = "met"
        elif any(episode.end is None for episode in episodes):
            if life.is_dead:
                continue
            status = "pending"
        elif any(_interviews(life, episode, "refused") for episode in episodes):
            status = "refused"
        else:
            status = "missed"
        yield month, life.where(episodes[0].start), status


@measure("return_interview_timely")
def return_interview_timely(life: Life) -> Iterator[Standing]:
    for month, episodes in _by_month(life).items():
        held = [(e, _interviews(life, e, "held")) for e in episodes]
        held = [(e, interviews) for e, interviews in held if interviews]
        if not held:
            continue
        in_time = any(
            e.end is not None and interviews[0].time - e.end.time <= timedelta(hours=72)
            for e, interviews in held
        )
        latest = "_latest" if held[-1][0] is episodes[-1] else "_earlier"
        where = life.where(episodes[0].start)
        yield month, where, ("in_time" if in_time else "late") + latest


def _leaver_age(life: Life) -> int | None:
    for age in range(26, 15, -1):
        if life.aged(age):
            return age
    return None


@measure("care_leavers")
def care_leavers(life: Life) -> Iterator[Standing]:
    if life.leaver:
        yield "at", life.locality, "yes"


def _standing(life: Life, since: date, days: list[date], count: int) -> str:
    days = [day for day in days if day >= since]
    if days:
        return "overdue" if past(months(days[-1], count), life.at) else "met"
    return "never" if past(months(since, count), life.at) else "not_due"


@measure("cl_in_touch")
def cl_in_touch(life: Life) -> Iterator[Standing]:
    since, age = life.leaver_from, _leaver_age(life)
    if since is None or age is None:
        return
    days = [
        record.day
        for record in life.records
        if record.type == "care_leaver.contacted"
        or (record.type == "visit.recorded" and record.data["child_seen"])
        or (record.type == "care_leaver.recorded" and record.data["in_touch"] == "YES")
    ]
    band = "_16_to_18" if age < 19 else "_19_and_over"
    yield "at", life.locality, _standing(life, since, days, 6) + band


@measure("cl_younger_seen")
def cl_younger_seen(life: Life) -> Iterator[Standing]:
    since, age = life.leaver_from, _leaver_age(life)
    if since is None or age is None:
        return
    days = [record.day for record in life.seen]
    band, count = ("_16_to_20", 2) if age < 21 else ("_21_and_over", 6)
    yield "at", life.locality, _standing(life, since, days, count) + band


@measure("cl_pathway_plan")
def cl_pathway_plan(life: Life) -> Iterator[Standing]:
    if life.leaver is None:
        return
    days = [r.day for r in life.of("pathway_plan.made", "pathway_plan.reviewed")]
    status = "never"
    if life.of("pathway_plan.made"):
        status = "overdue" if past(months(days[-1], 6), life.at) else "met"
    yield "at", life.locality, status


@measure("cl_accommodation")
def cl_accommodation(life: Life) -> Iterator[Standing]:
    age = _leaver_age(life)
    if life.leaver is None or age is None:
        return
    told = [r.data["accommodation"] for r in life.of("care_leaver.recorded")
            if r.data.get("accommodation")]  # fmt: skip
    status = "unknown"
    if told:
        status = "suitable" if told[-1].endswith("1") else "unsuitable"
    yield "at", life.locality, status + ("_16_to_18" if age < 19 else "_19_and_over")


@measure("cl_eet")
def cl_eet(life: Life) -> Iterator[Standing]:
    age = _leaver_age(life)
    if life.leaver is None or age is None:
        return
    told = [r.data["activity"] for r in life.of("care_leaver.recorded") if r.data.get("activity")]
    status = "unknown"
    if told:
        status = "yes" if told[-1][0] in "FP" else "no"
        if told[-1] == "F1":
            status = "higher_education"
    band = "_16_to_18" if age < 19 else "_19_to_21" if age < 22 else "_over_21"
    yield "at", life.locality, status + band


@measure("private_fostering_visits")
def private_fostering_visits(life: Life) -> Iterator[Standing]:
    if life.is_dead or life.aged(18 if life.disabled else 16):
        return
    arrangements = life.spans("private_fostering.started", "private_fostering.ended", "arrangement")
    going = [arrangement for arrangement in arrangements if arrangement.end is None]
    if not going:
        return
    arrangement = going[-1]
    days = [
        r.day
        for r in life.of("private_fostering.visited")
        if r.data["arrangement"] == arrangement.key and r.day >= arrangement.first
    ]
    if days:
        first_year = days[-1] < months(arrangement.first, 12)
        due = days[-1] + timedelta(42 if first_year else 84)
        status = "overdue" if past(due, life.at) else "met"
    else:
        due = arrangement.first + timedelta(7)
        status = "never" if past(due, life.at) else "not_due"
    yield "at", life.locality, status
