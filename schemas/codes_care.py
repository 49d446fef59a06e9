"""Codes that only the care of children away from home needs."""

from enum import StrEnum


class ProceedingsStage(StrEnum):
    """How far proceedings about a child have come: before they are issued, or in court."""

    PRE_PROCEEDINGS = "pre_proceedings"
    COURT = "court"
