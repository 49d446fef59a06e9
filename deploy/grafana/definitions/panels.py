"""The kinds of panel that the dashboards are made of."""

from collections.abc import Sequence
from dataclasses import dataclass

from grafana_foundation_sdk.builders import (
    bargauge,
    common,
    heatmap,
    prometheus,
    stat,
    table,
    timeseries,
)
from grafana_foundation_sdk.builders import dashboard as build
from grafana_foundation_sdk.models.common import (
    BarGaugeDisplayMode,
    BigValueColorMode,
    BigValueGraphMode,
    BigValueTextMode,
    DataSourceRef,
    GraphThresholdsStyleMode,
    LegendDisplayMode,
    LegendPlacement,
    StackingMode,
    VizOrientation,
)
from grafana_foundation_sdk.models.dashboard import ValueMapping
from grafana_foundation_sdk.models.heatmap import HeatmapColorMode
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

from .looks import NOT_APPLICABLE, PLAIN, absent, option

DATA_SOURCE = DataSourceRef(type_val="prometheus", uid="${datasource}")

#: Any of the kinds below.
Panel = stat.Panel | timeseries.Panel | bargauge.Panel | heatmap.Panel | table.Panel

HEIGHT = 8
WIDE, HALF, THIRD, QUARTER, SIXTH, EIGHTH = 24, 12, 8, 6, 4, 3


@dataclass(frozen=True, slots=True)
class Line:
    """A query of a chart.

    Args:
        query: PromQL.
        legend: Grafana's template of what its series are called.
        dashed: for what is not measured but set, such as a target.
    """

    query: str
    legend: str
    dashed: bool = False


def query_of_now(query: str, name: str = "A") -> prometheus.Dataquery:
    """A query for the latest value only."""
    return _query(query, name).instant()


def query_as_table(query: str, name: str) -> prometheus.Dataquery:
    """A query for the latest value of each series, its labels as columns."""
    return query_of_now(query, name).format(PromQueryFormat.TABLE)


def number(
    title: str,
    description: str,
    query: str,
    unit: str,
    *,
    thresholds: build.ThresholdsConfig = PLAIN,
    mappings: Sequence[ValueMapping] = (),
    legend: str = "__auto",
    nothing: str = NOT_APPLICABLE,
) -> stat.Panel:
    """One figure in large letters.

    Args:
        title: what it is.
        description: what it means and what to do.
        query: PromQL; if it gives several series, each is shown, named by `legend`.
        unit: Grafana's name of its unit.
        thresholds: its colours.
        mappings: its words.
        legend: as in `Line`. With a label's value in it and a query that is always 1, the figure
            is that label: see `word`.
        nothing: what is shown if there is no value.
    """
    return (
        stat.Panel()
        .title(title)
        .description(description)
        .datasource(DATA_SOURCE)
        .unit(unit)
        .thresholds(thresholds)
        .mappings([*mappings, absent(nothing)])
        .no_value(nothing)
        .color_mode(BigValueColorMode.VALUE)
        .graph_mode(BigValueGraphMode.NONE)
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]).values(False))
        .with_target(query_of_now(query).legend_format(legend))
        .height(4)
        .span(SIXTH)
    )


def word(
    title: str, description: str, query: str, label: str, *, mappings: Sequence[ValueMapping]
) -> stat.Panel:
    """A label's value in large letters.

    Args:
        title: what it is.
        description: what it means.
        query: PromQL that gives the series which has it.
        label: its name.
        mappings: its words.
    """
    return (
        number(title, description, query, "string", mappings=mappings)
        .targets([query_as_table(query, "A")])
        .reduce_options(
            common.ReduceDataOptions().calcs(["lastNotNull"]).values(True).fields(f"/^{label}$/")
        )
        .text_mode(BigValueTextMode.VALUE)
        .color_mode(BigValueColorMode.BACKGROUND_SOLID)
    )


def chart(
    title: str,
    description: str,
    lines: Sequence[Line],
    unit: str,
    *,
    thresholds: build.ThresholdsConfig | None = None,
    stacked: bool = False,
    at_least: float | None = 0,
    at_most: float | None = None,
) -> timeseries.Panel:
    """Figures over time.

    Args:
        title: what it is.
        description: what it means and what to do.
        lines: its queries.
        unit: Grafana's name of its unit.
        thresholds: drawn as dashed lines, if any.
        stacked: whether the series add up.
        at_least: where the axis begins, if nothing is below.
        at_most: where it ends, if nothing is above.
    """
    panel = (
        timeseries.Panel()
        .title(title)
        .description(description)
        .datasource(DATA_SOURCE)
        .unit(unit)
        .no_value(NOT_APPLICABLE)
        .line_width(2)
        .fill_opacity(60 if stacked else 0)
        .span_nulls(False)
        .legend(
            common.VizLegendOptions()
            .display_mode(LegendDisplayMode.TABLE)
            .placement(LegendPlacement.BOTTOM)
            .show_legend(True)
            .calcs(["lastNotNull"])
        )
        .height(HEIGHT)
        .span(HALF)
    )
    if at_least is not None:
        panel.axis_soft_min(at_least)
    if at_most is not None:
        panel.axis_soft_max(at_most)
    if stacked:
        panel.stacking(common.StackingConfig().mode(StackingMode.NORMAL).group("A"))
    if thresholds is not None:
        panel.thresholds(thresholds)
        panel.thresholds_style(
            common.GraphThresholdsStyleConfig().mode(GraphThresholdsStyleMode.DASHED)
        )
    for index, line in enumerate(lines):
        name = chr(ord("A") + index)
        panel.with_target(_query(line.query, name).range().legend_format(line.legend))
        if line.dashed:
            style = common.LineStyle().fill("dash").dash([10, 10]).build()
            panel.override_by_query(name, [option("custom.lineStyle", style)])
    return panel


def bars(
    title: str,
    description: str,
    query: str,
    legend: str,
    unit: str,
    *,
    thresholds: build.ThresholdsConfig = PLAIN,
) -> bargauge.Panel:
    """The latest figures side by side, as bars with their numbers."""
    return (
        bargauge.Panel()
        .title(title)
        .description(description)
        .datasource(DATA_SOURCE)
        .unit(unit)
        .min(0)
        .no_value(NOT_APPLICABLE)
        .thresholds(thresholds)
        .orientation(VizOrientation.HORIZONTAL)
        .display_mode(BarGaugeDisplayMode.BASIC)
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]).values(False))
        .with_target(query_of_now(query).legend_format(legend))
        .height(HEIGHT)
        .span(HALF)
    )


def buckets(title: str, description: str, query: str, unit: str) -> heatmap.Panel:
    """A histogram over time: how many fell into each bucket, by its upper bound.

    Args:
        title: what it is.
        description: what it means.
        query: PromQL by `le`.
        unit: that of `le`.
    """
    return (
        heatmap.Panel()
        .title(title)
        .description(description)
        .datasource(DATA_SOURCE)
        .calculate(False)
        .color(heatmap.HeatmapColorOptions().mode(HeatmapColorMode.SCHEME).scheme("Viridis"))
        .y_axis(heatmap.YAxisConfig().unit(unit))
        .tooltip(heatmap.HeatmapTooltip().show_color_scale(True).y_histogram(True))
        .no_value(NOT_APPLICABLE)
        .with_target(
            _query(query, "A").range().format(PromQueryFormat.HEATMAP).legend_format("{{le}}")
        )
        .height(HEIGHT)
        .span(HALF)
    )


def _query(query: str, name: str) -> prometheus.Dataquery:
    return prometheus.Dataquery().datasource(DATA_SOURCE).expr(query).ref_id(name)
