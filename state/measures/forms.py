"""The few general forms that measures take, each written once.

A measure is a rule and its definition as data. For the definition there is a
function a form, which fills in what all measures of the form have in common:

- `cohort`: occurrences with a clock: each is done by its due time, or not
- `duty`: something that comes again and again for everybody in a population
- `share`: which part of a population, or of some occurrences, is so
- `count`: how many there are
- `spread`: how many there are in each band or of each kind
- `contradiction`: how many records can't be right, by what is wrong with them

and for the rule the functions that sort one occurrence into a status of the form.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Unpack

from casepulse.schemas.measure import Definition, DefinitionOfSection, Measure, Section
from casepulse.state.clock import Clock

#: The statuses of something that must be done once, by a time.
MET, MISSED, PENDING = "met", "missed", "pending"
TIMED = (MET, MISSED, PENDING)
DONE_OR_DUE = frozenset({MET, MISSED})

#: What was done, but can't be timed: the fact that its clock runs from is not on record.
UNTRACED = "untraced"

#: The statuses of a duty that comes again and again.
NOT_DUE, OVERDUE, NEVER_DONE = "not_due", "overdue", "never"
RECURRING = (MET, NOT_DUE, OVERDUE, NEVER_DONE)
UP_TO_DATE = frozenset({MET, NOT_DUE})
LATE = frozenset({OVERDUE, NEVER_DONE})

#: The statuses of a share of a population.
YES, NO = "yes", "no"
SHARE = (YES, NO)


def _measure(form: Mapping[str, Any], definition: Mapping[str, Any]) -> Measure:
    return Measure(**{**form, **definition})


def cohort(**definition: Unpack[Definition]) -> Measure:
    """A flow of occurrences with a clock: met, missed or pending; met of those done or past due.

    Args:
        definition: what else there is to say of the measure; what is said here too is overridden.
    """
    return _measure(
        {
            "kind": "flow",
            "better": "high",
            "statuses": TIMED,
            "numerator": frozenset({MET}),
            "denominator": DONE_OR_DUE,
            "late": frozenset({MISSED}),
        },
        definition,
    )


def duty(**definition: Unpack[Definition]) -> Measure:
    """A stock of subjects with a recurring duty: those up to date or not due yet, of all."""
    return _measure(
        {
            "kind": "stock",
            "better": "high",
            "statuses": RECURRING,
            "numerator": UP_TO_DATE,
            "denominator": frozenset(RECURRING),
            "late": LATE,
        },
        definition,
    )


def share(**definition: Unpack[Definition]) -> Measure:
    """A stock, or with `kind="flow"` a flow: those of whom it is so, of all."""
    return _measure(
        {
            "kind": "stock",
            "statuses": SHARE,
            "numerator": frozenset({YES}),
            "denominator": frozenset(SHARE),
        },
        definition,
    )


def count(**definition: Unpack[Definition]) -> Measure:
    """A stock, or with `kind="flow"` a flow: how many there are."""
    return _measure(
        {
            "kind": "stock",
            "statuses": (YES,),
            "numerator": frozenset({YES}),
            "denominator": None,
        },
        definition,
    )


def spread(statuses: Iterable[str], /, **definition: Unpack[Definition]) -> Measure:
    """How many there are in all; its parts say how many of them are of one kind."""
    statuses = tuple(statuses)
    return _measure(
        {
            "kind": "flow",
            "statuses": statuses,
            "numerator": frozenset(statuses),
            "denominator": None,
        },
        definition,
    )


def contradiction(statuses: Iterable[str], /, **definition: Unpack[DefinitionOfSection]) -> Measure:
    """A stock of records that can't be right, each with the day since which that has stood.

    All of them are late: every one is to be put right, and is on a list until it is.
    """
    statuses = tuple(statuses)
    form = {
        "kind": "stock",
        "section": Section.DATA_QUALITY,
        "statuses": statuses,
        "numerator": frozenset(statuses),
        "denominator": None,
        "better": "low",
        "late": frozenset(statuses),
    }
    return _measure(form, definition)


def timed(clock: Clock, due: date | datetime, done: date | datetime | None) -> str:
    """Met if done by the due time, missed if done late or not done and past due, else pending.

    `due` and `done` are both days or both instants; on the due day, or at the
    due instant, is in time.
    """
    if done is not None:
        return MET if done <= due else MISSED
    return MISSED if clock.past(due) else PENDING


def recurring(clock: Clock, due: date, done_before: bool) -> str:
    """Where a recurring duty stands that falls due next on `due`."""
    if clock.past(due):
        return OVERDUE if done_before else NEVER_DONE
    return MET if done_before else NOT_DUE


def awaited(due: date, done: object) -> date | None:
    """When something falls due, while it is still to be done."""
    return due if done is None else None


def yes_no(it_is_so: bool) -> str:
    """The status of a share."""
    return YES if it_is_so else NO
