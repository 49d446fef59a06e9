"""What is to be installed where a library is missing that a command wants."""

import re
from importlib.metadata import requires

#: What brings others, or more than anybody needs who runs casepulse.
_WIDER = {"all", "dev"}


def how_to_get(module: str) -> str | None:
    """What to do where this module is not there; None if no extra of casepulse brings it.

    Args:
        module: as it is imported.
    """
    wanted = _plain(module.partition(".")[0])
    for line in requires("casepulse") or ():
        named = re.fullmatch(r"([\w.-]+).*;\s*extra\s*==\s*[\"']([\w-]+)[\"']", line)
        if named and named[2] not in _WIDER and _plain(named[1]) == wanted:
            return (
                f"{named[1]} is not installed, which this needs. Install it with: "
                f"pip install 'casepulse[{named[2]}]'"
            )
    return None


def _plain(name: str) -> str:
    """A name as the index of packages compares it: `python_multipart` is `python-multipart`."""
    return re.sub(r"[-_.]+", "-", name).lower()
