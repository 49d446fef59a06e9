"""Children, and what is known of them as a whole; workers, and whom they are responsible for."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple, get_args

from casepulse.schemas.codes import Ethnicity, PreviousPermanence, Sex
from casepulse.schemas.events.child import (
    AsylumSeekingRecorded,
    ChildRegistered,
    PreviousPermanenceRecorded,
)
from casepulse.schemas.events.workforce import (
    AllocationEnded,
    AllocationStarted,
    WorkerLeft,
    WorkerRecorded,
)
from casepulse.state.calendar import add_months, local_date
from casepulse.streams.sources.account import RefusedError
from casepulse.streams.sources.codes import plain
from casepulse.streams.sources.extract import Said
from casepulse.streams.sources.ssd.cells import day, number, team, text
from casepulse.streams.sources.ssd.columns import Coded, Column, Need
from casepulse.streams.sources.ssd.reading import (
    Layout,
    Parent,
    Ssd,
    Table,
    Untold,
    needed,
    not_before,
)

#: An expected birth that lies longer back is a guessed birthday of a living child.
_MONTHS_EXPECTED = 10

#: Letters of a name of a team.
_LONGEST_NAME = 60

_SEX = Coded(
    get_args(Sex),
    {"male": "M", "female": "F", "1": "M", "2": "F", "0": "U", "9": "U", "i": "U"},
)


#: What the words of a status hold, if it is that of a child who came alone and seeks asylum.
_SEEKING = ("asylum", "uasc", "unaccompanied")


class _Status(NamedTuple):
    """A row of a child's immigration status."""

    began: datetime
    seeking: bool
    until: datetime | None


def persons(ssd: Ssd) -> Iterator[Said]:
    """Who each child is."""
    layout = Layout(
        "ssd_person",
        (
            Column("pers_person_id", ssd.person, Need.VALUE),
            Column("pers_dob", day),
            Column("pers_expected_dob", day),
            Column("pers_sex", _SEX),
            Column("pers_ethnicity", Coded(get_args(Ethnicity))),
        ),
        (ChildRegistered,),
        "pers_person_id",
        identity=1,
    )
    yield from ssd.tell(layout, _person)
    file = ssd.tables.name(layout.table)
    ageless = sum(each.held_back for each in ssd.accounts if each.file == file)
    if ageless:
        ssd.notes.append(
            f"{file}: persons without a day of birth, be it an expected one: {ageless}; who they "
            "are is not told, and what asks for an age leaves them out"
        )


def _person(
    table: Table,
    child: str,
    born: datetime | None,
    expected: datetime | None,
    sex: str | None,
    ethnicity: Any,
) -> Sequence[Said] | Untold:
    """A child's registration: on the day of birth, which does not move as old rows leave the
    tables. An unborn child's since it was first told."""
    ssd = table.ssd
    ssd.known.children.add(child)
    given = None if born is None else local_date(born)
    awaited = None if expected is None else local_date(expected)
    if given is not None and given > ssd.today:
        given, awaited = None, given
    if given is None and awaited is not None and add_months(awaited, _MONTHS_EXPECTED) < ssd.today:
        given, awaited = awaited, None
    if given is None and awaited is None:
        return Untold.HELD_BACK
    data = ChildRegistered(
        born=given,
        expected=None if given else awaited,
        sex=sex or "U",  # type: ignore[arg-type]
        ethnicity=ethnicity,
    )
    name, about = ssd.head("person", child) + ChildRegistered.TYPE, f"child:{child}"
    if given is None:
        return [Said(name, about, ssd.taken, data, by_then=True)]
    return [Said(name, about, day(given) or ssd.taken, data)]


def asylum(ssd: Ssd) -> Iterator[Said]:
    """Unaccompanied children who seek asylum. Statuses stay open for ever in some systems: of a
    child's the latest holds, and one of another kind ends it."""
    layout = Layout(
        "ssd_immigration_status",
        (
            Column("immi_immigration_status_id", ssd.key, Need.VALUE),
            Column("immi_person_id", ssd.person, Need.VALUE),
            Column("immi_immigration_status_start_date", day),
            Column("immi_immigration_status_end_date", day, Need.NOTHING),
            Column("immi_immigration_status", text),
        ),
        (AsylumSeekingRecorded,),
        "immi_person_id",
        usual=False,
    )
    table = ssd.open(layout)
    if table is None:
        return
    of_child: defaultdict[str, list[_Status]] = defaultdict(list)
    for _, child, since, until, words in table.each():
        began = since or ssd.taken
        if began > ssd.taken:
            table.leave(Untold.HELD_BACK)
            continue
        seeking = words is not None and any(word in plain(words) for word in _SEEKING)
        table.account.told += seeking
        table.account.passed_over += not seeking
        of_child[child].append(_Status(began, seeking, until))
    for child, statuses in of_child.items():
        ours = [each for each in statuses if each.seeking]
        if not ours:
            continue
        table.account.facts += 1
        last = max(ours, key=lambda each: each.began)
        after = [each.began for each in statuses if not each.seeking and each.began > last.began]
        ends = min([*after, *([last.until] if last.until is not None else ())], default=None)
        data = AsylumSeekingRecorded(ceases=None if ends is None else local_date(ends))
        name = ssd.head("immigration_status", child) + data.TYPE
        first = min(each.began for each in ours)
        yield Said(name, f"child:{child}", first, data, by_then=True)


