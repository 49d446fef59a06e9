"""Payloads to the Department for Education, for tests: children made up in few words."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from casepulse.schemas.envelope import Event
from casepulse.schemas.extracts import ExtractSettings
from casepulse.streams.sources.account import Account
from casepulse.streams.sources.difference import Changes, difference
from casepulse.streams.sources.extract import Extract, Request, Said
from casepulse.streams.sources.readers import reader_of
from casepulse.streams.sources.told import Told, told_by

TAKEN = datetime(2026, 6, 29, 2, 15, tzinfo=UTC)

Json = dict[str, Any]


def child(key: str = "1", /, **more: Any) -> Json:
    """A girl of thirteen."""
    who = {"date_of_birth": "2013-05-24", "sex": "F", "ethnicity": "WBRI", "uasc_flag": False}
    return {"la_child_id": key, "purge": False, "child_details": who, **more}


def episode(key: str = "e1", /, **more: Any) -> Json:
    """One with an empty list of all that it can hold."""
    names = (
        *("care_worker_details", "child_and_family_assessments", "child_in_need_plans"),
        *("section_47_assessments", "child_protection_plans", "child_looked_after_placements"),
    )
    began = {"referral_date": "2026-05-01", "referral_source": "1A"}
    return {"social_care_episode_id": key, **began, **{name: [] for name in names}, **more}


def of(*episodes: Json, key: str = "1", **more: Any) -> Json:
    """A child with these episodes."""
    return child(key, social_care_episodes=list(episodes), **more)


def placement(key: str, start: str, why: str = "S", *, kind: str = "U1", **more: Any) -> Json:
    """A placement, open unless it is given an `end_date`."""
    stay = {"start_date": start, "start_reason": why, "placement_type": kind}
    return {"child_looked_after_placement_id": key, **stay, **more}


class Payloads:
    """Payloads that are told one after another, a day apart."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.folder = folder
        self.settings = ExtractSettings(**settings)
        self.told = Told()
        self.events: list[Event[Any]] = []
        self.taken = TAKEN
        self.number = 0

    def write(self, children: Iterable[Json], name: str = "all") -> Path:
        """A child a line."""
        self.number += 1
        path = self.folder / f"{self.number}-{name}.jsonl"
        path.write_text("".join(json.dumps(each) + "\n" for each in children), "utf-8")
        return path

    def read(self, *children: Json, name: str = "all") -> "Read":
        """What a payload says, all of it."""
        return Read.of(self.write(children, name), self.taken, self.settings)

    def tell(self, *children: Json, name: str = "all") -> Changes:
        """What a payload changes."""
        extract = self.extract(self.write(children, name))
        changes = difference(self.told, extract)
        self.events += changes.events()
        self.told = changes.after
        self.taken += timedelta(days=1)
        assert told_by("dfe-payload", self.events).records == self.told.records
        return changes

    def delta(self, *children: Json) -> Changes:
        """What a payload of changes changes."""
        return self.tell(*children, name="delta")

    def extract(self, path: Path) -> Extract:
        """A payload that is still to be read."""
        return reader_of("dfe-payload").read(Request(str(path), self.taken, self.settings))


class Read:
    """A payload, all of it read."""

    def __init__(self, extract: Extract) -> None:
        self.extract = extract
        self.says: list[Said] = list(extract.says)
        extract.says = self.says
        for each in extract.accounts:
            assert each.rows == (
                each.told
                + each.repeated
                + each.outside
                + each.held_back
                + each.passed_over
                + each.bad
            ), each.file

    @classmethod
    def of(cls, path: Path, taken: datetime, settings: ExtractSettings | None = None) -> "Read":
        """What lies at a place."""
        request = Request(str(path), taken, settings or ExtractSettings())
        return cls(reader_of("dfe-payload").read(request))

    def account(self, name: str) -> Account:
        """What became of the elements of a kind."""
        (found,) = (each for each in self.extract.accounts if each.file == name)
        return found

    @property
    def bad(self) -> list[str]:
        """What could not be told, and why."""
        return [str(row) for each in self.extract.accounts for row in each.bad_rows]

    @property
    def facts(self) -> list[tuple[str, str, Json]]:
        """What it tells of children but who they are: type, day, and what is said."""
        return [
            (each.data.TYPE, f"{each.time:%Y-%m-%d}", each.data.model_dump(exclude_defaults=True))
            for each in self.says
            if each.data.TYPE != "child.registered"
        ]

    def of_type(self, name: str) -> list[tuple[str, Json]]:
        """What it tells of a type."""
        return [(day, data) for type_, day, data in self.facts if type_ == name]
