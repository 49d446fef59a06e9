"""Whatever two payloads to the DfE say: told and changed, it is what the last one says."""

import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from casepulse.state import Fact, Figures, evaluate
from casepulse.state.viewing import cell_view
from tests.build import CATALOGUE
from tests.dfe_payloads import Json, Payloads, of

DAYS = ["2024-05-01", "2025-02-10", "2025-11-03", "2026-05-04", "2026-06-20", "2026-06-28"]


@st.composite
def spans(draw: st.DrawFn, first: str, last: str) -> Json:
    begins = draw(st.integers(0, len(DAYS) - 1))
    ends = draw(st.none() | st.integers(begins, len(DAYS) - 1))
    return {first: DAYS[begins]} | ({} if ends is None else {last: DAYS[ends]})


def records(
    name: str, last: str = "end_date", **more: st.SearchStrategy[object]
) -> st.SearchStrategy[list[Json]]:
    """A list of records with ids of their own."""
    each = st.fixed_dictionaries({name: st.sampled_from(["1", "1-1", "2"])})
    other = st.fixed_dictionaries({}, optional=more)
    whole = st.builds(
        lambda *parts: {**parts[0], **parts[1], **parts[2]}, each, spans("start_date", last), other
    )
    return st.lists(whole, max_size=2, unique_by=lambda said: said[name])


SCORES = [{"date": "2026-05-30", "score": 12}, {"date": "2025-05-30", "score": 14}]

ADOPTION = st.sampled_from([{}, {"initial_decision_date": DAYS[3]}, {"placed_date": DAYS[4]}])
EPISODES = st.lists(
    st.builds(
        lambda began, more: {**began, **more},
        spans("referral_date", "closure_date"),
        st.fixed_dictionaries(
            {
                "social_care_episode_id": st.sampled_from(["a", "b"]),
                "referral_source": st.sampled_from(["1A", "2A"]),
                "adoption": st.just({}),
            }
        ),
    ),
    max_size=2,
    unique_by=lambda said: str(said["social_care_episode_id"]),
)
LISTS = st.fixed_dictionaries(
    {
        "care_worker_details": records("worker_id"),
        "child_and_family_assessments": records(
            "child_and_family_assessment_id", "authorisation_date"
        ),
        "child_in_need_plans": records("child_in_need_plan_id"),
        "section_47_assessments": records("section_47_assessment_id"),
        "child_protection_plans": records("child_protection_plan_id"),
        "child_looked_after_placements": records(
            "child_looked_after_placement_id",
            start_reason=st.sampled_from("SPL"),
            end_reason=st.sampled_from(["X1", "E4A"]),
            placement_type=st.sampled_from(["U1", "K2", "T1"]),
        ),
    }
)


@st.composite
def children(draw: st.DrawFn) -> dict[str, Json]:
    found = {}
    for key in ("1", "2"):
        episodes = draw(EPISODES)
        lists = draw(LISTS)
        adoption = draw(ADOPTION)
        for number, each in enumerate(episodes):
            # a record stands in one episode; what is of the child stands the same in each
            each |= {name: said if number == 0 else [] for name, said in lists.items()}
            each["adoption"] = adoption
        sdq = draw(st.sampled_from([[], SCORES[:1], SCORES]))
        health = {"sdq_assessments": sdq}
        found[key] = of(*episodes, key=key, health_and_wellbeing=health)
    return found


def figures(payloads: Payloads) -> Iterator[str]:
    """What `evaluate` says, but for how late something was recorded."""
    at = payloads.taken + timedelta(days=1)
    tally = evaluate(map(Fact.of, payloads.events), CATALOGUE, at)
    for cell in Figures(tally, CATALOGUE, at).cells():
        view = cell_view(cell)
        measure = CATALOGUE.measures[view.measure]
        if "recordedtime" not in str((measure.needs, measure.needs_of_statuses)):
            yield view.model_dump_json()


@settings(max_examples=settings().max_examples // 4)
@given(children(), children(), st.randoms(use_true_random=False), st.booleans())
def test_what_was_told_and_what_has_changed_is_what_the_last_one_says(
    first: dict[str, Json], second: dict[str, Json], random: Random, as_delta: bool
) -> None:
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        told, afresh = Payloads(Path(one)), Payloads(Path(other))
        told.tell(*first.values())
        told.tell(*random.sample(list(second.values()) * 2, 4), name="delta" if as_delta else "all")
        assert len(told.tell(*second.values())) == 0
        afresh.taken = told.taken
        afresh.tell(*second.values())
        told.taken = afresh.taken
        assert holding(told) == holding(afresh)
        assert "\n".join(figures(told)) == "\n".join(figures(afresh))


def holding(payloads: Payloads) -> set[tuple[object, ...]]:
    """What holds of what was told."""
    return {
        (place, record.time, record.digest)
        for place, record in payloads.told.records.items()
        if record.holds
    }
