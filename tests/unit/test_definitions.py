"""A measure's definition: what may be said of it is typed, and is what it has."""

from typing import get_type_hints

import pytest

from casepulse.schemas.measure import Definition, Measure, PartDefinition


@pytest.mark.parametrize("said", [Definition, PartDefinition])
def test_what_may_be_said_of_a_measure_is_what_it_has(said: type) -> None:
    fields = get_type_hints(Measure)
    del fields["of"]  # a part is told of what it is one by its place
    assert get_type_hints(said) == fields


def test_what_has_to_be_said_is_what_no_form_says() -> None:
    assert Definition.__required_keys__ == {"id", "title", "section", "definition", "source"}
    assert PartDefinition.__required_keys__ == {"id", "title", "definition"}
