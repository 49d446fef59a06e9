"""What the demo says where no terminal shows its table."""

import logging
import warnings
from datetime import UTC, datetime
from typing import Any

import pytest
import structlog

from casepulse.demonstration import DemoError, Demonstration, Replay, _libraries_aside
from casepulse.schemas.view import ViewMeta


@pytest.fixture(autouse=True)
def logging_as_before() -> Any:
    """A demo sets where logs go for the whole process."""
    root, selector = logging.getLogger(), logging.getLogger("kafka.net.selector")
    before = root.handlers[:], root.level, selector.level, structlog.get_config()
    yield
    root.handlers[:], root.level, selector.level = before[:3]
    structlog.configure(**before[3])
    logging.captureWarnings(False)


def test_what_libraries_say_stays_off_the_screen(capfd: pytest.CaptureFixture[str]) -> None:
    with _libraries_aside():
        logging.getLogger("kafka.net.selector").error("It is blocking the event loop")
        logging.getLogger("asyncio").warning("Executing took 0.2 seconds")
        warnings.warn("There is no current event loop", DeprecationWarning, stacklevel=1)
    assert capfd.readouterr() == ("", "")


def test_the_last_of_it_is_shown_if_the_demo_fails() -> None:
    @_libraries_aside()
    def fail() -> None:
        logging.getLogger("kafka").warning("the broker is gone")
        raise DemoError("nothing moved for 90 seconds")

    with pytest.raises(DemoError) as raised:
        fail()
    first, *rest = str(raised.value).splitlines()
    assert first == "nothing moved for 90 seconds"
    assert "the broker is gone" in rest[-1]


META = ViewMeta(
    version=7,
    as_of=datetime(2020, 3, 14, tzinfo=UTC),
    published=datetime(2020, 3, 14, tzinfo=UTC),
    definitions="0" * 12,
    authority="Anywhere",
    partitions=1,
    partitions_counted=1,
    read_to={},
)


def test_it_says_how_far_it_is_where_there_is_no_terminal(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    demonstration = Demonstration(Replay(lambda: iter(()), ""), None)
    demonstration._published, demonstration._read = 120_000, 98_000
    demonstration._tell(demonstration._so_far(META))
    told = capfd.readouterr()
    assert told.out == ""
    assert told.err == (
        "casepulse demo: 98,000 events read, 120,000 published; as at 14 Mar 2020 00:00\n"
    )
    monkeypatch.setenv("FORCE_COLOR", "1")
    Demonstration(Replay(lambda: iter(()), ""), None)._tell("a terminal shows the table")
    assert capfd.readouterr().err == ""
