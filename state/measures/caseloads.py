"""Caseloads: how many children workers hold for each full-time post."""

from collections.abc import Callable, Iterator, Mapping

from casepulse.schemas.measure import Asked, Measure, Section
from casepulse.schemas.phrase import Phrase
from casepulse.state.records.workforce import allocated_workers, post
from casepulse.state.rules import Counts, Measures, Sorted, Standards
from casepulse.state.view import CaseView

MEASURES = Measures()

#: What one worker's count is made of: children, the post in millionths of a full one, its team.
CHILD, FTE_MILLIONTHS, IN_TEAM = "child", "fte_millionths", "in:"

MILLION = 1_000_000

#: Workers by children for each full-time post: within the standard, or above it and which others.
WITHIN, ABOVE, STRETCHED, HIGH, EXCESSIVE = "within", "above", "stretched", "high", "excessive"
POST_UNKNOWN = "post_unknown"
WORKERS = frozenset({WITHIN, ABOVE, STRETCHED, HIGH, EXCESSIVE})

#: Teams: whether every one of their workers is within the standard.
TEAM_WITHIN, TEAM_ABOVE = "team_within", "team_above"


def sort_workers(
    workers: Mapping[str, Counts],
    standards: Standards,
    locality_of: Callable[[str | None], str],
) -> dict[str, dict[str, int]]:
    """How many workers, and how many teams, there are by locality and status."""
    found: dict[str, dict[str, int]] = {}
    teams: dict[str, bool] = {}

    def add(team: str, status: str) -> None:
        here = found.setdefault(locality_of(team), {})
        here[status] = here.get(status, 0) + 1

    for counts in workers.values():
        if counts.get(CHILD, 0):
            teams_told = (each for each in counts if each.startswith(IN_TEAM))
            team = next(teams_told, IN_TEAM).removeprefix(IN_TEAM)
            status = _band(counts[CHILD], counts.get(FTE_MILLIONTHS, 0), standards)
            add(team, status)
            if team and status in WORKERS:
                teams[team] = teams.get(team, True) and status == WITHIN
    for team, all_within in teams.items():
        add(team, TEAM_WITHIN if all_within else TEAM_ABOVE)
    return found


def _band(children: int, millionths: int, standards: Standards) -> str:
    if not millionths:
        return POST_UNKNOWN
    bands = ("caseload", WITHIN), ("stretched", ABOVE), ("high", STRETCHED), ("excessive", HIGH)
    return next(
        (
            status
            for most, status in bands
            if children * MILLION <= standards[most].count * millionths
        ),
        EXCESSIVE,
    )


@MEASURES.measure(
    Measure(
        id="caseload_18",
        about=("child", "worker"),
        title="Social workers with 18 children or fewer per fte",
        section=Section.WORKFORCE,
        kind="stock",
        better="high",
        statuses=(
            *(WITHIN, ABOVE, STRETCHED, HIGH, EXCESSIVE, POST_UNKNOWN),
            *(TEAM_WITHIN, TEAM_ABOVE),
        ),
        numerator=frozenset({WITHIN}),
        denominator=WORKERS,
        standards={
            "caseload": Asked("the most children per full-time post", ("children",)),
            "stretched": Asked("more than these is stretched", ("children",)),
            "high": Asked("more than these is high", ("children",)),
            "excessive": Asked("more than these is excessive", ("children",)),
        },
        definition="Workers who hold at least one child, with no more children for each full-time "
        "post than the standard. A worker whose post is not on record is left out.",
        source="Local standard, stated in the report (L)",
        phrase=Phrase(
            subject="The proportion of social workers with 18 children or fewer per fte",
            of=("worker", "workers"),
            summary=True,
        ),
    ),
    regroup=sort_workers,
)
def caseload_18(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    for worker in case.records(allocated_workers):
        yield Sorted(worker, CHILD, group=worker)
    held = case.records(post)
    if held:
        yield Sorted(case.key, FTE_MILLIONTHS, group=case.key, weight=round(held.fte * MILLION))
        yield Sorted(case.key, f"{IN_TEAM}{held.team or ''}", group=case.key)


MEASURES.part(
    "caseload_18",
    id="caseload_over_18",
    title="Social workers above 18 children per fte",
    better="low",
    numerator=WORKERS - {WITHIN},
    definition="Of the workers of caseload_18, those above the standard.",
    phrase=Phrase(said="{worker|workers} held more than 18 children per fte"),
)
MEASURES.part(
    "caseload_18",
    id="caseload_22",
    title="Social workers with 22 children or fewer per fte",
    better="high",
    numerator=frozenset({WITHIN, ABOVE}),
    definition="Of the workers of caseload_18, those who are not stretched.",
    phrase=Phrase(
        said="{worker|workers} held 22 children or fewer per fte",
        alone="{social worker|social workers} held 22 children or fewer per fte",
        summary=True,
    ),
)
MEASURES.part(
    "caseload_18",
    id="caseload_25",
    title="Social workers with more than 25 children per fte",
    better="low",
    numerator=frozenset({HIGH, EXCESSIVE}),
    definition="Of the workers of caseload_18, those whose caseload is high.",
    phrase=Phrase(
        subject="The proportion of social workers with more than 25 children per fte",
        of=("worker", "workers"),
    ),
)
MEASURES.part(
    "caseload_18",
    id="caseload_30",
    title="Social workers with more than 30 children per fte",
    better="low",
    numerator=frozenset({EXCESSIVE}),
    denominator=None,
    definition="How many workers of caseload_18 have an excessive caseload.",
    phrase=Phrase(said="{worker|workers} held more than 30 children per fte"),
)
MEASURES.part(
    "caseload_18",
    id="caseload_teams_all_18",
    title="Teams whose workers all hold 18 children or fewer per fte",
    better="high",
    numerator=frozenset({TEAM_WITHIN}),
    denominator=frozenset({TEAM_WITHIN, TEAM_ABOVE}),
    definition="Of the teams of the workers of caseload_18, those in which every one of them is "
    "within the standard.",
    phrase=Phrase(
        said="in {team|teams} all workers held 18 children or fewer per fte", of=("team", "teams")
    ),
)
