"""A CSV of visits, turned into events: a line of JSON each, for `casepulse publish -`.

Columns: visit, child (a pseudonymous key), visited and written_up (RFC 3339), kind, seen (yes, no).

python examples/events_from_a_table.py visits.csv
"""

import csv
import sys
from datetime import datetime
from pathlib import Path

from casepulse.schemas.codes import VisitKind, VisitMethod
from casepulse.schemas.events import make_event, write_event
from casepulse.schemas.events.referral import VisitRecorded

with Path(sys.argv[1]).open(encoding="utf-8", newline="") as file:
    for row in csv.DictReader(file):
        visit = VisitRecorded(
            kind=VisitKind(row["kind"]),
            method=VisitMethod.FACE_TO_FACE,
            child_seen=row["seen"] == "yes",
        )
        event = make_event(
            visit,
            id=row["visit"],  # the same visit told again is the same event
            source="northshire/visits",
            subject=f"child:{row['child']}",
            time=datetime.fromisoformat(row["visited"]),
            recorded=datetime.fromisoformat(row["written_up"]),
        )
        sys.stdout.buffer.write(write_event(event) + b"\n")
