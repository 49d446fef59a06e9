"""How a value is shown: its unit, and its words beside every colour."""

from collections.abc import Sequence

from grafana_foundation_sdk.builders import dashboard as build
from grafana_foundation_sdk.models.dashboard import (
    DashboardSpecialValueMapOptions,
    DynamicConfigValue,
    SpecialValueMap,
    SpecialValueMatch,
    Threshold,
    ThresholdsMode,
    ValueMap,
    ValueMapping,
    ValueMappingResult,
)
from grafana_foundation_sdk.models.units import (
    DateTimeFromNow,
    DurationSeconds,
    NoUnit,
    PercentUnit,
    Short,
    String,
)

#: Figures that are counts of children, events or the like: in full, not as 1.2 K.
COUNT = NoUnit
SHORT = Short
RATIO = PercentUnit
DURATION = DurationSeconds
FROM_NOW = DateTimeFromNow
TEXT = String

NOT_APPLICABLE = "n/a"

RED, AMBER, GREEN, BLUE, GREY = "red", "orange", "green", "blue", "#808080"

Words = Sequence[tuple[str, str, str]]

#: A colour of the dashboard, as the worker names it; how it is said; how it is drawn.
RAG: Words = (
    ("green", "Green", GREEN),
    ("yellow", "Yellow", "yellow"),
    ("red", "Red", RED),
    ("unrated", "Not rated", GREY),
)
DIRECTION: Words = (
    ("improved", "▲ Improved", GREEN),
    ("declined", "▼ Declined", RED),
    ("same", "● Same", BLUE),
    ("none", NOT_APPLICABLE, GREY),
)
YES_NO: Words = (("true", "Yes", BLUE), ("false", "No", GREY))
UP: Words = (("1", "Up", GREEN), ("0", "Down", RED))


def said(words: Words) -> list[ValueMapping]:
    """Values in words, and what isn't there as n/a."""
    options = {
        value: ValueMappingResult(text=text, color=color, index=index)
        for index, (value, text, color) in enumerate(words)
    }
    return [ValueMap(options=options), absent()]


def absent(text: str = NOT_APPLICABLE) -> SpecialValueMap:
    """No value, said so: it is not 0."""
    return SpecialValueMap(
        options=DashboardSpecialValueMapOptions(
            match=SpecialValueMatch.NULL_AND_NAN,
            result=ValueMappingResult(text=text, color=GREY, index=99),
        )
    )


def steps(*bounds: tuple[float, str], below: str = GREEN) -> build.ThresholdsConfig:
    """Colours from these values on."""
    first = Threshold(value=None, color=below)
    return (
        build.ThresholdsConfig()
        .mode(ThresholdsMode.ABSOLUTE)
        .steps([first, *(Threshold(value=value, color=color) for value, color in bounds)])
    )


def option(name: str, value: object) -> DynamicConfigValue:
    """One setting of a field, for an override."""
    return DynamicConfigValue(id_val=name, value=value)


#: What a total over measures counts. Some measures are parts of others: a late first visit of a
#: Section 47 enquiry is one of all late first visits, too.
LINES = "Lines of all lists together, not children: a child late for two measures counts twice."

#: Late is never good; how many are too many depends on the measure.
LATE = steps((1, AMBER), below=GREEN)
PLAIN = steps(below=BLUE)
