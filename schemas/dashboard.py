"""The performance dashboard: which measures stand on it, in the report's order and sections.

Source: the January 2021 report, "Performance Dashboard". Its lines name 51 measures, for the line
"Initial visits (All and S17)" names two, and so does "Timeliness of IHAs and RHAs".
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Part(StrEnum):
    """The parts of the dashboard, in its order."""

    RESPONSE_TO_RISK = "Response to Risk"
    SEEING_CHILDREN = "Seeing Children"
    ASSESSMENT = "Assessment, Planning and Review"
    REPEAT_WORK = "Repeat Work"
    HEALTH = "Health and Wellbeing"
    STABILITY = "Stability and Permanence"
    OVERSIGHT = "Management Oversight"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a measure of an authority's own stands on the dashboard."""

    part: Part
    behind: str | None = None
    """The id of the measure of that part that it follows. None: it comes last."""

    def __post_init__(self) -> None:
        """See that there is such a part.

        Raises:
            ValueError: there is not.
        """
        if not isinstance(self.part, Part):
            parts = ", ".join(f"Part.{part.name}" for part in Part)
            raise ValueError(f"{self.part!r} is no part of the dashboard; there are: {parts}")


#: The ids of the measures of each part, in its order.
DASHBOARD: dict[Part, tuple[str, ...]] = {
    Part.RESPONSE_TO_RISK: (
        "initial_contact_decision",
        "end_to_end_contact_decision",
        "red_contact_decision",
        "initial_visits_all",
        "initial_visits_s17",
        "initial_visits_s47",
        "strategy_discussion_timely",
        "s47_timely",
        "icpc_timely",
        "return_interview",
        "return_interview_timely",
        "cic_missing_12m",
    ),
    Part.SEEING_CHILDREN: (
        "cin_visits",
        "cp_visits",
        "statutory_visits",
        "cl_in_touch",
        "cl_older_seen",
        "cl_younger_seen",
    ),
    Part.ASSESSMENT: (
        "single_assessment",
        "cic_assessment",
        "cin_plan_timely",
        "cic_pathway_plan",
        "cl_pathway_plan",
        "cin_review_up_to_date",
        "cp_review_up_to_date",
        "cic_reviews_timely",
        "cp_over_2y",
    ),
    Part.REPEAT_WORK: ("re_referrals", "repeat_plans_started", "readmissions"),
    Part.HEALTH: (
        "cic_health_assessment",
        "iha_timely",
        "rha_timely",
        "dental_check",
        "sdq_up_to_date",
    ),
    Part.STABILITY: (
        "cic_out_of_county_20_miles",
        "cic_section20",
        "fc_capacity",
        "short_term_stability",
        "long_term_stability",
        "cl_accommodation",
        "cl_eet",
        "sw_stability_6m",
        "sw_stability_cic_12m",
    ),
    Part.OVERSIGHT: (
        "case_supervision",
        "fc_annual_review",
        "fc_dbs",
        "fc_medical",
        "fc_unannounced",
        "fc_supervision_month",
        "cp_visit_recording_delay",
    ),
}


def with_own(places: Iterable[tuple[str, Place]]) -> dict[str, tuple[str, ...]]:
    """The dashboard with further measures at their places.

    Args:
        places: by id. Of several behind the same one, the first comes first.

    Raises:
        ValueError: one is to stand behind another that its part does not have.
    """
    parts = {part.value: list(measures) for part, measures in DASHBOARD.items()}
    put: dict[str, Place] = {}
    for measure, place in places:
        names = parts[place.part]
        at = len(names)
        if place.behind is not None:
            if place.behind not in names:
                raise ValueError(
                    f"{measure}: there is no {place.behind} in {place.part.value} that it could "
                    f"stand behind; there are: {', '.join(names)}"
                )
            at = names.index(place.behind) + 1
            while at < len(names) and put.get(names[at]) == place:
                at += 1
        names.insert(at, measure)
        put[measure] = place
    return {part: tuple(names) for part, names in parts.items()}