def previous_permanence(ssd: Ssd) -> Iterator[Said]:
    """What a child had before coming into care."""
    layout = Layout(
        "ssd_cla_previous_permanence",
        (
            Column("lapp_table_id", ssd.key, Need.VALUE),
            Column("lapp_person_id", ssd.person, Need.VALUE),
            Column("lapp_previous_permanence_option", Coded(get_args(PreviousPermanence))),
        ),
        (PreviousPermanenceRecorded,),
        "lapp_person_id",
        usual=False,
    )
    yield from ssd.tell(layout, _previous_permanence)


def _previous_permanence(
    table: Table, key: str, child: str, arrangement: Any
) -> Sequence[Said] | Untold:
    if arrangement is None:
        return Untold.PASSED_OVER
    ssd = table.ssd
    return [
        Said(
            ssd.head("previous_permanence", child, key) + PreviousPermanenceRecorded.TYPE,
            f"child:{child}",
            min(ssd.known.entered_care.get(child, ssd.taken), ssd.taken),
            PreviousPermanenceRecorded(arrangement=arrangement),
            by_then=True,
        )
    ]


def involvements(ssd: Ssd) -> Iterator[Said]:
    """Who is responsible for a child."""
    layout = Layout(
        "ssd_involvements",
        (
            Column("invo_involvements_id", ssd.key, Need.VALUE),
            Column("invo_person_id", ssd.person, Need.VALUE),
            Column("invo_professional_id", ssd.person, Need.COLUMN),
            Column("invo_professional_role_id", text),
            Column("invo_professional_team", team, Need.NOTHING),
            Column("invo_involvement_start_date", day),
            Column("invo_involvement_end_date", day),
        ),
        (AllocationStarted, AllocationEnded),
        "invo_person_id",
        (Parent("invo_referral_id", "referral"),),
    )
    table = ssd.open(layout)
    if table is None:
        return
    managers = {plain(role) for role in ssd.settings.manager_roles}
    roles = {plain(role) for role in ssd.settings.roles} | managers

    def involvement(
        table: Table,
        key: str,
        child: str,
        worker: str | None,
        role: str | None,
        team: str | None,
        began: datetime | None,
        ended: datetime | None,
    ) -> Sequence[Said] | Untold:
        role = None if role is None else plain(role)
        if role not in roles:
            return Untold.PASSED_OVER
        began = needed(began, "invo_involvement_start_date")
        worker = needed(worker, "invo_professional_id")
        ended = not_before(
            began, ended, ("invo_involvement_start_date", "invo_involvement_end_date")
        )
        allocated = ssd.known.allocated
        allocated[worker] = min(began, allocated.get(worker, began))
        head, about = ssd.head("involvements", child, key), f"child:{child}"
        started = AllocationStarted(
            allocation=key, worker=worker, to_manager=role in managers, team=team
        )
        said = [Said(head + started.TYPE, about, began, started)]
        if ended is not None:
            end = AllocationEnded(allocation=key)
            said.append(Said(head + end.TYPE, about, ended, end))
        return said

    yield from table.tell(involvement)


def professionals(ssd: Ssd) -> Iterator[Said]:
    """Workers, and how much of a full-time post they have. Since when is not said: by the first
    day on which one was responsible for somebody, or by that of the extract."""
    layout = Layout(
        "ssd_professionals",
        (
            Column("prof_professional_id", ssd.person, Need.VALUE, ("prof_table_id",)),
            Column("prof_full_time_equivalency", number, Need.NOTHING),
            Column("prof_professional_department", team, Need.NOTHING),
        ),
        (WorkerRecorded,),
        identity=1,
    )
    yield from ssd.tell(layout, _professional)


def _professional(
    table: Table, worker: str, share: float | None, team: str | None
) -> Sequence[Said]:
    ssd = table.ssd
    data = WorkerRecorded(fte=share if share is not None and 0 < share <= 1 else 1.0, team=team)
    since = min(ssd.known.allocated.get(worker, ssd.taken), ssd.taken)
    name = ssd.head("professionals", worker) + data.TYPE
    return [Said(name, f"worker:{worker}", since, data, by_then=True)]


def names_of_teams(ssd: Ssd) -> dict[str, str]:
    """The names of teams by their keys, where the dataset has them. No fact tells them."""
    columns, wanted = ssd.tables.columns("ssd_department"), ("dept_team_id", "dept_team_name")
    if columns is None or not set(wanted) <= set(columns):
        return {}
    found = {}
    for _, cells in ssd.tables.rows("ssd_department", wanted):
        if isinstance(cells, RefusedError):
            continue
        key, name = team(cells[0]), text(cells[1])
        if key is not None and name is not None:
            found[key] = " ".join(name.split())[:_LONGEST_NAME]
    return found


def worker_left(subject: str, name: str, since: datetime, taken: datetime) -> Said:
    """Who is no longer among the professionals has left."""
    return Said(
        name.removesuffix(WorkerRecorded.TYPE) + WorkerLeft.TYPE, subject, taken, WorkerLeft()
    )
