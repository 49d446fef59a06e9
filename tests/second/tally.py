"""Every cell of the second computation: (measure, period, locality, status) -> count."""

import tomllib
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from tests.second import care, elsewhere, need, protection, service  # noqa: F401  they enter their measures
from tests.second.counting import MEASURES
from tests.second.life import Life
from tests.second.records import Json, known_records

Cell = tuple[str, str, str, str]
_PROFILE = Path(__file__).parents[2] / "schemas" / "january_2021.toml"
LOCALITIES: dict[str, str] = tomllib.loads(_PROFILE.read_text(encoding="utf-8"))["teams"]


def cells(events: Iterable[Json], at: datetime, known: datetime | None = None) -> Counter[Cell]:
    """As at an instant, as known at another."""
    counts: Counter[Cell] = Counter()
    for subject, records in known_records(events, known).items():
        life = Life(records, at, LOCALITIES)
        for name, (about, function) in MEASURES.items():
            if subject.startswith(about + ":"):
                for period, locality, status in function(life):
                    counts[name, period, locality, status] += 1
    return counts
