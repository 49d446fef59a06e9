"""What the tests of bad days are given."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import services
from tests.bad_days import BadDay


@pytest.fixture
def bad_day(record_property: Callable[[str, object], None]) -> BadDay:
    """Compares the view with the batch; `make chaos` makes a table of what it has compared."""
    return BadDay(record_property)


@pytest.fixture
def own_kafka(tmp_path: Path) -> Iterator[Any]:
    """A broker that the test may hurt."""
    with services.kafka_of_its_own(tmp_path / "own") as server:
        yield server
