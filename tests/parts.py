"""Runs the suite's parts side by side, tells how far they are, and at the end how long they took.

python -m tests.parts              # all of them: `make test`
python -m tests.parts unit         # one
python -m tests.parts --slowest 50 --times 10 --busy    # `make often BUSY=1`

What a part prints is kept until it is done; failures are told at once. The exit status is 1 if any
part's is not 0.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[1]

#: Where each part leaves what it printed, how far it is, and what its tests took.
KEPT = ROOT / ".pytest_cache" / "parts"

#: Folders whose tests speak to Kafka and Redis, and mostly wait for them.
SERVED = ("tests/broker", "tests/embedded", "tests/releases", "tests/web")

#: Folders of which no test does; those of long files first, so that short ones fill the end.
UNSERVED = (
    *("tests/county", "tests/web", "tests/report", "tests/generative", "tests/releases"),
    *("tests/unit", "tests/stored", "tests/second", "tests/access", "tests/spec"),
)

#: By part: what it collects, for that takes its time, too; and how.
PARTS = {
    "services": (SERVED, ["-n", "2", "-m", "broker or embedded"]),
    # They share one county, which takes minutes to fill.
    "january": (("tests/january",), []),
    # They only compute, and take what time the others leave. A file's tests share what they made.
    "unit": (
        UNSERVED,
        [
            *("-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder"),
            *("-m", "not broker and not embedded"),
        ],
    ),
}
_BEHIND = {"unit": ["nice", "-n", "5"]}

#: Seconds between two lines about progress: a line each time, in a log of CI, too.
_TOLD_EVERY = 20.0

_SLOWEST = 10

#: A process that keeps a core busy while its parent lives, and for a day at the most.
_BURNING = """
import os, time
parent, ends = os.getppid(), time.monotonic() + 86400
while os.getppid() == parent and time.monotonic() < ends:
    sum(range(100000))
"""


class Part:
    """A part that runs, or has run.

    Args:
        name: which.
        kept: the folder of what it leaves; None: `KEPT`.
    """

    process: "subprocess.Popen[bytes]"

    def __init__(self, name: str, kept: Path | None = None) -> None:
        kept = kept or KEPT
        self.name = name
        self.output, self.told, self.xml = (
            kept / f"{name}.{kind}" for kind in ("txt", "json", "xml")
        )
        self.began = time.monotonic()
        self.took: float | None = None
        """Seconds; None while it runs."""
        self.failures = 0
        """How many of them were told."""

    @property
    def printed(self) -> str:
        """What it has printed."""
        return self.output.read_text("utf-8", errors="replace")

    def progress(self) -> tuple[int, int, list[str]]:
        """How many tests are done, of how many, and those that failed."""
        if not self.told.exists():
            return 0, 0, []
        done, count, failed = json.loads(self.told.read_text("utf-8"))
        return done, count, failed

    def tests(self) -> list[tuple[float, str]]:
        """The tests of its last run: the seconds of each, and what pytest calls it."""
        if not self.xml.exists():
            return []
        cases = ElementTree.parse(self.xml).iter("testcase")  # noqa: S314  pytest wrote it
        return [
            (float(case.get("time", 0)), f"{case.get('file')}::{case.get('name')}")
            for case in cases
        ]


def started(name: str, kept: Path, tests: Sequence[str] = (), times: int = 1) -> Part:
    """Start a part.

    Args:
        name: which.
        kept: the folder for what it leaves.
        tests: only these of it; none: all.
        times: how often each.
    """
    kept.mkdir(parents=True, exist_ok=True)
    folders, options = PARTS[name]
    part = Part(name, kept)
    for path in (part.told, part.xml):
        path.unlink(missing_ok=True)
    command = [
        *_BEHIND.get(name, []),
        *(sys.executable, "-m", "pytest", "-p", "tests.progress", *options),
        *(tests or folders),
        f"--junitxml={part.xml}",
    ]
    environment = {
        **os.environ,
        "CASEPULSE_PROGRESS": str(part.told),
        "CASEPULSE_TIMES": str(times),
    }
    with part.output.open("wb") as file:
        part.process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=file, stderr=subprocess.STDOUT
        )
    return part


@contextmanager
def kept_busy(cores: int) -> Iterator[None]:
    """So many cores have something else to do, too."""
    burning = [subprocess.Popen([sys.executable, "-S", "-c", _BURNING]) for _ in range(cores)]
    try:
        yield
    finally:
        for each in burning:
            each.kill()
            each.wait()


def watch(parts: list[Part]) -> None:
    """Tell how far they are until all are done."""
    began = told_at = time.monotonic()
    last = ""
    while any(part.took is None for part in parts):
        time.sleep(0.2)
        for part in parts:
            if part.took is None and part.process.poll() is not None:
                part.took = time.monotonic() - part.began
            failed = part.progress()[2]
            for test in failed[part.failures :]:
                _say(f"{part.name}: FAILED {test}")
            part.failures = len(failed)
        if time.monotonic() - told_at > _TOLD_EVERY:
            told_at = time.monotonic()
            line = _how_far(parts)
            if line != last:
                _say(f"{_clock(told_at - began)}  {line}")
            last = line


def _how_far(parts: list[Part]) -> str:
    known = {part.name: part.progress() for part in parts}
    each = [f"{name} {done:,} of {count:,}" for name, (done, count, _) in known.items() if count]
    done, count = (sum(found[place] for found in known.values()) for place in (0, 1))
    whole = f"{100 * done // count} %" if len(each) == len(parts) else "collecting"
    return f"{whole}: {', '.join(each)}" if each else whole


def report(parts: list[Part], took: float) -> None:
    """What failed, in full; which parts and tests took how long; and pytest's closing lines."""
    for part in parts:
        if part.process.returncode:
            _say(f"\n{f' {part.name} ':=^100}\n{part.printed}")
    tests = slowest(parts)
    _say(f"\nThe slowest {_SLOWEST}:")
    for seconds, name, test in tests[:_SLOWEST]:
        _say(f"{seconds:8.1f} s  {name:<9} {test}")
    _say(f"\n{'part':<10}{'tests':>7}{'seconds':>9}  pytest says")
    for part in parts:
        count = sum(each == part.name for _, each, _ in tests)
        _say(f"{part.name:<10}{count:>7,}{part.took or 0:>9.0f}  {_closing(part)}")
    _say(f"{'together':<10}{len(tests):>7,}{took:>9.0f}")


