"""In the chapter on data quality: the records that cannot be right, for the authority's own staff.

The publishable edition has none of it: its counts are small, nearly all, and of use to nobody who
cannot put the records right.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from casepulse.report.document import Block, Heading, Paragraph
from casepulse.report.material import Material
from casepulse.report.sentences import said
from casepulse.report.tables import months_table
from casepulse.schemas.measure import Section
from casepulse.shown.blocks import Column, Row, RowGroup, Sentence, Table, Value
from casepulse.shown.figures import ShownMeasure
from casepulse.shown.marks import with_marks
from casepulse.shown.months import month_name
from casepulse.shown.values import number_words, title_of, value_of
from casepulse.state import COUNTY

_TITLE = "Records that cannot be right"


def contradictory_records(material: Material) -> Iterator[Block]:
    """How many there are of each kind, where, and of which sort; nothing where none is measured."""
    measures = material.section(Section.DATA_QUALITY.value)
    if not measures:
        return
    yield Heading(_TITLE, "data_quality_records")
    yield Paragraph(tuple(_introduction(material, measures)))
    some = [each for each in measures if each.latest.numerator]
    found = [said(each, opening=each is some[0]) for each in some]
    sentences = tuple(each for each in found if each is not None)
    if sentences:
        yield Paragraph(sentences)
    yield material.place(
        "data_quality_records", "Where these come from, and who puts them right by when."
    )
    if sentences:
        yield _by_locality(material, measures)
        yield _by_sort(measures)
    yield months_table("data_quality_months", _TITLE, measures)


def _introduction(material: Material, measures: Sequence[ShownMeasure]) -> Iterator[Sentence]:
    counts = [each.latest.numerator or 0 for each in measures]
    names = tuple(each.latest.name for each in measures)
    month = month_name(material.release.month)
    any_ = sum(1 for count in counts if count)
    if any_:
        total = number_words(sum(counts), "count")
        were = "record" if sum(counts) == 1 else "records"
        of = "all" if any_ == len(measures) else f"{any_} of the"
        yield Sentence(
            f"At the end of {month}, {total} {were} could not be right as they stood, of {of} "
            f"{len(measures)} kinds that are looked for.",
            names,
        )
    else:
        yield Sentence(
            f"At the end of {month}, no record contradicted itself or another in any of the ways "
            "that are looked for.",
            names,
        )
    yield Sentence(
        "What is wrong is left out of the figures that it would make wrong, until it is put right "
        "in the case system. The live lists name the records."
    )


def _by_locality(material: Material, measures: Sequence[ShownMeasure]) -> Table:
    localities = material.release.profile.localities
    columns = (
        Column("Kind"),
        *(Column(name, numeric=True) for name in (COUNTY.capitalize(), *localities)),
    )
    rows = tuple(
        Row(
            title_of(each),
            (value_of(each.latest), *(value_of(each.localities[name][-1]) for name in localities)),
        )
        for each in measures
    )
    return with_marks(
        Table(
            "data_quality_by_locality",
            f"{_TITLE}, by the locality of the team that holds the case",
            columns,
            (RowGroup("", rows),),
            wide=True,
        )
    )


def _by_sort(measures: Sequence[ShownMeasure]) -> Table:
    groups = tuple(RowGroup(each.title, tuple(_sorts(each))) for each in measures)
    return Table(
        "data_quality_sorts",
        f"{_TITLE}, by what is wrong",
        (Column("What is wrong"), Column("Records", numeric=True)),
        tuple(group for group in groups if group.rows),
    )


def _sorts(measure: ShownMeasure) -> Iterator[Row]:
    """Those of which there are any, most first."""
    for cell in measure.view.cells:
        if cell.period == measure.view.period and cell.locality == COUNTY:
            for status, count in sorted(cell.statuses.items(), key=lambda each: -each[1]):
                if count:
                    shown = Value(number_words(count, "count"), Decimal(count), "count")
                    yield Row(Value(status.replace("_", " ").capitalize()), (shown,))
