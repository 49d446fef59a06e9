"""The dashboard of the report of January 2021 beside ours, line by line."""

from typing import NamedTuple

from casepulse.counties.comparison import Compared, Verdict, compare, of_measures
from casepulse.schemas.dashboard import DASHBOARD
from casepulse.schemas.release import Release
from casepulse.shown.directions import direction_words
from casepulse.shown.figures import Direction, ShownMeasure, shown_measures
from casepulse.state import COUNTY, Catalogue

_MONTH = "2021-01"


class Printed(NamedTuple):
    """A line of the published dashboard."""

    title: str
    travel: str
    """Its direction of travel, word for word."""
    direction: Direction | None
    """What the words say: where less is better, an increase is a decline. None: nothing."""
    running: int | None = None
    """For how many months running, where the words say: four months alike are three steps."""


_VISITS = Printed("Initial visits (All and S17)", "Improved", "improved")

_HEALTH = "Timeliness of IHAs and RHAs"

#: By our measure. Source: the January 2021 report, "Performance Dashboard". Two of its 49 lines
#: name two measures each.
PRINTED: dict[str, Printed] = {
    "initial_contact_decision": Printed(
        "Initial contact decision making",
        "Static performance for 4 months around 30% points below usual level",
        "same",
        3,
    ),
    "end_to_end_contact_decision": Printed(
        "End-to-end contact decision making",
        "Declining trend, over 25% points below target",
        "declined",
    ),
    "red_contact_decision": Printed("Decisions for Red rated contacts", "Stayed the same", "same"),
    "initial_visits_all": _VISITS,
    "initial_visits_s17": _VISITS,
    "initial_visits_s47": Printed("Initial visits (S47)", "Improved marginally", "improved"),
    "strategy_discussion_timely": Printed(
        "Timeliness of Strategy Discussions", "Improved for 3rd month", "improved", 3
    ),
    "s47_timely": Printed("Timeliness of S47 enquiries", "Declined for 2nd month", "declined", 2),
    "icpc_timely": Printed("Timeliness of ICPCs", "Declined 29% points", "declined"),
    "return_interview": Printed(
        "Return interviews following a missing episode", "Declined", "declined"
    ),
    "return_interview_timely": Printed(
        "Timeliness of return interviews", "Declined for 2nd month", "declined", 2
    ),
    "cic_missing_12m": Printed(
        "Children in care missing in the last 12 months",
        "Stayed the same for majority of 12 months",
        "same",
    ),
    "cin_visits": Printed("Visits to Children in Need", "Declined for 2nd month", "declined", 2),
    "cp_visits": Printed("Visits to children subject to a protection plan", "Improved", "improved"),
    "statutory_visits": Printed(
        "Statutory visiting",
        "Declined - due to pause of F2F visiting at beginning of Jan to review risk assessment "
        "and safety measures in light of new COVID strains",
        "declined",
    ),
    "cl_in_touch": Printed("Care leavers in touch in the last 6 months", "Improved", "improved"),
    "cl_older_seen": Printed("Visiting with older care leavers", "Declined marginally", "declined"),
    "cl_younger_seen": Printed(
        "Visiting with younger care leavers", "Declined for 3rd month", "declined", 3
    ),
    "single_assessment": Printed("Single Assessment completion", "Improved", "improved"),
    "cic_assessment": Printed(
        "Assessment for children in care", "Declined for 4th month", "declined", 4
    ),
    "cin_plan_timely": Printed(
        "CiN plan in place in a timely way", "Declined but remains high", "declined"
    ),
    "cic_pathway_plan": Printed(
        "Pathway planning for children in care", "Declined for 2nd month", "declined", 2
    ),
    "cl_pathway_plan": Printed(
        "Pathway planning for Care Leavers", "Declined for 4th month", "declined", 4
    ),
    "cin_review_up_to_date": Printed(
        "Up-to-date CiN review",
        "Improved (Low due to new, stretch practice standards implemented)",
        "improved",
    ),
    "cp_review_up_to_date": Printed(
        "Children subject to a protection plan with an up-to-date review",
        "100% for 2nd month",
        "same",
        1,
    ),
    "cic_reviews_timely": Printed("Reviews for children in care", "100% for 10 months", "same", 9),
    "cp_over_2y": Printed(
        "Children subject to a protection plan for more than 2 years", "Reduced", "improved"
    ),
    "re_referrals": Printed(
        "Repeat referrals", "Increased and off target for more than 12 mths", "declined"
    ),
    "repeat_plans_started": Printed(
        "Repeat protection plans", "Increased but low for the second month", "declined"
    ),
    "readmissions": Printed("Readmissions", "Decreased for the 2nd month", "improved", 2),
    "cic_health_assessment": Printed(
        "Children in care with a timely health assessment", "Stayed the same", "same"
    ),
    "iha_timely": Printed(_HEALTH, "Declined over 30% points in 2 months", "declined", 2),
    "rha_timely": Printed(_HEALTH, "Declined and low", "declined"),
    "dental_check": Printed("Up-to-date dental checks", "Declining trend continued", "declined"),
    "sdq_up_to_date": Printed(
        "Children in care with an up-to-date SDQ", "Declined for the 2nd month", "declined", 2
    ),
    "cic_out_of_county_20_miles": Printed(
        "Children in care Out-of-County more than 20 miles from home",
        "Increased, growing pressure",
        "declined",
    ),
    "cic_section20": Printed("Children in care accommodated under S20", "Stayed the same", "same"),
    "fc_capacity": Printed(
        "Utilisation of in-house Foster placement capacity", "Declined marginally", "declined"
    ),
    "short_term_stability": Printed("Short-term placement stability", "Stayed the same", "same"),
    "long_term_stability": Printed(
        "Long-term placement stability for children in care", "Improved marginally", "improved"
    ),
    "cl_accommodation": Printed("Care leavers in suitable accommodation", "Improved", "improved"),
    "cl_eet": Printed("Care Leavers EET", "Declined", "declined"),
    "sw_stability_6m": Printed(
        "Stability of Social Worker", "Broadly static for more than 12 months", "same", 12
    ),
    "sw_stability_cic_12m": Printed(
        "Children in care stability of Social Worker",
        "Broadly static for majority of 2020/21",
        "same",
    ),
    "case_supervision": Printed("Timeliness of case supervision", "Stayed the same", "same"),
    "fc_annual_review": Printed("Foster Carer annual reviews", "Improved", "improved"),
    "fc_dbs": Printed(
        "Foster Carer DBS checks", "Declined marginally for 2nd month", "declined", 2
    ),
    "fc_medical": Printed("Foster Carer medical checks", "Declined marginally", "declined"),
    "fc_unannounced": Printed(
        "Foster Carer unannounced visits", "Declined for 3rd month", "declined", 3
    ),
    "fc_supervision_month": Printed("Foster Carer supervision", "Stayed the same", "same"),
    "cp_visit_recording_delay": Printed(
        "Delays in recording across the system",
        "Continued evidence of delays or absence of recording",
        None,
    ),
}

