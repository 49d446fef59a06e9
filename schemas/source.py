"""What feeds a county, and what of all that happens it can tell.

A case system that sends events of its own may tell everything. An extract holds a few kinds of
record, and of each some columns: what it has no place for is missing, and not known to be nought.
One file a source lies in `sources/`; a profile may describe others.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from casepulse.schemas.envelope import Data, Strict
from casepulse.schemas.events import EVENTS
from casepulse.schemas.events.correction import RecordAmended, RecordVoided

#: The name of a source, such as ssd.
SourceName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]

#: By type of event: what somebody tells of it. Its fields; where some values of a field alone are
#: told, those, as "kind=initial".
Told = Mapping[str, frozenset[str]]

#: A source that leaves nothing out: events that a case system sends of its own accord.
EVERYTHING = "events"

#: What an event says besides its data: the time of day, where "time" is told, and not the day
#: alone; and when the case system knew.
_OF_EVERY_EVENT = frozenset({"time", "recordedtime"})

_FIELD_WORDS = {"time": "time of day", "recordedtime": "when it was recorded"}


def fields_of(event_type: str) -> frozenset[str]:
    """What an event of a type can say.

    Raises:
        KeyError: there is no such type.
    """
    return frozenset(_data_of(event_type).model_fields) | _OF_EVERY_EVENT


def required_of(event_type: str) -> frozenset[str]:
    """What the data of an event of a type must say."""
    fields = _data_of(event_type).model_fields.items()
    return frozenset(name for name, field in fields if field.is_required())


def _data_of(event_type: str) -> type[Data]:
    data: type[Data] = EVENTS[event_type].model_fields["data"].annotation  # type: ignore[assignment]
    return data


class LeftOut(Strict):
    """Measures whose figures would be wrong though all their kinds of event are told."""

    why: Annotated[str, Field(min_length=1, max_length=120)]
    measures: Annotated[list[str], Field(min_length=1)]


class Source(Strict):
    """What one source can tell."""

    title: Annotated[str, Field(min_length=1, max_length=60)]
    tells: Annotated[dict[str, list[str]], Field(min_length=1)] = Field(
        description="By type of event, the fields that it tells: of a field of which it tells some "
        'values alone, each of them, as "kind=initial".'
    )
    assumes: dict[str, dict[str, str | bool]] = Field(
        default_factory=dict,
        description="By type of event, what it puts where an event must say something and the "
        "source does not know it. Nothing that needs such a field is shown.",
    )
    left_out: list[LeftOut] = Field(
        default_factory=list,
        description="What can't be had from it for another reason, such as that it goes back six "
        "months alone.",
    )

    @model_validator(mode="after")
    def _holds(self) -> Self:
        for wrong in self._wrong():
            raise ValueError(wrong)
        return self

    def _wrong(self) -> Iterator[str]:
        for event_type, told in self.tells.items():
            if event_type not in EVENTS:
                yield f"tells: there is no type of event {event_type!r}"
                return
            known, names = fields_of(event_type), {each.partition("=")[0] for each in told}
            if unknown := names - known:
                allowed = ", ".join(sorted(known))
                yield (
                    f"tells: {event_type} has no field {', '.join(sorted(unknown))}; "
                    f"it has {allowed}"
                )
            assumed = self.assumes.get(event_type, {}).keys()
            if unsaid := required_of(event_type) - names - assumed:
                yield (
                    f"assumes: {event_type} must say {', '.join(sorted(unsaid))}, which is neither "
                    "told nor assumed"
                )
            if odd := (assumed & names) | (assumed - known):
                yield f"assumes: {event_type}: {', '.join(sorted(odd))} is told, or no field of it"
        if unknown := self.assumes.keys() - self.tells.keys():
            yield f"assumes: {', '.join(sorted(unknown))} is not told"

    @property
    def told(self) -> Told:
        """What it tells, to be asked."""
        return {event_type: frozenset(fields) for event_type, fields in self.tells.items()}

    def without(self, untold: Iterable[str]) -> "Source":
        """The same source where it does not tell all that it could.

        Args:
            untold: types of event, or with some fields or values of them, as needs are written.
        """
        tells = {event_type: list(fields) for event_type, fields in self.tells.items()}
        for event_type, fields in map(_parted, untold):
            if not fields:
                tells.pop(event_type, None)
            elif event_type in tells:
                tells[event_type] = [each for each in tells[event_type] if each not in fields]
        return self.model_copy(update={"tells": tells})

    def why_not(self, measure: str) -> str | None:
        """Why a measure can't be had from it, though it tells what that needs; None if it can."""
        return next((each.why for each in self.left_out if measure in each.measures), None)


