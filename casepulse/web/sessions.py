"""Sessions of those who have signed in: a signed cookie without any token of the provider's.

It holds who they are to the provider, their name and their groups, and the reasons given. It ends
after 30 minutes without a look, after eight hours, and when they sign out.
"""

import json
import secrets
import time
from collections.abc import Callable
from typing import Any

from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware

#: Seconds after which a session ends without a look, and in any case.
IDLE, LONGEST = 30 * 60, 8 * 3600

#: Seconds for which a reason holds.
REASON_HOLDS = 30 * 60

#: Seconds after which the cookie is written anew, for that there was a look.
_TOUCH_EVERY = 60

#: Characters of reasons, and of a whole session, that a cookie has room for: a browser drops one of
#: more than 4,096, and with it the session. Reasons given first go first.
_ROOM, _MOST = 1400, 2800

Session = dict[str, Any]


class Sessions:
    """Begins sessions, ends them, and knows which hold.

    Args:
        key: what the cookie is signed with.
        secure: whether it is sent over TLS only.
        clock: seconds since 1970.
    """

    def __init__(self, key: str, *, secure: bool, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._ended: dict[str, float] = {}
        self._reasons: dict[tuple[str, str], tuple[str, float]] = {}
        self.middleware = Middleware(
            SessionMiddleware,
            secret_key=key,
            # A browser takes a cookie of the first name only over TLS and from this very host.
            session_cookie="__Host-casepulse" if secure else "casepulse",
            max_age=None,  # it goes with the browser; what it holds says until when it is good
            same_site="lax",  # the way back from the provider is a link from elsewhere
            https_only=secure,
        )

    def begin(self, session: Session, who: dict[str, Any]) -> None:
        """Begin a new session for somebody who has just signed in; nothing of one before it stays.

        Args:
            session: the request's.
            who: what is known of them; it becomes JSON.
        """
        now = int(self._clock())
        session.clear()
        session.update(
            id=secrets.token_urlsafe(16), began=now, seen=now, who=who, token=_new_token()
        )

    def who(self, session: Session) -> dict[str, Any] | None:
        """What is known of somebody signed in; None if nobody is, or no longer."""
        now = self._clock()
        if "who" not in session:
            return None
        if (
            session["id"] in self._ended
            or now - session["began"] > LONGEST
            or now - session["seen"] > IDLE
        ):
            session.clear()
            return None
        if now - session["seen"] > _TOUCH_EVERY:
            session["seen"] = int(now)
        who: dict[str, Any] = session["who"]
        return who

    def end(self, session: Session) -> None:
        """End a session. A copy of its cookie is worth nothing from now on, in this process."""
        now = self._clock()
        self._ended = {each: until for each, until in self._ended.items() if until > now}
        if "id" in session:
            self._ended[session["id"]] = now + LONGEST
            ours = session["id"]
            self._reasons = {at: each for at, each in self._reasons.items() if at[0] != ours}
        session.clear()

    def give_reason(self, session: Session, measure: str, reason: str) -> None:
        """Note why somebody looks at a list.

        This process knows all reasons of a session. The cookie has those that it has room for, for
        the others, and for after a new start: of what it has not, they ask again.
        """
        now = self._clock()
        session.setdefault("id", secrets.token_urlsafe(16))
        self._reasons = {at: each for at, each in self._reasons.items() if each[1] > now}
        self._reasons[session["id"], measure] = reason, now + REASON_HOLDS
        kept = {name: given for name, given in session.get("reasons", {}).items() if given[1] > now}
        kept.pop(measure, None)
        kept[measure] = [reason, int(now) + REASON_HOLDS]
        session["reasons"] = kept
        while kept and (len(json.dumps(kept)) > _ROOM or len(json.dumps(session)) > _MOST):
            kept.pop(next(iter(kept)))

    def reason(self, session: Session, measure: str) -> str | None:
        """Why somebody looks at a list; None if they have not said so, or too long ago."""
        here = self._reasons.get((session.get("id", ""), measure))
        reason, until = here or session.get("reasons", {}).get(measure, (None, 0))
        return reason if until > self._clock() else None


def form_token(session: Session) -> str:
    """What a form of this session must carry, so that no other site can send it."""
    if "token" not in session:
        session["token"] = _new_token()
    token: str = session["token"]
    return token


def is_own_form(session: Session, token: object) -> bool:
    """Whether a form carried it."""
    own = session.get("token")
    if not isinstance(own, str) or not isinstance(token, str):
        return False
    # As bytes: of texts it compares those in ASCII alone, and anybody may send another.
    return secrets.compare_digest(own.encode(), token.encode(errors="replace"))


def _new_token() -> str:
    return secrets.token_urlsafe(16)
