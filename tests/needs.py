"""Finds what each measure needs to be told, by taking it away.

python -m tests.needs --write      # some ten minutes; writes state/measures/needs.toml

Of every case of the county of January 2021 one kind of fact after another is left out, or told with
one field less, and the rules that read it are run again. What a figure, or who is late in it,
changes with is what the measure needs. Where nobody is counted in it there is nothing to see: then
it needs all that its rule reads. What was found before stays, though this county no longer shows
it. Words are as `casepulse.schemas.source` has them.
"""

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from casepulse.counties.january_2021.county import AS_AT, KNOWN
from casepulse.schemas.codes import InterviewOutcome, Pathway, VisitKind, VisitMethod
from casepulse.schemas.events import EVENTS
from casepulse.schemas.events.leaving import CareLeaverContacted
from casepulse.schemas.events.referral import VisitRecorded
from casepulse.schemas.measure import Measure
from casepulse.state import Catalogue, Fact, open_catalogue
from casepulse.state.calendar import LONDON
from casepulse.state.case import Case
from casepulse.state.kinds import KIND, NO_KINDS, Kinds
from casepulse.state.rules import Evaluation

NEEDS = Path(__file__).parents[1] / "state" / "measures" / "needs.toml"

#: What is told in place of what an event must say, where it can be done without.
ASSUMED: Mapping[str, object] = {
    "visit.recorded: method": VisitMethod.FACE_TO_FACE,
    "referral.started: pathway": Pathway.SECTION_17,
    "return_interview.recorded: outcome": InterviewOutcome.HELD,
    "allocation.started: to_manager": False,
}

#: The types whose `kind` makes different things of them.
OF_KINDS = frozenset(
    {
        "conference.held",
        "early_help_plan.started",
        "health_assessment.completed",
        "health_assessment.planned",
        "health_assessment.requested",
        "school_exclusion.started",
        "visit.recorded",
    }
)

_HEAD = """\
# What each measure needs to be told for its figure, and who is late in it, to be true: types of
# event, and of some the fields that matter. Made by `python -m tests.needs --write`.

[figures]
"""

_BETWEEN = """
# What it takes besides to tell its statuses apart.
[statuses]
"""

Change = Callable[[Fact], Fact | None]


class Needs(NamedTuple):
    """What measures need, by id."""

    figures: dict[str, list[str]]
    statuses: dict[str, list[str]]
    """What it takes besides to tell statuses apart that count alike."""


def needs_of(cases: Iterable[Case], catalogue: Catalogue) -> Needs:
    """What the measures of a catalogue need, as far as some cases show it."""
    found: dict[str, set[str]] = {name: set() for name in catalogue.measures}
    apart: dict[str, set[str]] = {name: set() for name in catalogue.measures}
    reads: dict[str, Kinds] = defaultdict(lambda: NO_KINDS)
    counted: set[str] = set()
    of_rule: dict[str, list[Measure]] = defaultdict(list)
    for measure in catalogue.measures.values():
        of_rule[measure.base].append(measure)
    for case in cases:
        facts = list(held(case))
        before = _said(case.subject, facts, catalogue.rules_about(case.subject), catalogue)
        for rule, said in before.items():
            reads[rule] |= said.reads
            statuses = {each.status for each in said.standings}
            counted.update(
                each.id
                for each in of_rule[rule]
                if statuses and (rule in catalogue.regroups or each.numerator & statuses)
            )
        for rule, need, said, says in _changed(case.subject, facts, before, catalogue):
            regrouped = rule in catalogue.regroups
            for measure in of_rule[rule]:
                if _counted(measure, said, regrouped) != _counted(measure, says, regrouped):
                    found[measure.id].add(need)
                elif _by_status(measure, said) != _by_status(measure, says):
                    apart[measure.id].add(need)
    for name in catalogue.measures.keys() - counted:
        found[name] |= names_of(reads[catalogue.measures[name].base]) & EVENTS.keys()
    return Needs(
        {name: _together(needs) for name, needs in found.items()},
        {
            name: _together(besides)
            for name, needs in apart.items()
            if (besides := needs - found[name])
        },
    )


def with_what_was_found_before(found: Needs, catalogue: Catalogue) -> Needs:
    """Needs, and those that the definitions have already."""
    figures, statuses = {}, {}
    for name, measure in catalogue.measures.items():
        figures[name] = _together(_apart([*found.figures.get(name, ()), *measure.needs]))
        of_figure = set(_apart(figures[name]))
        besides = {*_apart(found.statuses.get(name, ())), *_apart(measure.needs_of_statuses)}
        if besides - of_figure:
            statuses[name] = _together(besides - of_figure)
    return Needs(figures, statuses)


def _apart(needs: Iterable[str]) -> Iterator[str]:
    """Needs with one field each."""
    for need in needs:
        event_type, _, fields = need.partition(": ")
        yield from (
            f"{event_type}: {field}" if field else event_type for field in fields.split(", ")
        )


def _together(needs: Iterable[str]) -> list[str]:
    """Needs with a type of event once; of one whose kinds are told apart, those that matter."""
    fields: dict[str, set[str]] = {}
    for need in needs:
        event_type, _, field = need.partition(": ")
        fields.setdefault(event_type, set()).update([field] if field else [])
    return [
        f"{event_type}: {', '.join(sorted(of_it))}" if of_it else event_type
        for event_type, of_it in sorted(fields.items())
    ]


def _counted(measure: Measure, said: Evaluation, regrouped: bool) -> Counter[tuple[Any, ...]]:
    """What a measure makes of what a rule said: of what counts by team or worker first, all."""
    denominator = measure.denominator or frozenset()
    return Counter(
        (
            each.status in measure.numerator,
            each.status in denominator,
            each.status in measure.late,
            each.period,
            each.weight,
            (each.group, each.status) if regrouped else None,
        )
        for each in said.standings
        if regrouped or each.status in measure.population
    )


