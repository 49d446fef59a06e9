"""Documents that are made: docs/measures.md, from the definitions, the default profile and the
cases of tests/spec; docs/settings.md, from the classes of settings; docs/comparators.md, from what
is taken from the DfE's tables; docs/report-january-2021.md, from the made-up county's release.

    make document    # python -m tests.document --write
"""

import ast
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

from pydantic.fields import FieldInfo

from casepulse.comparators.cells import SYMBOLS
from casepulse.comparators.middle import FEWEST_PUBLISHED
from casepulse.comparators.tables import KINDS, TAKEN, Taken
from casepulse.following.settings import FollowSettings
from casepulse.schemas.extracts import ExtractSettings
from casepulse.schemas.measure import Measure, Section
from casepulse.shown.words import WINDOWS
from casepulse.state import Catalogue, open_catalogue
from casepulse.streams.settings import FromEnvironment, Settings
from casepulse.web.list_settings import ListSettings
from casepulse.web.settings import WebSettings
from tests.report.conftest import made_january
from tests.report.side_by_side import side_by_side

ROOT = Path(__file__).resolve().parents[1]
DOCUMENT = ROOT / "docs" / "measures.md"
SETTINGS = ROOT / "docs" / "settings.md"
COMPARATORS = ROOT / "docs" / "comparators.md"
DASHBOARDS = ROOT / "docs" / "report-january-2021.md"


@dataclass(frozen=True, slots=True)
class Cases:
    """One test of tests/spec: what it says, its cases, and the measures that it speaks of."""

    says: str
    rows: tuple[str, ...]
    measures: frozenset[str]


def document(catalogue: Catalogue) -> str:
    """The whole text."""
    cases = [each for path in sorted(ROOT.glob("tests/spec/test_*.py")) for each in _cases(path)]
    lines = [
        "# The measures",
        "",
        "Made by `make document` from the definitions in `state/measures`, the default profile",
        "`schemas/january_2021.toml` and the cases of `tests/spec`. Marks: S statute or statutory",
        "guidance, D a DfE or Ofsted definition, L stated in the report, A customary.",
    ]
    for section in Section:
        measures = [each for each in catalogue.measures.values() if each.section is section]
        if measures:
            lines += ["", f"## {section.value}"]
        for measure in measures:
            lines += ["", *_measure(measure, catalogue)]
            about = [each for each in cases if measure.id in each.measures]
            lines += [line for each in about for line in _shown(each)]
    return "\n".join(lines) + "\n"


def settings_document() -> str:
    """Every setting that is read from the environment."""
    lines = [
        "# The settings",
        "",
        "Made by `make document` from the classes that read them. Each is a variable of the",
        "environment; a secret may stand in a file, named by the variable with `_FILE` behind it.",
    ]
    for heading, settings in _SETTINGS.items():
        lines += ["", f"## {heading}", "", "| variable | what it is | if it is not set |"]
        lines += ["| --- | --- | --- |", *_setting_rows(settings)]
    lines += [
        "",
        "## How extracts are read",
        "",
        "In the profile, for each source: `[extracts.ssd]`.",
        "",
        "| setting | what it is | if it is not set |",
        "| --- | --- | --- |",
    ]
    for name, field in ExtractSettings.model_fields.items():
        default = field.get_default(call_default_factory=True)
        shown = "" if default in (None, [], {}) else f"`{json.dumps(default, default=str)}`"
        lines.append(f"| `{name}` | {field.description} | {shown} |")
    return "\n".join(lines) + "\n"


def comparators_document(catalogue: Catalogue) -> str:
    """What each measure is compared with, from which of the DfE's tables."""
    lines = [
        "# What measures are compared with",
        "",
        "Made by `make document` from `casepulse/comparators`. "
        "[Read comparators from the DfE's files](how-to/comparators.md) says how.",
        "",
        "| measure | the DfE's table | figure | rows | fit |",
        "| --- | --- | --- | --- | --- |",
        *(f"| {' | '.join(_taken(each, catalogue))} |" for each in TAKEN),
        "",
        "A table is known by these columns, wherever they stand:",
        "",
        "| table | columns | its file's name has |",
        "| --- | --- | --- |",
    ]
    for kind in KINDS.values():
        marks = ", ".join(f"`{each}`" for each in kind.marks)
        lines.append(f"| {kind.title} | {marks} | `{kind.stem}` |")
    lines += ["", "What stands where no number is, and is never taken for one, nor for nought:", ""]
    lines += ["| symbol | what it means |", "| --- | --- |"]
    lines += [f"| `{symbol}` | {words} |" for symbol, words in SYMBOLS.items()]
    lines += [
        "",
        f"Of fewer than {FEWEST_PUBLISHED.numerator * 10 // FEWEST_PUBLISHED.denominator} in ten "
        "neighbours published there is no figure (A).",
    ]
    return "\n".join(lines) + "\n"


