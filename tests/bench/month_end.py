"""One month end over an archive, beside twelve of its measures as SQL in DuckDB.

Both read the same Parquet, with every core. Ours counts every measure, with its
thirteen months and localities; the SQL counts twelve, as at one instant. That both
find the same is held by the bench itself, and by tests/county/test_duckdb.py.
"""

import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date
from pathlib import Path

import orjson

from casepulse.batch.archive import archive_parts
from casepulse.batch.archiving import archive_lines
from casepulse.batch.counting import count
from casepulse.counties.scenario import scenario
from casepulse.schemas.events import write_event
from casepulse.schemas.profile import load_profile
from casepulse.state import COUNTY, Figures, catalogue_for
from casepulse.state import Figure as Counted
from casepulse.state.calendar import midnight
from casepulse.streams.settings import Settings
from tests.bench import figures as told
from tests.bench.figures import say
from tests.county.test_duckdb import open_archive, said_in_sql
from tests.running import is_tick

#: The midnight that ends the scenario, and the month.
AT = midnight(date(2021, 2, 1))

TWELVE = (
    "initial_contact_decision", "initial_visits_all", "strategy_discussion_timely", "s47_timely",
    "icpc_timely", "cp_visits", "statutory_visits", "single_assessment", "cic_reviews_timely",
    "children_in_care", "short_term_stability", "re_referrals",
)  # fmt: skip


def month_end(children: int, months: int, archive: Path | None) -> told.Figures:
    """Seconds, memory, and the ratio to DuckDB's.

    Args:
        children: of the scenario that is archived first.
        months: of the same.
        archive: of such a scenario, made before; None: it is made.
    """
    with tempfile.TemporaryDirectory(prefix="casepulse-bench-") as folder:
        url = str(archive or folder)
        if archive is None:
            say(f"month end: archiving {children:,} children, {months} months")
            events = scenario(seed=7, children=children, months=months, ends=date(2021, 2, 1))
            lines = ((event, write_event(event)) for event in events if not is_tick(event))
            archive_lines(lines, url, Settings(), lambda _: None)
        say("month end: every measure, by casepulse")
        ours = _apart("ours", url)
        say("month end: twelve measures, by DuckDB")
        theirs = _apart("duckdb", url)
    if ours["said"] != theirs["said"]:
        raise AssertionError(f"they differ: {ours['said']} and {theirs['said']}")
    seconds, others = ours["seconds"], theirs["seconds"]
    return {
        "month_end_events": told.Figure(ours["events"], "events"),
        "month_end": told.Figure(seconds, "s"),
        "month_end_an_event": told.Figure(ours["cpu"] / ours["events"] * 1e6, "us of CPU an event"),
        "month_end_memory": told.Figure(ours["peak"], "MiB, the largest process"),
        "month_end_duckdb": told.Figure(others, "s, twelve measures"),
        "month_end_duckdb_memory": told.Figure(theirs["peak"], "MiB"),
        "month_end_to_duckdb": told.Figure(seconds / others, "ratio"),
    }


def _apart(who: str, url: str) -> dict[str, float]:
    """Run one of both in a process of its own, so that its memory is its own."""
    command = [sys.executable, "-m", "tests.bench.month_end", who, url]
    answer: dict[str, float] = orjson.loads(subprocess.run(command, check=True, stdout=-1).stdout)
    return answer


def _ours(url: str) -> tuple[float, dict[str, list[int | None]]]:
    profile = load_profile()
    counted = count(archive_parts(url), profile, AT, AT, lambda _: None)
    figures = Figures(counted.tally, catalogue_for(profile), AT)
    said = {}
    for name in TWELVE:
        measure = figures.catalogue.measures[name]
        figure: Counted = figures.figure(name, figures.current(measure), COUNTY)
        said[name] = [figure.numerator, figure.denominator]
    return counted.reading.messages, said


def _duckdb(url: str) -> tuple[float, dict[str, list[int | None]]]:
    database = open_archive(url)
    # What had not been recorded by the midnight is not known then.
    database.execute("DELETE FROM event WHERE recordedtime >= ?", [AT.astimezone(UTC)])
    found = said_in_sql(database, {"at": AT.astimezone(UTC)}, TWELVE)
    said: dict[str, list[int | None]] = {}
    for cell, each in found.items():
        if cell.locality == COUNTY and cell.period in ("at", "2021-01"):
            said[cell.measure] = [each.numerator, each.denominator]
    return 0, said


def main() -> None:
    """Count an archive; print seconds, CPU, memory and what was found."""
    who, url = sys.argv[1:]
    began = time.perf_counter()
    events, said = {"ours": _ours, "duckdb": _duckdb}[who](url)
    seconds = time.perf_counter() - began
    usage = [resource.getrusage(each) for each in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    told_ = {
        "events": events,
        "seconds": seconds,
        "cpu": sum(each.ru_utime + each.ru_stime for each in usage),
        "peak": max(each.ru_maxrss for each in usage) / 1024,
        "said": said,
    }
    sys.stdout.buffer.write(orjson.dumps(told_))


if __name__ == "__main__":
    main()
