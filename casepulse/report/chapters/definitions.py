"""The definitions: what each measure counts, by which standards, and where that comes from."""

import re
from collections.abc import Iterator

from casepulse.report.document import Block, Chapter, Paragraph
from casepulse.report.material import Material
from casepulse.schemas.measure import Section
from casepulse.schemas.source import in_words
from casepulse.shown.blocks import Column, Row, RowGroup, Sentence, Table, Value
from casepulse.shown.figures import ShownMeasure
from casepulse.shown.values import target_words, title_of
from casepulse.shown.words import WINDOWS, others_words

#: In a table numbers are written as figures.
_WINDOWS = {**WINDOWS, "12m": "in the last 12 months"}

_BETTER = {"high": "More", "low": "Less", None: "Neither"}


def definitions(material: Material) -> Chapter:
    """The last chapter but one."""
    blocks: tuple[Block, ...] = (Paragraph(tuple(_introduction())), _table(material))
    compared = tuple(_compared_rows(material))
    if compared:
        blocks += (_compared(compared),)
    if material.release.not_in_sources:
        blocks += (Paragraph(tuple(_of_sources(material))), _left_out(material))
    return Chapter("definitions", "Definitions", blocks)


def _compared(rows: tuple[Row, ...]) -> Table:
    heads = ("Measure", "Compared with", "Figure", "Made as", "From", "Fit")
    return Table(
        key="compared",
        title="What measures are compared with",
        columns=tuple(Column(head, numeric=head == "Figure") for head in heads),
        groups=(RowGroup("", rows),),
        wide=True,
    )


def _compared_rows(material: Material) -> Iterator[Row]:
    for measure in material.measures.values():
        for name, value in measure.comparators:
            told = measure.compared.get(name)
            if told is None:
                continue
            whose = others_words(name)
            words = whose[:1].upper() + whose[1:]
            figure = Value(target_words(value, measure.unit), value, measure.unit)
            texts = (Value(told.basis), Value(told.where), Value(told.fit))
            yield Row(title_of(measure), (Value(words), figure, *texts))


def _of_sources(material: Material) -> Iterator[Sentence]:
    fed_by = ", ".join(each.title for each in material.release.profile.fed_by.values())
    yield Sentence(f"The figures are made from: {fed_by}.")
    yield Sentence(
        "What the measures below need is not told there. Their figures would be wrong, so they "
        "have none."
    )


def _left_out(material: Material) -> Table:
    rows = (
        Row(Value(each.title), (Value(in_words(each.missing)),))
        for each in material.release.not_in_sources.values()
    )
    return Table(
        key="not_in_sources",
        title="Not in your sources",
        columns=(Column("Measure"), Column("What is not told")),
        groups=(RowGroup("", tuple(rows)),),
    )


def _introduction() -> Iterator[Sentence]:
    yield Sentence(
        "A figure is either counted over a period, such as the month, or as at the month's end."
    )
    yield Sentence(
        "Each source is marked: S statute or statutory guidance, D a definition of the Department "
        "for Education or Ofsted, L a local measure or standard stated in the report, A customary."
    )


def _table(material: Material) -> Table:
    groups = (
        RowGroup(section.value, tuple(_row(m, material) for m in material.section(section.value)))
        for section in Section
    )
    heads = ("Measure", "What is counted", "When", "Better", "Standards", "Source")
    return Table(
        key="definitions",
        title="What each measure counts",
        columns=tuple(Column(head) for head in heads),
        groups=tuple(group for group in groups if group.rows),
        wide=True,
    )


def _row(measure: ShownMeasure, material: Material) -> Row:
    definition = measure.definition
    stock = definition.kind == "stock"
    when = "as at the month's end" if stock else _WINDOWS[definition.window]
    words = (
        _with_titles(definition.definition, material),
        when,
        _BETTER[definition.better],
        _standards(measure, material),
        _with_titles(definition.source, material),
    )
    return Row(title_of(measure), tuple(Value(each) for each in words))


def _standards(measure: ShownMeasure, material: Material) -> str:
    told = material.release.profile.settings(measure.id).standards
    return "; ".join(
        f"{asked.what}: {told[name]}"
        for name, asked in measure.definition.standards.items()
        if name in told
    )


def _with_titles(words: str, material: Material) -> str:
    """A definition in which measures go by their titles, and not by their ids."""
    titles = " ".join(each.title.lower() for each in material.measures.values())
    plain = set(re.findall(r"\w+", titles))

    def titled(match: re.Match[str]) -> str:
        measure = material.measures.get(match[0])
        # An id such as "referrals" is a word like any other.
        return match[0] if measure is None or match[0] in plain else f"“{measure.title}”"

    return re.sub(r"\w+", titled, words)
