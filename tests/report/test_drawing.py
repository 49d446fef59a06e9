"""Charts as SVG: what is drawn where, read back from the picture."""

import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import matplotlib as mpl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casepulse.shown.blocks import Chart, Line
from casepulse.shown.drawing import HEIGHT, WIDTH, chart_svg, spread
from tests.report.example import MONTHS, example

ROOT = Path(__file__).resolve().parent.parent.parent
SVG = "{http://www.w3.org/2000/svg}"

BLUE = "#12436d"  # the first of the Analysis Function's colours


def chart(*points: float | None, **more: object) -> Chart:
    """A chart of one line of percentages."""
    line = Line("County", tuple(None if each is None else Decimal(str(each)) for each in points))
    plain = Chart("key", "Title", "Alternative", MONTHS[: len(points)], (line,), "percent")
    return replace(plain, **more)  # type: ignore[arg-type]


def words(svg: str) -> dict[str, tuple[float, float]]:
    """What is written, and where: from the left, and from the top, in pixels."""
    found = {}
    for text in ElementTree.fromstring(svg).iter(f"{SVG}text"):  # noqa: S314 - it is ours
        moved = re.match(r"translate\(([\d.]+) ([\d.]+)\)", text.get("transform", ""))
        x, y = moved.groups() if moved else (text.attrib["x"], text.attrib["y"])
        found[text.text or ""] = float(x), float(y)
    return found


def paths(svg: str, colour: str) -> list[list[tuple[float, float]]]:
    """The corners of each path of a colour: a new list wherever the pen is lifted."""
    found = []
    for path in ElementTree.fromstring(svg).iter(f"{SVG}path"):  # noqa: S314
        if colour in path.get("style", ""):
            for stroke in re.split("M", path.get("d", ""))[1:]:
                corners = re.findall(r"(-?[\d.]+) (-?[\d.]+)", stroke)
                found.append([(float(x), float(y)) for x, y in corners])
    return found


def line_of(svg: str) -> list[list[tuple[float, float]]]:
    """The strokes of the first line: not the axes', the labels' nor the marks'."""
    drawn = re.search(r'<path d="([^"]*)" clip-path[^>]*stroke: #12436d', svg)
    assert drawn is not None
    strokes = re.split("M", drawn[1])[1:]
    return [
        [(float(x), float(y)) for x, y in re.findall(r"(-?[\d.]+) (-?[\d.]+)", stroke)]
        for stroke in strokes
    ]


def test_a_percentage_stands_at_its_height() -> None:
    (points,) = line_of(chart_svg(chart(0, 50, 100)))
    foot, middle, top = (y for _, y in points)
    assert middle == pytest.approx((foot + top) / 2)
    ticks = words(chart_svg(chart(0, 50, 100)))
    assert ticks["0%"][1] - ticks["100%"][1] == pytest.approx(foot - top, abs=1)


def test_a_month_without_a_figure_is_a_gap() -> None:
    strokes = line_of(chart_svg(chart(40, 42, None, 50, 55)))
    assert [len(stroke) for stroke in strokes] == [2, 2]


@pytest.mark.parametrize(
    ("highest", "top"),
    [(0, "5%"), (4.4, "5%"), (7, "10%"), (11, "25%"), (26, "100%"), (99, "100%")],
)
def test_percentages_are_of_a_hundred_unless_all_are_low(highest: float, top: str) -> None:
    written = words(chart_svg(chart(0, highest, 0)))
    assert top in written
    assert min(written, key=lambda each: written[each][1]) == top
    assert "0%" in written


def test_more_than_a_hundred_per_cent_is_not_cut_off() -> None:
    (points,) = line_of(chart_svg(chart(90, 130)))
    assert min(y for _, y in points) > 0


def test_a_count_begins_at_nought() -> None:
    svg = chart_svg(chart(724, 730, 741, unit="count", kind="column"))
    assert "0" in words(svg)
    columns = [corners for corners in paths(svg, f"fill: {BLUE}") if len(corners) == 4]
    heights = [max(y for _, y in each) - min(y for _, y in each) for each in columns]
    assert [round(height / heights[0], 3) for height in heights] == [
        1.0,
        round(730 / 724, 3),
        round(741 / 724, 3),
    ]


def test_counts_have_no_ticks_between_them() -> None:
    written = words(chart_svg(chart(1, 0, 2, unit="count", kind="column")))
    assert not [each for each in written if "." in each]


def test_a_target_is_a_dashed_line_with_its_name() -> None:
    svg = chart_svg(chart(80, 81, target=Decimal("85.0")))
    assert "Target 85%" in words(svg)
    assert svg.count("stroke-dasharray") == 1
    assert "stroke-dasharray" not in chart_svg(chart(80, 81))


