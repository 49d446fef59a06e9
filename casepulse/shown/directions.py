"""The direction of travel as the report's dashboard words it."""

from casepulse.shown.figures import ALL_STEPS, ShownMeasure
from casepulse.shown.months import ordinal_short


def direction_words(measure: ShownMeasure) -> str:
    """ "Improved for 3rd month", "Declined (increased)", "100% for 10 months"; empty if unknown.

    Where less is better, it says which way the figure itself went, too.
    """
    direction, running = measure.direction, measure.months_running
    if direction is None:
        return ""
    least = "at least " if running == ALL_STEPS else ""
    if direction == "same":
        if measure.unit == "percent" and measure.latest.value == 100:
            return f"100% for {least}{running + 1} months"
        return f"Stayed the same for {least}{running} months" if running > 1 else "Stayed the same"
    words = direction.capitalize()
    if measure.view.better == "low":
        words += " (decreased)" if direction == "improved" else " (increased)"
    if running == ALL_STEPS:
        return f"{words} for {least}{running} months"
    return f"{words} for {ordinal_short(running)} month" if running > 1 else words
