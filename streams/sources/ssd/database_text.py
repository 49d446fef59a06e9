"""What a query takes of a column: of one with JSON its flags, and none of what people wrote.

The comments stand last, under "COMMENTS", often not escaped, so that the whole is no JSON. What
stands before them the server cuts out, each in its own words.
"""

from typing import Any

from sqlalchemy import ColumnElement, String, Text, cast
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import JSON, DateTime, Uuid

#: Where the free text begins, whatever its case.
_COMMENTS = "COMMENTS"

#: How a column's name ends whose text is JSON.
_JSON_ENDS = "_json"


def taken(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """What a query takes of a column.

    Args:
        column: by its name in the database, with the type that it has there.
    """
    kind = column.type
    if isinstance(kind, JSON):
        return without_comments(column)
    if str(column.key).lower().endswith(_JSON_ENDS):
        return before_comments(column)
    if isinstance(kind, Uuid):
        return cast(column, String(36))
    if isinstance(kind, DateTime) and kind.timezone:  # without the offset: the time on the clock
        return cast(column, DateTime())
    return column


class before_comments(FunctionElement[str]):  # noqa: N801  as functions of SQL are called
    """Of a text, what stands before its comments; all of it, if it has none."""

    type = Text()
    inherit_cache = True


@compiles(before_comments)
def _by_instr(element: Any, compiler: SQLCompiler, **_: Any) -> str:
    """Oracle, of a CLOB as well."""
    text = compiler.process(element.clauses)
    return _cut(text, f"instr(upper({text}), '\"{_COMMENTS}\"')", "substr({}, 1, {})")


@compiles(before_comments, "postgresql")
def _by_strpos(element: Any, compiler: SQLCompiler, **_: Any) -> str:
    text = compiler.process(element.clauses)
    return _cut(text, f"strpos(upper({text}), '\"{_COMMENTS}\"')", "left({}, {})")


@compiles(before_comments, "mssql")
def _by_charindex(element: Any, compiler: SQLCompiler, **_: Any) -> str:
    """Columns of type text and ntext know neither UPPER nor LEFT."""
    text = f"CAST({compiler.process(element.clauses)} AS NVARCHAR(max))"
    return _cut(text, f"CHARINDEX(N'\"{_COMMENTS}\"', UPPER({text}))", "LEFT({}, {})")


def _cut(text: str, place: str, head: str) -> str:
    return f"CASE WHEN {place} > 0 THEN {head.format(text, f'{place} - 1')} ELSE {text} END"


class without_comments(FunctionElement[str]):  # noqa: N801  as functions of SQL are called
    """Of a column of a type for JSON, its text without the comments: the keys stand in an order
    of the server's own."""

    type = Text()
    inherit_cache = True


@compiles(without_comments, "postgresql")
def _by_minus(element: Any, compiler: SQLCompiler, **_: Any) -> str:
    whole = f"CAST({compiler.process(element.clauses)} AS JSONB)"
    is_object = f"jsonb_typeof({whole}) = 'object'"
    return f"CASE WHEN {is_object} THEN CAST({whole} - '{_COMMENTS}' AS TEXT) END"


@compiles(without_comments, "oracle")
def _by_transform(element: Any, compiler: SQLCompiler, **_: Any) -> str:
    column = compiler.process(element.clauses)
    cut = f"JSON_TRANSFORM({column}, REMOVE '$.{_COMMENTS}')"
    return f"JSON_SERIALIZE({cut} RETURNING CLOB)"


@compiles(without_comments, "mssql")
def _by_modify(element: Any, compiler: SQLCompiler, **_: Any) -> str:
    text = f"CAST({compiler.process(element.clauses)} AS NVARCHAR(max))"
    return f"JSON_MODIFY({text}, '$.{_COMMENTS}', NULL)"