def _by_status(measure: Measure, said: Evaluation) -> Counter[tuple[str, str]]:
    return Counter(
        (each.status, each.period) for each in said.standings if each.status in measure.population
    )


def _changed(
    subject: str, facts: list[Fact], before: Mapping[str, Evaluation], catalogue: Catalogue
) -> Iterator[tuple[str, str, Evaluation, Evaluation]]:
    """Each rule that says something else without something: what, what it said, what it says."""
    for event_type in sorted({fact.type for fact in facts}):
        readers = [rule for rule, said in before.items() if said.reads & KIND[event_type]]
        of_type = [fact for fact in facts if fact.type == event_type]
        others = [fact for fact in facts if fact.type != event_type]
        for need, change in _without(event_type, of_type):
            told = [changed for fact in of_type if (changed := change(fact)) is not None]
            if told == of_type:
                continue
            after = _said(subject, [*others, *told], readers, catalogue)
            for rule in readers:
                if after[rule].standings != before[rule].standings:
                    yield rule, need, before[rule], after[rule]


def _without(event_type: str, facts: list[Fact]) -> Iterator[tuple[str, Change]]:
    """What can be taken away of a type of fact, and how."""
    yield event_type, untold
    if event_type in OF_KINDS:
        for kind in sorted({str(fact.data.kind) for fact in facts}):  # type: ignore[attr-defined]
            yield (
                f"{event_type}: kind={kind}",
                lambda fact, kind=kind: untold(fact) if fact.data.kind == kind else fact,
            )
    for name, field in type(facts[0].data).model_fields.items():
        need = f"{event_type}: {name}"
        if name == "team" or (field.is_required() and need not in ASSUMED):
            continue  # a county is the same without teams; and what must be said is told
        value = (
            ASSUMED[need] if field.is_required() else field.get_default(call_default_factory=True)
        )
        yield need, lambda fact, name=name, value=value: retold(fact, **{name: value})
    yield f"{event_type}: time", lambda fact: retold(fact, at=noon(fact.time))
    yield f"{event_type}: recordedtime", lambda fact: retold(fact, recorded=fact.time)


def untold(fact: Fact) -> Fact | None:
    """What is known of a fact whose kind nobody tells: nothing. But that a worker saw a care leaver
    is known as a contact; every extract has the day of the latest, however it was made."""
    data = fact.data
    seen = (
        isinstance(data, VisitRecorded) and data.kind is VisitKind.CARE_LEAVER and data.child_seen
    )
    return replace(fact, data=CareLeaverContacted(team=data.team)) if seen else None


def retold(
    fact: Fact, at: datetime | None = None, recorded: datetime | None = None, **content: object
) -> Fact:
    """A fact, told otherwise."""
    return Fact(
        fact.id,
        fact.source,
        fact.subject,
        at or fact.time,
        recorded or fact.recorded,
        fact.data.model_copy(update=content) if content else fact.data,
    )


def noon(time: datetime) -> datetime:
    """The middle of a day in London: what is told where the day alone is known."""
    local = time.astimezone(LONDON)
    return local.replace(hour=12, minute=0, second=0, microsecond=0).astimezone(time.tzinfo)


def held(case: Case) -> Iterator[Fact]:
    """What holds of a case after corrections."""
    for event_type in sorted({fact.type for fact in case.told()}):
        yield from case.standing(event_type)


def names_of(kinds: Kinds) -> set[str]:
    """Kinds of fact by name."""
    return {name for name, bit in KIND.items() if bit & kinds}


def _said(
    subject: str, facts: Iterable[Fact], rules: Iterable[str], catalogue: Catalogue
) -> dict[str, Evaluation]:
    case = Case(subject)
    for fact in facts:
        case.add(fact)
    view = catalogue.view(case, AS_AT)
    return {rule: catalogue.evaluate(rule, view) for rule in rules}


def cases_of(facts: Iterable[Fact]) -> list[Case]:
    """The cases of some facts, as known on the day of the report."""
    cases: dict[str, Case] = {}
    for fact in facts:
        if fact.recorded < KNOWN:
            cases.setdefault(fact.subject, Case(fact.subject)).add(fact)
    return list(cases.values())


def written(figures: Mapping[str, Iterable[str]], statuses: Mapping[str, Iterable[str]]) -> str:
    """The file of some needs."""
    return _HEAD + _lines(figures) + _BETWEEN + _lines(statuses)


def _lines(needs: Mapping[str, Iterable[str]]) -> str:
    lines = []
    for name, of_it in needs.items():
        words = [f'"{each}"' for each in of_it]
        line = f"{name} = [{', '.join(words)}]"
        if len(line) > 100:
            line = "\n".join([f"{name} = [", *(f"    {each}," for each in words), "]"])
        lines.append(line)
    return "\n".join(lines) + "\n"


def main() -> None:
    """Find all needs, and print or write them."""
    from tests.conftest import january_facts_of  # noqa: PLC0415  it is pytest's

    parser = argparse.ArgumentParser(description="Find what each measure needs to be told.")
    parser.add_argument(
        "--write", action="store_true", help=f"write {NEEDS.name}, not the terminal"
    )
    write = parser.parse_args().write
    cases = cases_of(january_facts_of(7))

    def told() -> Iterator[Case]:
        for number, case in enumerate(cases):
            if number % 500 == 0:
                sys.stderr.write(f"{number:,} of {len(cases):,} cases\n")
            yield case

    catalogue = open_catalogue()
    text = written(*with_what_was_found_before(needs_of(told(), catalogue), catalogue))
    if write:
        NEEDS.write_text(text, "utf-8")
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
