"""The larger charts, drawn as the report's are, each once as long as it stays the same."""

from collections import OrderedDict
from hashlib import sha256

from casepulse.shown.blocks import Chart
from casepulse.shown.charts import chart_of
from casepulse.shown.drawing import chart_svg
from casepulse.web.live_view import Seen
from casepulse.web.shown_measures import Shelf

#: Drawings that are kept, of some 20 kB each: as many as there are measures with one, and more.
KEPT = 300


def chart_address(chart: Chart) -> str:
    """Where a chart is served; another address whenever it is drawn otherwise."""
    return f"/charts/{chart.key.removesuffix('_chart')}.svg?{_digest(chart)}"


def _digest(chart: Chart) -> str:
    return sha256(repr(chart).encode()).hexdigest()[:12]


class Drawings:
    """Draws the charts of measures."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._kept: OrderedDict[str, str] = OrderedDict()

    def drawing(self, seen: Seen, name: str) -> str | None:
        """The chart of a measure as SVG; None if it has none. For any thread: it takes a while."""
        measure = self._shelf.measure(seen, name)
        chart = None if measure is None else chart_of(measure.shown)
        if chart is None:
            return None
        digest = _digest(chart)
        drawn = self._kept.get(digest)
        if drawn is None:
            drawn = self._kept[digest] = chart_svg(chart)
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return drawn
