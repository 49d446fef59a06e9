"""A chart as SVG: thirteen months, the target, the peers, each named where it stands.

The colours are the Government Analysis Function's. The words are text, not outlines: in
Source Sans Pro where there is that font (the PDF brings it) and in Arial elsewhere. The
same chart gives the same bytes.
"""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from io import StringIO
from itertools import cycle
from math import nan
from threading import Lock
from typing import Any

import matplotlib as mpl
from afcharts.af_colours import get_af_colours
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.ticker import FuncFormatter, MaxNLocator
from matplotlib.typing import RcKeyType

from casepulse.shown.blocks import Chart
from casepulse.shown.months import short_month
from casepulse.shown.values import number_words, target_words

#: In CSS pixels: two of them stand beside each other on a page.
WIDTH, HEIGHT = 380, 190
_LEFT, _RIGHT, _TOP, _BOTTOM = 42, 116, 12, 28
_ACROSS, _UP = WIDTH - _LEFT - _RIGHT, HEIGHT - _TOP - _BOTTOM
_PIXELS_PER_INCH = 72

_TEXT = 12.5
_LINE_HEIGHT = 14.0
_LABEL_LETTERS = 18

_INK = "#0b0c0c"
_QUIET = "#505a5f"
_GRID = "#d9dcde"

#: A percentage is shown of a hundred, unless all there is would lie at the foot of it.
_PERCENT_TOPS = (5, 10, 25, 100)

_SETTINGS: dict[RcKeyType, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "casepulse",
    "font.sans-serif": ["Source Sans Pro", "Arial"],
    "text.parse_math": False,
    "path.simplify": False,
}

#: matplotlib's settings are the process's: one chart is drawn at a time.
_SETTINGS_HELD = Lock()


@dataclass(frozen=True, slots=True)
class _Label:
    """What stands to the right of the chart, and the number that it belongs to."""

    words: str
    number: float
    colour: str
    weight: str = "regular"

    @property
    def height(self) -> float:
        return _LINE_HEIGHT * (self.words.count("\n") + 1)


def chart_svg(chart: Chart) -> str:
    """The chart without its title, which stands above it as text.

    A month without a figure is a gap. Every axis begins at 0.

    Raises:
        ValueError: it has no month, or a line has not a point for each.
    """
    if not chart.months:
        raise ValueError(f"chart {chart.key}: it has no month")
    for line in chart.lines:
        if len(line.points) != len(chart.months):
            raise ValueError(f"chart {chart.key}: {line.name!r} has not a point for each month")
    svg = StringIO()
    with _SETTINGS_HELD, mpl.rc_context(_SETTINGS):
        inches = WIDTH / _PIXELS_PER_INCH, HEIGHT / _PIXELS_PER_INCH
        figure = Figure(figsize=inches, dpi=_PIXELS_PER_INCH)
        place = _LEFT / WIDTH, _BOTTOM / HEIGHT, _ACROSS / WIDTH, _UP / HEIGHT
        axes = figure.add_axes(place)
        _frame(chart, axes)
        _write(axes, len(chart.months), [*_series(chart, axes), *_comparators(chart, axes)])
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure.savefig(svg, format="svg", metadata=nothing)
    return svg.getvalue()


def spread(wanted: Sequence[float], heights: Sequence[float], top: float) -> list[float]:
    """Where labels stand so that none covers another: as near to where they want to be.

    Args:
        wanted: where the middle of each would be, from the lowest up.
        heights: how high each is.
        top: none stands higher than this, and none below 0, where there is room.

    Returns:
        where the middle of each is.
    """
    # Those that would touch stand together, around the middle of where they want to be.
    clusters: list[list[int]] = []
    feet: list[float] = []
    for place in range(len(wanted)):
        clusters.append([place])
        feet.append(_foot(clusters[-1], wanted, heights, top))
        while len(clusters) > 1 and feet[-2] + sum(heights[one] for one in clusters[-2]) > feet[-1]:
            clusters[-2:] = [clusters[-2] + clusters[-1]]
            feet[-2:] = [_foot(clusters[-1], wanted, heights, top)]
    middles = []
    for cluster, foot in zip(clusters, feet, strict=True):
        for place in cluster:
            middles.append(foot + heights[place] / 2)
            foot += heights[place]
    return middles


def _foot(
    cluster: Sequence[int], wanted: Sequence[float], heights: Sequence[float], top: float
) -> float:
    """Where a pile of labels begins, so that each is as near as can be to where it wants to be."""
    high, feet = 0.0, []
    for place in cluster:
        feet.append(wanted[place] - heights[place] / 2 - high)
        high += heights[place]
    return max(0.0, min(sum(feet) / len(feet), top - high))


