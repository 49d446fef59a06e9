"""Which of the DfE's tables has what a measure is compared with: file, column, rows and fit.

Tables are known by the names of their columns, never by their places, and not by the file's name,
which changes with every edition.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Kind:
    """A table of the DfE's."""

    key: str
    """What we call it."""
    title: str
    marks: tuple[str, ...]
    """Columns that no other table has all of: it is known by them."""
    stem: str
    """In the name of its file, whatever the edition: a file that is called so and lacks a mark is
    a table that has changed."""


KINDS = {
    kind.key: kind
    for kind in (
        Kind(
            "referrals",
            "Referrals and re-referrals (C1)",
            ("referral_count", "rereferral_percent"),
            "referrals_and_rereferrals",
        ),
        Kind(
            "assessments",
            "Assessments by duration (C2)",
            ("Assessments_completed", "Same_day", "41-45_days"),
            "assessments_duration",
        ),
        Kind(
            "section_47",
            "Section 47 enquiries and conferences (C4)",
            ("Section47", "ICPC", "Duration_0-10_days", "Duration_11-15_days"),
            "section_47s_and_icpcs",
        ),
        Kind(
            "repeat_plans",
            "Second or subsequent plans (D3)",
            ("CPP_start", "CPP_subsequent_percent"),
            "cpps_subsequent_plan",
        ),
        Kind(
            "plans",
            "Plans at 31 March by duration (D5)",
            ("CPP_At31", "2_years_or_more_percent"),
            "cpps_at31march_by_duration",
        ),
        Kind(
            "reviews",
            "Plans reviewed within timescales (D6)",
            ("CPP_At31_3Months", "Reviewed_within_timescales_percent"),
            "cpps_reviewed_within_timescales",
        ),
        Kind(
            "looked_after",
            "Children looked after, number and rate",
            ("population_type", "children_count", "rate_per_10000"),
            "cla_number_and_rate",
        ),
        Kind(
            "stability",
            "Stability of placements",
            ("cla_group", "placement_stability", "children_percent"),
            "cla_placement_stability",
        ),
        Kind(
            "social_workers",
            "Social workers of children looked after",
            ("cla_group", "sw_stability", "children_percent"),
            "cla_swcount",
        ),
        Kind(
            "care_leavers",
            "Care leavers' activity",
            ("care_leaver_age", "breakdown", "care_leaver_percent"),
            "care_leavers_activity",
        ),
        Kind(
            "workforce",
            "Social work workforce",
            ("case_holders_fte", "cases", "caseload_fte"),
            "csww_indicators",
        ),
        Kind(
            "population",
            "Population by mid-year (ONS)",
            ("age_group", "population_estimate"),
            "mid-year_population",
        ),
    )
}

#: The population that rates are of.
POPULATION = "population"
POPULATION_COLUMN = "population_estimate"
POPULATION_FILTER = MappingProxyType({"age_group": "Children aged 0 to 17 years"})


@dataclass(frozen=True, slots=True)
class Taken:
    """What is taken from a table for a measure, or several that are compared with the same."""

    measures: tuple[str, ...]
    table: str
    columns: tuple[str, ...]
    """Added, where there are several."""
    fit: str
    """"same", or what of it counts otherwise."""
    filter: Mapping[str, str] = field(default_factory=dict)
    out_of: str | None = None
    """The column that it is a share of, in per cent; None: it stands there as it is wanted."""
    rate: bool = False
    """For each 10,000 of the population of the mid-year before."""
    rest: bool = False
    """What is left of 100."""

    @property
    def words(self) -> str:
        """How the figure is made from the columns."""
        words = " + ".join(self.columns)
        if self.out_of is not None:
            words = (
                f"({words}) / {self.out_of}"
                if len(self.columns) > 1
                else f"{words} / {self.out_of}"
            )
        if self.rate:
            words += f" × 10,000 / {POPULATION_COLUMN} of the mid-year before"
        return f"100 − {words}" if self.rest else words

    @property
    def is_computed(self) -> bool:
        """Whether it is worked out from counts, and does not stand there itself."""
        return self.out_of is not None or self.rate

    @property
    def needed(self) -> tuple[str, ...]:
        """Every column that must be there."""
        return (*self.columns, *([self.out_of] if self.out_of else []), *self.filter)

    def exact(self, columns: list[Fraction], out_of: Fraction | None) -> Fraction | None:
        """The figure of what stands in the columns: per cent, rate or average.

        Args:
            columns: by column, what stands there.
            out_of: of a share the number that it is of; of a rate the population.

        Returns:
            None where it is of nought.
        """
        total = sum(columns, start=Fraction())
        if out_of is not None:
            if not out_of:
                return None
            total = total / out_of * (10_000 if self.rate else 100)
        return 100 - total if self.rest else total


