"""The catalogue of a profile: all measures, with its standards."""

from pathlib import Path

from casepulse.schemas.profile import Profile, ProfileError, load_profile, located
from casepulse.state.own_measures import measures_of
from casepulse.state.rules import Catalogue


def catalogue_for(profile: Profile) -> Catalogue:
    """Every measure with the standards of a profile: its own, too, whose modules it imports.

    Raises:
        ProfileError: as `measures_of` and `Catalogue` do.
    """
    return Catalogue(measures_of(profile.measures_from), profile)


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
