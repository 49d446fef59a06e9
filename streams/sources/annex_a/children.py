"""Who the children are: each list says so again, in its second to fifth column."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from casepulse.schemas.events.child import ChildRegistered
from casepulse.streams.sources.annex_a.known import Known
from casepulse.streams.sources.annex_a.lists import BORN, ETHNICITY, OF_THE_CHILD, SEX
from casepulse.streams.sources.annex_a.row import Row
from casepulse.streams.sources.extract import Said


@dataclass
class _Child:
    row: Row
    born: date | None = None
    said: dict[str, str] = field(default_factory=dict)
    """Sex and ethnicity, as far as they are known."""
    columns: set[str] = field(default_factory=set)
    differ: bool = False


def register(rows: Iterable[Row], known: Known, notes: list[str]) -> Iterator[Said]:
    """Each child once: what the first list says that says it.

    A child is registered on the day of birth: nothing of theirs comes before it. One that is not
    born yet, by a birth date that is still to come, is from the first extract that has it; one
    without a date is when there is one.

    Args:
        rows: of all lists, in their order.
        known: what is known besides.
        notes: where it goes how many could not be registered, or differ from list to list.
    """
    children: dict[str, _Child] = {}
    for row in rows:
        child = children.setdefault(row.child, _Child(row))
        child.columns |= row.of_child.keys()
        born = _day(row)
        if born is not None:
            child.differ |= child.born not in (None, born)
            child.born = child.born or born
        for column in (SEX, ETHNICITY):
            code = known.meanings.code(row, column)
            if code is not None and child.said.get(column, "U") == "U":
                child.said[column] = code
    for child in children.values():
        if child.born is not None:
            yield _registered(child, child.born, known)
    undated = sum(child.born is None for child in children.values())
    if undated:
        notes.append(f"children without a date of birth, who are not registered yet: {undated}")
    differing = sum(child.differ for child in children.values())
    if differing:
        notes.append(f"children whose date of birth differs from list to list: {differing}")


def _registered(child: _Child, born: date, known: Known) -> Said:
    sex, ethnicity = child.said.get(SEX, "U"), child.said.get(ETHNICITY)
    if born > known.taken.date():
        said = child.row.on(
            ChildRegistered, known.taken, "child", expected=born, sex=sex, ethnicity=ethnicity
        )
        return replace(said, by_then=True)
    said = child.row.on(ChildRegistered, born, "child", born=born, sex=sex, ethnicity=ethnicity)
    return replace(said, in_part=child.columns < OF_THE_CHILD.keys())


def _day(row: Row) -> date | None:
    value = row.of_child.get(BORN)
    return value if isinstance(value, date) else None
