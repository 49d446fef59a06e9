"""The education of children in care. Definitions: report, "Education - Children in Care"."""

from collections.abc import Iterator

from casepulse.schemas.codes_education import EducationStage, Learning, Provision
from casepulse.schemas.events.education import LearningRecorded
from casepulse.schemas.measure import Section
from casepulse.schemas.phrase import Phrase
from casepulse.state.measures.forms import YES, count, share, yes_no
from casepulse.state.records.education import (
    education_plan_days,
    exclusions,
    in_care_of_school_age,
    next_academic_year,
    school_place,
    terms_on_roll,
)
from casepulse.state.records.stays import in_care_on
from casepulse.state.rules import Measures, Sorted, Standards
from casepulse.state.view import CaseView

MEASURES = Measures()

EDUCATION = Section.EDUCATION

STAGES = tuple(stage.value for stage in EducationStage)
HELD, PLANNED, NO_MEETING = "held", "planned", "none"


def _of(stage: str, *meetings: str) -> frozenset[str]:
    return frozenset(f"{stage}_{meeting}" for meeting in meetings)


MEETING = frozenset().union(*(_of(stage, HELD, PLANNED) for stage in STAGES))
WITHOUT_MEETING = frozenset().union(*(_of(stage, NO_MEETING) for stage in STAGES))


