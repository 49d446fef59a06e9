"""The figures as JSON, under /api/v1: what stands behind each page. `openapi.json` describes it.

An answer carries the ETag of the view that it is from: who asks again with it gets 304 until
something has changed. Where figures are old or not whole, they say so and carry no colour.
"""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Query, Request, Response
from pydantic import AwareDatetime, BaseModel

from casepulse.schemas.comparators import Origin
from casepulse.schemas.followed import Night
from casepulse.schemas.view import AwaitedView, CellView, MeasureView, MonthView
from casepulse.state import COUNTY
from casepulse.web.answers import Answers
from casepulse.web.live_view import Seen, Watch
from casepulse.web.locality import place_among
from casepulse.web.shown_measures import LiveMeasure, Shelf


class Standing(BaseModel):
    """How far what is told can be trusted."""

    version: int
    live: bool
    """Whether somebody still keeps the view up; if not, figures are old."""
    whole: bool
    """Whether every case is counted; if not, totals are too low."""
    moving: bool
    """Whether somebody has every case; if not, some stand still as at `as_of` of the status."""
    measures_left_out: int
    """How many measures are not there, or were asked for and can't be read."""


class Status(Standing):
    """What the view is as at."""

    as_of: AwareDatetime
    published: AwareDatetime
    old_since: AwareDatetime | None
    authority: str
    definitions: str
    partitions: int
    partitions_counted: int
    partitions_silent: int


class ComparedWith(BaseModel):
    """What a comparator rests on."""

    value: float
    year: str
    basis: str
    """How it is made: "median of 8 of 10 published"."""
    fit: str
    """"same", or what it counts otherwise than the measure."""
    published: int
    of: int
    status: str | None
    """Provisional, Revised or Final, where the source says so."""
    withheld: dict[str, str]
    """By authority's code, why it has no figure."""
    origins: list[Origin]


class Definition(BaseModel):
    """What a measure is, by the catalogue of this service."""

    definition: str
    source: str
    window: str
    scale: str
    part_of: str | None
    statuses: list[str]
    statuses_not_told_apart: list[str]
    """What nobody tells of what their counts stand on; empty: nothing, and they hold."""
    numerator: list[str]
    denominator: list[str] | None
    standards: dict[str, str]
    compared: dict[str, ComparedWith]
    """By name of a comparator, what it rests on, where that is known."""


class Summary(BaseModel):
    """A measure in a line."""

    measure: str
    title: str
    section: str
    dashboard: str | None
    aip: bool
    period: str
    numerator: int
    denominator: int | None
    published: str | None
    target: float | None
    rag: str | None
    direction: str | None
    months_running: int
    late: int
    overdue: int | None
    """None where nothing can be overdue."""
    due_soon: int | None
    """None where that is not known."""
    late_and_over: int | None
    """Of the month: done late, or to be done no more. None where none can have been."""


class Measures(Standing):
    """Every measure, in the report's order."""

    measures: list[Summary]


class OneMeasure(Standing):
    """Everything live about one measure, and what it is."""

    figures: MeasureView
    definition: Definition


class Locality(BaseModel):
    """A measure in one locality."""

    measure: str
    locality: str
    months: list[MonthView]
    """The last three, oldest first; of a stock, the last is now."""
    cell: CellView | None
    awaited: AwaitedView | None
    place: str
    """Among the localities with a figure, best first: "2 of 8"; empty where none is better."""


class Localities(Standing):
    """A measure in every locality, or every measure in one, in the profile's or report's order."""

    localities: list[Locality]


class LeftOut(BaseModel):
    """A measure without a figure, for nobody tells what it needs."""

    measure: str
    title: str
    missing: list[str]
    """Types of event, and of some the fields."""


