"""One figure, release by release: what was said of each month, and when it was known.

python examples/a_series_from_releases.py releases cp_visits
"""

import sys

from casepulse.agents.release_store import ReleaseStore

store, measure = sys.argv[1:]
releases = ReleaseStore(store)
for name in releases.names():
    release = releases.read(name).release
    shown = release.measures[measure]
    figure = f"{shown.published} ({shown.numerator} of {shown.denominator})"
    print(f"{name:<22} known {release.known:%Y-%m-%d}  {figure}")
