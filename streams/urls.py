"""Where something lies, as it may be shown: a URL may hold a password."""

from urllib.parse import urlsplit


def without_password(place: str) -> str:
    """Where an extract lies, in words for people. A query is for the driver, and may have one."""
    if "://" not in place:
        return place
    parts = urlsplit(place)
    who, at, where = parts.netloc.rpartition("@")
    name, colon, _ = who.partition(":")
    shown = f"{name}{':…' if colon else ''}{at}{where}"
    return f"{parts.scheme}://{shown}{parts.path}"