class FollowedSource(BaseModel):
    """A source whose extracts are told night by night by themselves."""

    source: str
    looked_after: bool
    """Whether somebody looks for its extracts now."""
    taken: AwareDatetime | None
    """When the last extract was taken that was told."""
    due: AwareDatetime | None
    """By when the next must be there; null where that is not set."""
    late: bool
    missed: int
    """In how many nights in a row before this one none came."""
    refused: bool
    """Whether the last extract was."""
    telling: str
    """The extract that is being told just now; empty: none."""
    arriving: str
    """The extract that is there and not complete; empty: none."""
    nights: list[Night]
    """The last thirty, newest first; the last extract and the last that was told in full."""


class Sources(BaseModel):
    """What feeds the county, which measures it can't feed, and what the last nights brought."""

    sources: dict[str, str]
    """By name, what each is called."""
    not_in_sources: list[LeftOut]
    followed: list[FollowedSource]


class Problem(BaseModel):
    """Why there is no answer (RFC 9457)."""

    title: str
    status: int
    detail: str


def _problem(description: str) -> dict[str, Any]:
    schema = Problem.model_json_schema()
    return {
        "description": description,
        "content": {"application/problem+json": {"schema": schema}},
    }


_ANSWERS: dict[int | str, dict[str, Any]] = {
    307: {"description": "It stands at another address: no slash at its end, other capitals"},
    304: {"description": "Nothing has changed since the view of that ETag"},
    404: _problem("There is no such thing"),
    422: _problem("The question could not be understood"),
    503: _problem("No view was published yet, or it can't be read"),
}

MeasureName = Annotated[str, Path(description="A measure's id, such as cp_visits", max_length=80)]
LocalityName = Annotated[str, Path(description="A locality, such as Stroud", max_length=40)]


def api(watch: Watch, shelf: Shelf, answers: Answers) -> APIRouter:
    """The routes of the API."""
    router = APIRouter(prefix="/api/v1", responses=_ANSWERS, tags=["figures"])

    def seen() -> Seen:
        now = watch.seen
        if now is None:
            raise HTTPException(503, "No view was found in Redis yet.")
        return now

    def measure_of(now: Seen, name: str) -> LiveMeasure:
        measure = shelf.measure(now, name)
        if measure is None:
            now.check(name)
            raise HTTPException(404, f"{shelf.why_not(name)} /api/v1/measures lists them.")
        return measure

    def told(request: Request, stamp: str, make: Callable[[], BaseModel], of: str = "") -> Response:
        return answers.answer(
            request, stamp, "application/json", lambda: make().model_dump_json(), of
        )

    @router.get("/status", summary="What the figures are as at", response_model=Status)
    async def status(request: Request) -> Response:
        now = seen()
        stamp = f"{now.stamp}-{now.meta.published.timestamp():.6f}"
        return told(request, stamp, lambda: _status(now))

    @router.get("/sources", summary="What feeds the county, and not", response_model=Sources)
    async def sources(request: Request) -> Response:
        now = seen()
        return told(request, now.stamp, lambda: _sources(shelf, now))

    @router.get("/measures", summary="Every measure in a line", response_model=Measures)
    async def measures(
        request: Request,
        dashboard: Annotated[bool, Query(description="only those of the dashboard")] = False,
    ) -> Response:
        now = seen()

        def listed() -> Measures:
            wanted = (
                each
                for each in shelf.measures(now)
                if each.view.dashboard is not None or not dashboard
            )
            found = [_summary(each, now) for each in wanted]
            return Measures(**_standing(now), measures=found)

        return told(request, now.stamp, listed, "dashboard" if dashboard else "")

    @router.get("/measures/{measure}", summary="One measure", response_model=OneMeasure)
    async def one_measure(request: Request, measure: MeasureName) -> Response:
        now = seen()
        found = measure_of(now, measure)
        return told(
            request,
            now.stamp,
            lambda: OneMeasure(
                **_standing(now),
                figures=_uncoloured(found.view, now),
                definition=_defined(shelf, found),
            ),
        )

    @router.get(
        "/measures/{measure}/localities",
        summary="One measure in every locality",
        response_model=Localities,
    )
    async def measure_localities(request: Request, measure: MeasureName) -> Response:
        now = seen()
        found = measure_of(now, measure)
        return told(
            request,
            now.stamp,
            lambda: Localities(
                **_standing(now),
                localities=[_locality(found, name) for name in found.view.localities],
            ),
        )

    @router.get(
        "/localities/{locality:path}",  # a name may have a slash in it
        summary="Every measure in one locality",
        response_model=Localities,
    )
    async def one_locality(request: Request, locality: LocalityName) -> Response:
        now = seen()
        names = shelf.catalogue.profile.localities
        if locality not in names:
            raise HTTPException(404, f"There is no such locality; there are: {', '.join(names)}.")

        def listed() -> Localities:
            found = [
                _locality(each, locality)
                for each in shelf.measures(now)
                if locality in each.view.localities
            ]
            return Localities(**_standing(now), localities=found)

        return told(request, now.stamp, listed)

    return router


