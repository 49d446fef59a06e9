"""Settings go from the environment into a process, and on into those that it starts."""

import os
from pathlib import Path

import pytest
from pydantic import SecretStr

from casepulse.streams.settings import PREFIX, ClockKind, KafkaSecurity, Settings


def test_a_process_that_is_started_has_the_same_settings(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """All of them, and none that this process was given and does not follow."""
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)
    password = tmp_path / "password"
    password.write_text("not to be guessed\n")
    monkeypatch.setenv("CASEPULSE_KAFKA_PASSWORD_FILE", str(password))
    monkeypatch.setenv("CASEPULSE_NAME", "another")
    monkeypatch.setenv("SOMEBODY", "else's")
    settings = Settings.from_environment(
        kafka_security=KafkaSecurity.SASL_TLS,
        kafka_user="casepulse",
        clock=ClockKind.TICKS,
        name="county",
        releases=str(tmp_path),
        metrics_port=0,
        profile=Path("profile.toml"),
    )
    assert settings.kafka_password == SecretStr("not to be guessed")
    told = settings.environment()
    assert told["SOMEBODY"] == "else's"
    assert "CASEPULSE_KAFKA_PASSWORD_FILE" not in told
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    assert Settings.from_environment() == settings
