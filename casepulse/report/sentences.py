"""The sentences that the rules write. Each names the figures that its numbers come from.

Their pattern is that of the January 2021 report: "Timeliness of initial visits improved in January
(81%, 333 of 413 children, up from 75%). Performance is within tolerance of target (85%)."
"""

from collections.abc import Iterator
from decimal import Decimal

from casepulse.report.phrases import capital, clause
from casepulse.shown.blocks import FigureName, Sentence
from casepulse.shown.figures import ALL_STEPS, ShownMeasure, Standing
from casepulse.shown.months import listed, month_name, ordinal_word
from casepulse.shown.values import number_words, target_words
from casepulse.shown.words import (
    SPANS,
    adds_up,
    in_print,
    is_comparable,
    others_words,
    restarted,
    standing_words,
    subject_of,
    verb_of,
)

_WINDOWS = {
    "12m": "in the 12 months to the end of",
    **{window: f"in the {span} to the end of" for window, span in SPANS.items()},
}


def about(measure: ShownMeasure) -> tuple[Sentence, ...]:
    """Everything that the report says of a measure that begins a paragraph."""
    sentences = [performance(measure), to_target(measure), *to_others(measure)]
    if measure.view.aip:
        sentences.append(Sentence("This measure is monitored in the Accelerated Improvement Plan."))
    return tuple(each for each in sentences if each is not None)


def performance(measure: ShownMeasure) -> Sentence:
    """How it went, and from what to what."""
    latest, subject = measure.latest, subject_of(measure)
    month, when = month_name(latest.name.period), _when(measure)
    if latest.withheld != "nothing":
        text = f"{subject} is not shown for {month}, so that nobody can be recognised."
        return Sentence(text, (latest.name,))
    if latest.value is None:
        nothing = measure.phrase.of[1] or "cases"
        text = f"{subject} cannot be given for {month}, as there were no {nothing} to count."
        return Sentence(text, (latest.name,))
    if not is_comparable(measure):
        if measure.definition.window != "month":
            when = f"at the end of {month}"
        figures = _in_brackets(_of(measure), _change(measure))
        return Sentence(f"{subject} was {in_print(latest)} {when}{figures}.", _names(measure))
    printed = "" if _says_value(measure) else in_print(latest)
    figures = _in_brackets(printed, _of(measure), _change(measure))
    return Sentence(f"{subject} {_moved(measure, f'in {month}')}{figures}.", _names(measure))


def in_short(measure: ShownMeasure) -> Sentence | None:
    """The same for the executive summary; nothing, where it cannot be shown."""
    latest, phrase = measure.latest, measure.phrase
    if latest.value is None:
        return None
    if not phrase.subject:
        return said(measure, opening=True, words=phrase.alone or phrase.said)
    if not is_comparable(measure):
        return performance(measure)
    moved = f"{subject_of(measure)} {_moved(measure, '')}"
    printed = "" if _says_value(measure) else in_print(latest)
    if measure.standing is None:
        return Sentence(f"{moved}{_in_brackets(printed, _change(measure))}.", _names(measure))
    stands = f"{_joined(measure, measure.standing)} {standing_words(measure, measure.standing)}"
    return Sentence(f"{moved} {stands}{_in_brackets(printed)}.", (latest.name,))


def said(measure: ShownMeasure, *, opening: bool = False, words: str = "") -> Sentence | None:
    """A measure's number in a clause of its own; nothing, where it cannot be shown.

    Args:
        measure: of which measure.
        opening: whether it begins a paragraph, and so says when.
        words: the clause; else that of its phrase.
    """
    latest = measure.latest
    if latest.numerator is None:
        return None
    words = words or measure.phrase.said
    if not words:
        return _titled(measure)
    text = clause(words, latest.numerator)
    if opening:
        text = f"{_when(measure)}, {text}"
    share = ""
    if latest.unit == "percent" and latest.value is not None and latest.denominator is not None:
        of = number_words(latest.denominator, "count")
        share = f"{in_print(latest)} of {of}{measure.phrase.counted(latest.denominator)}"
    return Sentence(f"{capital(text)}{_in_brackets(share, _change(measure))}.", _names(measure))


