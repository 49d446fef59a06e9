"""Code sets of the education of children in care, as virtual schools use them.

Sources: DfE, Promoting the education of looked-after children (2018); DfE school
census, type of exclusion and type of school; the January 2021 report's own kinds.
"""

from enum import StrEnum


class EducationStage(StrEnum):
    """The stage of education at which a child in care is on the virtual school's roll."""

    EARLY_YEARS = "early_years"
    RECEPTION_TO_YEAR_11 = "reception_to_year_11"
    POST_16 = "post_16"


class Provision(StrEnum):
    """What kind of school a child has a place at."""

    MAINSTREAM = "mainstream"
    SPECIAL = "special"
    ALTERNATIVE = "alternative"


class Learning(StrEnum):
    """How a child learns while schools are closed to most."""

    IN_SCHOOL = "in_school"
    REMOTELY = "remotely"
    NOT_LEARNING = "not_learning"


class ExclusionKind(StrEnum):
    """For how long a school excluded a child."""

    FIXED_TERM = "fixed_term"
    PERMANENT = "permanent"
