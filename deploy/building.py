"""How casepulse is built (PEP 517): by setuptools, once others' assets are there.

So whoever installs a wheel has the pages styled, without Node and without a network.
"""

from typing import Any

from assets import AssetError, provide
from setuptools import build_meta
from setuptools.build_meta import (
    get_requires_for_build_editable,
    get_requires_for_build_sdist,
    get_requires_for_build_wheel,
    prepare_metadata_for_build_editable,
    prepare_metadata_for_build_wheel,
)

__all__ = [
    "build_editable",
    "build_sdist",
    "build_wheel",
    "get_requires_for_build_editable",
    "get_requires_for_build_sdist",
    "get_requires_for_build_wheel",
    "prepare_metadata_for_build_editable",
    "prepare_metadata_for_build_wheel",
]


def build_wheel(*arguments: Any, **named: Any) -> str:
    """The wheel, with the assets in it."""
    _assets()
    return build_meta.build_wheel(*arguments, **named)


def build_editable(*arguments: Any, **named: Any) -> str:
    """The editable wheel; the assets are in the source tree."""
    _assets()
    return build_meta.build_editable(*arguments, **named)


def build_sdist(*arguments: Any, **named: Any) -> str:
    """The source distribution, with the assets in it: it is built without a network."""
    _assets()
    return build_meta.build_sdist(*arguments, **named)


def _assets() -> None:
    try:
        provide()
    except AssetError as error:
        raise SystemExit(f"casepulse: {error}") from None
