"""The marks that stand where there is no figure, and what they mean."""

from dataclasses import replace

from casepulse.shown.blocks import Table

#: What is shown for a figure that disclosure control withholds (Analysis Function shorthand).
WITHHELD = "[c]"

#: What is shown where there is no figure: nothing to divide by (Analysis Function shorthand).
NOT_AVAILABLE = "[z]"

#: What the marks in place of a figure mean.
MARKS = {
    "[c]": "[c]: withheld, so that nobody can be recognised.",
    "[z]": "[z]: not available, as there was nothing to count.",
}


def with_marks(table: Table) -> Table:
    """The table with notes on the marks that it shows in place of figures."""
    shown = {value.shown for row in table.rows for value in row.values}
    notes = tuple(note for mark, note in MARKS.items() if mark in shown)
    return replace(table, notes=(*table.notes, *notes))
