"""The few general forms that measures take, each written once."""

from datetime import date, datetime

from state.clock import Clock

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