def _closing(part: Part) -> str:
    """pytest's last line, such as "12 passed in 3.40s"."""
    lines = re.findall(r"^=*\s*(.*\bin \d+\.\d+s.*?)\s*=*$", part.printed, re.MULTILINE)
    return lines[-1] if lines else f"ended with status {part.process.returncode}"


def slowest(parts: Iterable[Part]) -> list[tuple[float, str, str]]:
    """Seconds, part and name of each test of the last run, the slowest first."""
    return sorted(
        ((seconds, part.name, test) for part in parts for seconds, test in part.tests()),
        reverse=True,
    )


def _clock(seconds: float) -> str:
    return f"{int(seconds // 60):3}:{int(seconds % 60):02}"


def _say(words: str) -> None:
    print(words, flush=True)  # noqa: T201


def main(words: Sequence[str] | None = None) -> int:
    """Run what is asked for; the exit status."""
    parser = argparse.ArgumentParser(description="Run the suite's parts side by side.")
    parser.add_argument("parts", nargs="*", help=f"all of them: {', '.join(PARTS)}")
    parser.add_argument("--slowest", type=int, help="only so many tests, the last run's slowest")
    parser.add_argument("--times", type=int, default=1, help="how often each test is run")
    parser.add_argument("--busy", action="store_true", help="keep every core busy meanwhile")
    asked = parser.parse_args(words)
    if unknown := set(asked.parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(unknown)}")
    names = asked.parts or list(PARTS)
    began = time.monotonic()
    with kept_busy((os.cpu_count() or 1) if asked.busy else 0):
        return _run(_chosen(names, asked.slowest), asked.times, began)


def _chosen(names: Sequence[str], count: int | None) -> dict[str, list[str]]:
    """By part, the tests to be run; all of them where none is named."""
    if count is None:
        return {name: [] for name in names}
    chosen: dict[str, list[str]] = {}
    for _, name, test in slowest(map(Part, names))[:count]:
        chosen.setdefault(name, []).append(test)
    if not chosen:
        raise SystemExit("No run of before is known. First: make test")
    return chosen


def _run(chosen: Mapping[str, Sequence[str]], times: int, began: float) -> int:
    kept = KEPT if times == 1 and not any(chosen.values()) else KEPT / "often"
    parts = [started(name, kept, tests, times) for name, tests in chosen.items()]
    try:
        watch(parts)
    except KeyboardInterrupt:  # it reached them, too
        for part in parts:
            part.process.wait()
        return 130
    report(parts, time.monotonic() - began)
    return int(any(part.process.returncode for part in parts))


if __name__ == "__main__":
    sys.exit(main())
