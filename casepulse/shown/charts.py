"""Charts of thirteen months, their active titles and their words for those who can't see them."""

from itertools import pairwise

from casepulse.shown.blocks import Chart, Line
from casepulse.shown.figures import Shown, ShownMeasure
from casepulse.shown.months import month_words
from casepulse.shown.values import target_words
from casepulse.shown.words import in_print, moved_to, others_words, subject_of, target_standing


def chart_of(measure: ShownMeasure) -> Chart | None:
    """The chart of a measure; nothing, where fewer than two months can be shown.

    Of a figure that adds up from the start of a year or a term, only the current one is drawn.
    """
    figures = _current(measure)
    if sum(each.value is not None for each in figures) < 2:
        return None
    return Chart(
        key=f"{measure.id}_chart",
        title=chart_title(measure),
        alt=chart_alt(measure),
        months=tuple(each.name.period for each in figures),
        lines=(Line(measure.title, tuple(each.value for each in figures)),),
        unit=measure.unit,
        target=measure.target,
        peers=tuple((others_words(name), value) for name, value in measure.comparators),
        kind="column" if measure.unit == "count" else "line",
    )


def chart_title(measure: ShownMeasure) -> str:
    """What the chart shows: "Timeliness of initial visits improved to 81%, below target"."""
    subject, standing = subject_of(measure), target_standing(measure)
    comma = "," if ", " in subject else ""
    words = f"{subject.rstrip(',')}{comma} {moved_to(measure)}"
    return f"{words}, {standing}" if standing else words


def chart_alt(measure: ShownMeasure) -> str:
    """What is drawn: from where to where, highest, lowest, target and what it is compared with."""
    figures = _current(measure)
    shown = [each for each in figures if each.value is not None]
    kind = "Column" if measure.unit == "count" else "Line"
    said = [f"{kind} chart of {len(figures)} months. {measure.title}: {_extent(shown)}."]
    withheld = sum(each.withheld != "nothing" for each in figures)
    if withheld:
        said.append(f"{withheld} {'month is' if withheld == 1 else 'months are'} withheld.")
    if measure.target is not None:
        said.append(f"The target is {target_words(measure.target, measure.unit)}.")
    for name, value in measure.comparators:
        words = others_words(name)
        said.append(f"{words[:1].upper()}{words[1:]}: {target_words(value, measure.unit)}.")
    return " ".join(said)


def _extent(shown: list[Shown]) -> str:
    first, last = shown[0], shown[-1]
    if all(one.value == other.value for one, other in pairwise(shown)):
        return f"{in_print(first)} in every month from {_month(first)} to {_month(last)}"
    highest = max(shown, key=lambda each: each.value or 0)
    lowest = min(shown, key=lambda each: each.value or 0)
    return (
        f"from {in_print(first)} in {_month(first)} to {in_print(last)} in {_month(last)}; "
        f"highest {in_print(highest)} in {_month(highest)}, "
        f"lowest {in_print(lowest)} in {_month(lowest)}"
    )


def _current(measure: ShownMeasure) -> tuple[Shown, ...]:
    """The months of the window that is running; of a figure of one month, all thirteen."""
    starts = [
        index for index, each in enumerate(measure.series) if each.begins(measure.definition.window)
    ]
    return measure.series[starts[-1] :] if starts else measure.series


def _month(figure: Shown) -> str:
    return month_words(figure.name.period)
