"""How fast, how soon and how large: figures of casepulse, on this machine, now.

    python -m tests.bench.bench --out bench.json

What matters is the ratio of a figure to that of something run beside it in the same
minute: both take turns, and the median of the rounds counts.
"""

import argparse
import json
import platform
import sys
import tempfile
import time
from datetime import UTC, datetime
from os import cpu_count
from pathlib import Path

from casepulse.counties.january_2021 import january_2021
from casepulse.counties.scenario import scenario
from casepulse.schemas.events import write_event
from tests import services
from tests.bench.engine import Message, advance, changelog, engine
from tests.bench.extracts import extracts
from tests.bench.figures import Figures, say, table
from tests.bench.latency import latency
from tests.bench.memory import memory
from tests.bench.month_end import month_end
from tests.bench.pages import pages
from tests.bench.recovery import recovery
from tests.bench.throughput import throughput

PARTS = (
    "engine",
    "county",
    "advance",
    "changelog",
    "memory",
    "month-end",
    "extracts",
    "throughput",
    "latency",
    "recovery",
    "pages",
)


def main() -> int:
    """The command line; its exit status: 1 if an aim is not met and --strict was given."""
    given = _arguments()
    started = time.monotonic()
    figures = _measure(given.only or PARTS, quick=given.quick, archive=given.archive)
    took = time.monotonic() - started
    told = {
        "measured": datetime.now(UTC).isoformat(timespec="seconds"),
        "quick": given.quick,
        "seconds": round(took, 1),
        "python": platform.python_version(),
        "processors": cpu_count(),
        "figures": {name: figure.plain() for name, figure in figures.items()},
    }
    if given.out:
        given.out.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", "utf-8")
    sys.stdout.write(f"{table(figures)}\n\n{took:.0f} s\n")
    missed = [name for name, figure in figures.items() if figure.met is False]
    return 1 if given.strict and missed else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.bench",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the figures as JSON")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    parser.add_argument("--strict", action="store_true", help="exit status 1 if an aim is not met")
    parser.add_argument(
        "--only", action="append", choices=PARTS, help="this part; may be given several times"
    )
    parser.add_argument(
        "--archive", type=Path, metavar="DIR", help="month-end: of this archive, made before"
    )
    return parser.parse_args()


def _measure(parts: list[str] | tuple[str, ...], *, quick: bool, archive: Path | None) -> Figures:
    figures: Figures = {}
    if "advance" in parts:
        figures |= advance()
    if "memory" in parts:
        figures |= memory((250, 1000) if quick else (1000, 4000), 6)
    if "month-end" in parts:
        figures |= month_end(2_000 if quick else 100_000, 36, archive)
    if "extracts" in parts:
        figures |= extracts(1_000 if quick else 20_000, rounds=1 if quick else 3)
    if "pages" in parts:
        with services.redis() as redis, tempfile.TemporaryDirectory(prefix="casepulse-") as folder:
            figures |= pages(redis, Path(folder), 10 if quick else 30, rounds=1 if quick else 3)
    if not set(parts) - {"month-end", "extracts", "pages"}:
        return figures
    messages = _messages(children=1000 if quick else 2000, months=6)
    if "engine" in parts:
        figures |= engine(messages, rounds=1 if quick else 3)
    if "county" in parts:
        figures |= _of_county(engine(_county(), rounds=1, ticks_alone=True, short=True))
    if "changelog" in parts:
        figures |= changelog(messages)
    if not {"throughput", "latency", "recovery"} & set(parts):
        return figures
    say("starting Kafka and Redis")
    with (
        services.kafka() as kafka,
        services.redis() as redis,
        tempfile.TemporaryDirectory(prefix="casepulse-bench-") as folder,
    ):
        if "throughput" in parts:
            some = [each for each in messages if each[0] != CLOCK_KEY]
            some = some[: 8_000 if quick else 30_000]
            figures |= throughput(kafka, redis, some, Path(folder), rounds=1 if quick else 3)
        if "latency" in parts:
            figures |= latency(kafka, redis, messages, Path(folder), 10 if quick else 30)
        if "recovery" in parts:
            figures |= recovery(kafka, redis, 50_000 if quick else 1_000_000, Path(folder))
    return figures


def _county() -> list[Message]:
    say("the county of January 2021, which every measure counts")
    return [(event.subject.encode(), write_event(event)) for event in january_2021()]


def _of_county(figures: Figures) -> Figures:
    kept = ("pydantic_us", "engine_us", "engine_to_pydantic")
    return {f"county_{name}": figures[name] for name in kept}


#: The key of the scenario's ticks.
CLOCK_KEY = b"clock:county"


def _messages(*, children: int, months: int) -> list[Message]:
    say(f"a scenario of {children:,} children, {months} months")
    return [
        (event.subject.encode(), write_event(event))
        for event in scenario(children=children, months=months)
    ]


if __name__ == "__main__":
    sys.exit(main())
