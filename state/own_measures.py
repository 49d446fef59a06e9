"""Measures of an authority's own: those of the modules that its profile names."""

import sys
from collections.abc import Iterable
from importlib import import_module
from importlib.util import find_spec
from traceback import extract_tb

from casepulse.schemas.profile import ProfileError
from casepulse.state.measures import MEASURES
from casepulse.state.rules import Measures


def measures_of(modules: Iterable[str]) -> Measures:
    """The measures that come with casepulse, and those of some modules: it imports them.

    Args:
        modules: by name. Each has a `MEASURES`.

    Raises:
        ProfileError: a module can't be imported or has no measures, or a measure of it is there
            already or does not hold.
    """
    every = MEASURES
    for module in modules:
        own = _measures_in(module)
        for measure in own.definitions:
            if measure in every.definitions:
                where = every.module_of(measure)
                raise _wrong(f"{module}: there is a measure {measure} already, in {where}")
        every = Measures.together(every, own)
    return every


def _measures_in(module: str) -> Measures:
    try:
        told = import_module(module)
    except Exception as error:  # it is another's code, and may fail in any way
        raise _wrong(f"{module}: {_why(module, error)}") from error
    measures = getattr(told, "MEASURES", None)
    if not isinstance(measures, Measures):
        lacks = "has no MEASURES" if measures is None else "its MEASURES are no Measures"
        raise _wrong(
            f"{module}: {lacks}; write MEASURES = Measures(), of casepulse.state, "
            f"and add its measures to that ({told.__file__})"
        )
    return measures


def _why(module: str, error: Exception) -> str:
    """Why a module can't be imported: where Python looked for it, or which line of it fails."""
    if isinstance(error, ModuleNotFoundError) and f"{module}.".startswith(f"{error.name}."):
        looked = ", ".join(path or "the folder it runs in" for path in sys.path)
        return f"cannot be imported: {error}. Python looked in: {looked}"
    if isinstance(error, SyntaxError):
        return f"is no Python: {error}"  # which names file and line
    spec = find_spec(module)
    lines = [
        f" ({frame.filename}, line {frame.lineno})"
        for frame in extract_tb(error.__traceback__)
        if spec is not None and frame.filename == spec.origin
    ]
    kind = "" if type(error) is ValueError else f"{type(error).__name__}: "
    return f"{kind}{error}{lines[-1] if lines else ''}"


def _wrong(message: str) -> ProfileError:
    return ProfileError(message, ("measures_from",))
