"""Every figure of a release as Parquet, for who wants to look further than the release itself."""

import io

import pyarrow as pa
import pyarrow.parquet as pq

from casepulse.state import Figures
from casepulse.state.release import all_figures

_FIGURES = pa.schema(
    [
        ("measure", pa.string()),
        ("month", pa.string()),
        ("locality", pa.string()),
        ("status", pa.string()),
        ("count", pa.int64()),
        ("numerator", pa.int64()),
        ("denominator", pa.int64()),
    ]
)


def figures_table(figures: Figures) -> bytes:
    """Every figure as Parquet: a row a measure, month, locality and status."""
    rows = [
        (
            figure.measure,
            month,
            figure.locality,
            status,
            count,
            figure.numerator,
            figure.denominator,
        )
        for month, figure in all_figures(figures)
        for status, count in figure.statuses.items()
    ]
    columns = dict(zip(_FIGURES.names, zip(*rows, strict=True), strict=True))
    table = pa.table({name: list(column) for name, column in columns.items()}, schema=_FIGURES)
    kept = io.BytesIO()
    pq.write_table(table, kept, compression="zstd")
    return kept.getvalue()
