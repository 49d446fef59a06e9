"""The columns that more than one table has, a row a measure."""

from .frame import MEASURE, to_dashboard, to_web
from .looks import COUNT, DIRECTION, DURATION, RAG, RATIO, TEXT, YES_NO, absent, said
from .promql import renamed, told, total
from .tables import Column, Shown

#: Leads to the measure's dashboard and page.
_LINKS = (
    to_dashboard("This measure", MEASURE, "var-measure=${__data.fields.measure}"),
    to_web("Its page in casepulse web", "/measures/${__data.fields.measure}"),
)

#: A row is a measure. Its id is there for the links.
MEASURES = (Shown("title", "Measure", _LINKS), Shown("section", "Section"), Shown("measure"))

WIDTH = 130


def name(*matchers: str) -> Column:
    """What gives a row its title and section, and whether the improvement plan has the measure."""
    info = told("casepulse_measure_info", "measure, title, section, aip", *matchers)
    return Column("AIP", info, TEXT, "aip", said(YES_NO), width=80)


def value(*matchers: str) -> Column:
    """The county's figure."""
    query = told("measure:casepulse_measure:ratio", "measure", *matchers)
    return Column("Value", query, RATIO, width=WIDTH)


def target(*matchers: str) -> Column:
    """What it is to be."""
    return Column(
        "Target", told("casepulse_measure_target_ratio", "measure", *matchers), RATIO, width=WIDTH
    )


def colour(*matchers: str) -> Column:
    """Its RAG state in a word and a colour."""
    states = f"{told('casepulse_measure_rag_state', 'measure, state', *matchers)} == 1"
    query = renamed(states, "state", "rag")
    return Column("RAG", query, TEXT, "rag", said(RAG), coloured=True, width=WIDTH)


def direction(*matchers: str) -> Column:
    """Where it goes."""
    states = f"{told('casepulse_measure_direction_state', 'measure, state', *matchers)} == 1"
    query = renamed(states, "state", "direction")
    return Column("Direction", query, TEXT, "direction", said(DIRECTION), width=WIDTH)


def count(title: str, metric: str, by: str, *matchers: str) -> Column:
    """A count, summed over the localities unless `by` keeps them."""
    return Column(title, total(metric, by, *matchers), COUNT, width=WIDTH)


def longest_overdue(*matchers: str) -> Column:
    """For how long the longest overdue has been late."""
    return Column(
        "Longest overdue",
        overdue_for("measure", *matchers),
        DURATION,
        mappings=[absent("none")],
        width=180,
    )


def overdue_for(by: str, *matchers: str) -> str:
    """Seconds from when the longest overdue became late to what the view is as at."""
    return told("measure:casepulse_measure_longest_overdue_seconds:whole", by, *matchers)
