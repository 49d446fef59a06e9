"""The page of sources: what the last nights brought, and what a reader of figures must know."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from casepulse.schemas.followed import Came, Facts, Followed, Night
from casepulse.schemas.source import Source
from casepulse.shown.blocks import Column, Row, RowGroup, Table, Value
from casepulse.web.followed import SourcesSeen
from casepulse.web.rendering import instant_words, short_instant

#: What a fact may have become, as a person says it, in the order of the tables.
_WORDS = {
    "new": "new",
    "amended": "amended",
    "returned": "back again",
    "withdrawn": "withdrawn",
    "left": "left",
}

_ROWS = {
    "rows": "Rows",
    "told": "Told",
    "repeated": "Repeated",
    "outside": "Outside",
    "held_back": "Held back",
    "passed_over": "Passed over",
    "bad": "Bad",
}

_CAME = {
    Came.TOLD: "Told",
    Came.REFUSED: "Refused",
    Came.BY_HAND: "Told by hand",
    Came.MISSING: "None came",
}


@dataclass(frozen=True, slots=True)
class Notice:
    """What a reader of any figure must know of a source."""

    source: str
    heading: str
    words: str


@dataclass(frozen=True, slots=True)
class ShownSource:
    """A source, as its page shows it."""

    title: str
    followed: Followed
    told: Night | None
    """The last extract of which it is known what it told."""
    facts: str
    """What it told, in words."""
    refused: Night | None
    """The last extract, if it was refused."""
    last: Night | None
    """That whose rows are shown: the last that there was."""
    tables: tuple[Table, ...]


def shown_sources(seen: SourcesSeen, fed_by: Mapping[str, Source]) -> list[ShownSource]:
    """Every source that is followed."""
    shown = []
    for each in seen.followed:
        last, told = each.last, each.last_told
        shown.append(
            ShownSource(
                _title(each, fed_by),
                each,
                told,
                "" if told is None else facts_words(told.facts),
                last if each.stands_refused else None,
                last if last is not None and last.tables else told,
                tuple(_tables(each, _title(each, fed_by))),
            )
        )
    return shown


def source_notices(seen: SourcesSeen, fed_by: Mapping[str, Source]) -> Iterator[Notice]:
    """Of each source whose last extract is in no figure, why."""
    for each in seen.followed:
        title = _title(each, fed_by)
        as_at = (
            "Nothing of it is in the figures."
            if each.taken is None
            else "What it has recorded since "
            f"{instant_words(each.taken)} is in no figure. The platform team is told by an alert."
        )
        if each.stands_refused and each.last is not None:
            heading = f"The last extract of {title} was refused."
        elif each.source in seen.silent:
            heading = f"Nobody looks for extracts of {title}."
        elif each.late and each.due is not None:
            heading = f"No extract of {title} has come. It is late since {instant_words(each.due)}."
        else:
            continue
        yield Notice(each.source, heading, as_at)


def facts_words(facts: Facts) -> str:
    """What became of facts: "12 new, 3 amended"; "nothing has changed"."""
    counts = [(getattr(facts, name), word) for name, word in _WORDS.items() if name != "left"]
    return (
        ", ".join(f"{count:,} {word}" for count, word in counts if count) or "nothing has changed"
    )


def _title(followed: Followed, fed_by: Mapping[str, Source]) -> str:
    source = fed_by.get(followed.source)
    return followed.source if source is None else source.title


def _tables(followed: Followed, title: str) -> Iterator[Table]:
    """Each is named after its source: a page may have several."""
    last, told = followed.last, followed.last_told
    of = last if last is not None and last.tables else told
    if of is not None and of.tables:
        yield _table(
            f"rows_{followed.source}",
            f"{title}: what became of every row of {of.extract}",
            "Table",
            _ROWS.values(),
            [(each.table, [f"{getattr(each, name):,}" for name in _ROWS]) for each in of.tables],
        )
    types = [] if told is None else [each for each in told.types if any(_counts(each).values())]
    if told is not None and types:
        yield _table(
            f"facts_{followed.source}",
            f"{title}: what {told.extract} told, by type of fact",
            "Type of fact",
            [each.capitalize() for each in _WORDS.values()],
            [(_plain(each.type), [f"{n:,}" for n in _counts(each).values()]) for each in types],
        )
    if of is not None and of.bad_rows:
        yield _table(
            f"bad_{followed.source}",
            f"{title}: rows of {of.extract} that could not be told",
            "File",
            ("Line", "Column", "Why"),
            [
                (each.file, [f"{each.line}", each.column or "the whole", each.reason])
                for each in of.bad_rows
            ],
            numeric=(True, False, False),
        )
    if followed.nights:
        yield _table(
            f"nights_{followed.source}",
            f"{title}: the last nights",
            "When",
            ("What came", "Extract", "Rows", "Bad", *(w.capitalize() for w in _WORDS.values())),
            [(short_instant(each.at), list(_night(each))) for each in followed.nights],
            numeric=(False, False, *(True for _ in range(2 + len(_WORDS)))),
        )


def _night(night: Night) -> Iterator[str]:
    yield _CAME[night.came]
    yield night.extract or "–"
    known = night.came in (Came.TOLD, Came.REFUSED) and night.rows.rows
    yield f"{night.rows.rows:,}" if known else "–"
    yield f"{night.rows.bad:,}" if known else "–"
    for count in _counts(night.facts).values():
        yield f"{count:,}" if night.came is Came.TOLD else "–"


def _counts(facts: Facts) -> dict[str, int]:
    return {name: getattr(facts, name) for name in _WORDS}


def _plain(type_: str) -> str:
    return type_.replace("_", " ").replace(".", ", ")


def _table(
    key: str,
    title: str,
    head: str,
    columns: Iterable[str],
    rows: list[tuple[str, list[str]]],
    numeric: tuple[bool, ...] | None = None,
) -> Table:
    names = list(columns)
    number = numeric or tuple(True for _ in names)
    return Table(
        key.replace("-", "_"),
        title,
        (Column(head), *(Column(n, numeric=is_) for n, is_ in zip(names, number, strict=True))),
        (RowGroup("", tuple(Row(Value(of), tuple(map(Value, told))) for of, told in rows)),),
        wide=len(names) > 5,
    )
