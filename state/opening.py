"""The catalogue of a profile: all measures, with its standards."""

from collections.abc import Container
from pathlib import Path

from casepulse.schemas.profile import Profile, ProfileError, load_profile, located
from casepulse.state.measures import MEASURES
from casepulse.state.rules import Catalogue


def catalogue_for(profile: Profile, only: Container[str] | None = None) -> Catalogue:
    """Every measure with the standards of a profile.

    Args:
        profile: whose standards.
        only: none but these measures; None: all.

    Raises:
        ProfileError: as `Catalogue` does.
    """
    return Catalogue(MEASURES, profile, only)


def open_catalogue(path: Path | None = None) -> Catalogue:
    """The catalogue of a profile's file; of the default profile, without one.

    Raises:
        ProfileError: it names the file, the line and what is allowed.
    """
    profile = load_profile(path)
    try:
        return catalogue_for(profile)
    except ProfileError as error:
        raise located(error, path) from None
