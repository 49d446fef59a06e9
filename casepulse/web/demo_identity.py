"""The demo's sign-in: choose a made-up role, no password.

Only `casepulse demo` makes it, and hands it to the application itself. No setting, variable or file
leads here (`tests/web/test_demo_identity.py` holds that), and every page says that it is a demo.
"""

import secrets
from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from casepulse.access.grants import Grant, Identity, Scope
from casepulse.access.rules import lists_of
from casepulse.state import Catalogue
from casepulse.web.forms import fields_of
from casepulse.web.sessions import Sessions, form_token, is_own_form
from casepulse.web.sign_in import (
    SIGNED_OUT,
    Show,
    own_path,
    page_of_sign_in,
    sign_out_routes,
)

ISSUER = "casepulse demo"


class DemoSignIn:
    """Lets whoever looks at the demo choose who they would be.

    Args:
        catalogue: whose localities and teams the roles are of.
        made_up: whether the county is; else extracts of a real one are shown.
    """

    leaves_to = ""

    def __init__(self, catalogue: Catalogue, *, made_up: bool = True) -> None:
        what = "the county is made up" if made_up else "it shows your extracts, on this machine"
        self.notice: str | None = (
            f"This is a demo: {what}, and whoever opens the lists chooses a made-up role."
        )
        # A key that nobody knows: no cookie of another run is worth anything.
        self.sessions = Sessions(secrets.token_hex(32), secure=False)
        self._roles = roles(catalogue)

    def identity(self, request: Request) -> Identity | None:
        """The role that was chosen; None before one was."""
        who = self.sessions.who(request.session)
        return None if who is None else self._roles.get(who["role"])

    def routes(self, show: Show) -> Sequence[BaseRoute]:
        """Its pages."""

        def choose(request: Request, to: str | None, wrong: str, status: int) -> Response:
            shown = show(
                request,
                "sign_in_demo.html",
                roles=self._roles,
                token=form_token(request.session),
                to=own_path(to),
                wrong=wrong,
            )
            return page_of_sign_in(shown, status)

        async def sign_in(request: Request) -> Response:
            return choose(request, request.query_params.get("to"), "", 200)

        async def chosen(request: Request) -> Response:
            form = await fields_of(request)
            token, role = form.get("token"), form.get("role")
            to = own_path(form.get("to") or request.query_params.get("to"))
            if not is_own_form(request.session, token):
                return page_of_sign_in(
                    show(request, "sign_in_trouble.html", what="form", to=to), 403
                )
            if role not in self._roles:
                return choose(request, to, "Choose who you would be", 400)
            self.sessions.begin(request.session, {"role": role})
            return RedirectResponse(to, 303)

        async def leave() -> str:
            return SIGNED_OUT

        guarded = [self.sessions.middleware]
        return [
            Route("/sign-in", sign_in, middleware=guarded),
            Route("/sign-in", chosen, methods=["POST"], middleware=guarded),
            *sign_out_routes(self.sessions, show, leave),
        ]


def roles(catalogue: Catalogue) -> dict[str, Identity]:
    """The made-up roles, by key: all of the service, one locality of it, one team."""
    profile = catalogue.profile
    every = frozenset(lists_of(catalogue))
    team, locality = next(iter(profile.teams.items()), ("", profile.localities[0]))
    made = {
        "head-of-service": Grant("Head of service", Scope.SERVICE, frozenset(), every, True),
        "locality-manager": Grant(
            f"Locality manager, {locality}", Scope.LOCALITY, frozenset({locality}), every
        ),
    }
    if team:
        made["team-manager"] = Grant(f"Team manager, {team}", Scope.TEAM, frozenset({team}), every)
    return {key: Identity(ISSUER, key, grant.role, (grant,)) for key, grant in made.items()}
