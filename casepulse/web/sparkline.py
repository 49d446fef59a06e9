"""A sparkline: thirteen months at a glance, as SVG to stand in a table, with the target as a line.

It is drawn here and not by matplotlib as the larger charts are: fifty stand on a page that is made
anew whenever a figure changes.
"""

from collections.abc import Sequence
from itertools import groupby

from markupsafe import Markup

#: In CSS pixels.
WIDTH, HEIGHT = 104, 28
_MARGIN = 4


def sparkline(points: Sequence[float | None], target: float | None = None) -> Markup:
    """The line of a series. It says nothing to those who can't see it: the words beside it do.

    Args:
        points: oldest first; None is a month without a figure, and a gap in the line.
        target: drawn as a dashed level line, where there is one.
    """
    numbers = [point for point in points if point is not None]
    if not numbers:
        return Markup("")
    shown = numbers if target is None else [*numbers, target]
    lowest, highest = min(shown), max(shown)
    step = (WIDTH - 2 * _MARGIN) / max(1, len(points) - 1)

    def place(at: int, number: float) -> tuple[float, float]:
        share = 0.5 if highest == lowest else (number - lowest) / (highest - lowest)
        return _MARGIN + at * step, HEIGHT - _MARGIN - share * (HEIGHT - 2 * _MARGIN)

    drawn = []
    if target is not None:
        height = place(0, target)[1]
        drawn.append(
            f'<line class="sparkline__target" x1="0" y1="{height:.1f}" x2="{WIDTH}" '
            f'y2="{height:.1f}"/>'
        )
    for known, run in groupby(enumerate(points), key=lambda each: each[1] is not None):
        if known:
            places = [place(at, number) for at, number in run if number is not None]
            if len(places) == 1:  # between two gaps
                places.append((places[0][0] + 0.5, places[0][1]))
            line = " ".join(f"{across:.1f},{down:.1f}" for across, down in places)
            drawn.append(f'<polyline class="sparkline__line" points="{line}"/>')
    if points[-1] is not None:
        across, down = place(len(points) - 1, points[-1])
        drawn.append(f'<circle class="sparkline__now" cx="{across:.1f}" cy="{down:.1f}" r="3"/>')
    # Numbers of ours and nothing else stand in it.
    return Markup(  # noqa: S704
        f'<svg class="sparkline" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'aria-hidden="true" focusable="false">{"".join(drawn)}</svg>'
    )
