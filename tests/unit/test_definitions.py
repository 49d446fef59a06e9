"""A measure's definition: what may be said of it is typed, and is what it has."""

from typing import get_type_hints

import pytest

from casepulse.schemas.measure import Definition, Measure, PartDefinition, Section
from casepulse.state.measures import MEASURES
from casepulse.state.measures.forms import cohort
from casepulse.state.rules import Measures


@pytest.mark.parametrize("said", [Definition, PartDefinition])
def test_what_may_be_said_of_a_measure_is_what_it_has(said: type) -> None:
    fields = get_type_hints(Measure)
    del fields["of"]  # a part is told of what it is one by its place
    assert get_type_hints(said) == fields


def test_what_has_to_be_said_is_what_no_form_says() -> None:
    assert Definition.__required_keys__ == {"id", "title", "section", "definition", "source"}
    assert PartDefinition.__required_keys__ == {"id", "title", "definition"}


def _of_one() -> Measures:
    said = {"title": "Told", "definition": "Contacts.", "source": "Made up"}
    measures = Measures()
    measures.measure(cohort(id="told", section=Section.DEMAND, **said))(lambda case, standards: [])
    return measures


def test_measures_of_two_modules_are_put_together_in_their_order() -> None:
    together = Measures.together(_of_one(), MEASURES)
    assert list(together.definitions) == ["told", *MEASURES.definitions]
    assert together.rules.keys() == {"told", *MEASURES.rules}
    assert together.regroups == MEASURES.regroups
    assert "told" not in MEASURES.definitions


def test_two_measures_of_one_id_are_refused() -> None:
    with pytest.raises(ValueError, match="there are two measures told"):
        Measures.together(_of_one(), _of_one())


def test_a_part_adds_up_statuses_that_its_whole_has() -> None:
    measures = _of_one()
    said = {"title": "A part", "definition": "Some.", "numerator": frozenset({"missed"})}
    measures.part("told", id="late", **said)
    assert measures.definitions["late"].of == "told"
    with pytest.raises(
        ValueError, match="lost: it has no status lost; it has: met, missed, pending"
    ):
        measures.part("told", id="lost", **{**said, "numerator": frozenset({"lost"})})
    with pytest.raises(ValueError, match="late is itself a part, of told"):
        measures.part("late", id="later", **said)
