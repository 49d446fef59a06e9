"""The lists behind a figure: who is late, and who falls due in the days ahead; and who was late in
the month, where that is over.

Only for those who are signed in and have a grant, and say why they look. A look is written into the
audit log before any line leaves; where that can't be done, none does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from casepulse.access.audit import AuditError, AuditLog
from casepulse.access.columns import COLUMNS, days_overdue, sort_key
from casepulse.access.grants import Asked, Identity, may_ask, visible
from casepulse.access.lists import ListOf, every_list
from casepulse.access.reading import ListRead, ReadList
from casepulse.access.record import Look, Outcome, Record, Who
from casepulse.schemas.due import Due, list_name
from casepulse.state import Catalogue
from casepulse.state.calendar import LONDON, month_of, reporting_month
from casepulse.streams.redis_trouble import REDIS_ERRORS, why
from casepulse.web.forms import fields_of
from casepulse.web.headers import POLICY
from casepulse.web.list_file import csv_of, file_name
from casepulse.web.list_query import PAGE, NotUnderstoodError, Query, address, pages_of
from casepulse.web.list_reasons import LONGEST, REASONS, wrong_with
from casepulse.web.list_settings import wanted
from casepulse.web.no_look import UNSEEN, NoLookError, only_head, to_sign_in
from casepulse.web.sessions import form_token, is_own_form
from casepulse.web.sign_in import Show, SignIn

log = structlog.get_logger()

#: How many places of lines that can't be read are logged of a list.
MOST_NAMED = 10


@dataclass(frozen=True, slots=True)
class OpenLists:
    """What the lists are served with."""

    sign_in: SignIn
    audit: AuditLog
    read: ReadList
    catalogue: Catalogue


def list_routes(lists: OpenLists | None, show: Show) -> Sequence[BaseRoute]:
    """The pages under /lists, and those of the sign-in.

    Args:
        lists: what they are served with; None where no sign-in is configured.
        show: fills a template as a page of the site.
    """
    if lists is None:

        async def off(request: Request) -> Response:
            page = show(request, "lists_off.html", wanted=wanted())
            return HTMLResponse(page, 200 if request.url.path == "/lists" else 404, UNSEEN)

        return [Route("/lists", off), Route("/lists/{path:path}", off)]
    pages = _ListPages(lists, show)
    guarded = [lists.sign_in.sessions.middleware]
    return [
        *lists.sign_in.routes(show),
        Route("/lists", pages.overview, middleware=guarded),
        Route("/lists/{name}.csv", pages.file, middleware=guarded),
        Route("/lists/{name}", pages.page, middleware=guarded),
        Route("/lists/{name}/reason", pages.ask_for_reason, middleware=guarded),
        Route("/lists/{name}/reason", pages.take_reason, methods=["POST"], middleware=guarded),
    ]


@dataclass(frozen=True, slots=True)
class _Asking:
    """Somebody who may look at a list, and what they ask for."""

    identity: Identity
    which: ListOf
    query: Query


@dataclass(frozen=True, slots=True)
class _Row:
    """A line as a page shows it."""

    line: Due
    days: int
    """Calendar days overdue."""


class _ListPages:
    def __init__(self, lists: OpenLists, show: Show) -> None:
        self._lists = lists
        self._show = show
        self._every = every_list(lists.catalogue)

    async def overview(self, request: Request) -> Response:
        """Which lists there are for whoever asks. No number: that would be a look."""
        identity = self._lists.sign_in.identity(request)
        if identity is None:
            return to_sign_in("/lists")
        open_to = {name for grant in identity.grants for name in grant.lists}
        sections: dict[str, dict[str, list[ListOf]]] = {}
        for each in self._every.values():
            if each.whole is None and each.granted_by in open_to:
                section = each.lateness.measure.section.value
                sections.setdefault(section, {}).setdefault(each.title, []).append(each)
        status = 200 if sections else 403
        return self._answer(request, identity, "lists.html", status, sections=sections)

    async def page(self, request: Request) -> Response:
        """A page of a list, or all of it on one."""
        try:
            asking = await self._asking(request, "page")
            reason = self._reason(request, asking)
            only_head(request, "text/html")
            read, lines = await self._lines(request, asking)
            query = asking.query.turned_to(min(asking.query.page, pages_of(lines)))
            shown = query.part_of(lines)
            look = await self._write_down(request, asking, "page", query.page, len(shown), reason)
        except NoLookError as nothing:
            return nothing.answer
        # All of a long list takes a while: meanwhile others are served.
        return await run_in_threadpool(
            self._answer,
            request,
            asking.identity,
            "list.html",
            200,
            **self._choices(asking, lines),
            read=read,
            rows=[_Row(line, days_overdue(line, read.now)) for line in shown],
            lines=len(lines),
            month=month_of(reporting_month(read.now)),
            first=max(0, query.page - 1) * PAGE + 1,
            pages=pages_of(lines),
            query=query,
            look=look,
            reason=reason,
            field="",
            wrong="",
        )

    async def file(self, request: Request) -> Response:
        """All of a list as CSV (RFC 4180)."""
        try:
            asking = await self._asking(request, "csv")
            reason = self._reason(request, asking)
            only_head(request, "text/csv")
            read, lines = await self._lines(request, asking)
            await self._write_down(request, asking, "csv", 0, len(lines), reason)
        except NoLookError as nothing:
            return nothing.answer
        name = file_name(asking.which.name, read)
        headers = {**UNSEEN, "Content-Disposition": f'attachment; filename="{name}"'}
        return Response(
            csv_of(lines, read.now, read.incomplete), media_type="text/csv", headers=headers
        )

    async def ask_for_reason(self, request: Request) -> Response:
        """The form that asks why."""
        try:
            asking = await self._asking(request, "page")
        except NoLookError as nothing:
            return nothing.answer
        return self._reason_form(request, asking, "", "", "")

    async def take_reason(self, request: Request) -> Response:
        """Note the reason, and go to the list."""
        try:
            asking = await self._asking(request, "page")
        except NoLookError as nothing:
            return nothing.answer
        form = await fields_of(request)
        if not is_own_form(request.session, form.get("token")):
            return self._trouble(request, asking.identity, "form", 403, "", asking.which.name)
        choice, own = (form.get(name, "").strip() for name in ("choice", "own"))
        reason = own if choice == "own" else choice
        if choice == "own":
            wrong = wrong_with(own)
        else:
            wrong = "" if choice in REASONS else "Choose why you look at this list"
        if wrong:
            return self._reason_form(request, asking, choice, own, wrong)
        self._lists.sign_in.sessions.give_reason(request.session, asking.which.name, reason)
        return RedirectResponse(address(f"/lists/{asking.which.name}", asking.query), 303)

    async def _asking(self, request: Request, form: Literal["page", "csv"]) -> _Asking:
        """Who asks for what.

        Raises:
            NoLookError: they aren't signed in, may not look at this, or there is no such thing.
        """
        name = request.path_params["name"]
        identity = self._lists.sign_in.identity(request)
        if identity is None:
            asked = f"?{request.url.query}" if request.url.query else ""
            raise NoLookError(to_sign_in(f"/lists/{name}{asked}"))
        which = self._every.get(name)
        if which is None:
            raise NoLookError(self._trouble(request, identity, "unknown", 404))
        profile = self._lists.catalogue.profile
        try:
            query = Query.read(request.query_params, profile)
        except NotUnderstoodError as error:
            raise NoLookError(self._asked_wrongly(request, identity, which, error)) from None
        asking = _Asking(identity, which, query)
        if not may_ask(identity, which.granted_by, query.asked, profile):
            reason = self._lists.sign_in.sessions.reason(request.session, name) or ""
            page = 0 if form == "csv" else query.page
            await self._write_down(request, asking, form, page, 0, reason, Outcome.DENIED)
            raise NoLookError(self._trouble(request, identity, "denied", 403))
        return asking

    def _asked_wrongly(
        self, request: Request, identity: Identity, which: ListOf, error: NotUnderstoodError
    ) -> Response:
        """The form again, as it was sent, with what is wrong in it."""
        anything = _Asking(identity, which, Query(Asked()))
        if not may_ask(identity, which.granted_by, Asked(), self._lists.catalogue.profile):
            return self._trouble(request, identity, "query", 400, str(error), which.name)
        return self._answer(
            request,
            identity,
            "list_filter_wrong.html",
            400,
            **self._choices(anything, []),
            asked={
                name: "" if name == error.field == "order" else request.query_params.get(name, "")
                for name in ("locality", "team", "worker", "overdue", "order")
            },
            field=error.field,
            wrong=str(error),
        )

    def _reason(self, request: Request, asking: _Asking) -> str:
        """Why they look.

        Raises:
            NoLookError: they have not said.
        """
        reason = self._lists.sign_in.sessions.reason(request.session, asking.which.name)
        if reason is None:
            form = address(f"/lists/{asking.which.name}/reason", asking.query)
            raise NoLookError(RedirectResponse(form, 303, UNSEEN))
        return reason

    async def _lines(self, request: Request, asking: _Asking) -> tuple[ListRead, list[Due]]:
        """Those that were asked for and may be seen, in order.

        Raises:
            NoLookError: Redis can't be reached, or refuses.
        """
        try:
            read = await run_in_threadpool(self._lists.read, asking.which.kept_as)
        except REDIS_ERRORS as error:
            log.warning("a list can't be read", error=type(error).__name__, why=why(error))
            trouble = self._trouble(request, asking.identity, "redis", 503)
            raise NoLookError(trouble) from None
        lines = visible(read.lines, asking.identity, asking.which.granted_by)
        lines = [line for line in asking.which.its_own(lines) if asking.query.asked.takes(line)]
        if not read.whole:
            log.warning(
                "a list is not whole",
                measure=asking.which.kept_as,
                incomplete=read.incomplete,
                left_out=read.left_out[:MOST_NAMED],
            )
        column = asking.query.column
        lines.sort(key=lambda line: sort_key(column, line, read.now))
        if asking.query.downwards:
            lines.reverse()
        return read, lines

    async def _write_down(
        self,
        request: Request,
        asking: _Asking,
        form: Literal["page", "csv"],
        page: int,
        rows: int,
        reason: str,
        outcome: Outcome = Outcome.SHOWN,
    ) -> Record:
        """Put a look into the audit log, and give what stands there.

        Raises:
            NoLookError: that can't be done.
        """
        look = Look(
            who=Who(issuer=asking.identity.issuer, subject=asking.identity.subject),
            list=asking.which.name,
            form=form,
            asked=asking.query.asked,
            order=asking.query.order,
            page=page,
            rows=rows,
            outcome=outcome,
            reason=reason,
        )
        try:
            return await run_in_threadpool(self._lists.audit.write, look)
        except AuditError as error:
            log.error("the audit log can't be written", error=str(error))
            trouble = self._trouble(request, asking.identity, "audit", 503)
            raise NoLookError(trouble) from None

    def _reason_form(
        self, request: Request, asking: _Asking, choice: str, own: str, wrong: str
    ) -> Response:
        return self._answer(
            request,
            asking.identity,
            "list_reason.html",
            400 if wrong else 200,
            which=asking.which,
            query=asking.query,
            reasons=REASONS,
            choice=choice,
            own=own,
            wrong=wrong,
            longest=LONGEST,
        )

    def _choices(self, asking: _Asking, lines: Sequence[Due]) -> dict[str, Any]:
        """What there is to choose from, for this person."""
        profile = self._lists.catalogue.profile

        def open_to(asked: Asked) -> bool:
            return may_ask(asking.identity, asking.which.granted_by, asked, profile)

        teams = {*profile.teams, *(line.team for line in lines if line.team is not None)}
        return {
            "which": asking.which,
            "other": self._other(asking.which),
            "columns": [each for each in COLUMNS if each.name not in _left_out(asking.which)],
            "localities": [each for each in profile.localities if open_to(Asked(locality=each))],
            "teams": sorted(each for each in teams if open_to(Asked(team=each))),
            "due_words": _due_words,
        }

    def _other(self, which: ListOf) -> ListOf | None:
        """Its measure's other list: of what is over, or of what is awaited."""
        measure = which.lateness.measure.id
        return self._every.get(list_name(measure, over=not which.over))

    def _trouble(
        self, request: Request, identity: Identity, what: str, status: int, *told: str
    ) -> Response:
        words, name = (*told, "", "")[:2]
        return self._answer(
            request, identity, "list_trouble.html", status, what=what, words=words, name=name
        )

    def _answer(
        self, request: Request, identity: Identity, template: str, status: int, **shown: object
    ) -> Response:
        html = self._show(
            request,
            template,
            identity=identity,
            token=form_token(request.session),
            address=address,
            **shown,
        )
        leaves_to = self._lists.sign_in.leaves_to
        policy = POLICY.replace("form-action 'self'", f"form-action 'self' {leaves_to}".strip())
        return HTMLResponse(html, status, {**UNSEEN, "Content-Security-Policy": policy})


def _left_out(which: ListOf) -> set[str]:
    """The columns that a page does not show: it marks what is late by its days; and what is over
    has no due day any more."""
    return {"late", "due", "days_overdue"} if which.over else {"late"}


def _due_words(due: date | datetime) -> str:
    """A due day as 29 Jan 2021; a due instant with its time in London."""
    if isinstance(due, datetime):
        local = due.astimezone(LONDON)
        return f"{local.day} {local:%b %Y, %H:%M}"
    return f"{due.day} {due:%b %Y}"
