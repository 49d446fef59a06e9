"""The web service: pages, their parts as JSON, a stream of versions, the API.

It reads the live view from Redis, as the user who may only read, and never touches Kafka.
"""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager, suppress

import orjson
from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException as AnyHTTPException

from casepulse.access.audit import AuditLog
from casepulse.state import Catalogue
from casepulse.web.addresses import RightAddresses, addresses
from casepulse.web.answers import FOR_EVER, Answers
from casepulse.web.api import Problem, api
from casepulse.web.charts import Drawings
from casepulse.web.headers import CarefulHeaders, KnownHosts
from casepulse.web.lists import OpenLists, list_routes
from casepulse.web.live_view import UnreadableError, Watch
from casepulse.web.pages import PAGES, NoSuchPageError, Pages
from casepulse.web.rendering import ASSETS, Rendering, asset, asset_stamp
from casepulse.web.shown_measures import Shelf

_DESCRIPTION = """The live figures of an English county's children's services, as its pages show
them. Aggregated counts only; for the authority's own staff. Each answer carries an ETag: ask again
with If-None-Match, and get 304 until the figures have changed. `GET /live` is a stream of
server-sent events, named `version`, each with the version of a new view."""


def application(
    watch: Watch,
    catalogue: Catalogue,
    lists: OpenLists | None = None,
    hosts: Collection[str] = ("127.0.0.1", "localhost"),
) -> FastAPI:
    """The service, which follows the view for as long as it runs.

    Args:
        watch: what keeps up with the view.
        catalogue: the definitions and the profile, which should be the worker's.
        lists: what the lists of children are served with; None: they are off.
        hosts: the names that it answers to, without ports; "*" is any.

    Raises:
        casepulse.web.rendering.AssetsMissingError: it was not wholly installed.
    """
    for name in ASSETS:
        asset(name)
    shelf = Shelf(catalogue)
    rendering = Rendering()
    pages = Pages(shelf, rendering, None if lists is None else lists.sign_in.notice)

    @asynccontextmanager
    async def following(_: FastAPI) -> AsyncIterator[None]:
        task = asyncio.create_task(watch.run())
        yield
        watch.close()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    app = FastAPI(
        title="casepulse",
        version="1",
        description=_DESCRIPTION,
        lifespan=following,
        openapi_url="/api/v1/openapi.json",
        docs_url=None,  # their pages fetch scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.watch = watch
    app.add_middleware(RightAddresses, addresses=frozenset(addresses(catalogue)))
    app.add_middleware(KnownHosts, hosts=frozenset(hosts))
    app.add_middleware(CarefulHeaders)
    answers = Answers()
    app.include_router(api(watch, shelf, answers))
    _figures(app, watch, pages, answers)
    _drawings(app, watch, Drawings(shelf), answers)
    _lists(app, watch, pages, rendering, lists)
    _health(app, watch, None if lists is None else lists.audit)
    _errors(app, watch, pages, rendering)
    return app


def _figures(app: FastAPI, watch: Watch, pages: Pages, answers: Answers) -> None:
    async def page(request: Request) -> Response:
        seen, path = watch.seen, request.scope["path"]
        stamp = "nothing" if seen is None else seen.stamp
        return answers.answer(
            request, stamp, "text/html; charset=utf-8", lambda: pages.page(path, seen).html
        )

    for path in PAGES:
        app.add_route(path, page, include_in_schema=False)

    @app.get("/parts/{path:path}", include_in_schema=False)
    async def parts(request: Request, path: str) -> Response:
        """What of a page changes with the figures, by name: its script puts it in."""
        seen = watch.seen
        if seen is None:
            raise HTTPException(503, "No view was found in Redis yet.")

        def told() -> bytes:
            parts = pages.page(f"/{path}", seen).parts
            return orjson.dumps(
                {"version": seen.meta.version, "stamp": seen.stamp, "parts": dict(parts)}
            )

        return answers.answer(request, seen.stamp, "application/json", told)

    @app.get("/live", response_class=EventSourceResponse, include_in_schema=False)
    async def live() -> AsyncIterator[ServerSentEvent]:
        """Each new version, and the current one at once."""
        async for seen in watch.changes():
            yield ServerSentEvent(event="version", raw_data=str(seen.meta.version))


def _drawings(app: FastAPI, watch: Watch, drawings: Drawings, answers: Answers) -> None:
    @app.get("/charts/{measure}.svg", include_in_schema=False)
    async def chart(request: Request, measure: str) -> Response:
        seen = watch.seen
        # Drawing takes a tenth of a second: meanwhile others are served.
        drawn = None if seen is None else await run_in_threadpool(drawings.drawing, seen, measure)
        if seen is None or drawn is None:
            raise HTTPException(404, "There is no such chart.")
        return answers.answer(request, seen.stamp, "image/svg+xml", lambda: drawn)

    @app.get("/assets/{name}", include_in_schema=False)
    async def assets(request: Request, name: str) -> Response:
        if name not in ASSETS:
            raise HTTPException(404, "There is no such file.")
        stamp = asset_stamp(name)
        return answers.answer(request, stamp, ASSETS[name][2], lambda: asset(name), keep=FOR_EVER)


def _lists(
    app: FastAPI, watch: Watch, pages: Pages, rendering: Rendering, lists: OpenLists | None
) -> None:
    def show(request: Request, template: str, **shown: object) -> str:
        around = {**pages.around(request.scope["path"], watch.seen), "live_page": False}
        return rendering.page(template, **around, **shown).html

    app.router.routes.extend(list_routes(lists, show))


def _health(app: FastAPI, watch: Watch, audit: AuditLog | None) -> None:
    @app.get("/health/live", include_in_schema=False)
    async def live() -> Response:
        """For whoever starts it anew."""
        if watch.ended:
            return Response("nothing follows the view\n", status_code=503, media_type="text/plain")
        return Response("alive\n", media_type="text/plain")

    @app.get("/health/ready", include_in_schema=False)
    async def ready() -> Response:
        """What stands in the way of right and fresh figures, if anything does."""
        obstacles = []
        if not watch.reached:
            because = f": {watch.trouble}" if watch.trouble else ""
            obstacles.append(f"Redis does not answer{because}")
        if watch.seen is None:
            obstacles.append("no view was found yet")
        elif not watch.seen.live:
            obstacles.append("the view is old: nobody publishes")
        elif not watch.seen.moving:
            obstacles.append(f"nothing is heard of {watch.seen.meta.partitions_silent} partitions")
        if watch.seen is not None and watch.seen.left_out:
            obstacles.append(f"{watch.seen.left_out} measures are not there, or can't be read")
        status = 503 if obstacles else 200
        words = "; ".join(obstacles) or "ready"
        # No list is shown then, and every other page is.
        if audit is not None and (trouble := await run_in_threadpool(audit.trouble)):
            words += f"; warning: no list is shown, for the audit log can't be written: {trouble}"
        return Response(f"{words}\n", status_code=status, media_type="text/plain")


def _errors(app: FastAPI, watch: Watch, pages: Pages, rendering: Rendering) -> None:
    def refused(request: Request, status: int, words: str) -> Response:
        title = _TITLES.get(status, "Something went wrong")
        headers = {"Cache-Control": "no-store"}
        if request.scope["path"].startswith(("/api/", "/parts/")):
            problem = Problem(title=title, status=status, detail=words)
            return JSONResponse(problem.model_dump(), status, headers, "application/problem+json")
        around = {**pages.around(request.scope["path"], watch.seen), "live_page": False}
        page = rendering.page("error.html", title=title, words=words, **around)
        return HTMLResponse(page.html, status, headers)

    @app.exception_handler(AnyHTTPException)
    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, AnyHTTPException)
        answered = refused(request, error.status_code, str(error.detail))
        answered.headers.update(error.headers or {})
        return answered

    @app.exception_handler(NoSuchPageError)
    async def no_such_page(request: Request, error: Exception) -> Response:
        return refused(request, 404, str(error))

    @app.exception_handler(UnreadableError)
    async def not_readable(request: Request, error: Exception) -> Response:
        return refused(request, 503, str(error))

    @app.exception_handler(RequestValidationError)
    async def not_understood(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        wrong = "; ".join(
            f"{'.'.join(map(str, each['loc'][1:]))}: {each['msg']}" for each in error.errors()
        )
        return refused(request, 422, wrong)


_TITLES = {
    400: "That could not be understood",
    403: "You may not see this",
    404: "There is nothing here",
    405: "That can’t be done here",
    413: "That is too much",
    422: "That could not be understood",
    503: "There are no figures now",
}
