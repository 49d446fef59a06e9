"""The measures, one module a section of the report. Importing this registers them all."""

from state.measures import (  # noqa: F401  order: that of the report
    assessment_and_review,
    demand,
    management_oversight,
    repeat_work,
    response_to_risk,
    seeing_children,
    stability_and_permanence,
)