_WITHIN_45 = (
    "Same_day",
    "1-10_days",
    "11-20_days",
    "21-30_days",
    "31-40_days",
    "41-45_days",
)
_A_YEAR = "same; the DfE's is of a whole year, to 31 March"

#: In the order of the DfE's tables.
TAKEN = (
    Taken(
        ("re_referrals", "re_referrals_12m", "re_referrals_fytd"),
        "referrals",
        ("rereferral_percent",),
        _A_YEAR,
    ),
    Taken(
        ("referral_rate",),
        "referrals",
        ("referral_count",),
        "same at 31 March alone: ours adds up from April",
        rate=True,
    ),
    Taken(
        ("single_assessment",),
        "assessments",
        _WITHIN_45,
        "near: the DfE counts from the assessment's start, ours from the referral",
        out_of="Assessments_completed",
    ),
    Taken(
        ("icpc_timely",),
        "section_47",
        ("Duration_0-10_days", "Duration_11-15_days"),
        "near: the DfE counts from the start of the section 47 enquiry, ours from the strategy "
        "discussion",
        out_of="ICPC",
    ),
    Taken(
        ("s47_to_icpc_fytd",),
        "section_47",
        ("ICPC",),
        "near: the DfE has both counts of a year, ours follows each enquiry to its outcome",
        out_of="Section47",
    ),
    Taken(
        ("repeat_plans_fytd",),
        "repeat_plans",
        ("CPP_subsequent_percent",),
        "same at 31 March: ours adds up from April",
    ),
    Taken(("cp_over_2y",), "plans", ("2_years_or_more_percent",), "same; at 31 March"),
    Taken(("cp_rate",), "plans", ("CPP_At31",), "same; at 31 March", rate=True),
    Taken(
        ("cp_review_up_to_date",),
        "reviews",
        ("Reviewed_within_timescales_percent",),
        "same; at 31 March",
    ),
    Taken(
        ("cic_rate",),
        "looked_after",
        ("rate_per_10000",),
        "same; at 31 March, and a whole number",
        {"population_type": "Children looked after on 31 March each year"},
    ),
    Taken(
        ("short_term_stability",),
        "stability",
        ("children_percent",),
        "same; at 31 March, and whole per cents",
        {
            "cla_group": "CLA on 31 March",
            "placement_stability": "With 3 or more placements during the year",
        },
    ),
    Taken(
        ("long_term_stability",),
        "stability",
        ("children_percent",),
        "near: the DfE asks for the same carer, ours for the same placement; whole per cents",
        {
            "cla_group": "Children looked after continuously for at least 2.5 years on 31 March "
            "aged under 16 years",
            "placement_stability": "Living with the same carer for at least 2 years",
        },
    ),
    Taken(
        ("sw_stability_cic_12m",),
        "social_workers",
        ("children_percent",),
        "same; at 31 March, and whole per cents",
        {
            "cla_group": "CLA on 31 March",
            "sw_stability": "3 or more social workers during the year",
        },
        rest=True,
    ),
    Taken(
        ("cl_eet_19_21",),
        "care_leavers",
        ("care_leaver_percent",),
        "near: the DfE asks around the birthday; whole per cents",
        {
            "care_leaver_age": "19 to 21 years",
            "breakdown": "Total in education, employment or training",
        },
    ),
    Taken(
        ("cl_higher_education",),
        "care_leavers",
        ("care_leaver_percent",),
        "near: the DfE has those aged 19 to 21, full or part time, ours every age, full time alone",
        {
            "care_leaver_age": "19 to 21 years",
            "breakdown": "Higher education i.e. studies beyond A level",
        },
    ),
    Taken(("caseload_average",), "workforce", ("caseload_fte",), "same; at 30 September"),
)