@cache
def known_sources() -> Mapping[str, Source]:
    """The sources that come with casepulse, by name."""
    folder = files(__package__).joinpath("sources")
    of_files = {
        file.name.removesuffix(".toml"): Source.model_validate(
            tomllib.loads(file.read_text("utf-8"))
        )
        for file in folder.iterdir()
        if file.name.endswith(".toml")
    }
    tells = {event_type: sorted(fields_of(event_type)) for event_type in EVENTS}
    return {EVERYTHING: Source(title="Events", tells=tells), **dict(sorted(of_files.items()))}


class Feed:
    """What feeds a county: its sources, together.

    Args:
        sources: all of them.
    """

    def __init__(self, sources: Iterable[Source]) -> None:
        self._sources = list(sources)
        self._told = _together(self._sources)

    def missing_for(self, measure: str, needs: Iterable[str]) -> tuple[str, ...]:
        """What is missing for the figure of a measure to be true.

        Args:
            measure: its id.
            needs: types of event, such as "contact.decided"; and with fields that matter, such as
                "visit.recorded: kind=initial, method".

        Returns:
            those of its needs, or as much of them, that nobody tells; or why those who do can't be
            relied on for it. Empty: nothing is missing.
        """
        needed = list(needs)
        missing = tuple(_lacking(needed, self._told))
        if missing:
            return missing
        reasons = [why for each in self._sources if (why := each.why_not(measure))]
        if not reasons:
            return ()
        others = _together(each for each in self._sources if not each.why_not(measure))
        return tuple(reasons) if tuple(_lacking(needed, others)) else ()


def _together(sources: Iterable[Source]) -> Told:
    """What some sources tell between them. Any of them can correct what it told."""
    told = {each.TYPE: fields_of(each.TYPE) for each in (RecordAmended, RecordVoided)}
    for source in sources:
        for event_type, fields in source.told.items():
            told[event_type] = told.get(event_type, frozenset()) | fields
    return told


def _lacking(needs: Iterable[str], told: Told) -> Iterator[str]:
    for event_type, fields in map(_parted, needs):
        here = told.get(event_type)
        if here is None:
            yield event_type
            continue
        missing = [each for each in fields if not {each, each.partition("=")[0]} & here]
        if missing:
            yield f"{event_type}: {', '.join(missing)}"


def _parted(need: str) -> tuple[str, list[str]]:
    """A need's type of event, and the fields of it that matter."""
    event_type, _, fields = need.partition(": ")
    return event_type, fields.split(", ") if fields else []


def in_words(missing: Iterable[str]) -> str:
    """What is missing, as somebody reads it who knows no name of ours: "contact received (time of
    day)"."""
    return "; ".join(map(_in_words, missing))


def _in_words(missing: str) -> str:
    event_type, fields = _parted(missing)
    if event_type not in EVENTS:
        return missing  # a source has said why
    named = (_FIELD_WORDS.get(each, each.removeprefix("kind=")) for each in fields)
    words = f"{event_type} ({', '.join(named)})" if fields else event_type
    return words.replace(".", " ").replace("_", " ")


def wrong_needs(needs: Iterable[str]) -> Iterator[str]:
    """What is wrong with needs that `Feed.missing_for` is to read."""
    for event_type, fields in map(_parted, needs):
        if event_type not in EVENTS:
            yield f"needs: there is no type of event {event_type!r}"
            continue
        known = fields_of(event_type)
        for field in fields:
            if field.partition("=")[0] not in known:
                allowed = ", ".join(sorted(known))
                yield f"needs: {event_type} has no field {field!r}; it has {allowed}"