def _standing(seen: Seen) -> dict[str, Any]:
    return {
        "version": seen.meta.version,
        "live": seen.live,
        "whole": seen.whole,
        "moving": seen.moving,
        "measures_left_out": seen.left_out,
    }


def _status(seen: Seen) -> Status:
    meta = seen.meta
    return Status(
        **_standing(seen),
        as_of=meta.as_of,
        published=meta.published,
        old_since=seen.old_since,
        authority=meta.authority,
        definitions=meta.definitions,
        partitions=meta.partitions,
        partitions_counted=meta.partitions_counted,
        partitions_silent=meta.partitions_silent,
    )


def _sources(shelf: Shelf, seen: Seen) -> Sources:
    catalogue = shelf.catalogue
    return Sources(
        sources={name: each.title for name, each in catalogue.profile.fed_by.items()},
        not_in_sources=[
            LeftOut(measure=name, title=catalogue.left_out[name].title, missing=list(missing))
            for name, missing in catalogue.not_in_sources.items()
        ],
        followed=[
            FollowedSource(
                **each.model_dump(include=FollowedSource.model_fields.keys() - {"refused"}),
                looked_after=each.source not in seen.sources.silent,
                refused=each.stands_refused,
            )
            for each in seen.sources.followed
        ],
    )


def _uncoloured(view: MeasureView, seen: Seen) -> MeasureView:
    return view if seen.trusted else view.model_copy(update={"rag": None})


def _summary(measure: LiveMeasure, seen: Seen) -> Summary:
    view = _uncoloured(measure.view, seen)
    return Summary(
        overdue=measure.overdue,
        due_soon=measure.due_soon,
        late_and_over=measure.late_and_over,
        **{name: getattr(view, name) for name in Summary.model_fields if hasattr(view, name)},
    )


def _defined(shelf: Shelf, measure: LiveMeasure) -> Definition:
    definition = measure.definition
    settings = shelf.catalogue.profile.settings(measure.id)
    return Definition(
        definition=definition.definition,
        source=definition.source,
        window=definition.window,
        scale=definition.scale,
        part_of=definition.of,
        statuses=list(definition.statuses),
        statuses_not_told_apart=list(shelf.catalogue.not_told_apart.get(measure.id, ())),
        numerator=sorted(definition.numerator),
        denominator=None if definition.denominator is None else sorted(definition.denominator),
        standards={name: str(standard) for name, standard in settings.standards.items()},
        compared={
            name: ComparedWith(**{each: getattr(said, each) for each in ComparedWith.model_fields})
            for name, said in measure.shown.compared.items()
        },
    )


def _locality(measure: LiveMeasure, name: str) -> Locality:
    return Locality(
        measure=measure.id,
        locality=name,
        months=measure.view.localities[name],
        cell=None if name == COUNTY else measure.cell(name),
        awaited=next((each for each in measure.awaited if each.locality == name), None),
        place=place_among(measure, name),
    )
