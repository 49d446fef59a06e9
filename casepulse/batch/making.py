"""What releases are made of, and where they are kept."""

from dataclasses import dataclass

from casepulse.agents.release_store import ReleaseError, ReleaseStore
from casepulse.batch.counting import Progress
from casepulse.batch.source_parts import Part
from casepulse.batch.sources import source_parts
from casepulse.schemas.profile import Profile, load_profile
from casepulse.schemas.release import Release
from casepulse.state.release import profile_of
from casepulse.streams.settings import Settings


@dataclass(frozen=True, slots=True)
class Making:
    """Where releases are made from, and where they go."""

    settings: Settings
    store: ReleaseStore
    archive: str | None
    """None: the events topic."""
    progress: Progress

    def parts(self, read_to: dict[str, int] | None = None) -> list[Part]:
        """Of the source."""
        return source_parts(self.archive, self.settings, read_to)

    def standards_of(self, release: Release) -> Profile:
        """The profile that a release was made by, to make it again: with its own measures.

        Raises:
            ReleaseError: the profile of this place does not name a module that they are from.
        """
        profile = profile_of(release, load_profile(self.settings.profile))
        away = [each for each in release.measures_from if each not in profile.measures_from]
        if away:
            raise ReleaseError(
                f"{release.name}: was made with measures from {', '.join(away)}; only a module "
                "that stands under measures_from in CASEPULSE_PROFILE is imported"
            )
        return profile
