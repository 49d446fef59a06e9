"""What is late, said once. The figure's late ones, the lists, the counts on pages and what the
alerts judge: all of them ask here.

Late is a status that its measure calls late, and nothing else. What is late is either still to be
done, and so *overdue*; or it is over: it was done late, or can be done no more, for the child died
or left. Both stand on a list: that of what is awaited, and that of what was late in the month.

A part has a list of its own if it calls late what its whole does not: of care leavers seen in time
the whole is about the younger, and the part about the older. Any other part's lines are lines of
its whole's list, late in both.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from casepulse.schemas.due import list_name
from casepulse.schemas.measure import Measure
from casepulse.state.standing import Standing

#: Measures that time only what was done: nothing in them is still to be done.
OF_WHAT_WAS_DONE = frozenset(
    {
        "cic_reviews_timely",
        "cin_plan_timely",
        "court_completed_timely",
        "cp_review_conferences",
        "icpc_timely",
        "iha_timely",
        "pre_proceedings_completed_timely",
        "return_interview_timely",
        "rha_timely",
        "s47_timely",
        "single_assessment",
        "strategy_discussion_timely",
        "ts_assessment",
    }
)


@dataclass(frozen=True, slots=True)
class Lateness:
    """What of a measure is late, and on which list it stands."""

    measure: Measure
    listed_under: str
    """The measure whose list has its lines: itself, or its whole."""
    ahead: frozenset[str]
    """The statuses of what is not late and falls due; none, where its due days are not known: those
    of a part that calls less late than its whole does are when the whole falls due."""

    @property
    def late(self) -> frozenset[str]:
        """The statuses that are late."""
        return self.measure.late

    @property
    def has_list(self) -> bool:
        """Whether there is a list under its own name."""
        return self.listed_under == self.measure.id

    @property
    def awaits(self) -> bool:
        """Whether anything in it may be still to be done."""
        return bool(self.late) and self.measure.base not in OF_WHAT_WAS_DONE

    @property
    def may_be_over(self) -> bool:
        """Whether it tells of what was late in a month and is over; a stock knows only what is."""
        return bool(self.late) and self.measure.kind == "flow"

    @property
    def lists(self) -> list[str]:
        """The names of the lists that stand under its name."""
        if not self.has_list:
            return []
        waiting = [list_name(self.measure.id)] if self.awaits else []
        return [*waiting, *([list_name(self.measure.id, over=True)] if self.may_be_over else [])]

    def is_overdue(self, standing: Standing) -> bool:
        """Whether it is late and still to be done."""
        return standing.status in self.late and self.is_awaited(standing)

    def is_awaited(self, standing: Standing) -> bool:
        """Whether it is still to be done. Who is late now, in a stock, has it still to be done, be
        it without a due day: a plan that was never made."""
        if standing.due is not None:
            return standing.status in self.late or standing.status in self.ahead
        return self.measure.kind == "stock" and standing.status in self.late

    def is_over(self, standing: Standing) -> bool:
        """Whether it was late in its month, and is no longer to be done."""
        return self.may_be_over and standing.due is None and standing.status in self.late


def late_of(measure: Measure, statuses: Mapping[str, int]) -> int:
    """How many of a figure are late."""
    return sum(statuses.get(status, 0) for status in measure.late)


def lateness_of(
    measures: Mapping[str, Measure], wholes: Mapping[str, Measure]
) -> dict[str, tuple[Lateness, ...]]:
    """By rule, the measures of it that call anything late: the whole first.

    Args:
        measures: those that are shown, by id.
        wholes: those that they are parts of, or are. One that is not shown calls nothing late: the
            late of its parts stand on lists of their own.

    Raises:
        ValueError: a part calls late some of what its whole does, and more: its lines would stand
            on two lists.
    """
    found: dict[str, list[Measure]] = {}
    for measure in measures.values():
        found.setdefault(measure.base, []).append(measure)
    return {
        rule: tuple(
            each
            for each in _of_rule(
                measures.get(rule) or replace(wholes[rule], late=frozenset()), of_rule
            )
            if each.late
        )
        for rule, of_rule in found.items()
    }


def _of_rule(whole: Measure, of_rule: Iterable[Measure]) -> Iterator[Lateness]:
    parts = [each for each in of_rule if each.of is not None and each.late]
    own = {each.id for each in parts if not each.late <= whole.late}
    elsewhere = frozenset[str]().union(*(each.population for each in parts if each.id in own))
    yield Lateness(
        whole, whole.id, frozenset(whole.statuses) - whole.late - (elsewhere - whole.population)
    )
    for part in parts:
        if part.id in own:
            if part.late & whole.late:
                raise ValueError(f"{part.id}: calls late some of what {whole.id} does, and more")
            ahead = part.population - part.late - whole.population
        elif whole.late & part.population <= part.late:
            ahead = part.population - part.late
        else:
            ahead = frozenset()
        yield Lateness(part, part.id if part.id in own else whole.id, ahead)
