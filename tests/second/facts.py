"""What can be drawn of a child or a legal case: a function a type of event."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from tests.second.days import day_of, months, working
from tests.second.drawing import EARLIEST, Child, envelope
from tests.second.records import Json


def _visit(c: Child) -> None:
    seen = c.random.random() < 0.8
    kinds = ("initial", "child_in_need", "protection_plan", "statutory", "statutory", "care_leaver")
    data: Json = {
        "kind": c.random.choice(kinds),
        "method": c.random.choice(("face_to_face", "face_to_face", "virtual")),
        "child_seen": seen,
    }
    if seen and c.random.random() < 0.4:
        data["seen_alone"] = True
    day = c.day()
    c.tell("visit.recorded", data, day, ("visit", day))


def _referral(c: Child) -> None:
    c.begin("referral.started", "referral", {"pathway": c.random.choice(("S17", "S47"))})


def _referral_closed(c: Child) -> None:
    reason = "RC2" if c.random.random() < 0.03 else c.random.choice(("RC7", "RC8"))
    c.finish("referral.closed", "referral", {"reason": reason})


def _assessment(c: Child) -> None:
    referral = c.known_key("referral")
    if referral:
        day = c.after("referral", referral)
        named = {"referral": referral} if c.random.random() < 0.9 else {}
        c.begin("assessment.started", "assessment", named, day)


def _authorised(c: Child) -> None:
    outcomes = ("child_in_need", "no_further_action", "strategy_discussion")
    c.finish("assessment.authorised", "assessment", {"outcome": c.random.choice(outcomes)})


def _plan(c: Child) -> None:
    data: Json = {}
    day = c.day()
    kind = c.random.random()
    if kind < 0.3:
        earlier = c.day()
        if earlier <= day:
            data["reviewed"] = earlier.isoformat()
    elif kind < 0.7 and c.known_key("assessment"):
        data["assessment"] = c.known_key("assessment")
    if c.random.random() < 0.15:
        data["short_breaks"] = True
    known = c.keys.setdefault("cin_plan", [])
    key = f"n{len(known) + 1}"
    known.append((key, day))
    c.tell("child_in_need_plan.started", {"plan": key, **data}, day, ("cin plan", key))


def _plan_event(kind: str, *, once: bool) -> Callable[[Child], None]:
    def tell(c: Child) -> None:
        key = c.known_key("cin_plan")
        if key:
            day = c.after("cin_plan", key)
            c.tell(kind, {"plan": key}, day, (kind, key, None if once else day))

    return tell


def _discussion(c: Child) -> None:
    day = c.day()
    data: Json = {}
    referral = c.known_key("referral")
    if referral:
        data["referral"] = referral
    decided = c.day()
    if decided < day:
        data["decided"] = c.moment(decided).isoformat()
    c.begin("strategy_discussion.held", "discussion", data, day)


def _enquiry(c: Child) -> None:
    data: Json = {}
    day = c.day()
    discussion = c.known_key("discussion")
    if discussion:
        data["discussion"] = discussion
        day = c.after("discussion", discussion)
    c.begin("s47_enquiry.started", "enquiry", data, day)


def _enquired(c: Child) -> None:
    outcome = c.random.choice(("conference", "conference", "no_further_action"))
    c.finish("s47_enquiry.completed", "enquiry", {"outcome": outcome})


def _conference(c: Child) -> None:
    kind = c.random.choice(("initial", "review"))
    data: Json = {"kind": kind}
    day = c.day()
    enquiry = c.known_key("enquiry")
    if enquiry and kind == "initial" and c.random.random() < 0.8:
        data["enquiry"] = enquiry
        day = c.after("enquiry", enquiry)
    if ("conference", kind, day) not in c.used:
        c.used.add(("conference", kind, day))
        c.begin("conference.held", "conference", data, day)


def _protection(c: Child) -> None:
    data: Json = {"category": c.random.choice(("NEG", "PHY"))}
    day = c.day()
    known = [e for e in c.events if e["type"] == "conference.held"]
    initial = [e for e in known if e["data"]["kind"] == "initial"]
    if initial and c.random.random() < 0.7:
        conference = c.random.choice(initial)["data"]["conference"]
        data["conference"] = conference
        day = dict(c.keys["conference"])[conference]
    c.begin("protection_plan.started", "plan", data, day)


def _protection_reviewed(c: Child) -> None:
    key = c.known_key("plan")
    if key:
        day = c.after("plan", key)
        if ("conference", "review", day) not in c.used:
            c.used.add(("conference", "review", day))
            c.tell("protection_plan.reviewed", {"plan": key}, day, ("reviewed", key, day))


def _care_ended(c: Child) -> None:
    reason = "E2" if c.random.random() < 0.03 else c.random.choice(("E4A", "E8", "E13"))
    c.finish("care_period.ended", "period", {"reason": reason})


def _status(c: Child) -> None:
    code = c.random.choice(("V2", "V2", "V3", "V4", "C2"))
    day = c.day()
    known = c.keys.get("period")
    if known and c.random.random() < 0.7:
        day = c.random.choice(known)[1] + timedelta(c.random.choice((-1, 0, 0, 0, 1, 4, 30)))
    if day >= EARLIEST:
        c.tell("legal_status.changed", {"legal_status": code}, day, ("status", day))


def _placement(c: Child) -> None:
    kind = c.random.choice(("U4", "U4", "K2", "T0"))
    data: Json = {"placement_type": kind, "until_eighteen": c.random.random() < 0.4}
    day = c.day()
    known = c.keys.get("period")
    if known and c.random.random() < 0.6:
        day = c.random.choice(known)[1]
    if ("placement", day) in c.used:
        return
    c.used.add(("placement", day))
    before = sorted((e for e in c.events if e["type"] == "placement.started"), key=_time)
    before = [e for e in before if datetime.fromisoformat(e["time"]) < c.moment(day)]
    kinds = [e["data"]["placement_type"] for e in before[-2:]]
    if kinds[-1:] == ["T0"] and kinds[:-1] in (["U4"], ["K2"]) and c.random.random() < 0.7:
        home = {**before[-2]["data"]}  # back from a temporary one
        home.pop("team", None)
        c.tell("placement.started", home, day, ("back", day))
    else:
        c.begin("placement.started", "placement", data, day)


def _time(event: Json) -> datetime:
    return datetime.fromisoformat(event["time"])


def _plain(kind: str, /, **choices: tuple[object, ...]) -> Callable[[Child], None]:
    """A fact without a key: one a day and kind."""

    def tell(c: Child) -> None:
        c.tell(kind, {name: c.random.choice(values) for name, values in choices.items()})

    return tell


def _begin(kind: str, name: str, /, **choices: tuple[object, ...]) -> Callable[[Child], None]:
    def tell(c: Child) -> None:
        c.begin(kind, name, {n: c.random.choice(values) for n, values in choices.items()})

    return tell


def _finish(kind: str, name: str) -> Callable[[Child], None]:
    return lambda c: c.finish(kind, name)


def _planned(c: Child) -> None:
    day = c.day()
    appointment = max(day, c.day())
    data = {"kind": "initial", "appointment": appointment.isoformat()}
    c.tell("health_assessment.planned", data, day)


def _health(c: Child) -> None:
    """About twenty working days after entering care, or half a year or a year after the last."""
    told = [e for e in c.events if e["type"] == "health_assessment.completed"]
    known = c.keys.get("period")
    day, kind = c.day(), c.random.choice(("initial", "review"))
    if told and c.random.random() < 0.7:
        kind = "review"
        day = months(local_day(c.random.choice(told)), c.random.choice((6, 12)))
    elif known:
        day = working(c.random.choice(known)[1], 20)
    day += timedelta(c.random.choice((-1, 0, 0, 1)))
    if day <= c.at:
        c.tell("health_assessment.completed", {"kind": kind}, day)


def local_day(event: Json) -> date:
    """The day of an event in London."""
    return day_of(_time(event))


def _leaver_recorded(c: Child) -> None:
    data: Json = {
        "in_touch": "DIED" if c.random.random() < 0.03 else c.random.choice(("YES", "NO"))
    }
    if c.random.random() < 0.7:
        data["activity"] = c.random.choice(("F1", "F2", "P5", "G4", "0"))
    if c.random.random() < 0.7:
        data["accommodation"] = c.random.choice(("B1", "K2", "U1", "X2"))
    c.tell("care_leaver.recorded", data)


def _pathway(c: Child) -> None:
    if not c.keys.get("pathway"):
        day = c.day()
        c.keys["pathway"] = [("w1", day)]
        c.tell("pathway_plan.made", {"plan": "w1"}, day)
    else:
        c.tell("pathway_plan.reviewed", {"plan": "w1"}, c.after("pathway", "w1"))


def _found(c: Child) -> None:
    """Found: most often some hours later, about eight hours or seventy-two."""
    started = [e for e in c.events if e["type"] == "missing_episode.started"]
    if started:
        event = c.random.choice(started)
        key = event["data"]["episode"]
        if ("found", key) in c.used:
            return
        c.used.add(("found", key))
        begun = datetime.fromisoformat(event["time"])
        later = timedelta(hours=c.random.choice((1, 4, 8, 9, 24, 80)))
        time = begun + later + timedelta(seconds=c.random.choice((-1, 0, 0, 1)))
        name = f"e{len(c.events)}"
        data = {"episode": key}
        c.events.append(envelope(c, name, "missing_episode.ended", time, c.recorded(time), data))


def _interview(c: Child) -> None:
    ended = [e for e in c.events if e["type"].startswith("missing_episode.")]
    if ended:
        event = c.random.choice(ended)
        begun = datetime.fromisoformat(event["time"])
        later = timedelta(hours=c.random.choice((0, 1, 24, 71, 72, 73, 240)))
        time = begun + later + timedelta(seconds=c.random.choice((0, 0, 1)))
        outcome = c.random.choice(("held", "held", "held", "refused", "not_held"))
        data = {"episode": event["data"]["episode"], "outcome": outcome}
        name = f"e{len(c.events)}"
        c.events.append(
            envelope(c, name, "return_interview.recorded", time, c.recorded(time), data)
        )


def _fostering_visit(c: Child) -> None:
    key = c.known_key("arrangement")
    if key:
        day = c.after("arrangement", key)
        c.tell("private_fostering.visited", {"arrangement": key}, day, ("pf", key, day))


def _support_visit(c: Child) -> None:
    key = c.known_key("episode_ts")
    if key:
        day = c.after("episode_ts", key)
        seen = c.random.random() < 0.7
        data = {"episode": key, "child_seen": seen}
        c.tell("targeted_support.visited", data, day, ("ts", key, day))


def _support(c: Child) -> None:
    known = c.keys.setdefault("episode_ts", [])
    key, day = f"t{len(known) + 1}", c.day()
    known.append((key, day))
    service = c.random.choice(("children_and_family_centre", "family_support_team"))
    data = {"episode": key, "service": service}
    c.tell("targeted_support.started", data, day, ("ts start", key))


def _support_ended(c: Child) -> None:
    key = c.known_key("episode_ts")
    if key:
        day = c.after("episode_ts", key)
        c.tell("targeted_support.ended", {"episode": key}, day, ("ts end", key))


def _proceedings(c: Child) -> None:
    stage = c.random.choice(("pre_proceedings", "court"))
    c.begin("child_proceedings.started", "proceedings", {"stage": stage})


def _allocation(c: Child) -> None:
    c.begin("allocation.started", "allocation", {"worker": c.random.choice(("W1", "W2", "W3"))})


def _contact(c: Child) -> None:
    data: Json = {"source": "1A"}
    if c.random.random() < 0.6:
        data["rating"] = c.random.choice(("red", "green"))
    if c.random.random() < 0.1:
        data["missing_notification"] = True
    c.tell("contact.received", data, None, "contact")


def _contact_decided(c: Child) -> None:
    """Four or twenty-four hours later, to the second, or the next day, or before."""
    received = [e for e in c.events if e["type"] == "contact.received"]
    if received:
        later = timedelta(hours=c.random.choice((-1, 0, 4, 4, 24, 24, 25, 200)))
        time = _time(received[0]) + later + timedelta(seconds=c.random.choice((-1, 0, 0, 1)))
        data = {"outcome": "social_care"}
        name = f"e{len(c.events)}"
        c.events.append(envelope(c, name, "contact.decided", time, c.recorded(time), data))


Draw = Callable[[Child], None]
OFFICER = (_plain("reviewing_officer.noted"), _plain("reviewing_officer.visited"))
NEED: tuple[Draw, ...] = (
    _referral, _referral_closed, _visit, _visit, _assessment, _authorised, _plan,
    _plan_event("child_in_need_plan.reviewed", once=False),
    _plan_event("child_in_need_plan.ended", once=True),
    _allocation, _allocation, _finish("allocation.ended", "allocation"),
    _plain("case_supervision.held"), _plain("mind_of_my_own.received"),
    _support, _support_visit, _support_ended,
)  # fmt: skip
PROTECT: tuple[Draw, ...] = (
    _referral, _referral_closed, _visit, _visit, _discussion, _enquiry, _enquired, _conference,
    _conference, _protection, _protection_reviewed, _finish("protection_plan.ended", "plan"),
)  # fmt: skip
CARE: tuple[Draw, ...] = (
    _begin("care_period.started", "period"), _care_ended, _status, _status, _status, _visit,
    _placement, _placement, _plain("care_review.held"), _plain("care_assessment.completed"),
    _health, _health, _health, _planned, _allocation, _allocation, _allocation,
    _plain("health_assessment.requested", kind=("initial",)), _plain("dental_check.completed"),
    _plain("strengths_difficulties.completed", score=(16, 17, 5)), _pathway, _proceedings,
    _finish("child_proceedings.ended", "proceedings"), *OFFICER,
)  # fmt: skip
LEAVER: tuple[Draw, ...] = (
    _begin("care_leaver.qualified", "leaver"), _finish("care_leaver.ended", "leaver"), _visit,
    _plain("care_leaver.contacted"), _leaver_recorded, _leaver_recorded, _pathway,
)  # fmt: skip
MISSING: tuple[Draw, ...] = (
    _begin("missing_episode.started", "episode", category=("M", "M", "A")),
    _found,
    _interview,
)
FOSTERING: tuple[Draw, ...] = (
    _plain("disability.recorded", disabilities=(["NONE"], ["LD", "VIS"])),
    _begin("private_fostering.started", "arrangement"), _fostering_visit, _fostering_visit,
    _finish("private_fostering.ended", "arrangement"),
)  # fmt: skip
CONTACT: tuple[Draw, ...] = (_contact, _contact_decided)
HOUSEHOLD: tuple[Draw, ...] = (
    _plain("household.approved", approval=("general_full_time",), places=(1, 2)),
    _plain("household_approval.ended"), _plain("foster_review.held"),
    _plain("foster_unannounced_visit.held"), _plain("foster_records_check.completed"),
    _plain("foster_medical.completed"),
)  # fmt: skip
LEGAL: tuple[Draw, ...] = (
    _begin("pre_proceedings.started", "proceedings"),
    _finish("pre_proceedings.ended", "proceedings"),
    _begin("court_proceedings.started", "proceedings"),
    _finish("court_proceedings.ended", "proceedings"),
)  # fmt: skip
OF_THEME: dict[str, tuple[Draw, ...]] = {
    "need": NEED, "protect": PROTECT + NEED[:1], "care": CARE, "leaver": LEAVER,
    "missing": MISSING * 3 + CARE[:4], "fostering": FOSTERING,
    "mixed": NEED + PROTECT + CARE + LEAVER + MISSING,
}  # fmt: skip
AGES = {
    "leaver": (16, 19, 21, 22, 26),
    "fostering": (16, 10, 18),
    "care": (2, 4, 5, 16, 18, 16, 18, 10),
}
#: What a theme begins with, so that there is something to be about.
BEGINNINGS: dict[str, Draw] = {
    "need": _referral, "protect": _protection, "care": CARE[0], "leaver": LEAVER[0],
}  # fmt: skip
