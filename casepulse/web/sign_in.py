"""Sign-in by OpenID Connect: authorization code flow with PKCE, by Authlib.

`/sign-in` leads to the provider, which leads back to `/sign-in/callback` with a code. For it the
provider gives an ID token: who they are, signed. We keep no token.
"""

import json
import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, Protocol
from urllib.parse import urlsplit

import httpx2
import structlog
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.base_client import MismatchingStateError
from authlib.integrations.starlette_client import OAuth
from joserfc.errors import JoseError
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from casepulse.access.grants import Identity
from casepulse.access.rules import Access
from casepulse.web.forms import fields_of
from casepulse.web.list_settings import ListSettings
from casepulse.web.sessions import Sessions, is_own_form

log = structlog.get_logger()

#: How the provider may sign. Never "none", and nothing with a shared secret.
ALGORITHMS = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
    | {"Ed25519"}
)

#: Seconds by which the provider's clock may differ from ours.
LEEWAY = 60

#: Seconds to wait for the provider.
PATIENCE = 10.0

#: The page that says that one has signed out.
SIGNED_OUT = "/signed-out"

#: Characters that a session has room for: who they are, and their groups.
ROOM = 800

#: Fills a template as a page of the site: the request, the template's name, what it shows.
Show = Callable[..., str]


class SignIn(Protocol):
    """A way to find out who somebody is."""

    sessions: Sessions
    notice: str | None
    """What every page must say of it, if anything."""
    leaves_to: str
    """The origin that signing out may lead to, beside our own; or nothing."""

    def routes(self, show: Show) -> Sequence[BaseRoute]:
        """Its pages: /sign-in and /sign-out, at least."""

    def identity(self, request: Request) -> Identity | None:
        """Who asks; None if nobody is signed in."""


class RefusedError(Exception):
    """The provider's answer can't be trusted, or is none; nobody is signed in."""


class OpenIdSignIn:
    """Sign-in with the provider that the settings name.

    Args:
        settings: which provider, and who we are to it.
        access: which groups there are.
        address: where people reach this service, without a slash at its end.
        sessions: where it is kept who signed in.
    """

    notice: str | None = None

    def __init__(
        self, settings: ListSettings, access: Access, address: str, sessions: Sessions
    ) -> None:
        self.sessions = sessions
        self._settings = settings
        self._access = access
        self._address = address
        self.leaves_to = _origin(settings.oidc_issuer)

    def identity(self, request: Request) -> Identity | None:
        """Who asks; None if nobody is signed in. What they may see is as the grants are now."""
        who = self.sessions.who(request.session)
        if who is None or who["issuer"] != self._settings.oidc_issuer:
            return None
        grants = self._access.grants(who["groups"])
        return Identity(who["issuer"], who["subject"], who["name"], grants)

    def routes(self, show: Show) -> Sequence[BaseRoute]:
        """Its pages."""

        async def sign_in(request: Request) -> Response:
            to = own_path(request.query_params.get("to"))
            if self.identity(request) is not None:
                return RedirectResponse(to, 303)
            request.session["to"] = to
            try:
                provider = await self._provider()
                back = f"{self._address}/sign-in/callback"
                led: Response = await provider.authorize_redirect(request, back)
            except (httpx2.HTTPError, *_UNTRUSTED) as error:
                return self._unreachable(request, show, error, to)
            return led

        async def callback(request: Request) -> Response:
            to = own_path(request.session.get("to"))
            try:
                who = await self._who(request)
            except httpx2.HTTPError as error:
                return self._unreachable(request, show, error, to)
            except _UNTRUSTED as error:
                log.warning("sign-in refused", error=type(error).__name__)
                what = "elsewhere" if isinstance(error, MismatchingStateError) else "refused"
                return page_of_sign_in(show(request, "sign_in_trouble.html", what=what, to=to), 403)
            self.sessions.begin(request.session, who)
            return RedirectResponse(to, 303)

        return [
            *(
                Route(path, endpoint, middleware=[self.sessions.middleware])
                for path, endpoint in (("/sign-in", sign_in), ("/sign-in/callback", callback))
            ),
            *sign_out_routes(self.sessions, show, self._leave),
        ]

    async def _provider(self) -> Any:
        """Authlib's client, with what the provider says of itself now: its keys may be new.

        Raises:
            httpx2.HTTPError: the provider can't be reached, or has an error.
            RefusedError: it calls itself something else, or signs in no way that we trust.
        """
        settings = self._settings
        issuer = settings.oidc_issuer
        provider = OAuth().register(
            "casepulse",
            client_id=settings.oidc_client_id,
            client_secret=settings.oidc_client_secret.get_secret_value(),
            server_metadata_url=issuer.rstrip("/") + "/.well-known/openid-configuration",
            client_kwargs={
                "scope": settings.oidc_scope,
                "code_challenge_method": "S256",
                "timeout": PATIENCE,
            },
        )
        told = await provider.load_server_metadata()
        if told.get("issuer") != issuer:
            raise RefusedError("another issuer")
        offered = told.get("id_token_signing_alg_values_supported") or ["RS256"]
        trusted = [each for each in offered if each in ALGORITHMS]
        if not trusted:
            raise RefusedError("no signature that we trust")
        # Authlib takes whatever the provider offers, "none" included.
        provider.server_metadata["id_token_signing_alg_values_supported"] = trusted
        return provider

    async def _who(self, request: Request) -> dict[str, Any]:
        """Who has come back from the provider.

        Raises:
            httpx2.HTTPError: the provider can't be reached, or has an error.
            AuthlibBaseError, JoseError, RefusedError and others of `_UNTRUSTED`: its answer does
                not hold.
        """
        settings = self._settings
        if request.query_params.get("iss", settings.oidc_issuer) != settings.oidc_issuer:
            raise RefusedError("another provider's answer")
        provider = await self._provider()
        token = await provider.authorize_access_token(
            request,
            claims_options={
                "iss": {"essential": True, "value": settings.oidc_issuer},
                "sub": {"essential": True},
                # Without this Authlib looks at `azp` alone.
                "aud": {"essential": True, "value": settings.oidc_client_id},
                "exp": {"essential": True},
            },
            leeway=LEEWAY,
        )
        claims = token.get("userinfo")
        if not claims:
            raise RefusedError("no ID token")
        subject = claims["sub"]
        if not isinstance(subject, str) or not 0 < len(subject) <= 255:
            raise RefusedError("no subject")
        if settings.oidc_claim not in claims and "userinfo_endpoint" in provider.server_metadata:
            more = await provider.userinfo(token=token)
            if more.get("sub") != subject:
                raise RefusedError("another's user info")
            claims = {**more, **claims}
        groups = self._access.known(_groups(claims.get(settings.oidc_claim)))
        if len(json.dumps([subject, groups])) > ROOM:
            raise RefusedError("too many groups")
        name = claims.get("name")
        return {
            "issuer": settings.oidc_issuer,
            "subject": subject,
            "name": name[:60] if isinstance(name, str) else "",
            "groups": groups,
        }

    async def _leave(self) -> str:
        """Where to go after signing out: by way of the provider, to sign out there, too."""
        here = f"{self._address}{SIGNED_OUT}"
        try:
            provider = await self._provider()
            left = await provider.create_logout_url(here, client_id=self._settings.oidc_client_id)
        except (httpx2.HTTPError, *_UNTRUSTED) as error:
            log.info("signed out here alone", error=type(error).__name__)
            return here
        url: str = left["url"]
        # Pages allow forms to lead there only: `leaves_to`.
        return url if _origin(url) == self.leaves_to else here

    def _unreachable(self, request: Request, show: Show, error: Exception, to: str) -> Response:
        log.warning("the sign-in service can't be reached", error=type(error).__name__)
        return page_of_sign_in(
            show(request, "sign_in_trouble.html", what="unreachable", to=to), 503
        )


