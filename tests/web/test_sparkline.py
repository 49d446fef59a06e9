"""The line of thirteen months: within its frame, with gaps where there is no figure."""

import re

from hypothesis import given
from hypothesis import strategies as st

from casepulse.web.sparkline import HEIGHT, WIDTH, sparkline

_POINTS = st.lists(st.none() | st.floats(-1e6, 1e6, allow_nan=False), min_size=1, max_size=13)


@given(_POINTS, st.none() | st.floats(0, 100))
def test_nothing_is_drawn_outside_its_frame(
    points: list[float | None], target: float | None
) -> None:
    drawn = str(sparkline(points, target))
    if all(point is None for point in points):
        assert drawn == ""
        return
    places = re.findall(r"(-?[\d.]+),(-?[\d.]+)", " ".join(re.findall(r'points="([^"]*)"', drawn)))
    assert places
    for across, down in places:
        assert 0 <= float(across) <= WIDTH
        assert 0 <= float(down) <= HEIGHT
    for height in re.findall(r'y1="([\d.]+)"', drawn):
        assert 0 <= float(height) <= HEIGHT


def test_a_month_without_a_figure_is_a_gap() -> None:
    drawn = str(sparkline([1.0, 2.0, None, 3.0, 4.0]))
    assert drawn.count("<polyline") == 2
    assert drawn.count("<circle") == 1


def test_what_rises_goes_up_and_the_target_stands_between() -> None:
    drawn = str(sparkline([0.0, 100.0], 50.0))
    places = re.search(r'points="([\d.]+),([\d.]+) ([\d.]+),([\d.]+)"', drawn)
    assert places is not None
    first, last = float(places[2]), float(places[4])
    height = re.search(r'y1="([\d.]+)"', drawn)
    assert height is not None
    assert first > float(height[1]) > last


def test_without_a_figure_now_there_is_no_dot() -> None:
    assert "<circle" not in str(sparkline([1.0, 2.0, None]))
