"""A made-up council with a measure of its own: the module that its profile names."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import invalidate_caches
from pathlib import Path

MODULE = "our_county.measures"

#: As in docs/how-to/your-own-measure.md.
TEXT = """
from datetime import timedelta

from casepulse.schemas.events.referral import VisitRecorded
from casepulse.schemas.measure import Section
from casepulse.state import Measures, Sorted
from casepulse.state.measures.forms import share, yes_no

MEASURES = Measures()


@MEASURES.measure(
    share(
        id="visits_written_up",
        kind="flow",
        title="Visits written up within two days",
        section=Section.CHILDREN_IN_NEED,
        better="high",
        definition="Visits of the month, and of those the ones recorded within 48 hours.",
        source="Northshire, made up",
    )
)
def written_up(case, standards):
    for visit in case.facts(VisitRecorded):
        in_time = visit.recorded - visit.time <= timedelta(days=2)
        yield Sorted(visit.id, yes_no(in_time), visit.day, visit.data.team)
"""


@contextmanager
def installed(folder: Path, text: str = TEXT, name: str = MODULE) -> Iterator[Path]:
    """A module that can be imported meanwhile; its file."""
    *packages, last = name.split(".")
    file = folder.joinpath(*packages, f"{last}.py")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    parts = [".".join([*packages, last][: place + 1]) for place in range(len(packages) + 1)]
    before = sys.dont_write_bytecode
    sys.dont_write_bytecode = True  # a file that is written anew within a second is another
    sys.path.insert(0, str(folder))
    invalidate_caches()
    try:
        yield file
    finally:
        sys.path.remove(str(folder))
        sys.dont_write_bytecode = before
        for part in parts:
            sys.modules.pop(part, None)


def profile_file(folder: Path, more: str = "", modules: str = MODULE) -> Path:
    """A profile that names it."""
    path = folder / "northshire.toml"
    path.write_text(f'authority = "Northshire"\nmeasures_from = ["{modules}"]\n{more}', "utf-8")
    return path
