"""The measures, one module a section of the report. Importing this registers them all."""

from state.measures import (  # noqa: F401  order: that of the report
    response_to_risk,
    seeing_children,
    assessment_and_review,
    repeat_work,
    stability_and_permanence,
    management_oversight,
    demand,
)
