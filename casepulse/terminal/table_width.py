"""Tables in the room that there is: a column that has none is left out by name, never in silence.

A table that is too wide would lose what stands in its columns, and nobody would see that it did.
"""

from dataclasses import replace

from rich.console import Console, RenderableType
from rich.measure import Measurement
from rich.table import Table

#: More than any terminal has.
_ANY_WIDTH = 10_000


def fitted(table: Table, console: Console, *give_up: str, elsewhere: str = "") -> Table:
    """The same table, without the columns that there is no room for; it says which they are.

    Args:
        table: is changed.
        console: has the room.
        give_up: the heads of columns that may be left out, in the order in which they go.
        elsewhere: where else they stand, as "--format csv".
    """
    for column in table.columns:
        if column.no_wrap:  # rich would cut it as short as its longest word
            texts = (_measured(text, console).maximum for text in (column.header, *column.cells))
            column.min_width = max(texts)
    wanted, gone = _width(table, console), list[str]()
    for head in give_up:
        if _width(table, console) <= console.width:
            break
        kept = [column for column in table.columns if column.header != head]
        # rich measures a column by its number.
        table.columns = [replace(column, _index=number) for number, column in enumerate(kept)]
        gone.append(head)
    if gone:
        them = "it" if len(gone) == 1 else "them"
        also = f", and so has {elsewhere}" if elsewhere else ""
        said = f"No room for {', '.join(gone)}: a window of {wanted} columns has {them}{also}."
        table.caption = f"{table.caption}\n{said}" if table.caption else said
        table.caption_justify = "left"
    return table


def _width(table: Table, console: Console) -> int:
    """What it needs, its texts broken at every blank."""
    return _measured(table, console).minimum


def _measured(what: RenderableType, console: Console) -> Measurement:
    return Measurement.get(console, console.options.update(max_width=_ANY_WIDTH), what)
