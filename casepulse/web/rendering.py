"""Fills a template, and notes its live parts: what a script puts anew when figures change.

    {% call live("cp_visits") %}90%{% endcall %}

stands in the page as an element with the attribute data-live, and in `Page.parts` under its name.
So there is one way to show a figure, and an update can't differ from the page made anew.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from markupsafe import Markup, escape

from casepulse.schemas.errors import FailedError
from casepulse.shown.marks import NOT_AVAILABLE, WITHHELD
from casepulse.shown.months import month_words
from casepulse.shown.templates import environment
from casepulse.state import AT
from casepulse.state.calendar import LONDON, local_date
from casepulse.web.charts import chart_address


class AssetsMissingError(FailedError):
    """GOV.UK Frontend's style sheet is not there; the message says how to get it."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page that was made, and those parts of it that change with the figures."""

    html: str
    parts: Mapping[str, str]
    """By name, what stands within the element."""


class Rendering:
    """Makes pages."""

    def __init__(self) -> None:
        self._environment = environment("casepulse.web", chart_address)
        self._environment.auto_reload = False  # nobody changes what is installed
        self._environment.filters.update(
            commas=lambda number: f"{number:,}",
            day_words=day_words,
            fell_due=fell_due,
            instant_words=instant_words,
            period_words=period_words,
            plain=plain,
            short_day=short_day,
        )
        self._environment.globals.update(
            asset=asset_address, not_available=NOT_AVAILABLE, withheld=WITHHELD
        )

    def page(self, template: str, **shown: object) -> Page:
        """A template of `templates/`, filled."""
        parts: dict[str, str] = {}
        html = self._environment.get_template(template).render(
            live=_live(parts), once=_once(parts), **shown
        )
        return Page(html, parts)


def _live(parts: dict[str, str]) -> Callable[..., Markup]:
    def live(
        name: str, caller: Callable[[], str], tag: str = "span", attributes: Mapping[str, str] = {}
    ) -> Markup:
        if name in parts:
            raise ValueError(f"two live parts are named {name!r}")
        # `caller` is a part of a template, in which everything was escaped.
        told = Markup(str(caller()).strip())  # noqa: S704
        parts[name] = str(told)
        said = "".join(f' {key}="{escape(value)}"' for key, value in attributes.items())
        return Markup(f'<{tag} data-live="{escape(name)}"{said}>{told}</{tag}>')  # noqa: S704

    return live


def _once(parts: dict[str, str]) -> Callable[..., Markup]:
    def once(kept: dict[Any, tuple[Markup, dict[str, str]]], *key: object, caller: Any) -> Markup:
        """What stands in the block, made once for a key; with the live parts in it.

        Args:
            kept: belongs to what the block shows, and is gone with it.
            key: all else that the block depends on.
            caller: makes it.
        """
        made = kept.get(key)
        if made is None:
            before = set(parts)
            told = Markup(str(caller()))  # noqa: S704  as above
            kept[key] = told, {name: part for name, part in parts.items() if name not in before}
            return told
        parts.update(made[1])
        return made[0]

    return once


def day_words(day: Any) -> str:
    """A day as people write it: Friday 29 January 2021."""
    return f"{day:%A} {day.day} {day:%B %Y}"


def short_day(day: date) -> str:
    """A day where there is little room: 29 Jan 2021."""
    return f"{day.day} {day:%b %Y}"


def fell_due(day: date, now: datetime) -> str:
    """When something fell due that is overdue: due 22 December 2020, 41 days ago. The days are
    those that its list counts."""
    days = (local_date(now) - day).days
    ago = "today" if days < 1 else "yesterday" if days == 1 else f"{days:,} days ago"
    return f"due {day.day} {day:%B %Y}, {ago}"


def instant_words(instant: datetime) -> str:
    """An instant as people in London write it: 14:05 on Friday 29 January 2021."""
    local = instant.astimezone(LONDON)
    return f"{local:%H:%M} on {day_words(local)}"


def short_instant(instant: datetime) -> str:
    """The same where there is little room: 29 Jan 2021, 14:05."""
    local = instant.astimezone(LONDON)
    return f"{short_day(local.date())}, {local:%H:%M}"


def period_words(period: str) -> str:
    """The period of a figure: January 2021; now."""
    return "now" if period == AT else month_words(period)


def plain(name: str) -> str:
    """A status or the like in words: not_due is "Not due"."""
    words = name.replace("_", " ").replace(".", ", ")
    return words[:1].upper() + words[1:]


#: What is served under /assets: name → the package and the path within it, and what it is.
ASSETS = {
    "govuk-frontend.min.css": ("casepulse", "assets/govuk-frontend.min.css", "text/css"),
    "report.css": ("casepulse.shown", "screen.css", "text/css"),
    "page.css": ("casepulse.web", "page.css", "text/css"),
    "live.js": ("casepulse.web", "live.js", "text/javascript"),
    "icon.svg": ("casepulse.web", "icon.svg", "image/svg+xml"),
}


@lru_cache
def asset(name: str) -> bytes:
    """What is served under a name.

    Raises:
        AssetsMissingError: it is not installed.
        KeyError: there is none of that name.
    """
    package, path, _ = ASSETS[name]
    try:
        return (files(package) / path).read_bytes()
    except FileNotFoundError:
        raise AssetsMissingError(
            f"{name} is not there. Fetch it with: python deploy/assets.py"
        ) from None


@lru_cache
def asset_stamp(name: str) -> str:
    """Twelve digits that are others whenever its content is another."""
    return sha256(asset(name)).hexdigest()[:12]


@lru_cache
def asset_address(name: str) -> str:
    """Where it is served; another address whenever its content is another."""
    return f"/assets/{name}?{asset_stamp(name)}"
