"""The pages that everybody may see: dashboard, measures, localities, demand, data quality, sources.

Each is made once for all who look at it, until something on it changes (`Seen.stamp`).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from casepulse.schemas.measure import Section
from casepulse.schemas.source import in_words
from casepulse.shown.charts import chart_of
from casepulse.state.viewing import definitions_version
from casepulse.web.data_quality import by_locality, kinds
from casepulse.web.live_view import Seen
from casepulse.web.locality import locality_rows
from casepulse.web.rendering import Page, Rendering
from casepulse.web.shown_measures import LiveMeasure, Shelf
from casepulse.web.sources import shown_sources, source_notices
from casepulse.web.tables import awaited_table, localities_table, statuses_table

#: Where there are pages.
PAGES = (
    "/",
    "/demand",
    "/measures",
    "/measures/{measure}",
    "/localities",
    "/localities/{locality:path}",  # a name may have a slash in it
    "/data-quality",
    "/sources",
)


class NoSuchPageError(LookupError):
    """There is no page at this path; the message says what there is none of."""


@dataclass(frozen=True, slots=True)
class Place:
    """A page of the navigation."""

    path: str
    title: str


#: The navigation, in its order.
PLACES = (
    Place("/", "Dashboard"),
    Place("/demand", "Demand"),
    Place("/measures", "All measures"),
    Place("/localities", "Localities"),
    Place("/data-quality", "Data quality"),
    Place("/lists", "Lists"),
)


class Pages:
    """Makes the pages, and keeps them while they hold.

    Args:
        shelf: the measures.
        rendering: fills templates.
        notice: what every page says at its top, if anything.
    """

    def __init__(self, shelf: Shelf, rendering: Rendering, notice: str | None = None) -> None:
        self._shelf = shelf
        self._rendering = rendering
        self._notice = notice
        self._definitions = definitions_version(shelf.catalogue)
        self._kept: dict[str, tuple[str, Page]] = {}

    def page(self, path: str, seen: Seen | None) -> Page:
        """The page at a path.

        Raises:
            NoSuchPageError: there is none.
        """
        if seen is None:
            return self._rendering.page("nothing_yet.html", **self.around(path, None))
        kept = self._kept.get(path)
        if kept is not None and kept[0] == seen.stamp:
            return kept[1]
        page = self._made(path, seen)
        self._kept[path] = seen.stamp, page
        return page

    def _made(self, path: str, seen: Seen) -> Page:
        first, _, name = path.removeprefix("/").partition("/")
        makers: dict[tuple[str, bool], Callable[[Seen, str], tuple[str, dict[str, Any]]]] = {
            ("", False): self._dashboard,
            ("demand", False): self._demand,
            ("measures", False): self._measures,
            ("measures", True): self._measure,
            ("localities", False): self._localities,
            ("localities", True): self._locality,
            ("data-quality", False): self._data_quality,
            ("sources", False): self._sources,
        }
        maker = makers.get((first, bool(name)))
        if maker is None:
            raise NoSuchPageError("There is no such page.")
        template, shown = maker(seen, name)
        return self._rendering.page(template, **self.around(path, seen), **shown)

    def around(self, path: str, seen: Seen | None) -> dict[str, Any]:
        """What `page.html` wants to know, whatever the page."""
        catalogue = self._shelf.catalogue
        return {
            "places": PLACES,
            "path": path,
            "seen": seen,
            "authority": catalogue.profile.authority if seen is None else seen.meta.authority,
            "catalogue": catalogue,
            "definitions": self._definitions,
            "notice": self._notice,
            "live_page": seen is not None,
            "source_notices": ()
            if seen is None
            else tuple(source_notices(seen.sources, catalogue.profile.fed_by)),
        }

    def _dashboard(self, seen: Seen, _: str) -> tuple[str, dict[str, Any]]:
        return "dashboard.html", {"parts": self._shelf.dashboard(seen)}

    def _demand(self, seen: Seen, _: str) -> tuple[str, dict[str, Any]]:
        of = Section.DEMAND.value
        measures = [each for each in self._shelf.measures(seen) if each.view.section == of]
        return "demand.html", {"measures": measures, "charts": _charts(measures)}

    def _measures(self, seen: Seen, _: str) -> tuple[str, dict[str, Any]]:
        catalogue = self._shelf.catalogue
        return "measures.html", {
            "sections": self._shelf.sections(seen),
            "fed_by": ", ".join(each.title for each in catalogue.profile.fed_by.values()),
            "left_out": [
                (measure.title, in_words(catalogue.not_in_sources[name]))
                for name, measure in catalogue.left_out.items()
            ],
        }

    def _measure(self, seen: Seen, name: str) -> tuple[str, dict[str, Any]]:
        measure = self._shelf.measure(seen, name)
        if measure is None:
            seen.check(name)
            raise NoSuchPageError(self._shelf.why_not(name))
        return "measure.html", {
            "measure": measure,
            "settings": self._shelf.catalogue.profile.settings(name),
            "chart": chart_of(measure.shown),
            "localities": localities_table(measure),
            "statuses": statuses_table(measure),
            "not_told_apart": in_words(self._shelf.catalogue.not_told_apart.get(name, ())),
            "awaited": awaited_table(measure),
        }

    def _localities(self, seen: Seen, _: str) -> tuple[str, dict[str, Any]]:
        return "localities.html", {"names": self._shelf.catalogue.profile.localities}

    def _locality(self, seen: Seen, name: str) -> tuple[str, dict[str, Any]]:
        if name not in self._shelf.catalogue.profile.localities:
            raise NoSuchPageError("There is no such locality.")
        parts = [
            (title, locality_rows(measures, name))
            for title, measures in self._shelf.dashboard(seen)
        ]
        return "locality.html", {"name": name, "parts": [part for part in parts if part[1]]}

    def _data_quality(self, seen: Seen, _: str) -> tuple[str, dict[str, Any]]:
        found = kinds(list(self._shelf.measures(seen)))
        return "data_quality.html", {
            "kinds": found,
            "oldest": min((each.since for each in found if each.since), default=None),
            "localities": by_locality(found, self._shelf.catalogue.profile.localities),
        }

    def _sources(self, seen: Seen, _: str) -> tuple[str, dict[str, Any]]:
        catalogue = self._shelf.catalogue
        fed_by = catalogue.profile.fed_by
        return "sources.html", {
            "fed_by": ", ".join(each.title for each in fed_by.values()),
            "left_out": len(catalogue.left_out),
            "sources": shown_sources(seen.sources, fed_by),
        }


def _charts(measures: Iterable[LiveMeasure]) -> dict[str, Any]:
    charts = ((each.id, chart_of(each.shown)) for each in measures)
    return {name: chart for name, chart in charts if chart is not None}
