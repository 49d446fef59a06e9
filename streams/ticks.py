"""Ticks of a made-up county's clock: where time alone passes."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from casepulse.schemas.envelope import Event
from casepulse.schemas.events import make_event
from casepulse.schemas.events.clock import ClockTicked


def ticks(instants: Iterable[datetime], source: str, name: str) -> Iterator[Event[Any]]:
    """A tick at each instant; `name` begins their ids."""
    for number, instant in enumerate(instants, start=1):
        yield make_event(
            ClockTicked(),
            id=f"{name}-{number:05d}",
            source=source,
            subject="clock:county",
            time=instant,
            recorded=instant,
        )
