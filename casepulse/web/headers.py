"""Who is answered, and what a browser may do with an answer: little."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: All that a page needs comes from here; nothing may frame it, and its forms go nowhere else.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

_HEADERS = [
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
]


class KnownHosts:
    """Answers to the names that it has, and to no other: a page of somebody else's, whose name was
    made to lead here, would read along in the browser of whoever may look.

    Health is asked for by address, and tells nobody anything.
    """

    def __init__(self, app: ASGIApp, hosts: frozenset[str]) -> None:
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "http" and "*" not in self._hosts:
            asked = urlsplit(f"//{Headers(scope=scope).get('host', '')}").hostname
            if asked not in self._hosts and not scope["path"].startswith("/health/"):
                refused = PlainTextResponse(
                    "There is nothing here by this name. Is CASEPULSE_WEB_ADDRESS right?\n", 421
                )
                await refused(scope, receive, send)
                return
        await self._app(scope, receive, send)


class CarefulHeaders:
    """Adds them, where an answer has none of that name already."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                there = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [
                    *message["headers"],
                    *(each for each in _HEADERS if each[0] not in there),
                ]
            await send(message)

        await self._app(scope, receive, send_with_headers)
