"""The notes on data quality: what the figures rest on, and how far they can be trusted."""

from collections.abc import Iterator
from decimal import Decimal

from casepulse.counties.january_2021.contradictions import CONTRADICTIONS
from casepulse.counties.january_2021.published import figure
from casepulse.report.chapters.contradictory_records import contradictory_records
from casepulse.report.document import Block, Chapter, Heading, Paragraph
from casepulse.report.material import Material
from casepulse.report.sentences import about, said
from casepulse.schemas.profile import load_profile
from casepulse.shown.blocks import Column, Row, RowGroup, Sentence, Table, Value
from casepulse.shown.marks import MARKS
from casepulse.shown.months import last_day_before
from casepulse.shown.values import number_words

#: What tells how promptly records are made.
_DELAYS = ("cp_visit_recording_delay", "admission_recording_delay")

#: What tells how much is not on record.
_NOT_RECORDED = ("contacts_unknown_outcome", "cic_20_miles_unknown")

#: The month of the published report that the made-up county is held to.
_PUBLISHED = "2021-01"


def data_quality(material: Material) -> Chapter:
    """The last chapter."""
    blocks: list[Block] = [
        Paragraph(tuple(_cut(material))),
        Paragraph(tuple(_conventions(material))),
        Heading("Delays in recording", "data_quality_delays"),
    ]
    measures = material.measures
    for name in _DELAYS:
        if name in measures:
            blocks.append(Paragraph(about(measures[name])))
    unknown = [said(measures[name], opening=True) for name in _NOT_RECORDED if name in measures]
    told = tuple(each for each in unknown if each is not None)
    if told:
        blocks += [Heading("What is not on record", "data_quality_missing"), Paragraph(told)]
    blocks += contradictory_records(material)
    blocks.append(material.place("data_quality", "What is known of the quality of the records."))
    if material.release.month == _PUBLISHED and _made_up(material):
        blocks += _contradictions()
    if material.edition == "internal":
        blocks += [Heading("What was counted", "data_quality_facts"), _facts(material)]
    return Chapter("data_quality", "Data Quality", tuple(blocks))


def _cut(material: Material) -> Iterator[Sentence]:
    release = material.release
    total = number_words(sum(release.facts.values()), "count")
    yield Sentence(
        f"The figures rest on {total} facts that had been recorded by the end of "
        f"{last_day_before(release.known)}, each counted once however often it was told."
    )
    yield Sentence("What was recorded later is not in them and may change them.")


def _conventions(material: Material) -> Iterator[Sentence]:
    rule = material.release.profile.rag
    yield Sentence(
        "Figures are rounded to what is printed, halves upwards; the direction of travel compares "
        "what is printed with the month before."
    )
    yield Sentence(
        f"A measure is Green if it meets its target or is no more than {rule.tolerance:g} points "
        f"from it; Red if it is more than {rule.far_below:g} points from it, or outside tolerance "
        f"for {rule.months_outside} months running; and Yellow otherwise."
    )
    for note in MARKS.values():
        yield Sentence(note)


def _made_up(material: Material) -> bool:
    return material.release.authority == load_profile().authority


def _contradictions() -> Iterator[Block]:
    yield Heading("Where the published report contradicts itself", "data_quality_contradictions")
    rows = tuple(
        Row(Value(figure(*name).title), (Value(figure(*name).published), Value(why)))
        for name, why in CONTRADICTIONS.items()
    )
    yield Table(
        key="contradictions",
        title=f"Figures of the published report that nothing can give ({len(rows)})",
        columns=(Column("Figure"), Column("Published"), Column("Why")),
        groups=(RowGroup("", rows),),
    )


def _facts(material: Material) -> Table:
    rows = tuple(
        Row(Value(name), (Value(number_words(count, "count"), Decimal(count), "count"),))
        for name, count in material.release.facts.items()
    )
    return Table(
        key="facts",
        title="Facts known at the cut, by type",
        columns=(Column("Type of fact"), Column("Number", numeric=True)),
        groups=(RowGroup("", rows),),
    )
