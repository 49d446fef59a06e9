"""The overview: how many measures improved or declined, what moved most, what is off target."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from casepulse.report.document import Block, Chapter, Paragraph
from casepulse.report.material import Material
from casepulse.shown.blocks import Column, FigureName, Row, RowGroup, Sentence, Table, Value
from casepulse.shown.figures import Direction, ShownMeasure
from casepulse.shown.months import last_day_before, listed
from casepulse.shown.values import number_words, target_words
from casepulse.shown.words import subject_of

#: How many measures are named as those that moved most.
_MOST = 3

_KINDS = {
    "flash": "flash release, of what was known at the end of the month",
    "provisional": "provisional release",
    "final": "final release, the mature cut",
    "restated": "restated release",
}


def overview(material: Material) -> Chapter:
    """The first chapter."""
    measures = material.dashboard
    blocks: list[Block] = [
        Paragraph(tuple(_purpose(material))),
        Paragraph(tuple(_counts(material, measures))),
    ]
    for sentences in (_moved(measures), _far_off(measures), _plan(measures)):
        told = tuple(sentences)
        if told:
            blocks.append(Paragraph(told))
    blocks.append(_table(material))
    blocks.append(
        material.place("overview", "The story of the month: what lies behind these figures.")
    )
    return Chapter("overview", "Overview", tuple(blocks))


def _purpose(material: Material) -> Iterator[Sentence]:
    release = material.release
    yield Sentence(
        f"This report gives the performance of children's services in {material.month_and_year}."
    )
    yield Sentence(
        f"It is made from the {_KINDS[release.kind.value]}: figures as at the end of "
        f"{last_day_before(release.at)}, as known at the end of {last_day_before(release.known)}."
    )
    if release.reason is not None:
        yield Sentence(
            f"It restates figures that were published before, as approved by: "
            f"{release.approved_by}. Reason: {release.reason.rstrip('.')}."
        )


def _counts(material: Material, measures: Sequence[ShownMeasure]) -> Iterator[Sentence]:
    went = Counter(each.direction for each in measures)
    names = _names(measures)
    yield Sentence(
        f"Of the {len(measures)} measures on the performance dashboard, {went['improved']} "
        f"improved in {material.month}, {went['declined']} declined and {went['same']} stayed "
        "the same.",
        names,
    )
    if went[None]:
        yield Sentence(f"The direction of {went[None]} cannot be shown.", names)
    rated = [each for each in measures if each.rag is not None]
    colours = Counter(each.rag for each in rated)
    yield Sentence(
        f"{len(rated)} are rated against a target: {colours['green']} Green, {colours['yellow']} "
        f"Yellow and {colours['red']} Red.",
        _names(rated),
    )


def _moved(measures: Sequence[ShownMeasure]) -> Iterator[Sentence]:
    directions: tuple[Direction, ...] = ("improved", "declined")
    for direction in directions:
        moved = [m for m in measures if m.direction == direction and m.unit == "percent"]
        moved.sort(key=_change, reverse=True)
        if moved[:_MOST]:
            named = [
                f"{_inside(subject_of(each))} (from {_printed(each, -2)} to {_printed(each, -1)})"
                for each in moved[:_MOST]
            ]
            those = "measure that" if len(named) == 1 else "measures that"
            are = "was" if len(named) == 1 else "were"
            yield Sentence(
                f"The {those} {direction} most {are} {listed(named)}.",
                tuple(each.series[index].name for each in moved[:_MOST] for index in (-1, -2)),
            )


def _far_off(measures: Sequence[ShownMeasure]) -> Iterator[Sentence]:
    far = [each for each in measures if each.standing == "far worse"]
    if far:
        named = [
            f"{_inside(subject_of(each))} ({_printed(each, -1)} against a target of "
            f"{target_words(each.target, each.unit)})"
            for each in far
            if each.target is not None
        ]
        text = f"{_measures(far)} significantly off target: {listed(named)}."
        yield Sentence(text, _names(far))
    long = [m for m in measures if m.rag == "red" and m.standing == "worse"]
    if long:
        named = [f"{_inside(subject_of(each))} ({_printed(each, -1)})" for each in long]
        text = f"{_measures(long)} off target for a significant period: {listed(named)}."
        yield Sentence(text, _names(long))


def _plan(measures: Sequence[ShownMeasure]) -> Iterator[Sentence]:
    plan = [each for each in measures if each.view.aip]
    if plan:
        went = Counter(each.direction for each in plan)
        yield Sentence(
            f"Of the {len(plan)} measures that are monitored in the Accelerated Improvement Plan, "
            f"{went['improved']} improved, {went['declined']} declined and {went['same']} stayed "
            "the same.",
            _names(plan),
        )


def _table(material: Material) -> Table:
    heads = ("Measures", "Improved", "Declined", "Stayed the same", "Green", "Yellow", "Red")
    rows = [_row(part, measures) for part, measures in material.parts.items()]
    return Table(
        key="overview_counts",
        title="Measures of the dashboard, by direction of travel and RAG rating",
        columns=(Column("Part of the dashboard"), *(Column(head, numeric=True) for head in heads)),
        groups=(RowGroup("", (*rows, _row("All", material.dashboard))),),
        notes=("Measures without a target have no RAG rating.",),
    )


def _row(head: str, measures: Sequence[ShownMeasure]) -> Row:
    went = Counter(each.direction for each in measures)
    rated = Counter(each.rag for each in measures)
    counts = (
        len(measures),
        *(went[each] for each in ("improved", "declined", "same")),
        *(rated[each] for each in ("green", "yellow", "red")),
    )
    return Row(Value(head), tuple(_count(each) for each in counts))


def _count(number: int) -> Value:
    return Value(number_words(number, "count"), Decimal(number), "count")


def _change(measure: ShownMeasure) -> float:
    assert measure.latest.value is not None
    assert measure.before.value is not None
    return float(abs(measure.latest.value - measure.before.value))


def _printed(measure: ShownMeasure, index: int) -> str:
    value = measure.series[index].value
    assert value is not None
    return number_words(value, measure.unit)


def _inside(subject: str) -> str:
    """A subject within a sentence: "timeliness of initial visits"."""
    return f"{subject[:1].lower()}{subject[1:]}".rstrip(",")


def _measures(measures: Sequence[ShownMeasure]) -> str:
    return "1 measure is" if len(measures) == 1 else f"{len(measures)} measures are"


def _names(measures: Iterable[ShownMeasure]) -> tuple[FigureName, ...]:
    return tuple(each.latest.name for each in measures)