def _taken(taken: Taken, catalogue: Catalogue) -> Iterator[str]:
    known = catalogue.measures
    yield ", ".join(
        f"`{each}`" if each in known else f"`{each}` (once there is such a measure)"
        for each in taken.measures
    )
    yield KINDS[taken.table].title
    yield f"`{taken.words}`"
    yield "; ".join(f"`{column}`: {said}" for column, said in taken.filter.items()) or "all"
    yield taken.fit


#: By who reads them, in which order.
_SETTINGS: dict[str, type[FromEnvironment]] = {
    "Workers, commands and the web service": Settings,
    "The web service": WebSettings,
    "The service that follows a source": FollowSettings,
    "Lists of children, which are off until what must be set is": ListSettings,
}


def _setting_rows(settings: type[FromEnvironment]) -> Iterator[str]:
    prefix = settings.model_config["env_prefix"]
    for name, field in settings.model_fields.items():
        words = (field.description or "").replace("|", "\\|")
        yield f"| `{prefix}{name.upper()}` | {words} | {_unset(field)} |"


def _unset(field: FieldInfo) -> str:
    if field.is_required():
        return "must be set"
    default = getattr(field.default, "value", field.default)
    return "" if default is None else f"`{default}`"


def _measure(measure: Measure, catalogue: Catalogue) -> Iterator[str]:
    settings = catalogue.profile.settings(measure.id)
    yield f"### {measure.title}"
    yield ""
    yield f"`{measure.id}`. {measure.definition}"
    yield ""
    kind = "As at an instant." if measure.kind == "stock" else f"Counted {WINDOWS[measure.window]}."
    better = {"high": " More is better.", "low": " Less is better.", None: ""}[measure.better]
    yield f"- {kind}{better} Source: {measure.source}."
    if measure.needs:
        yield f"- Needs to be told: {'; '.join(measure.needs)}."
    yield f"- {_figure(measure)}"
    for name, standard in settings.standards.items():
        yield f"- Standard, {measure.standards[name].what}: {standard}."
    if settings.target is not None:
        percent = "%" if measure.denominator is not None and measure.scale == "percent" else ""
        plan = " In the Accelerated Improvement Plan." if settings.aip else ""
        yield f"- Target: {settings.target:g}{percent}.{plan}"
    for name, value in settings.comparators.items():
        yield f"- {name.capitalize()}: {value:g}."
    if measure.of:
        yield f"- A part of `{measure.of}`."


def _figure(measure: Measure) -> str:
    def named(statuses: frozenset[str]) -> str:
        return ", ".join(status for status in measure.statuses if status in statuses)

    if measure.scale == "rate":
        return f"Figure: {named(measure.numerator)}, for each 10,000 children aged 0 to 17."
    if measure.denominator is None:
        return f"Figure: the count of {named(measure.numerator)}."
    of = "for each of" if measure.scale == "average" else "of"
    figure = f"Figure: {named(measure.numerator)} {of} {named(measure.denominator)}."
    left_out = frozenset(measure.statuses) - measure.denominator - measure.numerator
    return f"{figure} Beside it: {named(left_out)}." if left_out else figure


def _shown(cases: Cases) -> Iterator[str]:
    yield ""
    yield f"{cases.says}:" if cases.rows else f"{cases.says}."
    if cases.rows:
        yield ""
        yield from (f"    {row}".rstrip() for row in cases.rows)


def _cases(path: Path) -> Iterator[Cases]:
    module = ast.parse(path.read_text(encoding="utf-8"))
    constants = {
        target.id: frozenset(_words(node.value))
        for node in module.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in module.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            words = set(_words(node))
            for name in (each.id for each in ast.walk(node) if isinstance(each, ast.Name)):
                words |= constants.get(name, frozenset())
            says = node.name.removeprefix("test_").replace("_", " ")
            rows = tuple(row for each in node.decorator_list for row in _rows(each))
            yield Cases(says[0].upper() + says[1:], rows, frozenset(words))


def _words(node: ast.AST) -> Iterator[str]:
    for each in ast.walk(node):
        if isinstance(each, ast.Constant) and isinstance(each.value, str):
            yield each.value


def _rows(decorator: ast.expr) -> Iterator[str]:
    """The cases of a test: the lines of its table, or the sentences of its rows."""
    if not isinstance(decorator, ast.Call):
        return
    if isinstance(decorator.func, ast.Name) and decorator.func.id == "table":
        [text] = decorator.args
        if isinstance(text, ast.Constant):
            yield from dedent(str(text.value)).strip().splitlines()
        return
    for each in ast.walk(decorator):
        if isinstance(each, ast.Call) and isinstance(each.func, ast.Name) and each.func.id == "row":
            sentence = each.args[0]
            if isinstance(sentence, ast.Constant):
                yield str(sentence.value)


if __name__ == "__main__":
    text = document(open_catalogue())
    if "--write" in sys.argv:
        DOCUMENT.write_text(text, encoding="utf-8")
        SETTINGS.write_text(settings_document(), encoding="utf-8")
        catalogue = open_catalogue()
        COMPARATORS.write_text(comparators_document(catalogue), encoding="utf-8")
        DASHBOARDS.write_text(side_by_side(made_january(catalogue), catalogue), encoding="utf-8")
    else:
        sys.stdout.write(text)
