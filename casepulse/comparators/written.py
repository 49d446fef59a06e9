"""The comparators file, as TOML that a person can read through."""

from typing import Any

import tomlkit
from tomlkit.items import InlineTable

from casepulse.schemas.comparators import ComparatorsFile, Compared

_HEAD = """\
Comparators of {name} ({code}), from the files that the Department for Education published (Open
Government Licence v3.0). Made by casepulse comparators read: don't change it, make it anew.
A profile takes them in: comparators_from = "the name of this file", authority_code = "{code}" """


def toml_of(file: ComparatorsFile) -> str:
    """A comparators file in TOML."""
    said = file.model_dump(exclude_none=True)
    document = tomlkit.document()
    for line in _HEAD.format(name=file.authority.name, code=file.authority.code).splitlines():
        document.add(tomlkit.comment(line.rstrip()))
    document["format"] = said["format"]
    document["authority"] = said["authority"]
    document["neighbours"] = said["neighbours"]
    measures = tomlkit.table(is_super_table=True)
    for measure, compared in file.measures.items():
        named = tomlkit.table(is_super_table=True)
        for name, each in compared.items():
            named[name] = _compared(each)
        measures[measure] = named
    document["measures"] = measures
    if file.without:
        without = tomlkit.table(is_super_table=True)
        for measure, names in said["without"].items():
            without[measure] = names
        document["without"] = without
    return tomlkit.dumps(document)


def _compared(compared: Compared) -> Any:
    table = tomlkit.table()
    for key, value in compared.model_dump(exclude_none=True, exclude={"origins"}).items():
        if value == {}:
            continue
        if isinstance(value, float):
            value = int(value) if value.is_integer() else value
        table[key] = _inline(value) if isinstance(value, dict) else value
    origins = tomlkit.array().multiline(True)
    for each in compared.origins:
        origins.append(_inline(each.model_dump(exclude_defaults=True)))
    table["origins"] = origins
    return table


def _inline(said: dict[str, Any]) -> InlineTable:
    table = tomlkit.inline_table()
    for key, value in said.items():
        table[key] = _inline(value) if isinstance(value, dict) else value
    return table
