"""Whom an authority is compared with: the ten of the DfE's list of the year, or its own choice."""

import hashlib
import tomllib
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from casepulse.comparators.published import Account, FileError, Neighbours, read_file
from casepulse.schemas.comparators import ComparatorsError, NeighbourList
from casepulse.schemas.profile import NeighbourCodes

#: The years of the lists that the DfE has made, each of which holds until the next.
MADE = (2021, 2025)


def list_of(
    authority: str, found: list[Neighbours], own: Path | None, year: int
) -> tuple[NeighbourList, list[Account]]:
    """An authority's neighbours in a year, and what became of the rows of the lists.

    Args:
        authority: its code.
        found: the lists that lie beside the tables.
        own: a list that was named, or a profile with `neighbours`; None: one of those found.
        year: of the figures.

    Raises:
        ComparatorsError: there is no list of the year, or nothing of the authority in it.
    """
    if own is not None and own.suffix.casefold() == ".toml":
        return _chosen(own, authority), [_account(each, None) for each in found]
    lists = found if own is None else [_named(own)]
    for each in lists:
        if each.year is None:
            raise ComparatorsError(
                f"{each.path}: its name tells no year; a list of 2025 is called so: "
                "sn_model_2025_wide.csv"
            )
    years = {*MADE, *(each.year or 0 for each in lists)}
    holds = max((each for each in years if each <= year), default=min(MADE))
    of_year = [each for each in lists if each.year == holds]
    if not of_year:
        there = ", ".join(f"{each.path.name} is of {each.year}" for each in lists)
        raise ComparatorsError(
            f"statistical neighbours: figures of {year} want the list of {holds}; "
            f"{there or 'there is none'}. Put it into the folder, or name it with --neighbours"
        )
    [*others, used] = of_year
    for each in others:
        if each.of != used.of:
            raise ComparatorsError(f"{each.path} and {used.path.name}: differ; leave one of them")
    if authority not in used.of:
        raise ComparatorsError(f"{used.path}: has no authority {authority}")
    chosen = NeighbourList(
        year=used.year, file=used.path.name, sha256=used.sha256, codes=list(used.of[authority])
    )
    every = [*found, *([] if own is None else lists)]
    return chosen, [_account(each, used) for each in every]


def _account(each: Neighbours, used: Neighbours | None) -> Account:
    account = Account(each.path.name, "Statistical neighbours", rows=each.rows)
    account.other_rows = each.rows - len(each.of)
    if each is used:
        account.used, account.other_authorities = 1, len(each.of) - 1
    else:
        account.other_years = len(each.of)
    return account


def _named(path: Path) -> Neighbours:
    try:
        read = read_file(path)
    except FileError as error:
        raise ComparatorsError(f"{path}: {error}") from None
    if not isinstance(read, Neighbours):
        raise ComparatorsError(f"{path}: is no list of neighbours; it is {read.kind.title}")
    return read


def _chosen(profile: Path, authority: str) -> NeighbourList:
    told = profile.read_bytes()
    try:
        said = tomllib.loads(told.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ComparatorsError(f"{profile}: is no TOML: {error}") from None
    try:
        codes = TypeAdapter(NeighbourCodes).validate_python(said.get("neighbours"))
    except ValidationError as error:
        why = error.errors(include_url=False, include_context=False)[0]["msg"]
        raise ComparatorsError(
            f'{profile}: neighbours: {why}; a profile names them: neighbours = ["937", "938", …]'
        ) from None
    if len({*codes, authority}) != len(codes) + 1:
        raise ComparatorsError(f"{profile}: neighbours: one stands twice, or is {authority} itself")
    return NeighbourList(
        year=None, file=profile.name, sha256=hashlib.sha256(told).hexdigest(), codes=codes
    )
