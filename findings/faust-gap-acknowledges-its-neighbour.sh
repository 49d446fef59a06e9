#!/bin/sh
# faust-streaming 0.15.3: where offsets are missing (markers of transactions, what was compacted away),
# Consumer notes the gap, and counts the record that stands behind the gap as acknowledged with it. So
# it commits past a record that nobody has processed: offsets 0, then 1 and 2 missing, then 3 that is
# still in work. After 0 was acknowledged and any later one, the offset to commit is behind 3.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check faust-streaming==0.15.3 aiokafka==0.14.0
"$folder/venv/bin/python" - <<'P'
import asyncio
from collections import defaultdict
from importlib.metadata import version
from types import SimpleNamespace

from faust.transport.consumer import Consumer
from faust.types import TP
from intervaltree import IntervalTree

print("faust-streaming", version("faust-streaming"))


async def committed() -> int | None:
    tp = TP("events", 0)
    consumer = SimpleNamespace()
    consumer._acked = defaultdict(list, {tp: [0, 4]})  # 3 is still being processed
    consumer._acked_index = defaultdict(set, {tp: {0, 4}})
    consumer._gap = defaultdict(IntervalTree)
    consumer._committed_offset = defaultdict(lambda: None)
    # What its reading loop does when record 3 comes after record 0.
    await Consumer._add_gap(consumer, tp, 1, 3)
    return Consumer._new_offset(consumer, tp)


seen = asyncio.run(committed())
print("acknowledged: 0 and 4; missing: 1 and 2; in work: 3; the offset to commit:", seen)
assert seen == 5, "a record behind a gap is waited for by now"
P
