"""Management oversight of children's cases: supervision, activity, the child's own statements."""

from collections.abc import Callable, Iterator, Mapping

from casepulse.schemas.events.oversight import CaseNoteRecorded, CaseSupervised, StatementReceived
from casepulse.schemas.measure import Asked, Section, days, months
from casepulse.schemas.phrase import Phrase
from casepulse.state.calendar import due_day
from casepulse.state.measures.forms import (
    LATE,
    NEVER_DONE,
    OVERDUE,
    RECURRING,
    UP_TO_DATE,
    duty,
    recurring,
    share,
    yes_no,
)
from casepulse.state.records.oversight import latest_day, open_since
from casepulse.state.records.populations import care_leaver, is_open
from casepulse.state.records.protection import open_plan
from casepulse.state.records.stays import in_care
from casepulse.state.records.workforce import allocations
from casepulse.state.rules import Counts, Measures, Sorted, Standards
from casepulse.state.view import CaseView

MEASURES = Measures()

#: Teams: all their children up to date; a share above the teams' target; no better than that.
TEAM_ALL, TEAM_ABOVE, TEAM_BELOW = "team_all", "team_above", "team_below"
TEAMS = frozenset({TEAM_ALL, TEAM_ABOVE, TEAM_BELOW})

#: Where no team holds a child.
NO_TEAM = "-"


def sort_teams(
    teams: Mapping[str, Counts],
    standards: Standards,
    locality_of: Callable[[str | None], str],
) -> dict[str, dict[str, int]]:
    """How many children there are by locality and status, and how many teams."""
    target = standards["of_a_team"].count
    found: dict[str, dict[str, int]] = {}
    for team, counts in teams.items():
        here = found.setdefault(locality_of(team), {})
        for status, count in counts.items():
            here[status] = here.get(status, 0) + count
        children = sum(counts.values())
        if team != NO_TEAM and children:
            done = sum(count for status, count in counts.items() if status in UP_TO_DATE)
            above = TEAM_ABOVE if 100 * done > target * children else TEAM_BELOW
            sort = TEAM_ALL if done == children else above
            here[sort] = here.get(sort, 0) + 1
    return found


@MEASURES.measure(
    duty(
        id="case_supervision",
        title="Children with a case supervision in time",
        section=Section.WORKFORCE,
        statuses=(*RECURRING, TEAM_ALL, TEAM_ABOVE, TEAM_BELOW),
        standards={
            "supervised": days("since the last supervision, or since the child became open"),
            "of_a_team": Asked("share of its children above which a team is good", ("per cent",)),
        },
        definition="Children open to social care whose case was supervised within the standard "
        "while they were open, or who have not been open for so long. A child to whom no social "
        "worker has been allocated yet is left out: there is nobody to supervise.",
        source="Local standard, customary (A)",
        phrase=Phrase(subject="Timeliness of case supervision", of=("child", "children")),
    ),
    regroup=sort_teams,
)
def case_supervision(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    since = case.records(open_since)
    if since and any(
        each.ended is None or each.ended >= since for each in case.records(allocations)
    ):
        done, team = latest_day(case, since, CaseSupervised), case.team()
        due_on = due_day(done or since, standards["supervised"])
        status = recurring(case.clock, due_on, done is not None)
        yield Sorted(case.key, status, None, team, due_on, team or NO_TEAM)


MEASURES.part(
    "case_supervision",
    id="supervision_overdue",
    title="Children whose case supervision is overdue",
    better="low",
    numerator=frozenset({OVERDUE}),
    late=frozenset({OVERDUE}),
    definition="Of the children of case_supervision, those supervised before whose next one is "
    "late.",
    phrase=Phrase(said="a supervision was overdue for {child|children}"),
)
MEASURES.part(
    "case_supervision",
    id="supervision_never",
    title="Children never supervised whose first case supervision is overdue",
    better="low",
    numerator=frozenset({NEVER_DONE}),
    late=frozenset({NEVER_DONE}),
    definition="Of the children of case_supervision, those not supervised since they became open "
    "whose first one is late.",
    phrase=Phrase(
        said="{child had|children had} never been supervised and [was|were] overdue a "
        "first supervision"
    ),
)
MEASURES.part(
    "case_supervision",
    id="supervision_teams_above_target",
    title="Teams above the supervision target",
    better="high",
    numerator=frozenset({TEAM_ALL, TEAM_ABOVE}),
    denominator=TEAMS,
    definition="Of the teams that hold children of case_supervision, those with a greater share "
    "of them up to date than is asked of a team.",
    phrase=Phrase(said="{team was|teams were} above the supervision target", of=("team", "teams")),
)
MEASURES.part(
    "case_supervision",
    id="supervision_teams_100",
    title="Teams with a timely supervision for all their children",
    better="high",
    numerator=frozenset({TEAM_ALL}),
    denominator=None,
    definition="How many teams have all their children of case_supervision up to date.",
    phrase=Phrase(said="{team|teams} had supervised all their children in time"),
)


@MEASURES.measure(
    duty(
        id="activity_in_timescale",
        title="Children with activity in the relevant timescale",
        section=Section.WORKFORCE,
        decimals=1,
        standards={
            "on_a_plan": days("since the last activity, of a child on a plan"),
            "in_care": days("since the last activity, of a child in care on no plan"),
            "care_leaver": days("since the last activity, of a care leaver who is neither"),
            "in_need": days("since the last activity, of any other child"),
        },
        definition="Children open to social care with a case note or a case supervision within "
        "the standard while they were open, or who have not been open for so long. A visit or a "
        "meeting counts by the note that is made of it.",
        source="Local standard, customary (A)",
        phrase=Phrase(
            subject="The proportion of children with activity in the relevant timescale",
            of=("child", "children"),
            summary=True,
        ),
    )
)
def activity_in_timescale(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    since = case.records(open_since)
    if since:
        done = latest_day(case, since, CaseNoteRecorded, CaseSupervised)
        due_on = due_day(done or since, standards[_closest(case)])
        yield Sorted(case.key, recurring(case.clock, due_on, done is not None), due=due_on)


def _closest(case: CaseView) -> str:
    """Of several reasons for which a child is open, the one that is watched most closely."""
    if case.records(open_plan):
        return "on_a_plan"
    if case.records(in_care):
        return "in_care"
    return "care_leaver" if case.records(care_leaver) else "in_need"


MEASURES.part(
    "activity_in_timescale",
    id="inactive_children",
    title="Children with no activity in the relevant timescale",
    better="low",
    numerator=LATE,
    denominator=None,
    late=LATE,
    definition="Children open to social care with no case note and no case supervision within "
    "the standard.",
    phrase=Phrase(said="there had been no activity in the relevant timescale for {child|children}"),
)


@MEASURES.measure(
    share(
        id="mind_of_my_own",
        title="Children using Mind of My Own",
        section=Section.WORKFORCE,
        better="high",
        decimals=1,
        standards={"look_back": months("how long a statement counts")},
        definition="Children open to social care who sent a statement by the Mind of My Own app "
        "in the look-back.",
        source="Local measure of the report (L)",
        phrase=Phrase(
            subject="The proportion of children using the Mind of My Own app",
            of=("child", "children"),
        ),
    )
)
def mind_of_my_own(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    if case.records(is_open):
        sent = case.facts(StatementReceived)[-1:]
        months = standards["look_back"].count
        used = any(case.clock.within_last(months, fact.time) for fact in sent)
        yield Sorted(case.key, yes_no(used))