_HEADS = (
    "Report's measure",
    "Our measure",
    "Published",
    "Ours",
    "Value",
    "Report's direction of travel",
    "Our direction of travel",
    "Direction",
    "Our RAG",
)


def side_by_side(release: Release, catalogue: Catalogue) -> str:
    """The dashboards line by line, as Markdown.

    Args:
        release: of January 2021.
        catalogue: what the measures are.
    """
    compared = {
        each.measure: each
        for each in compare(catalogue, of_measures(release.measures))
        if each.published.scope == COUNTY and each.published.period == _MONTH
    }
    measures = shown_measures(release, catalogue)
    lines = [
        (name, compared[name], measures[name]) for names in DASHBOARD.values() for name in names
    ]
    values = sum(each.verdict is Verdict.EQUAL for _, each, _ in lines)
    spoken = [(PRINTED[name], measure) for name, _, measure in lines if PRINTED[name].direction]
    alike = sum(printed.direction == measure.direction for printed, measure in spoken)
    running = [(printed, measure) for printed, measure in spoken if printed.running is not None]
    as_long = sum(printed.running == measure.months_running for printed, measure in running)
    text = [
        "# The dashboard of January 2021, line by line",
        "",
        "Made by `make document` from the final release of the made-up county. The report's text",
        "has no RAG colours, so that ours stand alone.",
        "",
        f"- Values: {values} of {len(lines)} are equal.",
        f"- Directions: {alike} of the {len(spoken)} that the report tells are the same.",
        f"- Months running: {as_long} of the {len(running)} that it tells are the same.",
    ]
    for part, names in DASHBOARD.items():
        text += ["", f"## {part.value}", "", _row(*_HEADS), _row(*("---",) * len(_HEADS))]
        text += [_line(name, compared[name], measures[name]) for name in names]
    return "\n".join(text) + "\n"


def _line(name: str, compared: Compared, measure: ShownMeasure) -> str:
    printed = PRINTED[name]
    direction = "" if printed.direction is None else "differs"
    return _row(
        printed.title,
        measure.title,
        compared.published.published,
        compared.printed,
        "; ".join(part for part in (compared.verdict.value, compared.why) if part),
        printed.travel,
        direction_words(measure),
        "same" if printed.direction == measure.direction else direction,
        (measure.rag or "").capitalize(),
    )


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
