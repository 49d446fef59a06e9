"""A payload as an extract: what it says of every child, and what is gone.

All children, or those that changed since the payload before: in both what is missing of a list that
is there is gone, if the child is sent whole. A list that is left out says nothing; nor does a child
that is not there, for they may have left the window. What is purged is gone, wherever it lies.
"""

import json
import re
from collections.abc import Iterator, Mapping
from hashlib import sha256

from casepulse.streams.sources.account import RefusedError
from casepulse.streams.sources.dfe_payload.child import Child
from casepulse.streams.sources.dfe_payload.element import Reading
from casepulse.streams.sources.dfe_payload.files import Payload, children_of, find, is_blank
from casepulse.streams.sources.dfe_payload.kinds import CHILD, SOURCE
from casepulse.streams.sources.dfe_payload.notes import notes_of
from casepulse.streams.sources.dfe_payload.window import windows
from casepulse.streams.sources.extract import DELTA, Extract, ExtractError, Request, Said
from casepulse.streams.sources.row import Value


def read(request: Request) -> Extract:
    """Read a payload.

    Args:
        request: the place is a file of JSON, a child a line or an array of children, or a folder of
            such files. A name that says `delta`, or `changes_alone` in the settings, says that it
            holds what has changed alone.

    Raises:
        ExtractError: there is none; or, as it is read, that a payload of all holds no child.
    """
    payload = find(request.path)
    blank = [is_blank(each) for each in payload.files]
    changes_alone = payload.changes_alone or request.settings.changes_alone
    if all(blank) and not changes_alone:
        raise ExtractError(f"{request.place}: {_NO_CHILD}")
    reading = Reading.of(request.settings)
    extract = Extract(
        SOURCE,
        request.taken,
        (),
        windows(request.taken),
        whole_of={},
        kind=DELTA if changes_alone else "full",
        accounts=list(reading.accounts.values()),
    )
    extract.says = _says(request, payload, reading, extract)
    return extract


_NO_CHILD = "holds no child; if truly none has changed, say `delta` in its name"

#: What an id of a child is made of, since version 1.0.1.
_PLAIN = re.compile(r"[A-Za-z0-9]*")


def _says(request: Request, payload: Payload, reading: Reading, extract: Extract) -> Iterator[Said]:
    whole = request.settings.whole_children or extract.kind != DELTA
    account, lists = reading.accounts[CHILD.name], _Same()
    for child in _children(request, payload, reading, extract):
        subject = f"child:{child.key}"
        if child.doubtful:
            extract.doubtful.add(subject)
        if child.gone:
            extract.gone_records[subject] = child.gone
        if whole and extract.whole_of is not None:
            extract.whole_of[subject] = lists[frozenset(child.whole)]
        yield from child.says
    if not account.rows and extract.kind != DELTA:
        raise ExtractError(f"{request.place}: {_NO_CHILD}")
    if not account.whole:
        extract.windows.clear()  # who is missing, nobody knows
    for each in reading.accounts.values():
        each.extra_columns = reading.unknown_of(each.file)
    extract.notes.extend(notes_of(payload, reading))


class _Same(dict[frozenset[str], frozenset[str]]):
    """Equal sets, each held once."""

    def __missing__(self, key: frozenset[str]) -> frozenset[str]:
        self[key] = key
        return key


def _children(
    request: Request, payload: Payload, reading: Reading, extract: Extract
) -> Iterator[Child]:
    """Each child that stands, once."""
    account, earlier = reading.accounts[CHILD.name], dict[str, bytes]()
    for path in payload.files:
        for line, said in children_of(path):
            account.rows += 1
            key = None
            try:
                values, key = _identified(said, request, reading)
                digest = sha256(json.dumps(said, sort_keys=True).encode()).digest()
                if earlier.get(key, digest) != digest:
                    raise RefusedError(None, "differs from an earlier one of the same child")
            except RefusedError as refused:
                account.refuse(line, refused, key, path.name)
                if key is not None:
                    extract.doubtful.add(f"child:{key}")
                continue
            if key in earlier:
                account.repeated += 1
                continue
            earlier[key] = digest
            if values["purge"]:
                extract.gone.add(f"child:{key}")
                reading.purged[CHILD.name] += 1
                account.told += 1
                continue
            child = Child(reading, request.taken, key, path.name, line)
            child.read(said)  # type: ignore[arg-type]  # it has been read as an object
            if child.says_something:
                account.told += 1
            else:
                account.passed_over += 1
            yield child


def _identified(
    said: object, request: Request, reading: Reading
) -> tuple[Mapping[str, Value], str]:
    """What is said of a child as a whole, and its key.

    Raises:
        RefusedError: it is no child, or it does not say which one.
    """
    if isinstance(said, RefusedError):
        raise said
    values = reading.values(CHILD, said)
    name = request.settings.child_id
    if values[name] is None:
        raise RefusedError(name, "is blank")
    reading.marked += not _PLAIN.fullmatch(str(values["la_child_id"] or ""))
    return values, reading.key(name, str(values[name]))