def _frame(chart: Chart, axes: Axes) -> None:
    """Sets up the axes."""
    months = chart.months
    axes.set_xlim(-0.5, len(months) - 0.5)
    axes.set_ylim(0, _top(chart))
    axes.yaxis.set_major_locator(
        MaxNLocator(5, steps=[1, 2, 2.5, 5, 10], integer=chart.unit == "count")
    )
    sign = "%" if chart.unit == "percent" else ""
    axes.yaxis.set_major_formatter(FuncFormatter(lambda number, _: f"{number:,.10g}{sign}"))
    # A tick every third month, and words at every other: the last month always has both.
    ticks = range(len(months) - 1, -1, -3)
    axes.set_xticks(ticks, minor=True)
    axes.set_xticks(ticks[::2], [short_month(months[place]) for place in ticks[::2]])
    for words in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        words.set_fontproperties(_font())
    axes.tick_params(axis="y", length=0, pad=5, labelcolor=_QUIET)
    axes.tick_params(axis="x", which="both", length=4, color=_QUIET, labelcolor=_QUIET)
    axes.grid(axis="y", color=_GRID, linewidth=0.7)
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(_QUIET)


def _top(chart: Chart) -> float:
    """Where the axis ends."""
    highest = float(max(_numbers(chart), default=0))
    if chart.unit == "percent":
        return next((float(top) for top in _PERCENT_TOPS if highest <= top), highest * 1.05)
    return highest * 1.1 or 1.0


def _numbers(chart: Chart) -> Iterator[float]:
    for line in chart.lines:
        yield from (float(point) for point in line.points if point is not None)
    yield from (float(number) for _, number in chart.peers)
    if chart.target is not None:
        yield float(chart.target)


def _series(chart: Chart, axes: Axes) -> Iterator[_Label]:
    """Draws the lines or columns, and gives the label of each: its last number."""
    count = len(chart.lines)
    for place, (line, colour) in enumerate(zip(chart.lines, _colours(count), strict=False)):
        numbers = [nan if point is None else float(point) for point in line.points]
        if chart.kind == "column":
            width = 0.72 / count
            middles = [month - 0.36 + width * (place + 0.5) for month in range(len(numbers))]
            axes.bar(middles, numbers, width=width, color=colour)
        else:
            # The marks show a month that stands alone between two gaps.
            axes.plot(numbers, color=colour, linewidth=2, marker="o", markersize=3.6, zorder=3)
        last = line.points[-1]
        if last is not None:
            number = number_words(last, chart.unit)
            words = number if count == 1 else _label_words(line.name, number)
            yield _Label(words, float(last), colour, "semibold")


def _comparators(chart: Chart, axes: Axes) -> Iterator[_Label]:
    """Draws target and peers as level lines, and gives their labels."""
    if chart.target is not None:
        axes.axhline(float(chart.target), color=_INK, linewidth=1.3, dashes=(5, 3), zorder=2.5)
        words = _label_words("Target", target_words(chart.target, chart.unit))
        yield _Label(words, float(chart.target), _INK)
    for (name, number), colour in zip(chart.peers, _colours(6, first=2), strict=False):
        axes.axhline(float(number), color=colour, linewidth=1.3, zorder=2.4)
        words = _label_words(name, target_words(number, chart.unit))
        yield _Label(words, float(number), colour)


def _colours(count: int, first: int = 0) -> Iterator[str]:
    """The palette for so many series, from one of its colours on, again and again."""
    palette: list[str] = get_af_colours("categorical", number_of_colours=min(max(count, 2), 6))
    return cycle(palette[first:])


def _label_words(name: str, number: str) -> str:
    # What a rule wrote for the inside of a sentence begins a label here.
    return "\n".join(textwrap.wrap(f"{name[:1].upper()}{name[1:]} {number}", _LABEL_LETTERS))


def _write(axes: Axes, months: int, labels: Sequence[_Label]) -> None:
    """Writes the labels to the right, with a line to each from what it names."""
    top = axes.get_ylim()[1]
    ordered = sorted(labels, key=lambda label: label.number)
    places = spread(
        [label.number / top * _UP for label in ordered],
        [label.height for label in ordered],
        _UP + _TOP,
    )
    for label, place in zip(ordered, places, strict=True):
        height = place / _UP * top
        leader = (months - 0.5, months - 0.1), (label.number, height)
        axes.plot(*leader, color=label.colour, linewidth=1.3, clip_on=False)
        axes.text(
            months + 0.1,
            height,
            label.words,
            va="center",
            color=_INK,
            linespacing=1.0,
            fontproperties=_font(label.weight),
        )


def _font(weight: str = "regular") -> FontProperties:
    name = {"regular": "SourceSansPro-Regular.ttf", "semibold": "SourceSansPro-Semibold.ttf"}
    path = files("font_source_sans_pro") / "files" / name[weight]
    return FontProperties(family="sans-serif", fname=str(path), weight=weight, size=_TEXT)
