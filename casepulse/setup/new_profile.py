"""A profile to begin with: filled in from an extract, with what that can't say explained."""

import tomlkit
from tomlkit.items import Array, Table

from casepulse.state.calendar import LONDON
from casepulse.streams.sources.survey import Survey

#: Where every team counts until somebody has said better.
WHOLE = "Whole county"

_HEAD = """\
The profile of {authority}, begun on {taken} from an extract of {source}.
Look through every line:
  casepulse profile check {name} --from EXTRACT --source {source}
says what is missing or doubtful."""

_BASE = """\
What it begins with: the standards of England, and nobody's targets or comparators. Your own:
  [measures.cp_visits]
  target = 95
  standards.seen = "5 working days"
casepulse measures --profile names every measure, with its standards."""

_LOCALITIES = """\
The areas that figures are split by, in the order of the pages. No extract has areas: name yours,
and say below to which each team belongs."""

_TEAMS = """\
By team, its area. Each is named as events name it: in small letters, with hyphens."""

_NO_TEAMS = """\
By team, its area: the extract names no team, and every case counts under locality_of_others."""

_POPULATION = """\
Children aged 0 to 17 who live here (ONS mid-year estimate): what rates are of. Until it is said, no
rate is shown and no month released."""

_WITHOUT = """\
The extract has no table for these, and what needs them is left out: it would be nought. Take out
what yours has."""

_CODES = """\
In these columns stand codes of the case system's own, which mean no national one. What they tell
is left out until it is said here what each means; look them up where the extract comes from."""


def new_profile(found: Survey, *, authority: str, population: int | None, name: str) -> str:
    """A profile in TOML.

    Args:
        found: what an extract holds.
        authority: what the council is called.
        population: children aged 0 to 17 who live there; None: to be filled in.
        name: of the file, to be named in its own comments.
    """
    source = found.extract.source
    file = tomlkit.document()
    taken = f"{found.extract.taken.astimezone(LONDON):%-d %B %Y}"
    _explain(file, _HEAD.format(authority=authority, taken=taken, source=source, name=name))
    file.add(tomlkit.nl())
    _explain(file, _BASE)
    file["base"] = "england-2026"
    file.add(tomlkit.nl())
    file["authority"] = authority
    file.add(tomlkit.nl())
    _explain(file, "What feeds the county. A measure that needs what it can't tell is left out.")
    file["sources"] = [source]
    file.add(tomlkit.nl())
    _explain(file, _LOCALITIES)
    file["localities"] = [WHOLE]
    file["locality_of_others"] = tomlkit.item(WHOLE).comment("where a case without a team counts")
    file.add(tomlkit.nl())
    _explain(file, _POPULATION)
    if population is None:
        file.add(tomlkit.comment("population = 52000"))
    else:
        file["population"] = population
    file.add(tomlkit.nl())
    file["teams"] = _teams(found)
    if found.untold:
        without = tomlkit.table()
        for line in _WITHOUT.splitlines():
            without.add(tomlkit.comment(line))
        without["without"] = _on_lines(sorted(found.untold))
        without.add(tomlkit.nl())
        file["extracts"] = tomlkit.table(is_super_table=True).append(source, without)
    codes = _codes(found)
    if codes:
        _explain(file, _CODES)
        for line in codes:
            file.add(tomlkit.comment(line))
    return tomlkit.dumps(file)


def _teams(found: Survey) -> Table:
    teams = tomlkit.table()
    for line in (_TEAMS if found.teams else _NO_TEAMS).splitlines():
        teams.add(tomlkit.comment(line))
    for team, facts in sorted(found.teams.items()):
        name = found.extract.teams.get(team)
        many = f"facts: {facts}"
        said = f"{name}; {many}" if name else many
        teams[team] = tomlkit.item(WHOLE).comment(said)
    teams.add(tomlkit.nl())
    return teams


def _on_lines(words: list[str]) -> Array:
    array = tomlkit.array().multiline(multiline=True)
    array.extend(words)
    return array


def _codes(found: Survey) -> list[str]:
    lines = []
    for (table, column), cells in found.unknown_codes.items():
        lines += [
            f"[extracts.{found.extract.source}.codes.{column}]   # {table}: {cells} cells",
            '"as the case system writes it" = "the national code"',
        ]
    return lines


def _explain(file: tomlkit.TOMLDocument, words: str) -> None:
    for line in words.splitlines():
        file.add(tomlkit.comment(line))
