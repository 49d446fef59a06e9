"""Care leavers: where they live and what they do.

What is not on record counts as failing.
"""

from collections.abc import Iterator

from casepulse.schemas.measure import Section
from casepulse.schemas.phrase import Phrase
from casepulse.state.measures.forms import NO, YES, share
from casepulse.state.measures.leaving_care import AGE_UNKNOWN, FROM_19, UNDER_19, band_of_age
from casepulse.state.records.leaving import situation
from casepulse.state.records.life import is_aged
from casepulse.state.records.populations import care_leaver
from casepulse.state.rules import Measures, Sorted, Standards
from casepulse.state.view import CaseView

MEASURES = Measures()

_SECTION = Section.LEAVING_CARE

#: The report's further bands of age. "Younger" is 16 to 18.
FROM_19_TO_21, OVER_21 = "19_to_21", "over_21"


def _aged(statuses: tuple[str, ...], *bands: str) -> frozenset[str]:
    return frozenset(_by_age(statuses, *bands))


def _by_age(statuses: tuple[str, ...], *bands: str) -> tuple[str, ...]:
    return tuple(f"{status}_{band}" for band in bands for status in statuses)


SUITABLE, UNSUITABLE, UNKNOWN = "suitable", "unsuitable", "unknown"
ACCOMMODATED = (SUITABLE, UNSUITABLE, UNKNOWN)


@MEASURES.measure(
    share(
        id="cl_accommodation",
        title="Care leavers in suitable accommodation",
        section=_SECTION,
        better="high",
        statuses=_by_age(ACCOMMODATED, UNDER_19, FROM_19, AGE_UNKNOWN),
        numerator=_aged((SUITABLE,), UNDER_19, FROM_19, AGE_UNKNOWN),
        denominator=_aged(ACCOMMODATED, UNDER_19, FROM_19, AGE_UNKNOWN),
        definition="Care leavers whose accommodation is suitable, by the latest record that tells "
        "it. Where none does, it counts as not suitable.",
        source="SSDA903 OC3 accommodation (D); unknown as the report counts it (L)",
        phrase=Phrase(
            subject="The proportion of care leavers in suitable accommodation",
            of=("care leaver", "care leavers"),
        ),
    )
)
def cl_accommodation(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    leaver = case.records(care_leaver)
    if leaver:
        lives = case.records(situation)
        if lives.suitably_accommodated:
            status = SUITABLE
        else:
            status = UNSUITABLE if lives.accommodation else UNKNOWN
        yield Sorted(leaver.key, f"{status}_{case.records(band_of_age)}")


MEASURES.part(
    "cl_accommodation",
    id="cl_accommodation_younger",
    title="Younger care leavers in suitable accommodation",
    better="high",
    numerator=_aged((SUITABLE,), UNDER_19),
    denominator=_aged(ACCOMMODATED, UNDER_19),
    definition="Of the care leavers of cl_accommodation, those aged 16 to 18.",
    phrase=Phrase(
        subject="The proportion of younger care leavers in suitable accommodation",
        of=("care leaver", "care leavers"),
    ),
)
MEASURES.part(
    "cl_accommodation",
    id="cl_unsuitable",
    title="Care leavers in unsuitable accommodation, or it is not recorded",
    better="low",
    numerator=_aged((UNSUITABLE, UNKNOWN), UNDER_19, FROM_19, AGE_UNKNOWN),
    denominator=None,
    definition="Of the care leavers of cl_accommodation, how many are not in suitable "
    "accommodation as far as is on record.",
    phrase=Phrase(
        said="for {young person|young people}, accommodation was unsuitable or its "
        "suitability was not recorded"
    ),
)

HIGHER = "higher_education"
OCCUPIED = (YES, HIGHER)
OCCUPATIONS = (YES, HIGHER, NO, UNKNOWN)
AGES = (UNDER_19, FROM_19_TO_21, OVER_21, AGE_UNKNOWN)


@MEASURES.measure(
    share(
        id="cl_eet",
        title="Care leavers in education, employment or training",
        section=_SECTION,
        better="high",
        statuses=_by_age(OCCUPATIONS, *AGES),
        numerator=_aged(OCCUPIED, *AGES),
        denominator=_aged(OCCUPATIONS, *AGES),
        definition="Care leavers in education, employment or training, full or part time, by the "
        "latest record that tells it. Where none does, it counts as not.",
        source="SSDA903 OC3 activity, F and P codes (D); unknown as the report counts it (L)",
        phrase=Phrase(
            subject="The proportion of care leavers in education, employment or training",
            of=("care leaver", "care leavers"),
        ),
    )
)
def cl_eet(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    leaver = case.records(care_leaver)
    if leaver:
        lives = case.records(situation)
        if lives.in_higher_education:
            status = HIGHER
        elif lives.in_education_employment_or_training:
            status = YES
        else:
            status = NO if lives.activity else UNKNOWN
        band = case.records(band_of_age)
        if band == FROM_19:
            band = OVER_21 if is_aged(case, 22) else FROM_19_TO_21
        yield Sorted(leaver.key, f"{status}_{band}")


for _id, _title, _age, _phrase in (
    (
        "19_21",
        "aged 19 to 21",
        FROM_19_TO_21,
        Phrase(
            subject="The proportion of care leavers aged 19 to 21 in education, employment or "
            "training",
            of=("care leaver", "care leavers"),
        ),
    ),
    (
        "over_21",
        "aged 22 and over",
        OVER_21,
        Phrase(
            subject="The proportion of care leavers aged 22 and over in education, employment "
            "or training",
            of=("care leaver", "care leavers"),
        ),
    ),
):
    MEASURES.part(
        "cl_eet",
        id=f"cl_eet_{_id}",
        title=f"Care leavers {_title} in education, employment or training",
        better="high",
        numerator=_aged(OCCUPIED, _age),
        denominator=_aged(OCCUPATIONS, _age),
        definition=f"Of the care leavers of cl_eet, those {_title}.",
        phrase=_phrase,
    )
MEASURES.part(
    "cl_eet",
    id="cl_not_eet",
    title="Care leavers not in education, employment or training, or it is not recorded",
    better="low",
    numerator=_aged((NO, UNKNOWN), *AGES),
    denominator=None,
    definition="Of the care leavers of cl_eet, how many are not, as far as is on record.",
    phrase=Phrase(
        said="{care leaver was|care leavers were} not in education, employment or "
        "training, or it was not recorded"
    ),
)
MEASURES.part(
    "cl_eet",
    id="cl_higher_education",
    title="Care leavers in full-time higher education",
    better="high",
    decimals=1,
    numerator=_aged((HIGHER,), *AGES),
    definition="Of the care leavers of cl_eet, those in studies beyond A level, full time (F1).",
    phrase=Phrase(
        subject="The proportion of care leavers in full-time higher education",
        of=("care leaver", "care leavers"),
    ),
)
