"""Memory that cases take: each size in a process of its own, from bytes, as the worker reads them.

As a program it takes a file of events, a line each, and prints the growth of the peak in KiB.
"""

import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from casepulse.counties.scenario import scenario
from casepulse.schemas.events import read_event, write_event
from casepulse.schemas.events.clock import ClockTicked
from casepulse.schemas.profile import load_profile
from casepulse.state import Fact, Partition, catalogue_for
from casepulse.state.calendar import INSTANT
from tests.bench.figures import Figure, Figures, say


def memory(sizes: tuple[int, int], months: int) -> Figures:
    """Growth of the peak per 1,000 children, at each size and from one to the other."""
    grown = []
    with tempfile.TemporaryDirectory(prefix="casepulse-bench-") as folder:
        for children in sizes:
            file = Path(folder) / f"{children}.jsonl"
            say(f"memory: {children:,} children, {months} months")
            with file.open("wb") as out:
                for event in scenario(children=children, months=months):
                    out.write(write_event(event) + b"\n")
            command = [sys.executable, "-m", "tests.bench.memory", str(file)]
            told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            kibibytes, cases, facts = map(int, told.split())
            grown.append((kibibytes / 1024, cases, facts))
    few, many = sizes
    unit = "MiB per 1,000 children"
    figures = {
        f"memory_{size}_children": Figure(each[0] / size * 1000, unit)
        for size, each in zip(sizes, grown, strict=True)
    }
    more = (grown[1][0] - grown[0][0]) / (many - few) * 1000
    figures["memory_growth"] = Figure(more, unit)
    figures["memory_a_fact"] = Figure(grown[1][0] * 1024 / grown[1][2], "KiB a fact")
    figures["memory_facts"] = Figure(grown[1][2] / many * 1000, "facts per 1,000 children")
    return figures


def peak() -> int:
    """The peak of resident memory so far, in KiB."""
    status = Path("/proc/self/status")
    if status.exists():  # ru_maxrss begins, on Linux, with what the parent had
        told = status.read_text("utf-8").split()
        return int(told[told.index("VmHWM:") + 1])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // 1024 if sys.platform == "darwin" else peak


def main() -> None:
    """Build a partition of the file's events; print KiB, cases and facts."""
    partition = Partition(catalogue_for(load_profile()))
    facts, before = 0, peak()
    with Path(sys.argv[1]).open("rb") as file:
        for line in file:
            event = read_event(line)
            if isinstance(event.data, ClockTicked):
                partition.advance(event.time)
                partition.tally()
            else:
                fact = Fact.of(event)
                partition.advance(fact.recorded + INSTANT)
                partition.apply(fact)
                facts += 1
    partition.tally()
    sys.stdout.write(f"{peak() - before} {len(partition)} {facts}\n")


if __name__ == "__main__":
    main()
