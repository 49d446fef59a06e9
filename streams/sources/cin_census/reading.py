"""A census return, read: once to see that it is whole, and once more child by child."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from casepulse.schemas.events.child import ChildRegistered
from casepulse.streams.sources.account import Account
from casepulse.streams.sources.cin_census.blocks import Block, block_of, key_of
from casepulse.streams.sources.cin_census.children import Telling
from casepulse.streams.sources.cin_census.layout import LAYOUTS, SOURCE, codes_of
from casepulse.streams.sources.cin_census.year import untold, windows, year_of
from casepulse.streams.sources.extract import Extract, ExtractError, Request, Said
from casepulse.streams.sources.keys import Keys
from casepulse.streams.sources.xml_elements import Element, elements_of, local_name

ROOT = "Message"

_ASKED_FOR = frozenset({"Header", "Child"})


def read(request: Request) -> Extract:
    """Read a return. It is read through before anything is told: half a file tells nothing.

    The facts are told child by child, so no more than one child is kept; and those that stand in
    the file more than once.

    Raises:
        ExtractError: there is none or more than one, it is not whole, or is of something else.
        FailedError: of `Keys.of`.
    """
    path, keys = return_in(request.path), Keys.of(request.settings)
    survey = _survey(path, keys)
    year = year_of(survey.header, request.year_end)
    accounts = {kind: Account(f"{path.name}, {kind}") for kind in LAYOUTS}
    telling = Telling(
        accounts, keys, codes_of(request.settings), request.taken, year.since, year.until
    )
    extract = Extract(
        SOURCE, request.taken, (), kind=year.kind, accounts=list(accounts.values()),
        notes=[*survey.notes, *year.notes], about=year.ends,
    )  # fmt: skip

    def says() -> Iterator[Said]:
        for blocks in _children(path, keys, survey.twice):
            yield from telling.child(blocks)
        extract.windows.update(windows(year, accounts))
        extract.untold |= untold(year, accounts)
        extract.doubtful |= {
            f"child:{key}" for account in accounts.values() for key in account.doubtful
        }
        if accounts["Child"].whole:
            extract.with_the_rest = frozenset({ChildRegistered.TYPE})
        extract.notes += _notes(telling)

    extract.says = says()
    return extract


def return_in(place: Path) -> Path:
    """The file of a return: that one, or the only one of a folder.

    Raises:
        ExtractError: there is none, or more than one.
    """
    if not place.is_dir():
        return place
    found = sorted(each for each in place.iterdir() if each.suffix.lower() == ".xml")
    if not found:
        raise ExtractError(f"{place}: holds no XML file; give the census return, or its folder")
    if len(found) > 1:
        names = ", ".join(each.name for each in found)
        raise ExtractError(f"{place}: holds {names}; give the one that is meant")
    return found[0]


@dataclass(frozen=True, slots=True)
class _Survey:
    """What has to be known of a return before its children are read."""

    header: dict[str, str]
    twice: frozenset[str]
    """Children that stand in it more than once, by their keys."""
    notes: list[str]


def _survey(path: Path, keys: Keys) -> _Survey:
    header: dict[str, str] = {}
    children: Counter[str] = Counter()
    for element, lines in elements_of(path, ROOT, _ASKED_FOR):
        if _is_child(element):
            children[key_of(block_of(element, "Child", lines), keys) or ""] += 1
        else:
            header = {
                local_name(each): (each.text or "").strip()
                for each in element.iter("{*}Collection", "{*}Year", "{*}ReferenceDate")
            }
    collection = header.get("Collection", "")
    if collection and collection.upper() != "CIN":
        raise ExtractError(f"{path.name}: its Header says that it is no CIN census")
    notes = [] if collection else ["the Header does not say which collection it is: taken for CIN"]
    if not children:
        notes.append("holds no child")
    twice = frozenset(key for key, count in children.items() if key and count > 1)
    return _Survey(header, twice, notes)


def _children(path: Path, keys: Keys, twice: frozenset[str]) -> Iterator[list[Block]]:
    """The elements of one child after another."""
    kept: defaultdict[str, list[Block]] = defaultdict(list)
    for element, lines in elements_of(path, ROOT, _ASKED_FOR):
        if _is_child(element):
            block = block_of(element, "Child", lines)
            key = key_of(block, keys)
            if key is not None and key in twice:
                kept[key].append(block)
            else:
                yield [block]
    yield from kept.values()


def _is_child(element: Element) -> bool:
    return local_name(element).casefold() == "child"


def _notes(telling: Telling) -> Iterator[str]:
    """What the accounts don't say."""
    if telling.elsewhere:
        yield (
            f"CINdetails that were open at no time in the year: {telling.elsewhere}; "
            "told all the same"
        )
    if enquiries := telling.accounts["Section47"].told:
        yield (
            f"Section47 without a conference, for none was required: {telling.unneeded} of "
            f"{enquiries}; when an enquiry ended the return does not say"
        )
