"""The measures, a module or more a section of the report. Importing this registers them all."""

from state.measures import (  # noqa: F401
    assessment,
    child_protection,
    children_in_care,
    contact,
    demand,
    missing_and_exploitation,
    placements,
    referral,
    workforce,
)
