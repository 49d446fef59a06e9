"""The performance dashboard: which measures stand on it, in the report's order and sections.

Source: the January 2021 report, "Performance Dashboard". Its lines name 51 measures, for the line
"Initial visits (All and S17)" names two, and so does "Timeliness of IHAs and RHAs".
"""

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

#: The part and the place, from 0, of each measure of the dashboard.
PLACES: dict[str, tuple[Part, int]] = {
    measure: (part, place)
    for place, (part, measure) in enumerate(
        (part, measure) for part, measures in DASHBOARD.items() for measure in measures
    )
}
