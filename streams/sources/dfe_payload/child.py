"""One child of the payload: each element read, once, and what it tells and leaves unsaid."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from casepulse.schemas.envelope import local_day
from casepulse.schemas.events.child import AsylumSeekingRecorded
from casepulse.streams.sources.account import RefusedError
from casepulse.streams.sources.dfe_payload import placements, records
from casepulse.streams.sources.dfe_payload.element import Element, Reading, beginning
from casepulse.streams.sources.dfe_payload.kinds import (
    ADOPTION,
    DETAILS,
    EPISODE,
    HEALTH,
    LEAVER,
    OF_AN_EPISODE,
    PLACEMENT,
    QUESTIONNAIRE,
    Kind,
)
from casepulse.streams.sources.dfe_payload.values import elements
from casepulse.streams.sources.extract import Said
from casepulse.streams.sources.row import Value

Json = dict[str, Any]


@dataclass
class Child:
    """A child, and what was found of them. `read` it, and then look at the rest."""

    reading: Reading
    taken: datetime
    key: str
    file: str
    line: int
    says: list[Said] = field(default_factory=list)
    whole: set[str] = field(default_factory=set)
    """The types of which the child's lists hold all."""
    gone: set[str] = field(default_factory=set)
    """Beginnings of the ids of what is gone, for the payload says so."""
    doubtful: bool = False
    """Whether something of theirs could not be read."""
    earlier: dict[tuple[str, tuple[Value, ...]], Element] = field(default_factory=dict)
    same_in_each: dict[str, list[Element]] = field(default_factory=dict)
    placed: list[Element] = field(default_factory=list)

    @property
    def says_something(self) -> bool:
        """Whether it says more than that the child is there."""
        return bool(self.says or self.whole or self.gone or self.doubtful)

    def read(self, said: Json) -> None:
        """Read all that a payload says of the child."""
        health = self._objects(said, HEALTH)
        for each in health:
            self._health(each)
        episodes = elements(said.get(EPISODE.name))
        standing = [
            self._episode(each, f"{EPISODE.name}[{number}]")
            for number, each in enumerate(episodes or (), start=1)
        ]
        if episodes is not None:
            self.whole |= EPISODE.types
            unpurged = [each for each in standing if each is not None]
            for kind in OF_AN_EPISODE:
                if all(each.get(kind.name) is not None for each in unpurged):
                    self.whole |= kind.types
            if not unpurged or ADOPTION.name in self.same_in_each:
                self.whole |= ADOPTION.types
            if standing and not unpurged:
                self.gone |= {beginning(kind, self.key) for kind in (ADOPTION, LEAVER)}
        self._placements()
        self._adoption()
        self._leaver()
        since = min((local_day(each.time) for each in self.says), default=None)
        for details in self._objects(said, DETAILS):
            self._details(details, since)

    def _objects(self, said: Json, kind: Kind) -> list[tuple[object, str]]:
        """Objects of which there is one, or a list of one."""
        found = elements(said.get(kind.name)) or []
        return [(each, kind.name) for each in found]

    def _details(self, said: tuple[object, str], since: date | None) -> None:
        element = self._element(DETAILS, *said)
        if element is None:
            return
        if element.values["uasc_flag"] is not None:
            self.whole.add(AsylumSeekingRecorded.TYPE)
        self._tell(element, lambda: records.details(element, since, self.taken))

    def _health(self, said: tuple[object, str]) -> None:
        element = self._element(HEALTH, *said)
        found = elements(said[0].get(QUESTIONNAIRE.name)) if isinstance(said[0], dict) else None
        if element is not None:
            self.reading.accounts[HEALTH.name].told += 1  # in its questionnaires
        if found is not None:
            self.whole |= QUESTIONNAIRE.types
            for number, each in enumerate(found, start=1):
                self._record(QUESTIONNAIRE, each, f"{said[1]}.{QUESTIONNAIRE.name}[{number}]", None)

    def _episode(self, said: object, path: str) -> Json | None:
        """What holds the episode's elements; None: it is gone, and they with it."""
        element = self._record(EPISODE, said, path, None)
        if not isinstance(said, dict):
            return {}
        purged = said.get("purge") is True
        episode = None if element is None else element.key
        for kind in OF_AN_EPISODE:
            for number, each in enumerate(elements(said.get(kind.name)) or (), start=1):
                where = f"{path}.{kind.name}[{number}]"
                self._record(kind, _purged(each) if purged else each, where, episode)
        for kind in (ADOPTION, LEAVER):
            for each in elements(said.get(kind.name)) or ():
                found = self._element(
                    kind, _purged(each) if purged else each, f"{path}.{kind.name}"
                )
                if found is not None:
                    self.same_in_each.setdefault(kind.name, []).append(found)
        return None if purged else said

    def _record(self, kind: Kind, said: object, path: str, episode: str | None) -> Element | None:
        """An element of a list, told unless it stands there a second time."""
        element = self._element(kind, said, path)
        if element is None:
            return None
        first = self.earlier.setdefault((kind.name, element.identity), element)
        if first is not element:
            if first.values == element.values:
                self.reading.accounts[kind.name].repeated += 1
            else:
                self._refuse(kind, path, _differs(element, first))
        elif kind is PLACEMENT:
            self.placed.append(element)
        else:
            self._tell(element, lambda: records.TELL[kind.name](element, episode))
        return element

    def _placements(self) -> None:
        good = []
        for element in self.placed:
            try:
                placements.Stay.of(element)
            except RefusedError as refused:
                self._refuse(PLACEMENT, element.path, refused)
                continue
            good.append(element)
        told: dict[str, list[Said]] = {each.key: [] for each in good}
        for element, fact in placements.tell_child(placements.in_order(good)):
            told[element.key].append(fact)
        for element in good:
            self._tell(element, lambda facts=told[element.key]: facts)  # type: ignore[misc]

    def _adoption(self) -> None:
        def said_last(element: Element) -> list[str]:
            return [str(element.values[name] or "") for name in sorted(element.values)]

        if found := self._one(ADOPTION, said_last):
            self._tell(found, lambda: records.adoption(found, self.taken))

    def _leaver(self) -> None:
        def latest(element: Element) -> list[str]:
            values = element.values
            return [str(values[name] or "") for name in ("contact_date", "activity")]

        if found := self._one(LEAVER, latest):
            self._tell(found, lambda: records.leaver(found))

    def _one(self, kind: Kind, order: Callable[[Element], list[str]]) -> Element | None:
        """Of what stands the same in every episode the one that holds: others that say something
        else are an earlier state, or can't be right."""
        found = sorted(self.same_in_each.get(kind.name, ()), key=order)
        if not found:
            return None
        last, account = found[-1], self.reading.accounts[kind.name]
        for each, following in pairwise(found):
            if each.values == following.values:
                account.repeated += 1
            elif kind is LEAVER and each.identity != last.identity:
                account.passed_over += 1
            else:
                self._refuse(kind, each.path, _differs(each, last))
        return last

    def _element(self, kind: Kind, said: object, path: str) -> Element | None:
        """An element that stands, counted; None: it can't be read, or it says that it is gone."""
        account = self.reading.accounts[kind.name]
        account.rows += 1
        try:
            values = self.reading.values(kind, said)
            if values.get("purge") and kind in _OF_A_CHILD:
                self.gone.add(beginning(kind, self.key))
                self.reading.purged[kind.name] += 1
                account.told += 1
                return None
            element = self.reading.element(kind, values, self.key, line=self.line, path=path)
        except RefusedError as refused:
            self._refuse(kind, path, refused)
            return None
        if element.purged:
            self.gone |= element.record
            account.told += 1
            return None
        return element

    def _tell(self, element: Element, make: Callable[[], Iterable[Said] | Iterator[Said]]) -> None:
        account = self.reading.accounts[element.kind.name]
        try:
            facts = list(make())
        except RefusedError as refused:
            self._refuse(element.kind, element.path, refused)
            return
        self.says += facts
        account.facts += len(facts)
        if not facts:
            account.passed_over += 1
        elif all(each.time > self.taken for each in facts):
            account.held_back += 1
        else:
            account.told += 1

    def _refuse(self, kind: Kind, path: str, refused: RefusedError) -> None:
        self.doubtful = True
        column = path if refused.column is None else f"{path}.{refused.column}"
        told = RefusedError(column, refused.reason)
        self.reading.accounts[kind.name].refuse(self.line, told, self.key, self.file)


#: Of which there is one a child: purged, all of the kind is gone.
_OF_A_CHILD = (DETAILS, HEALTH, ADOPTION, LEAVER)


def _purged(said: object) -> object:
    return {**said, "purge": True} if isinstance(said, dict) else said


def _differs(element: Element, other: Element) -> RefusedError:
    """Why an element is refused that says something else about the same than another."""
    name = next(name for name, value in element.values.items() if value != other.values[name])
    return RefusedError(name, f"differs from {other.path}, which is about the same")
