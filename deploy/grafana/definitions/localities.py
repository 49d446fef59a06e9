"""One locality: its measures beside the county's; and all localities side by side."""

from grafana_foundation_sdk.builders import dashboard as build

from . import columns
from .columns import MEASURES
from .frame import LOCALITIES, add, chosen, framed
from .looks import COUNT, GREEN, LATE, LINES, RATIO, steps
from .panels import QUARTER, WIDE, Line, Panel, bars, chart, number
from .promql import told, total
from .state_of_view import as_at, whole
from .tables import Column, table

HERE = 'locality="$locality"'


def localities() -> build.Dashboard:
    """The dashboard."""
    dashboard = framed(
        LOCALITIES,
        "casepulse: localities",
        "A locality's measures beside the county's, what is overdue in it and what falls due; and "
        "all localities side by side.",
        web_page="/localities/${locality:percentencode}",
        variables=[
            chosen(
                "locality",
                "Locality",
                'label_values(casepulse_measure_numerator{job=~"$job"}, locality)',
                description="As the authority's profile names it",
            )
        ],
    )
    return add(
        dashboard,
        [
            ("Now", _now()),
            ("Its measures", [_measures()]),
            ("What is late", _late()),
            ("All localities", _all()),
        ],
    )


def _now() -> list[Panel]:
    return [
        as_at().span(QUARTER),
        whole().span(QUARTER),
        number("Lines overdue here", f"Of this locality. {LINES}",
               _all_of("casepulse_measure_overdue"), COUNT,
               thresholds=LATE).span(QUARTER),
        number("Lines due soon here", f"Due within the look-ahead, of this locality. {LINES}",
               _all_of("casepulse_measure_due_soon"), COUNT).span(QUARTER),
    ]  # fmt: skip


def _all_of(metric: str) -> str:
    return total(metric, "", HERE)


def _measures() -> Panel:
    here = told("measure_locality:casepulse_measure:ratio", "measure", HERE)
    county = told("measure:casepulse_measure:ratio", "measure")
    counts = (
        ("Numerator", "numerator"),
        ("Denominator", "denominator"),
        ("Overdue", "overdue"),
        ("Due soon", "due_soon"),
    )
    return table(
        "Measures of this locality",
        "The latest figures. A locality's denominators are small: one child may move a figure far. "
        "n/a: nobody is in the denominator, or the measure has no list of what is to be done.",
        MEASURES,
        [
            columns.name(),
            Column("Here", here, RATIO, width=columns.WIDTH),
            Column("County", county, RATIO, width=columns.WIDTH),
            Column("Here less county", f"{here} - on (job, measure) {county}", RATIO, width=150),
            columns.target(),
            *(
                columns.count(title, f"casepulse_measure_{metric}", "measure", HERE)
                for title, metric in counts
            ),
        ],
    ).height(20)


def _late() -> list[Panel]:
    overdue = total("casepulse_measure_overdue", "measure", HERE)
    return [
        bars("Most overdue here", "The ten measures with most overdue in this locality.",
             f"topk(10, {overdue} > 0)", "{{measure}}", COUNT, thresholds=LATE),
        chart("Lines overdue and due soon here", f"Of this locality, over time. {LINES}",
              [Line(_all_of("casepulse_measure_overdue"), "Overdue"),
               Line(_all_of("casepulse_measure_due_soon"), "Due soon")], COUNT),
    ]  # fmt: skip


def _all() -> list[Panel]:
    by_locality = total("casepulse_measure_overdue", "locality")
    each = told("casepulse_measure_overdue", "measure, locality")
    return [
        bars("Lines overdue by locality", f"Localities differ in size. {LINES}",
             by_locality, "{{locality}}", COUNT, thresholds=LATE),
        bars("Measures with anything overdue, by locality",
             "Of how many measures something is overdue.",
             f"count by (job, locality) ({each} > 0)", "{{locality}}", COUNT,
             thresholds=steps(below=GREEN)),
        chart("Lines overdue by locality, over time", LINES,
              [Line(by_locality, "{{locality}}")], COUNT, stacked=True).span(WIDE),
    ]  # fmt: skip
