"""One element of the payload, its properties read, and whose it is."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from casepulse.schemas.extracts import ExtractSettings
from casepulse.streams.sources.account import Account, RefusedError
from casepulse.streams.sources.codes import Codes
from casepulse.streams.sources.dfe_payload.kinds import KINDS, SOURCE, Kind
from casepulse.streams.sources.dfe_payload.values import flag, text
from casepulse.streams.sources.keys import Keys
from casepulse.streams.sources.row import RowOfChild, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Element(RowOfChild):
    """One element: a row of its kind, of which `line` is where its child begins."""

    kind: Kind
    path: str
    """Where it stands in its child, as `social_care_episodes[2].child_in_need_plans[1]`."""
    purged: bool
    """Whether it says that its record is gone. Then it need say no more than which one."""

    @property
    def key(self) -> str:
        """The record's key."""
        return str(self.identity[1])

    @property
    def record(self) -> set[str]:
        """The ids of all that can be told of it."""
        return {f"{beginning(self.kind, self.child)}{self.key}-{each}" for each in self.kind.types}


def beginning(kind: Kind, child: str) -> str:
    """What the ids begin with of all that elements of a kind tell of a child."""
    return f"{SOURCE}-{kind.table}-{child}-"


@dataclass
class Reading:
    """How elements are read, and what became of each."""

    keys: Keys
    codes: Mapping[str, Codes]
    """By property, with what the profile says of it."""
    accounts: dict[str, Account]
    """By kind."""
    unknown: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Properties that are none of a payload's, by kind and name."""
    purged: Counter[str] = field(default_factory=Counter)
    """Elements that say that their record is gone, by kind."""
    marked: int = 0
    """Children whose id has marks that the newest version has no place for."""

    @classmethod
    def of(cls, settings: ExtractSettings) -> "Reading":
        """As the profile says.

        Raises:
            FailedError: the file with the secret can't be read, or is too short.
        """
        codes = {
            name: Codes.of((), reader.words, settings.codes.get(name, {}))
            for kind in KINDS
            for name, reader in kind.reads.items()
            if isinstance(reader, Codes)
        }
        return cls(Keys.of(settings), codes, {each.name: Account(each.name) for each in KINDS})

    def values(self, kind: Kind, said: object) -> dict[str, Value]:
        """What an element says; of one that is purged which it is, and no more.

        Raises:
            RefusedError: it is no object, or a value in it is not what is meant there.
        """
        if not isinstance(said, dict):
            raise RefusedError(None, "is no object")
        values: dict[str, Value] = dict.fromkeys(kind.reads)
        if "purge" in kind.reads and said.get("purge") is not None:
            values["purge"] = _read("purge", flag, said["purge"])
        for name, value in said.items():
            reader = kind.reads.get(name)
            if reader is None:
                self.unknown[kind.name, name] += name not in kind.left_alone
            elif value is None or (values.get("purge") and name not in kind.identity):
                continue
            elif isinstance(reader, Codes):
                values[name] = self._code(kind, name, reader, value)
            else:
                values[name] = _read(name, reader, value)
        return values

    def _code(self, kind: Kind, name: str, codes: Codes, value: object) -> str | None:
        try:
            said = text(value)
        except ValueError:
            said = ""
        if said is None:
            return None
        found = self.codes[name].code(said) or codes.code(said)
        if found is None:
            self.accounts[kind.name].unknown_codes[name] += 1
        return found

    def element(
        self, kind: Kind, values: Mapping[str, Value], child: str, *, line: int, path: str
    ) -> Element:
        """An element of a child.

        Raises:
            RefusedError: which one it is, it does not say.
        """
        parts: list[Value] = []
        for name in kind.identity:
            value = values[name]
            if value is None:
                raise RefusedError(name, "is blank")
            parts.append(value if isinstance(value, date) else self.key(name, str(value)))
        purged = bool(values.get("purge"))
        self.purged[kind.name] += purged
        identity = (child, *parts)
        return Element(
            *(SOURCE, kind.table, line, values, identity), kind=kind, path=path, purged=purged
        )

    def key(self, name: str, said: str) -> str:
        """The key that an id in a property stands for.

        Raises:
            RefusedError: it has none.
        """
        try:
            return self.keys.person(said) if name in _OF_A_PERSON else self.keys.record(said)
        except ValueError:
            raise RefusedError(name, "is no key") from None

    def unknown_of(self, kind: str) -> tuple[str, ...]:
        """The properties of a kind that are none of a payload's, as far as they may be repeated."""
        names = {
            speakable(name) for (of, name), count in self.unknown.items() if of == kind and count
        }
        return tuple(sorted(names))


#: Properties that hold a person's id.
_OF_A_PERSON = frozenset({"la_child_id", "mis_child_id", "worker_id"})

#: What a property is called; what looks otherwise may be somebody's words.
_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")


def speakable(name: str) -> str:
    """A property's name, if it looks like one."""
    return name if _NAME.fullmatch(name) else "(a name that is not repeated here)"


def _read(name: str, reader: Callable[[object], Any], value: object) -> Value:
    try:
        found: Value = reader(value)
    except ValueError as error:
        raise RefusedError(name, str(error)) from None
    return found
