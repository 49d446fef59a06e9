"""One measure: its figure against its target, its statuses, its localities, what is late."""

from grafana_foundation_sdk.builders import dashboard as build

from . import columns
from .frame import LOCALITIES, MEASURE, add, chosen, framed, to_dashboard, to_web
from .looks import COUNT, DIRECTION, DURATION, LATE, RAG, RATIO, TEXT, YES_NO, said
from .panels import EIGHTH, HALF, WIDE, Line, Panel, bars, chart, number, word
from .promql import told, total
from .tables import Column, Shown, table

THIS = 'measure="$measure"'

_RATIO = told("measure:casepulse_measure:ratio", "", THIS)
_TARGET = told("casepulse_measure_target_ratio", "", THIS)
_TOLERANCE = told("casepulse_measure_tolerance_ratio", "", THIS)

LOCALITY_LINKS = (
    to_dashboard(
        "This locality", LOCALITIES, "var-locality=${__data.fields.Locality:percentencode}"
    ),
    to_web("Its page in casepulse web", "/localities/${__data.fields.Locality:percentencode}"),
)


def measure() -> build.Dashboard:
    """The dashboard."""
    dashboard = framed(
        MEASURE,
        "casepulse: a measure",
        "One measure: its figure, target and tolerance, by locality; its statuses; what is overdue "
        "and what falls due.",
        web_page="/measures/${measure:raw}",
        variables=[
            chosen(
                "measure",
                "Measure",
                'query_result(max by (measure, title) (casepulse_measure_info{job=~"$job"}))',
                description="By its title; addresses have its id",
                pattern='/measure="(?<value>[^"]+)".*title="(?<text>[^"]+)"/',
            )
        ],
    )
    return add(
        dashboard,
        [
            ("Now", _now()),
            ("By locality", _by_locality()),
            ("Statuses", _statuses()),
            ("Late, and soon due", _late()),
        ],
    )


def _now() -> list[Panel]:
    return [
        number(
            "Value",
            "The county's figure. n/a: nobody is in the denominator, or it is a plain count.",
            _RATIO,
            RATIO,
        )
        .decimals(1)
        .span(EIGHTH),
        word(
            "RAG",
            "By the rule of the authority's profile.",
            f"{told('casepulse_measure_rag_state', 'state', THIS)} == 1",
            "state",
            mappings=said(RAG),
        ).span(EIGHTH),
        word(
            "Direction",
            "Against the months before, for measures of the dashboard.",
            f"{told('casepulse_measure_direction_state', 'state', THIS)} == 1",
            "state",
            mappings=said(DIRECTION),
        ).span(EIGHTH),
        number("Target", "What the figure is to be.", _TARGET, RATIO).span(EIGHTH),
        number(
            "Tolerance", "How far from its target it may be and not be Red.", _TOLERANCE, RATIO
        ).span(EIGHTH),
        number(
            "Numerator",
            "Counted above the line, in the county.",
            total("casepulse_measure_numerator", "", THIS),
            COUNT,
        ).span(EIGHTH),
        number(
            "Denominator",
            "Counted below the line. n/a: it is a plain count.",
            total("casepulse_measure_denominator", "", THIS),
            COUNT,
        ).span(EIGHTH),
        number(
            "Longest overdue",
            "For how long, up to what the figures are as at.",
            columns.overdue_for("", THIS),
            DURATION,
            nothing="none",
        ).span(EIGHTH),
        table(
            "What it is",
            "Its section of the report, which way is better, and whether the Achieving Improvement "
            "Plan has it.",
            [
                Shown("title", "Measure"),
                Shown("section", "Section"),
                Shown("polarity", "Better is"),
                Shown("definition_version", "Definitions"),
            ],
            [
                Column(
                    "AIP",
                    told(
                        "casepulse_measure_info",
                        "title, section, polarity, definition_version, aip",
                        THIS,
                    ),
                    TEXT,
                    "aip",
                    said(YES_NO),
                )
            ],
        )
        .height(4)
        .span(WIDE),
        chart(
            "Value against target and tolerance",
            "The county's figure over time. Gaps: nobody was in the denominator.",
            [
                Line(_RATIO, "County"),
                Line(_TARGET, "Target", dashed=True),
                Line(_tolerated(), "Limit of tolerance", dashed=True),
            ],
            RATIO,
            at_most=1,
        ).span(HALF),
        chart(
            "Numerator and denominator",
            "What the figure is made of, in the county.",
            [
                Line(total("casepulse_measure_numerator", "", THIS), "Numerator"),
                Line(total("casepulse_measure_denominator", "", THIS), "Denominator"),
            ],
            COUNT,
        ).span(HALF),
    ]


