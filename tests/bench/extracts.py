"""The first load of a large county's extract, and a night's difference, beside pandas that merely
reads the same files.

Each runs in a process of its own, on one core, so that its memory and its time are its own. What is
told is written down, and sent nowhere. As a program it does one of the three.
"""

import os
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from subprocess import PIPE, run

import orjson

from casepulse.batch.told_store import ToldStore
from casepulse.streams.sources.extract import Request
from casepulse.streams.sources.readers import reader_of
from tests.bench.figures import Figure, Figures, of, ratio, say
from tests.bench.memory import peak
from tests.bench.ssd_county import taken, write_ssd

SOURCE = "ssd"


def extracts(children: int, rounds: int) -> Figures:
    """Rows a second, memory and seconds, and the ratio to pandas' in the same round.

    Args:
        children: of the county that is made first.
        rounds: how often all of it is done.
    """
    with tempfile.TemporaryDirectory(prefix="casepulse-bench-") as folder:
        nights = [Path(folder, f"night-{number}") for number in (0, 1)]
        for number, night in enumerate(nights):
            say(f"extracts: the tables of {children:,} children, night {number + 1}")
            rows = write_ssd(night, children, number)
        told: dict[str, list[dict[str, float]]] = {"pandas": [], "first": [], "night": []}
        for number in range(rounds):
            state = str(Path(folder, f"state-{number}"))
            for what, of_night in (("pandas", 0), ("first", 0), ("night", 1)):
                say(f"extracts: {what}, {rows:,} rows")
                told[what].append(_apart(what, str(nights[of_night]), str(of_night), state))
    first, night, pandas = (
        [each["seconds"] for each in told[what]] for what in ("first", "night", "pandas")
    )
    most = max(each["peak"] for what in ("first", "night") for each in told[what])
    return {
        "extract_rows": Figure(rows, "rows"),
        "extract_first": of((rows / each for each in first), "rows/s", least=20_000),
        "extract_memory": Figure(most, "MiB", most=1024),
        "extract_night": of(night, "s", most=60),
        "extract_night_events": Figure(told["night"][0]["events"], "events"),
        "extract_pandas": of(pandas, "s, merely read"),
        "extract_pandas_memory": Figure(max(each["peak"] for each in told["pandas"]), "MiB"),
        "extract_first_to_pandas": ratio(first, pandas, most=6),
        "extract_night_to_pandas": ratio(night, pandas, most=6),
    }


def _apart(what: str, folder: str, night: str, state: str) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.extracts", what, folder, night, state]
    answer: dict[str, float] = orjson.loads(run(command, check=True, stdout=PIPE).stdout)
    return answer


def _tell(folder: str, night: int, state: str) -> int:
    """What a night changes, told."""
    events = 0

    def publish(lines: Iterable[bytes]) -> None:
        nonlocal events
        events = sum(1 for _ in lines)

    extract = reader_of(SOURCE).read(Request(folder, taken(night)))
    ToldStore(state, SOURCE).tell(extract, publish)
    bad = sum(each.bad for each in extract.accounts)
    if bad:
        raise AssertionError(f"bad rows: {bad}")
    return events


def _read_by_pandas(folder: str) -> int:
    import pandas  # noqa: PLC0415  only this process wants it

    for path in sorted(Path(folder).glob("*.csv")):
        pandas.read_csv(path, low_memory=False)
    return 0


def main() -> None:
    """Do one of them; print seconds, memory, and how many events there were."""
    what, folder, night, state = sys.argv[1:]
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    if what == "pandas":
        _read_by_pandas(state)  # nothing is there: it is imported, which is not counted
    began = time.perf_counter()
    events = _read_by_pandas(folder) if what == "pandas" else _tell(folder, int(night), state)
    seconds = time.perf_counter() - began
    told = {"seconds": seconds, "peak": peak() / 1024, "events": events}
    sys.stdout.buffer.write(orjson.dumps(told))


if __name__ == "__main__":
    main()
