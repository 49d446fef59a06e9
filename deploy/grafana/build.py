#!/usr/bin/env python3
"""Write Grafana's dashboards: the JSON in deploy/grafana/dashboards, from the code beside it.

python deploy/grafana/build.py            writes what has changed
python deploy/grafana/build.py --check    says what would, and fails if anything
python deploy/grafana/build.py --profile northshire.toml --out dashboards/   an authority's own
"""

import argparse
import json
from pathlib import Path

from definitions import localities, measure, overview, platform
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard

from casepulse.schemas.profile import ProfileError
from casepulse.state import Catalogue, open_catalogue

DASHBOARDS = Path(__file__).resolve().parent / "dashboards"


def written(catalogue: Catalogue) -> dict[str, str]:
    """Each dashboard's JSON, by the name of its file.

    Args:
        catalogue: which measures stand on the dashboard.
    """
    builders = (
        overview.overview(catalogue),
        measure.measure(),
        localities.localities(),
        platform.platform(),
    )
    return {f"{each.uid}.json": _json(each) for each in (build.build() for build in builders)}


def _json(dashboard: Dashboard) -> str:
    return (
        json.dumps(dashboard, cls=JSONEncoder, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
    )


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="change nothing, say what differs")
    parser.add_argument("--profile", type=Path, help="whose dashboard; else that of January 2021")
    parser.add_argument("--out", type=Path, default=DASHBOARDS, help="the folder that is written")
    asked = parser.parse_args()
    try:
        texts = written(open_catalogue(asked.profile))
    except ProfileError as error:
        raise SystemExit(str(error)) from None
    asked.out.mkdir(parents=True, exist_ok=True)
    there = {path.name: path.read_text("utf-8") for path in asked.out.glob("*.json")}
    differ = sorted(name for name in {*texts, *there} if texts.get(name) != there.get(name))
    if asked.check and differ:
        raise SystemExit(
            f"Not what the code says: {', '.join(differ)}\nWrite: python deploy/grafana/build.py"
        )
    for name in differ:
        if name in texts:
            (asked.out / name).write_text(texts[name], "utf-8")
        else:
            (asked.out / name).unlink()
    print(f"{len(texts)} dashboards, {len(differ)} of them written anew")


if __name__ == "__main__":
    main()