def _tolerated() -> str:
    """Below the target where high is better, above it where low is."""
    better = 'polarity="%s"'
    high, low = (
        f"and on (job) {told('casepulse_measure_info', '', THIS, better % way)}"
        for way in ("high", "low")
    )
    return f"({_TARGET} - {_TOLERANCE} {high}) or ({_TARGET} + {_TOLERANCE} {low})"


def _by_locality() -> list[Panel]:
    ratio = told("measure_locality:casepulse_measure:ratio", "locality", THIS)
    return [
        table(
            "Localities",
            "The latest figures of each locality. n/a: nobody is in its denominator.",
            [Shown("locality", "Locality", LOCALITY_LINKS)],
            [
                Column("Value", ratio, RATIO),
                *(
                    columns.count(title, f"casepulse_measure_{metric}", "locality", THIS)
                    for title, metric in (
                        ("Numerator", "numerator"),
                        ("Denominator", "denominator"),
                        ("Overdue", "overdue"),
                        ("Due soon", "due_soon"),
                    )
                ),
            ],
        )
        .height(10)
        .span(HALF),
        chart(
            "Value by locality",
            "Each locality's figure, with the county's target.",
            [Line(ratio, "{{locality}}"), Line(_TARGET, "Target", dashed=True)],
            RATIO,
            at_most=1,
        )
        .height(10)
        .span(HALF),
        chart(
            "Numerator by locality",
            "Counted above the line in each locality.",
            [Line(total("casepulse_measure_numerator", "locality", THIS), "{{locality}}")],
            COUNT,
            stacked=True,
        ),
        chart(
            "Denominator by locality",
            "Counted below the line in each locality.",
            [Line(total("casepulse_measure_denominator", "locality", THIS), "{{locality}}")],
            COUNT,
            stacked=True,
        ),
    ]


def _statuses() -> list[Panel]:
    note = "Told for measures of the dashboard; not for a part of another measure, whose statuses "
    note += "are those of the whole."
    return [
        bars("Statuses", f"How many have each status in the county. {note}",
             total("casepulse_measure_status", "status", THIS), "{{status}}", COUNT),
        chart("Statuses over time", f"How many have each status in the county. {note}",
              [Line(total("casepulse_measure_status", "status", THIS), "{{status}}")], COUNT,
              stacked=True),
    ]  # fmt: skip


def _late() -> list[Panel]:
    overdue = total("casepulse_measure_overdue", "locality", THIS)
    soon = total("casepulse_measure_due_soon", "locality", THIS)
    return [
        bars("Overdue by locality", "Not done, and late now.", overdue, "{{locality}}", COUNT,
             thresholds=LATE),
        bars("Due soon by locality",
             "Falls due within the look-ahead of the authority's profile, and is not late yet.",
             soon, "{{locality}}", COUNT),
        chart("Overdue over time", "Not done, and late at that time.",
              [Line(overdue, "{{locality}}")], COUNT, stacked=True),
        chart("Due soon over time", "What was about to fall due at that time.",
              [Line(soon, "{{locality}}")], COUNT, stacked=True),
    ]  # fmt: skip
