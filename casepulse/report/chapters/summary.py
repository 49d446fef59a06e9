"""The executive summary: the measures of the dashboard, and what else leads a section."""

from collections.abc import Iterator

from casepulse.report.chapters.outline import BODY, Outlined
from casepulse.report.document import Block, Chapter, Heading, Paragraph
from casepulse.report.material import Material
from casepulse.report.sentences import in_short
from casepulse.shown.figures import ShownMeasure


def executive_summary(material: Material) -> Chapter:
    """The third chapter: a paragraph a topic."""
    blocks: list[Block] = []
    for outlined in BODY:
        paragraphs = list(_paragraphs(material, outlined))
        if paragraphs:
            key = f"summary_{outlined.key}"
            blocks.append(Heading(outlined.title, key))
            blocks += paragraphs
            prompt = f"In a sentence or two, what the leadership should know: {outlined.title}."
            blocks.append(material.place(key, prompt))
    return Chapter("executive_summary", "Executive Summary", tuple(blocks))


def _paragraphs(material: Material, outlined: Outlined) -> Iterator[Paragraph]:
    for _, names in outlined.topics(material):
        leading = [material.measures[name] for name in names if _leads(material.measures[name])]
        sentences = [each for each in map(in_short, leading) if each is not None]
        if sentences:
            yield Paragraph(tuple(sentences))


def _leads(measure: ShownMeasure) -> bool:
    return measure.view.dashboard is not None or measure.phrase.summary
