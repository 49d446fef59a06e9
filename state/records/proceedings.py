"""How the stages of proceedings follow one another, of a legal case or about a child."""

from collections.abc import Iterable

from casepulse.state.records.spells import Spell


def open_court(court: Iterable[Spell]) -> Spell | None:
    """The court proceedings that go on; of several, those that began first."""
    return next((each for each in court if each.ended is None), None)


def open_before_court(before: Iterable[Spell], court: Iterable[Spell]) -> Spell | None:
    """The pre-proceedings that go on; of several, those that began first.

    Going to court ends them, whether anybody told so or not.
    """
    gone_to_court = max((each.started for each in court), default=None)
    return next(
        (
            each
            for each in before
            if each.ended is None and (gone_to_court is None or each.started > gone_to_court)
        ),
        None,
    )