@MEASURES.measure(
    share(
        id="pep",
        title="Personal education plan meetings held or planned in the term",
        section=EDUCATION,
        kind="flow",
        better="high",
        window="term",
        statuses=tuple(
            f"{stage}_{meeting}" for stage in STAGES for meeting in (HELD, PLANNED, NO_MEETING)
        ),
        numerator=MEETING,
        denominator=MEETING | WITHOUT_MEETING,
        definition="Children in care on the virtual school's roll at the end of the term, or now "
        "while it lasts, for whom a meeting on the personal education plan was held in the term or "
        "is planned for a day of it that is not past. Counted in the term's first month.",
        source="Promoting the education of looked-after children, 2018 (S)",
        phrase=Phrase(
            subject="The proportion of children in care whose personal education plan meeting "
            "was held or planned in the term",
            of=("child", "children"),
            summary=True,
        ),
    )
)
def pep(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    for term in case.records(terms_on_roll):
        held, planned = case.records(education_plan_days)
        if any(term.first <= day <= term.last for day in held):
            meeting = HELD
        elif any(term.first <= day <= term.last for day in planned):
            meeting = PLANNED
        else:
            meeting = NO_MEETING
        status = f"{term.stage.value}_{meeting}"
        yield Sorted(term.first.isoformat(), status, term.first, term.team)


for _stage, _title in zip(STAGES, ("Early Years", "Reception to Year 11", "Post 16"), strict=True):
    MEASURES.part(
        "pep",
        id=f"pep_{_stage}",
        title=f"Personal education plan meetings held or planned in the term, {_title}",
        better="high",
        numerator=_of(_stage, HELD, PLANNED),
        denominator=_of(_stage, HELD, PLANNED, NO_MEETING),
        definition=f"Of the children of pep, those on the roll at the stage {_title}.",
        phrase=Phrase(subject=f"The same proportion for {_title}", of=("child", "children")),
    )

NO_PLACE = "no_place"
IN_COUNTY, OUT_OF_COUNTY = "in_county", "out_of_county"
PROVISIONS = tuple(provision.value for provision in Provision)


def _in(*provisions: str, where: tuple[str, ...] = (IN_COUNTY, OUT_OF_COUNTY)) -> frozenset[str]:
    return frozenset(f"{provision}_{place}" for provision in provisions for place in where)


PLACES = _in(*PROVISIONS)


@MEASURES.measure(
    share(
        id="school_place",
        title="School-aged children in care with a school place",
        section=EDUCATION,
        better="high",
        statuses=(*sorted(PLACES), NO_PLACE),
        numerator=PLACES,
        denominator=PLACES | {NO_PLACE},
        definition="Children in care of school age (Reception to Year 11, by date of birth) who "
        "have a place at a school.",
        source="Report, Education of Children in Care (L)",
        phrase=Phrase(
            subject="The proportion of school-aged children in care with a school place",
            of=("child", "children"),
            summary=True,
        ),
    )
)
def school_places(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    if case.records(in_care_of_school_age):
        place = case.records(school_place)
        status = NO_PLACE
        if place is not None:
            status = f"{place.provision.value}_{IN_COUNTY if place.in_county else OUT_OF_COUNTY}"
        yield Sorted(case.key, status)


MEASURES.part(
    "school_place",
    id="no_school_place",
    title="School-aged children in care without a school place",
    better="low",
    numerator=frozenset({NO_PLACE}),
    denominator=None,
    definition="Children in care of school age who have no place at a school.",
    phrase=Phrase(said="{child was|children were} without a school place"),
)
MEASURES.part(
    "school_place",
    id="mainstream",
    title="School-aged children in care with a place, in mainstream provision",
    numerator=_in(Provision.MAINSTREAM.value),
    denominator=PLACES,
    definition="Of the children of school_place who have a place, those at a mainstream school.",
    phrase=Phrase(
        said="{child with a school place was|children with a school place were} in "
        "mainstream provision"
    ),
)
MEASURES.part(
    "school_place",
    id="alternative_provision",
    title="School-aged children in care in alternative provision",
    numerator=_in(Provision.ALTERNATIVE.value),
    denominator=None,
    definition="Children in care of school age whose place is in alternative provision.",
    phrase=Phrase(said="{child was|children were} in alternative provision"),
)
MEASURES.part(
    "school_place",
    id="educated_out_of_county",
    title="Children in care receiving education out of county",
    numerator=_in(*PROVISIONS, where=(OUT_OF_COUNTY,)),
    denominator=PLACES,
    definition="Of the children of school_place who have a place, those whose school lies outside "
    "the county.",
    phrase=Phrase(
        said="{child was|children were} receiving education out of county",
        alone="{child in care was|children in care were} receiving education out of county",
        summary=True,
    ),
)

NOT_RECORDED = "not_recorded"
LEARNING = tuple(learning.value for learning in Learning)


@MEASURES.measure(
    share(
        id="attending_school",
        title="School-aged children in care attending school in lockdown",
        section=EDUCATION,
        statuses=(*LEARNING, NOT_RECORDED),
        numerator=frozenset({Learning.IN_SCHOOL.value}),
        denominator=frozenset({*LEARNING, NOT_RECORDED}),
        definition="Children in care of school age who, by what was recorded last, attend school "
        "while schools are closed to most. Where nothing is recorded the child counts as not "
        "attending.",
        source="Report, Education of Children in Care (L)",
        phrase=Phrase(
            said="{school-aged child in care was|school-aged children in care were} "
            "attending school in lockdown"
        ),
    )
)
def attending_school(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    if case.records(in_care_of_school_age):
        recorded = case.facts(LearningRecorded)
        status = NOT_RECORDED
        if recorded:
            data = recorded[-1].data
            status = data.learning.value
        yield Sorted(case.key, status)


MEASURES.part(
    "attending_school",
    id="learning_remotely",
    title="School-aged children in care learning remotely in lockdown",
    numerator=frozenset({Learning.REMOTELY.value}),
    denominator=frozenset(LEARNING),
    definition="Of the children in care of school age for whom it is recorded how they learn, "
    "those who learn remotely from home. The report does not say what its 42% is of; of all of "
    "school age it would be 39%.",
    phrase=Phrase(said="{child was|children were} learning remotely"),
)


@MEASURES.measure(
    share(
        id="fixed_term_exclusion",
        title="School-aged children in care with a fixed-term exclusion",
        section=EDUCATION,
        better="low",
        definition="Children in care of school age who were excluded for a fixed term since the "
        "academic year began.",
        source="Report, Education of Children in Care (L)",
        phrase=Phrase(
            subject="The proportion of school-aged children in care with a fixed-term exclusion",
            of=("child", "children"),
            summary=True,
        ),
    )
)
def fixed_term_exclusion(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    if case.records(in_care_of_school_age):
        this_year = any(
            exclusion.fixed_term and not case.clock.begun(next_academic_year(exclusion.day))
            for exclusion in case.records(exclusions)
        )
        yield Sorted(case.key, yes_no(this_year))


@MEASURES.measure(
    count(
        id="school_days_lost",
        title="School days that children in care lost, academic year to date",
        section=EDUCATION,
        kind="flow",
        better="low",
        window="aytd",
        definition="School days of the fixed-term exclusions, since September, of children who "
        "were in care on the day of the exclusion. All days of an exclusion count in its month.",
        source="Report, Education of Children in Care (L)",
        phrase=Phrase(
            said="{school day was|school days were} lost to fixed-term exclusions",
            alone="{school day was|school days were} lost to fixed-term exclusions of "
            "children in care",
            summary=True,
        ),
    )
)
def school_days_lost(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    for exclusion in case.records(exclusions):
        if exclusion.fixed_term and exclusion.school_days and in_care_on(case, exclusion.day):
            yield Sorted(
                exclusion.key, YES, exclusion.day, exclusion.team, weight=exclusion.school_days
            )
