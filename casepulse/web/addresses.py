"""The addresses that there are, and which of them somebody meant.

People write a slash at the end, or capitals as they stand in a title. Whoever asks for an address
that is right but for that is led to the right one.
"""

from collections.abc import Collection, Iterable
from urllib.parse import quote

from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from casepulse.access.rules import lists_of
from casepulse.state import Catalogue

#: Those that are one alone.
_SINGLE = (
    "/",
    "/demand",
    "/measures",
    "/localities",
    "/data-quality",
    "/sources",
    "/lists",
    "/sign-in",
    "/signed-out",
    "/health/live",
    "/health/ready",
    "/api/v1/status",
    "/api/v1/sources",
    "/api/v1/measures",
    "/api/v1/openapi.json",
)


def addresses(catalogue: Catalogue) -> Iterable[str]:
    """Every address that people may write by hand, as it is right."""
    yield from _SINGLE
    for measure in catalogue.measures:
        yield f"/measures/{measure}"
        yield f"/charts/{measure}.svg"
        yield f"/api/v1/measures/{measure}"
        yield f"/api/v1/measures/{measure}/localities"
    for locality in catalogue.profile.localities:
        yield f"/localities/{locality}"
        yield f"/api/v1/localities/{locality}"
    for measure in lists_of(catalogue):
        yield f"/lists/{measure}"
        yield f"/lists/{measure}.csv"
        yield f"/lists/{measure}/reason"


class RightAddresses:
    """Leads whoever asks for an address that is nearly right to the right one."""

    def __init__(self, app: ASGIApp, addresses: Collection[str]) -> None:
        self._app = app
        self._right = frozenset(addresses)
        self._meant = {_folded(address): address for address in self._right}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD"):
            asked = scope["path"]
            meant = self._meant.get(_folded(asked))
            if meant is not None and asked not in self._right:
                query = scope["query_string"].decode("latin-1")
                to = quote(meant) + (f"?{query}" if query else "")
                # For now: an address that is wrong today may be one tomorrow.
                led = RedirectResponse(to, 307, {"Cache-Control": "no-store"})
                await led(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _folded(address: str) -> str:
    return address.casefold().rstrip("/") or "/"