#: What Authlib and joserfc raise at an answer that does not hold or is none: a wrong state, a code
#: that was used, a signature by another key, JSON that is none, a field that is missing.
_UNTRUSTED = (
    RefusedError,
    AuthlibBaseError,
    JoseError,
    ValueError,
    KeyError,
    TypeError,
    RuntimeError,
)


def own_path(path: object) -> str:
    """Where to go after signing in: a path of the lists, and never another site."""
    if (
        isinstance(path, str)
        and len(path) <= 500
        and re.fullmatch(r"/lists(/[a-z0-9_]+)?(\?[!-\[\]-~]*)?", path)
    ):
        return path
    return "/lists"


def _origin(address: str) -> str:
    """Scheme, host and port of an address."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _groups(claim: object) -> Iterable[str]:
    if isinstance(claim, str):
        return (claim,)
    if isinstance(claim, list):
        return (each for each in claim if isinstance(each, str))
    return ()


def sign_out_routes(
    sessions: Sessions, show: Show, leave: Callable[[], Awaitable[str]]
) -> Sequence[BaseRoute]:
    """The pages of signing out, which are the same however somebody signed in.

    Args:
        sessions: where it is kept who signed in.
        show: fills a template as a page of the site.
        leave: where to go after it.
    """

    async def sign_out(request: Request) -> Response:
        form = await fields_of(request)
        if not is_own_form(request.session, form.get("token")):
            return page_of_sign_in(
                show(request, "sign_in_trouble.html", what="form", to="/lists"), 403
            )
        sessions.end(request.session)
        return RedirectResponse(await leave(), 303)

    async def signed_out(request: Request) -> Response:
        return page_of_sign_in(show(request, "sign_in_ended.html"), 200)

    return [
        Route("/sign-out", sign_out, methods=["POST"], middleware=[sessions.middleware]),
        Route(SIGNED_OUT, signed_out, middleware=[sessions.middleware]),
    ]


def page_of_sign_in(html: str, status: int) -> Response:
    """A page that nobody on the way may keep."""
    return HTMLResponse(html, status, headers={"Cache-Control": "no-store"})
