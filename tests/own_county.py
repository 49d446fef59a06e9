"""A made-up council with a measure of its own: the module that its profile names."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import invalidate_caches
from pathlib import Path

from tests.services import ROOT

MODULE = "our_county.measures"

_PAGE = (ROOT / "docs/how-to/your-own-measure.md").read_text("utf-8")


def _written(file: str) -> str:
    """What the how-to writes into a file."""
    [text] = re.findall(rf"cat > {re.escape(file)} <<'END'\n(.*?)^END$", _PAGE, re.M | re.S)
    return str(text)


#: The module, and the profile that names it.
TEXT, PROFILE = _written("our_county/measures.py"), _written("northshire.toml")

#: Its one measure.
ITS = "visits_written_up"


@contextmanager
def installed(folder: Path, text: str = TEXT, name: str = MODULE) -> Iterator[Path]:
    """A module that can be imported meanwhile; its file."""
    *packages, last = name.split(".")
    file = folder.joinpath(*packages, f"{last}.py")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    parts = [".".join([*packages, last][: place + 1]) for place in range(len(packages) + 1)]
    before = sys.dont_write_bytecode
    sys.dont_write_bytecode = True  # a file that is written anew within a second is another
    sys.path.insert(0, str(folder))
    invalidate_caches()
    try:
        yield file
    finally:
        sys.path.remove(str(folder))
        sys.dont_write_bytecode = before
        for part in parts:
            sys.modules.pop(part, None)


def profile_file(folder: Path, more: str = "", modules: str = MODULE) -> Path:
    """The profile's file, with more at its end."""
    path = folder / "northshire.toml"
    path.write_text(PROFILE.replace(MODULE, modules) + more, encoding="utf-8")
    return path
