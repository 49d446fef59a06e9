"""What one of the DfE's schemas finds wrong with a return: for a person who mends it.

A return is never refused by it, for what councils send is seldom as the schemas have it. The
schemas are the DfE's, and are not here: whoever checks has one.
"""

import re
from pathlib import Path

from lxml import etree

from casepulse.streams.sources.account import BadRow
from casepulse.streams.sources.cin_census.reading import ROOT, return_in
from casepulse.streams.sources.extract import ExtractError
from casepulse.streams.sources.xml_elements import local_name, whole_document

_EXPECTED = re.compile(r"Expected is (?:one of )?\( ([A-Za-z0-9_, ]+) \)")
_SPEAKABLE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")


def check(place: Path, xsd: Path) -> list[BadRow]:
    """What a schema finds wrong, in the order of the lines. Nothing of it repeats a value.

    Args:
        place: the return, or the folder that holds it.
        xsd: the DfE's schema of its year.

    Raises:
        ExtractError: the return can't be read, or the schema can't.
    """
    path = return_in(place)
    try:
        definition = etree.parse(xsd, etree.XMLParser(resolve_entities=False, no_network=True))
        schema = etree.XMLSchema(definition)
    except OSError as error:
        raise ExtractError(f"{xsd}: {error.strerror or 'can not be read'}") from None
    except (etree.XMLSyntaxError, etree.XMLSchemaParseError):
        raise ExtractError(f"{xsd.name}: is no XML schema that can be read") from None
    document, lines = whole_document(path, ROOT)
    if definition.getroot().get("targetNamespace") is None:
        for element in lines:
            element.tag = local_name(element)
    schema.validate(document)
    found = []
    for each in schema.error_log:
        at = next(iter(document.getroottree().xpath(each.path)), document)
        found.append(BadRow(path.name, lines[at], _column(local_name(at)), _reason(each)))
    return sorted(found, key=lambda each: each.line)


def _column(name: str) -> str | None:
    return name if _SPEAKABLE.fullmatch(name) else None


def _reason(error: etree._LogEntry) -> str:
    """What is wrong. The validator's own words may quote a value."""
    match error.type_name.removeprefix("SCHEMAV_"):
        case "ELEMENT_CONTENT":
            expected = _EXPECTED.search(error.message)
            here = f": the schema expects {expected[1]}" if expected else ""
            return f"is not expected here, or something is missing in it{here}"
        case "CVC_COMPLEX_TYPE_2_3":
            return "holds text beside its elements"
        case "CVC_ENUMERATION_VALID":
            return "is none of the codes that the schema allows"
        case name if name.startswith("CVC_"):
            return "is not written as the schema asks for"
        case _:
            return "is not as the schema has it"
