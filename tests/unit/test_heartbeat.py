"""The heartbeat's command keeps its hands off a replay. Through Kafka: tests/broker."""

import pytest

from casepulse.commands import running
from casepulse.commands.running import heartbeat
from casepulse.streams.settings import SettingsError


class _Kafka:
    """Whoever is reached here was not to be."""

    def __init__(self, settings: object) -> None:
        raise AssertionError("Kafka was spoken to")


@pytest.mark.parametrize("clock", ["events", "ticks"])
def test_a_heartbeat_is_refused_where_it_would_move_a_replays_clock(
    clock: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "Publisher", _Kafka)
    monkeypatch.setenv("CASEPULSE_CLOCK", clock)
    with pytest.raises(SettingsError, match="CASEPULSE_CLOCK: must be wall"):
        heartbeat()
    monkeypatch.setenv("CASEPULSE_CLOCK", "wall")
    with pytest.raises(AssertionError, match="Kafka was spoken to"):
        heartbeat()