def to_target(measure: ShownMeasure) -> Sentence | None:
    """How it stands to its target, and for how long it has been off it."""
    standing, target = measure.standing, measure.target
    if standing is None or target is None:
        return None
    words = (
        f"Performance is {standing_words(measure, standing)} ({target_words(target, measure.unit)})"
    )
    months = measure.months_outside
    if months > 1:
        least = "at least " if months > ALL_STEPS else ""
        words += f" and has been outside tolerance for {least}{months} months"
    return Sentence(f"{words}.", (measure.latest.name,))


def to_others(measure: ShownMeasure) -> Iterator[Sentence]:
    """How it compares with other authorities."""
    groups: dict[str, list[str]] = {}
    if measure.latest.value is not None:
        for name, value in measure.comparators:
            than = groups.setdefault(_compared(measure, measure.latest.value, value), [])
            than.append(f"{others_words(name)} ({target_words(value, measure.unit)})")
    for relation, others_named in groups.items():
        yield Sentence(f"This is {relation} {listed(others_named)}.", (measure.latest.name,))


def _titled(measure: ShownMeasure) -> Sentence:
    latest = measure.latest
    figures = _in_brackets(_of(measure), _change(measure))
    return Sentence(f"{measure.title}: {in_print(latest)}{figures}.", _names(measure))


def _moved(measure: ShownMeasure, when: str) -> str:
    latest, before, running = measure.latest, measure.before, measure.months_running
    space = f" {when}" if when else ""
    if latest.value != before.value:
        if running < 2:
            return f"{verb_of(measure)}{space}"
        if running == ALL_STEPS:
            return f"{verb_of(measure)} for at least {running} months running{space}"
        return f"{verb_of(measure)} for the {ordinal_word(running)} month running{space}"
    if running < 2:
        return f"stayed the same{space}"
    least = "at least " if running == ALL_STEPS else ""
    if _says_value(measure):
        return f"has been 100% for {least}{running + 1} months"
    return f"has stayed the same for {least}{running} months"


def _says_value(measure: ShownMeasure) -> bool:
    """Whether the words for its direction say the value itself: "has been 100% for 3 months"."""
    running = measure.direction == "same" and measure.months_running > 1
    return running and measure.unit == "percent" and measure.latest.value == 100


def _joined(measure: ShownMeasure, standing: Standing) -> str:
    """How its standing follows its direction: as more of the same, or as the other side of it."""
    well = standing in ("better", "on", "within")
    other_side = (measure.direction == "improved") != well and measure.direction != "same"
    return "but is" if other_side else "and is"


def _change(measure: ShownMeasure) -> str:
    latest, before, window = measure.latest, measure.before, measure.definition.window
    if latest.value is None or before.value is None or adds_up(measure):
        return ""
    if restarted(measure):
        return f"compared with {in_print(before)} in the {SPANS[window]} before"
    if latest.value == before.value:
        return "" if measure.phrase.subject else "unchanged"
    return f"{'up' if latest.value > before.value else 'down'} from {in_print(before)}"


def _names(measure: ShownMeasure) -> tuple[FigureName, ...]:
    """The figures that a sentence with its change was made from."""
    told = (measure.latest, measure.before) if _change(measure) else (measure.latest,)
    return tuple(each.name for each in told)


def _of(measure: ShownMeasure) -> str:
    latest = measure.latest
    if latest.unit != "percent" or latest.numerator is None or latest.denominator is None:
        return ""
    numbers = (number_words(each, "count") for each in (latest.numerator, latest.denominator))
    return f"{' of '.join(numbers)}{measure.phrase.counted(latest.denominator)}"


def _in_brackets(*parts: str) -> str:
    words = ", ".join(part for part in parts if part)
    return f" ({words})" if words else ""


def _when(measure: ShownMeasure) -> str:
    month = month_name(measure.latest.name.period)
    window = _WINDOWS.get(measure.definition.window)
    if window:
        return f"{window} {month}"
    return f"at the end of {month}" if measure.definition.kind == "stock" else f"in {month}"


def _compared(measure: ShownMeasure, value: Decimal, other: Decimal) -> str:
    if value == other:
        return "the same as"
    higher = value > other
    if measure.view.better is None:
        return "higher than" if higher else "lower than"
    return "better than" if higher == (measure.view.better == "high") else "worse than"
