"""What the chapters are made from: a release as far as it may be shown, and the author's words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from casepulse.report.document import Commentary
from casepulse.schemas.release import Release
from casepulse.shown.figures import ShownMeasure
from casepulse.shown.months import month_name, month_words

Edition = Literal["internal", "publishable"]


@dataclass(frozen=True, slots=True)
class Material:
    """Everything that a chapter may look at."""

    release: Release
    measures: Mapping[str, ShownMeasure]
    """In the release's order."""
    commentary: Mapping[str, str]
    """What the author wrote, by place."""
    edition: Edition

    @property
    def month(self) -> str:
        """The name of the month reported on, without its year."""
        return month_name(self.release.month)

    @property
    def month_and_year(self) -> str:
        """The month reported on, as people write it: January 2021."""
        return month_words(self.release.month)

    @property
    def dashboard(self) -> list[ShownMeasure]:
        """The measures of the performance dashboard, in its order."""
        return [each for each in self.measures.values() if each.view.dashboard is not None]

    @property
    def parts(self) -> dict[str, list[ShownMeasure]]:
        """The parts of the dashboard in its order, each with its measures."""
        parts: dict[str, list[ShownMeasure]] = {}
        for each in self.dashboard:
            parts.setdefault(each.view.dashboard or "", []).append(each)
        return parts

    def section(self, title: str) -> list[ShownMeasure]:
        """The measures of a section of the report's body, in the release's order."""
        return [each for each in self.measures.values() if each.view.section == title]

    def place(self, key: str, prompt: str) -> Commentary:
        """A marked place for the author's own words, with what they wrote there."""
        return Commentary(key, prompt, self.commentary.get(key, ""))
