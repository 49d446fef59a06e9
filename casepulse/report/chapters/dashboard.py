"""The performance dashboard: RAG, measure and direction of travel, part by part, with its key."""

from casepulse.report.document import Chapter
from casepulse.report.material import Material
from casepulse.shown.blocks import Column, Row, RowGroup, Table, Value
from casepulse.shown.directions import direction_words
from casepulse.shown.figures import ShownMeasure
from casepulse.shown.marks import with_marks
from casepulse.shown.values import rag_of, target_of, title_of, value_of


def dashboard(material: Material) -> Chapter:
    """The second chapter."""
    place = material.place("dashboard", "What a reader of the dashboard should know beside it.")
    return Chapter("dashboard", "Performance Dashboard", (_table(material), _KEY, place))


def _table(material: Material) -> Table:
    groups = (
        RowGroup(part, tuple(_row(each) for each in measures))
        for part, measures in material.parts.items()
    )
    return with_marks(
        Table(
            key="dashboard",
            title=f"Performance dashboard, {material.month_and_year}",
            columns=(
                Column("Performance measure"),
                Column("RAG"),
                Column(material.month, numeric=True),
                Column("Target", numeric=True),
                Column("Direction of travel"),
            ),
            groups=tuple(groups),
            notes=("Measures in bold are monitored through the Accelerated Improvement Plan.",),
        )
    )


def _row(measure: ShownMeasure) -> Row:
    return Row(
        title_of(measure),
        (
            rag_of(measure),
            value_of(measure.latest),
            target_of(measure),
            Value(direction_words(measure)),
        ),
    )


def _key_row(head: Value, meaning: str) -> Row:
    return Row(head, (Value(meaning),))


#: Source: the January 2021 report, "Key".
_KEY = Table(
    key="dashboard_key",
    title="Key",
    columns=(Column("Mark"), Column("Meaning")),
    groups=(
        RowGroup(
            "",
            (
                _key_row(
                    Value("Green", rag="green"),
                    "At target or better, or within tolerance of it; high performance",
                ),
                _key_row(
                    Value("Yellow", rag="yellow"),
                    "Worse than target but not significantly so and/or not for a significant "
                    "period",
                ),
                _key_row(
                    Value("Red", rag="red"),
                    "Significantly worse than target and/or off target for a significant period",
                ),
                _key_row(
                    Value("Bold", bold=True), "Monitored through the Accelerated Improvement Plan"
                ),
            ),
        ),
    ),
)
