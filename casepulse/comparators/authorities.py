"""Authorities that are no more, and what became of each."""

#: By old code: since when it is no more, and its successors. Source: the DfE's own files, which
#: have the old ones with z, and the neighbours' list of 2021, which has some of them still.
SUCCESSORS: dict[str, tuple[int, tuple[str, ...]]] = {
    "835": (2019, ("838", "839")),
    "836": (2019, ("839",)),
    "837": (2019, ("839",)),
    "928": (2021, ("940", "941")),
    "909": (2023, ("942", "943")),
}


def became(code: str, year: int) -> str | None:
    """What became of an authority, in words; None where it still has figures of the year that ends
    in March."""
    since, codes = SUCCESSORS.get(code, (year, ()))
    if year <= since:
        return None
    return f"{code} is no more since April {since}; there is {' and '.join(codes)}"