def test_peers_and_the_last_figure_are_named_beside_the_chart() -> None:
    written = words(chart_svg(chart(80, 81, peers=(("our peers", Decimal("75.5")),))))
    assert "Our peers 75.5%" in written
    assert written["81%"][0] == written["Our peers 75.5%"][0] > WIDTH / 2
    assert written["81%"][1] < written["Our peers 75.5%"][1]


def test_a_last_month_without_a_figure_has_no_label() -> None:
    assert not [each for each in words(chart_svg(chart(80, 33, None))) if each == "33%"]


def test_several_lines_are_named() -> None:
    lines = (Line("In time", (Decimal(60), Decimal(64))), Line("Accepted", (Decimal(70),) * 2))
    written = words(chart_svg(chart(0, 0, lines=lines)))
    assert {"In time 64%", "Accepted 70%"} <= set(written)


def test_months_are_written_sparsely_and_the_last_always() -> None:
    written = [each for each in words(chart_svg(chart(*range(13)))) if re.search(r" 20\d\d$", each)]
    assert sorted(written) == ["Jan 2020", "Jan 2021", "Jul 2020"]


def test_a_chart_without_a_figure_is_an_empty_frame() -> None:
    assert "100%" in words(chart_svg(chart(None, None, target=Decimal(85))))


def test_words_are_never_formulas() -> None:
    written = words(chart_svg(chart(1, peers=(("$x^2$ <&", Decimal(3)),))))
    assert "$x^2$ <& 3%" in written


@pytest.mark.parametrize("points", [(1,), (1, 2, 3)])
def test_a_line_needs_a_point_for_each_month(points: tuple[int, ...]) -> None:
    line = Line("County", tuple(map(Decimal, points)))
    with pytest.raises(ValueError, match="point for each month"):
        chart_svg(chart(1, 2, lines=(line,)))


def test_a_chart_needs_a_month() -> None:
    with pytest.raises(ValueError, match="no month"):
        chart_svg(chart())


def test_the_same_chart_gives_the_same_bytes_in_any_process_and_thread() -> None:
    charts = [block for block in example().blocks() if isinstance(block, Chart)]
    drawn = [chart_svg(each) for each in charts]
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(chart_svg, charts * 4)) == drawn * 4
    script = (
        "from casepulse.shown.blocks import Chart\n"
        "from casepulse.shown.drawing import chart_svg\n"
        "from tests.report.example import example\n"
        "print(*(chart_svg(b) for b in example().blocks() if isinstance(b, Chart)), sep='', end='')"
    )
    again = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert again.stdout == "".join(drawn)


def test_drawing_leaves_matplotlibs_settings_as_they_were() -> None:
    before = dict(mpl.rcParams)
    chart_svg(chart(1, 2))
    assert dict(mpl.rcParams) == before


def test_everything_written_is_within_the_picture() -> None:
    charts = [block for block in example().blocks() if isinstance(block, Chart)]
    crowded = chart(1, 99, target=Decimal(99), peers=(("A peer", Decimal(98)), ("B", Decimal(97))))
    for each in [*charts, crowded]:
        for x, y in words(chart_svg(each)).values():
            assert 0 <= x <= WIDTH
            assert 8 <= y <= HEIGHT


def test_eighty_charts_take_less_than_thirty_seconds() -> None:
    charts = [block for block in example().blocks() if isinstance(block, Chart)]
    begun = time.process_time()
    for each in charts * 20:
        chart_svg(each)
    assert time.process_time() - begun < 30


@given(
    st.lists(
        st.tuples(st.floats(0, 150), st.sampled_from([14.0, 28.0])), min_size=1, max_size=5
    ).map(sorted)
)
def test_labels_stand_apart_in_order_and_within(labels: list[tuple[float, float]]) -> None:
    heights = [height for _, height in labels]
    places = spread([wanted for wanted, _ in labels], heights, 162)
    feet = [place - height / 2 for place, height in zip(places, heights, strict=True)]
    heads = [place + height / 2 for place, height in zip(places, heights, strict=True)]
    assert feet[0] >= -1e-9
    assert heads[-1] <= 162 + 1e-9
    for head, foot in zip(heads, feet[1:], strict=False):
        assert foot >= head - 1e-9


def test_labels_with_room_stay_where_they_want_to_be() -> None:
    assert spread([20, 60, 120], [14, 14, 14], 162) == [20, 60, 120]
    assert spread([60, 60], [14, 14], 162) == [53, 67]
