"""A chapter of the body: topic by topic its sentences, charts and localities; then all figures."""

from collections.abc import Iterator, Sequence

from casepulse.report.chapters.outline import DEMAND, Outlined, key_of
from casepulse.report.document import Block, Chapter, Heading, Paragraph
from casepulse.report.localities import localities_table, locality_sentences
from casepulse.report.material import Material
from casepulse.report.sentences import about, said
from casepulse.report.tables import figures_table, months_table
from casepulse.shown.blocks import Sentence
from casepulse.shown.charts import chart_of
from casepulse.shown.figures import ShownMeasure
from casepulse.shown.localities import best_first_table, has_localities
from casepulse.shown.words import subject_of


def body_chapter(material: Material, outlined: Outlined) -> Chapter:
    """A chapter of the report's body, or the demand dashboard."""
    blocks: list[Block] = [
        material.place(outlined.key, f"What matters most in this chapter: {outlined.title}.")
    ]
    for title, names in outlined.topics(material):
        key = f"{outlined.key}_{key_of(title)}"
        blocks.append(Heading(title, key))
        measures = [material.measures[name] for name in names]
        blocks += _topic(material, measures, all_charted=outlined is DEMAND)
        blocks.append(material.place(key, f"Why, and what is being done about it: {title}."))
    blocks += _all_figures(material, outlined)
    if len(blocks) == 1:
        blocks.insert(0, Paragraph((Sentence("This release has no measure of this chapter."),)))
    return Chapter(outlined.key, outlined.title, tuple(blocks))


def compared_by_locality(measure: ShownMeasure) -> bool:
    """Whether a measure has a table of localities, best first."""
    wanted = measure.view.dashboard is not None or measure.phrase.localities
    return wanted and has_localities(measure)


def _topic(
    material: Material, measures: Sequence[ShownMeasure], *, all_charted: bool
) -> Iterator[Block]:
    for family in _families(measures):
        sentences: list[Sentence] = []
        for measure in family:
            if measure.phrase.subject:
                sentences += about(measure)
            else:
                sentence = said(measure, opening=measure is family[0])
                sentences += [sentence] if sentence else []
        if sentences:
            yield Paragraph(tuple(sentences))
        for measure in family:
            charted = all_charted or measure.view.dashboard is not None
            chart = chart_of(measure) if charted else None
            if chart is not None:
                yield chart
            if compared_by_locality(measure):
                others = material.release.profile.locality_of_others
                local = tuple(locality_sentences(measure, others))
                if local:
                    yield Paragraph(local)
                yield best_first_table(measure, subject_of(measure).rstrip(","))


def _families(measures: Sequence[ShownMeasure]) -> Iterator[list[ShownMeasure]]:
    """Measures that are spoken of in one paragraph: one with a subject, and those that follow."""
    family: list[ShownMeasure] = []
    for measure in measures:
        if family and not _follows(measure, family[-1], family[0]):
            yield family
            family = []
        family.append(measure)
    if family:
        yield family


def _follows(measure: ShownMeasure, last: ShownMeasure, first: ShownMeasure) -> bool:
    """Whether a measure can be spoken of in the paragraph of those before it."""
    if measure.phrase.subject:
        return False
    if first.phrase.subject:
        return measure.definition.base == last.definition.base
    one, other = measure.definition, last.definition
    return (one.kind, one.window) == (other.kind, other.window)


def _all_figures(material: Material, outlined: Outlined) -> Iterator[Block]:
    measures = [each for section in outlined.sections for each in material.section(section.value)]
    if not measures:
        return
    yield Heading("All figures", f"{outlined.key}_all_figures")
    yield figures_table(f"{outlined.key}_figures", outlined.title, measures)
    yield months_table(f"{outlined.key}_months", outlined.title, measures)
    local = [each for each in measures if compared_by_locality(each)]
    if local:
        yield localities_table(f"{outlined.key}_localities", outlined.title, local)
