"""Both computations side by side, and the smallest events on which they differ.

python -m tests.second.comparison --from 0 --to 300 [--measure cin_visits]
"""

import argparse
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime

from casepulse.schemas.events import read_event
from casepulse.state.batch import evaluate
from casepulse.state.facts import Fact
from casepulse.state.opening import open_catalogue
from tests.second.counting import MEASURES
from tests.second.crowd import county
from tests.second.days import LONDON, instant
from tests.second.records import Json
from tests.second.tally import LOCALITIES, Cell, cells

CATALOGUE = open_catalogue()

#: What the handbook does not tell apart.
SAME = {("cin_review_up_to_date", "plan_overdue"): "without_plan"}
#: Counted across cases, or shown and in no denominator.
APART = re.compile(r"team_.*|.*_age_unknown")
CLOSED = ("assessments_open", "closed")
NAMES = set(LOCALITIES.values())


def product(events: Sequence[Json], at: datetime, known: datetime | None) -> Counter[Cell]:
    """The product's cells, of the measures that were computed a second time."""
    facts = [Fact.of(read_event(json.dumps(event).encode())) for event in events]
    found: Counter[Cell] = Counter()
    for (name, period, locality, status), count in evaluate(facts, CATALOGUE, at, known):
        apart = APART.fullmatch(status) or (name, status) == CLOSED
        if name not in MEASURES or apart:
            continue
        if period == "at" or CATALOGUE.measures[name].kind == "flow":
            where = LOCALITIES.get(locality, locality if locality in NAMES else "Other")
            found[name, period, where, SAME.get((name, status), status)] += count
    return found


def different(events: Sequence[Json], at: datetime, known: datetime | None) -> dict[str, list[str]]:
    """By measure, the cells in which the two differ."""
    second, first = cells(events, at, known), product(events, at, known)
    found: dict[str, list[str]] = defaultdict(list)
    for cell in sorted(set(second) | set(first)):
        if second[cell] != first[cell]:
            name, *rest = cell
            found[name].append(f"{' '.join(rest)}: product {first[cell]}, second {second[cell]}")
    return found


def smallest(
    name: str, events: Sequence[Json], at: datetime, known: datetime | None
) -> Sequence[Json]:
    """Drop events while the measure still differs."""
    kept = list(events)
    step = max(1, len(kept) // 2)
    while True:
        place = 0
        while place < len(kept):
            fewer = kept[:place] + kept[place + step :]
            if name in different(fewer, at, known):
                kept = fewer
            else:
                place += step
        if step == 1:
            return kept
        step = max(1, step // 2)


def told(event: Json) -> str:
    """An event in one line."""
    when, recorded = local(instant(event["time"])), local(instant(event["recordedtime"]))
    data = dict(event["data"])
    if "replacement" in data:
        new = data.pop("replacement")
        data["as"] = f"{new['type']} {local(instant(new['time']))} {new['data']}"
    about = f"{event['subject']} {event['id']} {event['type']}"
    return f"{about} {when} {data} recorded {recorded}"


def local(moment: datetime) -> str:
    """An instant in London."""
    return f"{moment.astimezone(LONDON):%Y-%m-%d %H:%M:%S}"


def example(name: str, seed: int) -> str:
    """How a measure differs on a crowded county, and the fewest events on which it does."""
    at, known, events = county(seed)
    kept = smallest(name, events, at, known)
    lines = [f"{name}, county {seed}, as at {local(at)}, known {local(known) if known else 'all'}"]
    lines += [f"   {line}" for line in different(kept, at, known)[name]]
    lines += [f"     {told(event)}" for event in sorted(kept, key=lambda e: instant(e["time"]))]
    return "\n".join(lines)


def main() -> None:
    """Compare crowded counties; of each measure that differs show the smallest examples."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--from", dest="first", type=int, default=0)
    parser.add_argument("--to", type=int, default=100)
    parser.add_argument("--measure", action="append")
    parser.add_argument("--examples", type=int, default=1, help="how many of each measure")
    asked = parser.parse_args()
    counties: Counter[str] = Counter()
    compared = 0
    for seed in range(asked.first, asked.to):
        at, known, events = county(seed)
        compared += len(cells(events, at, known))
        for name in different(events, at, known):
            wanted = not asked.measure or name in asked.measure
            if wanted and counties[name] < asked.examples:
                sys.stdout.write(f"\n== {example(name, seed)}\n")
            counties[name] += 1
    sys.stdout.write(f"\n{compared} cells of {asked.to - asked.first} counties; that differ:\n")
    for name, count in counties.most_common():
        sys.stdout.write(f"   {name}: {count} counties\n")


if __name__ == "__main__":
    main()
