"""What is missing in a profile, or doubtful: by itself, and beside an extract."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from casepulse.schemas.profile import MeasureSettings, Profile, load_profile
from casepulse.schemas.source import EVERYTHING
from casepulse.setup.new_profile import WHOLE
from casepulse.streams.sources.survey import Survey

_UNSET = MeasureSettings()

#: How many measures are named where many are meant.
_SOME = 3


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something to look at."""

    about: str
    """The setting, as it is named in the profile."""
    says: str
    is_missing: bool = False
    """Whether figures are wrong, or not there, until it is mended."""

    def __str__(self) -> str:
        return f"{self.about}: {self.says}"


def doubts(profile: Profile, found: Survey | None = None) -> Iterator[Doubt]:
    """What somebody should look at before figures are relied on.

    Args:
        profile: the council's.
        found: what one of its extracts holds, if there is one to look at.
    """
    yield from _of_another_county(profile)
    yield from _of_localities(profile)
    yield from _of_sources(profile, found)
    if found is not None:
        yield from _of_tables(profile, found)
        yield from _of_teams(profile, found)
        yield from _of_codes(found)


def _of_another_county(profile: Profile) -> Iterator[Doubt]:
    """What is as it was in the county of the January 2021 report."""
    january = load_profile()
    if profile.authority == january.authority:
        yield Doubt("authority", "is the county of the January 2021 report", is_missing=True)
        return
    if profile.population is None:
        said = "is not said: no rate is shown, and no month released"
        yield Doubt("population", said, is_missing=True)
    elif profile.population == january.population:
        said = f"{profile.population} is that of the county of the January 2021 report"
        yield Doubt("population", said, is_missing=True)
    for setting in ("target", "comparators", "aip"):
        same = [
            name
            for name, said in profile.measures.items()
            if getattr(said, setting) != getattr(_UNSET, setting)
            and getattr(said, setting) == getattr(january.settings(name), setting)
        ]
        if same and profile.base == "january-2021":
            some = ", ".join(same[:_SOME]) + (" …" if len(same) > _SOME else "")
            yield Doubt(
                f"measures.*.{setting}",
                f"of {len(same)} measures as in the county of the January 2021 report ({some}); "
                'set your own, or begin with base = "england-2026"',
            )


def _of_localities(profile: Profile) -> Iterator[Doubt]:
    others = profile.locality_of_others
    of_teams = set(profile.teams.values()) | {others}
    if profile.localities == [WHOLE]:
        yield Doubt("localities", "there is one for all: no figure is split by area")
    for name in profile.localities:
        if name not in of_teams:
            yield Doubt("localities", f"no team belongs to {name}: nothing will count there")
    if not profile.teams:
        yield Doubt("teams", f"none is named: every case counts under {others}")


def _of_sources(profile: Profile, found: Survey | None) -> Iterator[Doubt]:
    if profile.sources == [EVERYTHING]:
        yield Doubt(
            "sources",
            "are not named: measures are shown as if everything were told. Name those of the "
            "extracts that feed the county, if extracts do",
        )
    for name, settings in profile.extracts.items():
        if name not in profile.sources:
            yield Doubt(f"extracts.{name}", "is set, and is none of the sources")
        if settings.key_file is not None and not Path(settings.key_file).is_file():
            said = f"{settings.key_file} is not there"
            yield Doubt(f"extracts.{name}.key_file", said, is_missing=True)
    if found is not None and found.extract.source not in profile.sources:
        yield Doubt(
            "sources",
            f"{found.extract.source} is not among them, and the extract is one of it: measures "
            "would be shown that it can't make true",
            is_missing=True,
        )


def _of_tables(profile: Profile, found: Survey) -> Iterator[Doubt]:
    """What nobody tells, though the source could."""
    source = found.extract.source
    settings = profile.extracts.get(source)
    said = set(settings.without) if settings is not None else set()
    for each in sorted(found.untold - said):
        yield Doubt(
            f"extracts.{source}.without",
            f"must have {each!r}: the extract has no table for it, and measures that need it would "
            "be noughts",
            is_missing=True,
        )
    for each in sorted(said - found.untold):
        yield Doubt(f"extracts.{source}.without", f"has {each!r}, which the extract could tell")


def _of_teams(profile: Profile, found: Survey) -> Iterator[Doubt]:
    for team, facts in sorted(found.teams.items()):
        if team not in profile.teams:
            name = found.extract.teams.get(team)
            named = f" ({name})" if name else ""
            yield Doubt(
                f"teams.{team}",
                f"is not named{named}: its cases count under {profile.locality_of_others} "
                f"(facts: {facts})",
                is_missing=True,
            )
    if found.teams:
        for team in sorted(profile.teams.keys() - found.teams.keys()):
            yield Doubt(f"teams.{team}", "is not in the extract")


def _of_codes(found: Survey) -> Iterator[Doubt]:
    for (table, column), cells in found.unknown_codes.items():
        yield Doubt(
            f"extracts.{found.extract.source}.codes.{column}",
            f"{cells} cells of {table} hold a code that means no national one; what they tell is "
            "left out",
        )
