"""The whole service: every measure of the dashboard, part by part."""

from grafana_foundation_sdk.builders import dashboard as build
from grafana_foundation_sdk.builders import stat

from casepulse.state import Catalogue

from . import columns
from .columns import MEASURES
from .frame import OVERVIEW, add, framed
from .looks import AMBER, COUNT, GREEN, LATE, LINES, RAG, RED, option, steps
from .panels import HALF, SIXTH, Line, Panel, bars, chart, number
from .promql import or_nought, series, told, total
from .state_of_view import as_at, whole
from .tables import table


def overview(catalogue: Catalogue) -> build.Dashboard:
    """The dashboard.

    Args:
        catalogue: which measures stand on it.
    """
    dashboard = framed(
        OVERVIEW,
        "casepulse: the service",
        "Every measure of the performance dashboard: its value against its target, its colour, "
        "where it goes, what is overdue and what falls due.",
        web_page="/",
    )
    return add(
        dashboard,
        [
            ("Now", _now()),
            *((title, [_part(title, names)]) for title, names in catalogue.dashboard.items()),
            ("Over time", _over_time()),
        ],
    )


def _now() -> list[Panel]:
    return [
        as_at(),
        whole(),
        _measures_that_are("red", "Red", steps((1, RED), below=GREEN)),
        _measures_that_are("yellow", "Yellow", steps((1, AMBER), below=GREEN)),
        _measures_that_are("green", "Green", steps(below=GREEN)),
        number(
            "Service alerts that fire",
            "Alerts of measures: below tolerance, turned Red, overdue growing or for too long. "
            "Prometheus fires them, the Alertmanager sends them. The runbook says what to do.",
            or_nought(f"count({series('ALERTS', FIRING, SERVICE)})"),
            COUNT,
            thresholds=steps((1, RED), below=GREEN),
        ).span(SIXTH),
    ]


FIRING = 'alertstate="firing"'
SERVICE = 'audience="service"'


def _measures_that_are(state: str, word: str, thresholds: build.ThresholdsConfig) -> stat.Panel:
    matcher = f'state="{state}"'
    return number(
        f"Measures that are {word}",
        f"How many measures with a target are {word}, by the rule of the authority's profile.",
        f"sum by (job) ({told('casepulse_measure_rag_state', 'measure', matcher)})",
        COUNT,
        thresholds=thresholds,
    )


def _part(title: str, names: tuple[str, ...]) -> Panel:
    measures = f'measure=~"{"|".join(names)}"'
    return table(
        title,
        "The latest figures of this part of the dashboard, for the whole county. n/a: nobody is in "
        "the denominator, or the measure has no target or no list of what is to be done.",
        MEASURES,
        [
            columns.name(measures),
            columns.value(measures),
            columns.target(measures),
            columns.colour(measures),
            columns.direction(measures),
            columns.count("Numerator", "casepulse_measure_numerator", "measure", measures),
            columns.count("Denominator", "casepulse_measure_denominator", "measure", measures),
            columns.count("Overdue", "casepulse_measure_overdue", "measure", measures),
            columns.count("Due soon", "casepulse_measure_due_soon", "measure", measures),
            columns.longest_overdue(measures),
        ],
    ).height(3 + len(names))


def _over_time() -> list[Panel]:
    return [
        _by_colour(),
        chart(
            "Lines overdue and due soon",
            "What is overdue, and what falls due within the look-ahead of the authority's profile. "
            f"{LINES}",
            [
                Line(total("casepulse_measure_overdue", ""), "Overdue"),
                Line(total("casepulse_measure_due_soon", ""), "Due soon"),
            ],
            COUNT,
        ),
        bars(
            "Most overdue",
            "The ten measures with most overdue now.",
            f"topk(10, {total('casepulse_measure_overdue', 'measure')} > 0)",
            "{{measure}}",
            COUNT,
            thresholds=LATE,
        ).span(HALF),
    ]


def _by_colour() -> Panel:
    states = f"sum by (job, state) ({told('casepulse_measure_rag_state', 'measure, state')})"
    panel = chart(
        "Measures by colour",
        "How many measures with a target have each colour.",
        [Line(states, "{{state}}")],
        COUNT,
        stacked=True,
    )
    for state, word, colour in RAG:
        fixed = {"mode": "fixed", "fixedColor": colour}
        panel.override_by_name(state, [option("displayName", word), option("color", fixed)])
    return panel
