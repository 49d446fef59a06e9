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

#: By type of event: those of its fields that somebody tells.
Told = Mapping[str, frozenset[str]]

#: A source that leaves nothing out: events that a case system sends of its own accord.
EVERYTHING = "events"


def fields_of(event_type: str) -> frozenset[str]:
    """What an event of a type can say.

    Raises:
        KeyError: there is no such type.
    """
    return frozenset(_data_of(event_type).model_fields)


def required_of(event_type: str) -> frozenset[str]:
    """What an event of a type must say."""
    fields = _data_of(event_type).model_fields.items()
    return frozenset(name for name, field in fields if field.is_required())


def _data_of(event_type: str) -> type[Data]:
    data: type[Data] = EVENTS[event_type].model_fields["data"].annotation  # type: ignore[assignment]
    return data


class Source(Strict):
    """What one source can tell."""

    title: Annotated[str, Field(min_length=1, max_length=60)]
    tells: Annotated[dict[str, list[str]], Field(min_length=1)] = Field(
        description="By type of event, the fields that it tells."
    )
    assumes: dict[str, dict[str, str | bool]] = Field(
        default_factory=dict,
        description="By type of event, what it puts where an event must say something and the "
        "source does not know it. Nothing that needs such a field is shown.",
    )

    @model_validator(mode="after")
    def _types_and_fields_exist(self) -> Self:
        for event_type, told in self.tells.items():
            if event_type not in EVENTS:
                raise ValueError(f"tells: there is no type of event {event_type!r}")
            known = fields_of(event_type)
            if unknown := set(told) - known:
                allowed = ", ".join(sorted(known)) or "none"
                wrong = ", ".join(sorted(unknown))
                raise ValueError(f"tells: {event_type} has no field {wrong}; it has {allowed}")
            assumed = self.assumes.get(event_type, {}).keys()
            if open_fields := required_of(event_type) - set(told) - assumed:
                raise ValueError(
                    f"assumes: {event_type} must say {', '.join(sorted(open_fields))}, which is "
                    "neither told nor assumed"
                )
            if both := assumed & (set(told) | (set(assumed) - known)):
                raise ValueError(
                    f"assumes: {event_type}: {', '.join(sorted(both))} is told, or no field of it"
                )
        if unknown := self.assumes.keys() - self.tells.keys():
            raise ValueError(f"assumes: {', '.join(sorted(unknown))} is not told")
        return self

    @property
    def told(self) -> Told:
        """The same, to be asked."""
        return {event_type: frozenset(fields) for event_type, fields in self.tells.items()}


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


def together(sources: Iterable[Source]) -> Told:
    """What some sources tell between them. All of them can correct what they told."""
    told = {each.TYPE: fields_of(each.TYPE) for each in (RecordAmended, RecordVoided)}
    for source in sources:
        for event_type, fields in source.told.items():
            told[event_type] = told.get(event_type, frozenset()) | fields
    return told


def lacking(needs: Iterable[str], told: Told) -> tuple[str, ...]:
    """Which of some needs nobody meets.

    Args:
        needs: types of event, such as "contact.decided"; and with fields that matter, such as
            "visit.recorded: kind, method".
        told: what is told.

    Returns:
        the same, with no more than what is missing, in their order.
    """
    return tuple(_lacking(needs, told))


def _lacking(needs: Iterable[str], told: Told) -> Iterator[str]:
    for need in needs:
        event_type, _, fields = need.partition(": ")
        here = told.get(event_type)
        if here is None:
            yield event_type
            continue
        missing = [field for field in fields.split(", ") if field and field not in here]
        if missing:
            yield f"{event_type}: {', '.join(missing)}"


def in_words(missing: Iterable[str]) -> str:
    """Types of event and fields, as somebody reads them who knows no name of ours."""
    return "; ".join(each.replace(".", " ").replace("_", " ") for each in missing)


def wrong_needs(needs: Iterable[str]) -> Iterator[str]:
    """What is wrong with needs that `lacking` is to read."""
    for need in needs:
        event_type, _, fields = need.partition(": ")
        if event_type not in EVENTS:
            yield f"needs: there is no type of event {event_type!r}"
            continue
        known = fields_of(event_type)
        for field in fields.split(", ") if fields else ():
            if field not in known:
                allowed = ", ".join(sorted(known))
                yield f"needs: {event_type} has no field {field!r}; it has {allowed}"
