"""Health of children in care, going missing, and leaving care."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, get_args

from casepulse.schemas.codes import (
    Accommodation,
    Activity,
    HealthAssessmentKind,
    InterviewOutcome,
    InTouch,
    MissingCategory,
)
from casepulse.schemas.events.care import CareLeaverRecorded
from casepulse.schemas.events.health import (
    DentalCheckCompleted,
    HealthAssessmentCompleted,
    HealthAssessmentPlanned,
    StrengthsDifficultiesCompleted,
)
from casepulse.schemas.events.leaving import (
    CareLeaverContacted,
    CareLeaverEnded,
    CareLeaverQualified,
)
from casepulse.schemas.events.missing import (
    MissingEpisodeEnded,
    MissingEpisodeStarted,
    ReturnInterviewRecorded,
)
from casepulse.state.calendar import local_date
from casepulse.streams.sources.account import RefusedError
from casepulse.streams.sources.codes import plain
from casepulse.streams.sources.extract import Said
from casepulse.streams.sources.ssd.cells import day, flag, score, text
from casepulse.streams.sources.ssd.columns import Coded, Column, Need
from casepulse.streams.sources.ssd.reading import (
    Layout,
    Ssd,
    Table,
    Untold,
    needed,
    not_before,
)

_COMPLETED, _PLANNED, _NOTHING = "completed", "planned", "nothing"

#: What became of a health check.
_STATUS = Coded(
    (_COMPLETED, _PLANNED, _NOTHING),
    {
        **dict.fromkeys(("complete", "attended", "done", "yes", "y"), _COMPLETED),
        **dict.fromkeys(("plan", "booked", "scheduled", "pending", "due"), _PLANNED),
        **dict.fromkeys(
            ("refused", "declined", "cancelled", "canceled", "did not attend", "dna", "no", "n"),
            _NOTHING,
        ),
    },
)


def health(ssd: Ssd) -> Iterator[Said]:
    """Health assessments and dental checks; other checks no event tells."""
    layout = Layout(
        "ssd_cla_health",
        (
            Column("clah_health_check_id", ssd.key, Need.VALUE),
            Column("clah_person_id", ssd.person, Need.VALUE),
            Column("clah_health_check_type", text),
            Column("clah_health_check_date", day),
            Column("clah_health_check_status", _STATUS),
        ),
        (HealthAssessmentPlanned, HealthAssessmentCompleted, DentalCheckCompleted),
        "clah_person_id",
    )
    yield from ssd.tell(layout, _health)


def _health(
    table: Table, key: str, child: str, words: str | None, when: datetime | None, status: Any
) -> Sequence[Said] | Untold:
    check = plain(words or "")
    dental = "dent" in check or "teeth" in check
    tokens = set(check.replace("(", " ").replace(")", " ").split())
    assessed = "health" in check or bool(tokens & {"iha", "rha", "ha"})
    if status not in (_COMPLETED, _PLANNED) or not (dental or assessed):
        return Untold.PASSED_OVER
    when = needed(when, "clah_health_check_date")
    ssd = table.ssd
    head, about = ssd.head("cla_health", child, key), f"child:{child}"
    initial = "initial" in check or "iha" in tokens
    kind = HealthAssessmentKind.INITIAL if initial else HealthAssessmentKind.REVIEW
    if status == _PLANNED:
        if dental:
            return Untold.PASSED_OVER
        # it became known by the day of the extract; how old it is a first one can't tell
        planned = HealthAssessmentPlanned(kind=kind, appointment=local_date(when))
        return [
            Said(head + planned.TYPE, about, ssd.taken, planned, by_then=True, not_at_first=True)
        ]
    data = DentalCheckCompleted() if dental else HealthAssessmentCompleted(kind=kind)
    return [Said(head + data.TYPE, about, when, data)]


def questionnaires(ssd: Ssd) -> Iterator[Said]:
    """Strengths and difficulties. The id of a row is another every night: a score is known by its
    child and day."""
    layout = Layout(
        "ssd_sdq_scores",
        (
            Column("csdq_person_id", ssd.person, Need.VALUE),
            Column("csdq_sdq_completed_date", day),
            Column("csdq_sdq_score", score),
        ),
        (StrengthsDifficultiesCompleted,),
        "csdq_person_id",
        identity=3,
    )
    yield from ssd.tell(layout, _questionnaire)


def _questionnaire(
    table: Table, child: str, when: datetime | None, scored: int | None
) -> Sequence[Said] | Untold:
    if when is None or scored is None:
        return Untold.PASSED_OVER
    data = StrengthsDifficultiesCompleted(score=scored)
    head = table.ssd.head("sdq_scores", child, f"{local_date(when):%Y%m%d}", str(scored))
    return [Said(head + data.TYPE, f"child:{child}", when, data)]


def _missing_or_away(written: str) -> str | None:
    return {"m": "M", "a": "A"}.get(plain(written)[:1])


def missing(ssd: Ssd) -> Iterator[Said]:
    """Children who went missing or were away, and the interview that was offered afterwards."""
    layout = Layout(
        "ssd_missing",
        (
            Column("miss_table_id", ssd.key, Need.VALUE),
            Column("miss_person_id", ssd.person, Need.VALUE),
            Column(
                "miss_missing_episode_start_date",
                day,
                Need.VALUE,
                ("miss_missing_episode_start", "miss_mis_epi_start"),
            ),
            Column(
                "miss_missing_episode_end_date",
                day,
                older=("miss_missing_episode_end", "miss_mis_epi_end"),
            ),
            Column(
                "miss_missing_episode_type",
                Coded(get_args(MissingCategory), guess=_missing_or_away),
                older=("miss_mis_epi_type",),
            ),
            Column("miss_missing_rhi_offered", flag, Need.NOTHING, ("miss_mis_epi_rhi_offered",)),
            Column("miss_missing_rhi_accepted", flag, Need.NOTHING, ("miss_mis_epi_rhi_accepted",)),
        ),
        (MissingEpisodeStarted, MissingEpisodeEnded, ReturnInterviewRecorded),
        "miss_person_id",
    )
    yield from ssd.tell(layout, _missing)


def _missing(
    table: Table,
    key: str,
    child: str,
    began: datetime,
    ended: datetime | None,
    category: Any,
    offered: bool | None,
    accepted: bool | None,
) -> Sequence[Said]:
    columns = ("miss_missing_episode_start_date", "miss_missing_episode_end_date")
    ended = not_before(began, ended, columns)
    head, about = table.ssd.head("missing", child, key), f"child:{child}"
    if category is None:
        raise RefusedError("miss_missing_episode_type", "says neither missing nor away")
    started = MissingEpisodeStarted(episode=key, category=category)
    said = [Said(head + started.TYPE, about, began, started)]
    if ended is None:
        return said
    end = MissingEpisodeEnded(episode=key)
    said.append(Said(head + end.TYPE, about, ended, end))
    outcome = _interview(offered, accepted)
    if outcome is not None:
        interview = ReturnInterviewRecorded(episode=key, outcome=outcome)
        said.append(Said(head + interview.TYPE, about, ended, interview))
    return said


def _interview(offered: bool | None, accepted: bool | None) -> InterviewOutcome | None:
    if offered is None or (offered and accepted is None):
        return None
    if not offered:
        return InterviewOutcome.NOT_HELD
    return InterviewOutcome.HELD if accepted else InterviewOutcome.REFUSED


def care_leavers(ssd: Ssd) -> Iterator[Said]:
    """Care leavers: as they are on the day of the extract, and when each was last in touch. The id
    of a row is another every night. Of several rows of a child that with the latest contact
    holds."""
    layout = Layout(
        "ssd_care_leavers",
        (
            Column("clea_person_id", ssd.person, Need.VALUE),
            Column("clea_care_leaver_eligibility", text),
            Column("clea_care_leaver_latest_contact", day),
            Column("clea_care_leaver_in_touch", Coded(get_args(InTouch), {"y": "YES", "n": "NO"})),
            Column("clea_care_leaver_activity", Coded(get_args(Activity)), Need.NOTHING),
            Column(
                "clea_care_leaver_accommodation",
                Coded((*get_args(Accommodation), *_KINDS)),
                Need.NOTHING,
            ),
            Column("clea_care_leaver_accom_suitable", _SUITABLE, Need.NOTHING),
        ),
        (CareLeaverQualified, CareLeaverContacted, CareLeaverRecorded),
        "clea_person_id",
        identity=7,
    )
    table = ssd.open(layout)
    if table is None:
        return
    latest: dict[str, tuple[Any, ...]] = {}
    for child, eligibility, contact, *state in table.each():
        if eligibility is not None and plain(eligibility) == "eligible":
            table.leave(Untold.PASSED_OVER)
            continue
        if contact is not None and contact > ssd.taken:
            table.leave(Untold.HELD_BACK)
            continue
        row = (
            contact or datetime.min.replace(tzinfo=ssd.taken.tzinfo),
            repr(state),
            contact,
            state,
        )
        if child in latest:
            table.account.repeated += 1
            row = max(row, latest[child], key=lambda each: each[:2])
        else:
            table.account.told += 1
        latest[child] = row
    for child, (*_, contact, state) in latest.items():
        for said in _care_leaver(ssd, child, contact, *state):
            table.account.facts += 1
            yield said


#: Where a care leaver lives, without whether that is suitable.
_KINDS = tuple(dict.fromkeys(code[0] for code in get_args(Accommodation)))

_SUITABLE = Coded(
    ("1", "2"),
    {"suitable": "1", "unsuitable": "2", "not suitable": "2", "y": "1", "n": "2", "yes": "1"},
)


def _care_leaver(
    ssd: Ssd,
    child: str,
    contact: datetime | None,
    in_touch: Any,
    activity: Any,
    home: str | None,
    suitable: str | None,
) -> Iterator[Said]:
    head, about = ssd.head("care_leavers", child), f"child:{child}"
    since = contact or ssd.taken
    qualified = CareLeaverQualified(leaver=child)
    yield Said(head + qualified.TYPE, about, since, qualified, by_then=True)
    if in_touch is not None:
        code: Any = home if home is None or len(home) == 2 else f"{home}{suitable or ''}"
        recorded = CareLeaverRecorded(
            in_touch=in_touch,
            activity=activity,
            accommodation=code if code in get_args(Accommodation) else None,
        )
        yield Said(head + recorded.TYPE, about, since, recorded, by_then=True)
    if contact is not None:
        series = ssd.head("care_leaver_contacts", child)
        contacted = CareLeaverContacted()
        name = f"{series}{local_date(contact):%Y%m%d}-{contacted.TYPE}"
        yield Said(name, about, contact, contacted, latest_of=series)


def support_ended(subject: str, name: str, since: datetime, taken: datetime) -> Said:
    """Who is no longer among the care leavers is none any more."""
    data = CareLeaverEnded(leaver=subject.partition(":")[2])
    head = name.removesuffix(CareLeaverQualified.TYPE)
    return Said(head + data.TYPE, subject, taken, data)
