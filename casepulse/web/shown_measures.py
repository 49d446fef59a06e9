"""The measures of the live view as pages and the API show them.

A page asks for a measure by its id. What was made of it stays until its view changes, so that a
page of fifty measures of which two have changed makes two.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from markupsafe import Markup

from casepulse.access.lists import ListOf, every_list
from casepulse.schemas.comparators import Compared
from casepulse.schemas.due import list_name
from casepulse.schemas.measure import Measure, Window
from casepulse.schemas.source import in_words
from casepulse.schemas.view import AwaitedView, CellView, MeasureView
from casepulse.shown.directions import direction_words
from casepulse.shown.figures import ShownMeasure, shown_measure
from casepulse.shown.months import month_words
from casepulse.shown.values import target_words
from casepulse.shown.words import WINDOWS, others_words
from casepulse.state import AT, COUNTY, Catalogue
from casepulse.web.live_view import Seen
from casepulse.web.sparkline import sparkline

NOT_AVAILABLE = "n/a"

#: How a direction is shown beside its words, for the eye alone.
ARROWS = {"improved": "▲", "declined": "▼", "same": "="}


@dataclass(frozen=True)
class LiveMeasure:
    """One measure of the live view."""

    shown: ShownMeasure
    listed: ListOf | None = None
    """The list of what is awaited in it; None if nothing is."""
    listed_over: ListOf | None = None
    """The list of what was late in the month and is over; None if there is none."""
    rows: dict[Any, Any] = field(default_factory=dict, compare=False)
    """What templates have made of it."""

    @property
    def view(self) -> MeasureView:
        """What the view holds of it."""
        return self.shown.view

    @property
    def definition(self) -> Measure:
        """What it is, by the catalogue."""
        return self.shown.definition

    @property
    def id(self) -> str:
        """Its id."""
        return self.view.measure

    @property
    def value(self) -> str:
        """The county's figure in print."""
        return self.view.published or NOT_AVAILABLE

    @property
    def counted(self) -> str:
        """What it is made from: "1,567 of 2,449"; empty of a plain count."""
        return counted(self.view.numerator, self.view.denominator)

    @property
    def target(self) -> str:
        """Its target in print; empty without one."""
        return "" if self.shown.target is None else target_words(self.shown.target, self.shown.unit)

    @property
    def compared_with(self) -> Iterator[tuple[str, str, Compared | None]]:
        """Whom it is compared with, their figure in print, and what that rests on, if known."""
        for name, value in self.shown.comparators:
            words = others_words(name)
            number = target_words(value, self.shown.unit)
            yield words[:1].upper() + words[1:], number, self.shown.compared.get(name)

    @property
    def tolerance(self) -> str:
        """How far from its target it may be and is Green still; empty without one."""
        return "" if not self.view.tolerance else f"tolerance {self.view.tolerance:g} points"

    @property
    def direction(self) -> str:
        """Where it goes, in words, with months running; empty where that can't be said."""
        return direction_words(self.shown)

    @property
    def arrow(self) -> str:
        """The same for the eye alone."""
        return ARROWS.get(self.view.direction or "", "")

    @property
    def is_now(self) -> bool:
        """Whether it is as at an instant, and not of a month."""
        return self.view.period == AT

    @cached_property
    def county(self) -> CellView | None:
        """The county's counts by status, of the period that the figure is about."""
        return self.cell(COUNTY)

    def cell(self, locality: str) -> CellView | None:
        """A locality's counts by status, of the same period."""
        for cell in self.view.cells:
            if cell.period == self.view.period and cell.locality == locality:
                return cell
        return None

    @cached_property
    def beside(self) -> tuple[tuple[int, str], ...]:
        """What to know beside the figure: how many were virtual, how many are not due yet."""
        statuses = {} if self.county is None else self.county.statuses
        virtual = sum(count for name, count in statuses.items() if "virtual" in name)
        waiting = sum(
            count for name, count in statuses.items() if "not_due" in name or "pending" in name
        )
        told = (virtual, "virtual"), (waiting, "not yet due")
        return tuple((count, words) for count, words in told if count)

    @property
    def awaited(self) -> list[AwaitedView]:
        """What is still to be done, by locality."""
        return self.view.awaited

    @property
    def overdue(self) -> int | None:
        """How many are overdue now, in the county; None where nothing can be."""
        return sum(each.overdue for each in self.awaited) if self.falls_due else None

    @property
    def due_soon(self) -> int | None:
        """How many fall due in the days ahead, in the county; None where that is not known."""
        ahead = sum(sum(each.days.values()) for each in self.awaited)
        return ahead if self.looks_ahead else None

    @property
    def late_and_over(self) -> int | None:
        """How many of the month were done late, or can be done no more, in the county; None where
        none can have been."""
        over = sum(each.late_and_over for each in self.awaited)
        return over if self.listed_over is not None else None

    @property
    def overdue_in_figure(self) -> int | None:
        """How many of those overdue now are of the month that the figure counts; None of a figure
        that counts what is so now: all of them are."""
        if self.late_and_over is None or self.window != "month":
            return None
        return self.view.late - self.late_and_over

    @property
    def longest_due(self) -> date | None:
        """The day on which the longest overdue fell due, as its list says; None if nothing is
        overdue, or nothing that has a due day."""
        days = [each.longest_due for each in self.awaited if each.longest_due is not None]
        return min(days, default=None)

    @property
    def falls_due(self) -> bool:
        """Whether anything in it may be overdue."""
        return self.listed is not None

    @property
    def looks_ahead(self) -> bool:
        """Whether it knows what falls due in it. A part that calls less late than its whole does
        knows only what is overdue."""
        return self.listed is not None and bool(self.listed.lateness.ahead)

    @property
    def time_words(self) -> str:
        """What time its figure is about."""
        return "As at an instant: now" if self.is_now else f"Counted {WINDOWS[self.window]}"

    @property
    def window(self) -> Window:
        """The months that it adds up."""
        return self.definition.window

    @property
    def months_words(self) -> str:
        """Its thirteen months for those who can't see the line: from where to where."""
        told = [each for each in self.view.series if each.published is not None]
        if len(told) < 2:
            return "Too few figures for a line"
        first, last = told[0], told[-1]
        return f"From {first.published} in {month_words(first.month)} to {last.published}"

    @cached_property
    def sparkline(self) -> Markup:
        """Its thirteen months."""
        points = [None if each.value is None else float(each.value) for each in self.shown.series]
        target = self.shown.target
        return sparkline(points, None if target is None else float(target))


