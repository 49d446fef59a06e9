"""A measure in a few words: what it is called, whither it went, how it stands to its target."""

from casepulse.schemas.comparators import name_and_year
from casepulse.schemas.measure import Window
from casepulse.shown.figures import Shown, ShownMeasure, Standing
from casepulse.shown.values import number_words

#: Whose figures the profile compares with, in words.
_OTHERS = {
    "peers": "our peer group",
    "neighbours": "our statistical neighbours",
    "region": "our region",
    "england": "England",
    "national": "the national figure",
    "rated_inadequate": "authorities rated as inadequate",
    "rated_higher": "authorities rated as requiring improvement or above",
}

#: What is said of the months that a figure adds up.
WINDOWS: dict[Window, str] = {
    "month": "in the month",
    "12m": "in the last twelve months",
    "fytd": "in the financial year to date",
    "aytd": "in the academic year to date",
    "term": "in the term to date",
}

#: What is added up from its start to the month, in words.
SPANS = {"fytd": "financial year", "aytd": "academic year", "term": "term"}


def others_words(name: str) -> str:
    """Whose figure a comparator is, and of which year, by the profile's name for it."""
    whose, year = name_and_year(name)
    words = _OTHERS.get(whose, whose.replace("_", " "))
    return words if year is None else f"{words} in {year}"


def subject_of(measure: ShownMeasure) -> str:
    """What sentences about a measure are about: "Timeliness of initial visits"."""
    return measure.phrase.subject or measure.title


def target_standing(measure: ShownMeasure) -> str:
    """How it stands to its target, as in "below target"; empty where nothing is to be said."""
    return "" if measure.standing is None else standing_words(measure, measure.standing)


def moved_to(measure: ShownMeasure) -> str:
    """Whither it went, for a title: "improved to 81%"; "was 81%" where that isn't known."""
    latest, before = measure.latest, measure.before
    if latest.value is None:
        return "is not shown" if latest.withheld != "nothing" else "cannot be given"
    if adds_up(measure):
        return f"reached {in_print(latest)}"
    if not is_comparable(measure):
        return f"was {in_print(latest)}"
    if before.value == latest.value:
        return f"stayed at {in_print(latest)}"
    return f"{verb_of(measure)} to {in_print(latest)}"


def verb_of(measure: ShownMeasure) -> str:
    """What it did since the month before: "improved"; "rose", where more is not better."""
    assert measure.latest.value is not None
    assert measure.before.value is not None
    up = measure.latest.value > measure.before.value
    if measure.view.better == "high":
        return "improved" if up else "declined"
    return "rose" if up else "fell"


def is_comparable(measure: ShownMeasure) -> bool:
    """Whether the figure can be held against that of the month before."""
    return measure.before.value is not None and not (adds_up(measure) or restarted(measure))


def adds_up(measure: ShownMeasure) -> bool:
    """Whether it can only grow while its window lasts."""
    return measure.definition.window in SPANS and measure.unit in ("count", "rate")


def restarted(measure: ShownMeasure) -> bool:
    """Whether a window of several months began with this one."""
    return measure.latest.begins(measure.definition.window)


def in_print(figure: Shown) -> str:
    """A figure that is not withheld, as people read it."""
    assert figure.value is not None
    return number_words(figure.value, figure.unit)


def standing_words(measure: ShownMeasure, standing: Standing) -> str:
    """How it stands to its target: "below target"."""
    worse = "below" if measure.view.better == "high" else "worse than"
    return {
        "better": "better than target",
        "on": "on target",
        "within": "within tolerance of target",
        "worse": f"{worse} target",
        "far worse": f"significantly {worse} target",
    }[standing]
