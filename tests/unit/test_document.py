"""The handbook of measures in `docs/` is that of the definitions and cases in the code."""

from casepulse.state import open_catalogue
from tests.document import (
    COMPARATORS,
    DOCUMENT,
    SETTINGS,
    comparators_document,
    document,
    settings_document,
)


def test_the_document_is_up_to_date_and_names_every_measure() -> None:
    catalogue = open_catalogue()
    text = DOCUMENT.read_text(encoding="utf-8")
    assert text == document(catalogue), "make document"
    assert all(f"`{name}`" in text for name in catalogue.measures)


def test_every_rule_has_cases() -> None:
    text = document(open_catalogue())
    sections = {part.split("`")[1]: part for part in text.split("\n### ")[1:]}
    without = [
        name
        for name in open_catalogue().rules
        if not any(
            line.endswith((":", ".")) and line[:1].isupper() for line in _cases(sections[name])
        )
    ]
    assert without == []


def _cases(part: str) -> list[str]:
    """What stands below a measure's own lines."""
    lines = part.splitlines()
    last = max(place for place, line in enumerate(lines) if line.startswith("- "))
    return lines[last + 1 :]


def test_the_page_of_settings_has_each_as_it_is() -> None:
    assert SETTINGS.read_text("utf-8") == settings_document()
    assert "`CASEPULSE_PARTITIONS`" in settings_document()


def test_the_page_of_comparators_is_that_of_what_is_taken() -> None:
    assert COMPARATORS.read_text("utf-8") == comparators_document(open_catalogue()), "make document"
    assert "`cp_over_2y`" in comparators_document(open_catalogue())