def counted(numerator: int, denominator: int | None) -> str:
    """ "1,567 of 2,449"; empty of a plain count."""
    return "" if denominator is None else f"{numerator:,} of {denominator:,}"


class Shelf:
    """Every measure of the view that the catalogue knows, made when asked for.

    Args:
        catalogue: the definitions.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._lists = every_list(catalogue)
        self._made: dict[str, LiveMeasure] = {}

    def measure(self, seen: Seen, name: str) -> LiveMeasure | None:
        """A measure; None if the view or the catalogue has no such one."""
        view, definition = seen.measures.get(name), self.catalogue.measures.get(name)
        if view is None or definition is None:
            return None
        made = self._made.get(name)
        if made is None or made.view is not view:
            profile = self.catalogue.profile
            made = self._made[name] = LiveMeasure(
                shown_measure(
                    definition,
                    view,
                    profile.rag,
                    compared=profile.settings(name).compared,
                ),
                self._lists.get(list_name(name)),
                self._lists.get(list_name(name, over=True)),
            )
        return made

    def why_not(self, name: str) -> str:
        """Why there is no such measure, as a sentence."""
        left_out = self.catalogue.left_out.get(name)
        if left_out is None:
            return "There is no such measure."
        missing = in_words(self.catalogue.not_in_sources[name])
        return f"{left_out.title}: not in your sources. Not told: {missing}."

    def measures(self, seen: Seen) -> Iterator[LiveMeasure]:
        """Every measure, in the report's order."""
        for name in self.catalogue.measures:
            made = self.measure(seen, name)
            if made is not None:
                yield made

    def dashboard(self, seen: Seen) -> list[tuple[str, list[LiveMeasure]]]:
        """The dashboard's parts in its order, each with its measures."""
        parts: dict[str, list[LiveMeasure]] = {}
        for each in self.measures(seen):
            if each.view.dashboard is not None:
                parts.setdefault(each.view.dashboard, []).append(each)
        return list(parts.items())

    def sections(self, seen: Seen) -> list[tuple[str, list[LiveMeasure]]]:
        """The sections of the report's body in its order, each with its measures."""
        sections: dict[str, list[LiveMeasure]] = {}
        for each in self.measures(seen):
            sections.setdefault(each.view.section, []).append(each)
        return list(sections.items())
