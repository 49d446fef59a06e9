"""Answers to whoever asked for a list and is shown no line of it."""

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

#: Nobody keeps what has to do with a list.
UNSEEN = {"Cache-Control": "no-store"}


class NoLookError(Exception):
    """There is nothing to be seen; it holds the answer that says so."""

    def __init__(self, answer: Response) -> None:
        super().__init__()
        self.answer = answer


def only_head(request: Request, media_type: str) -> None:
    """Whoever asks for the head of an answer is shown nothing, and that is no look.

    Raises:
        NoLookError: so it is; it holds the head, without how long the rest would be.
    """
    if request.method == "HEAD":
        head = Response(media_type=media_type, headers=UNSEEN)
        del head.headers["content-length"]
        raise NoLookError(head)


def to_sign_in(path: str) -> Response:
    """To the sign-in, and from there to a path."""
    return RedirectResponse(f"/sign-in?to={quote(path, safe='')}", 303, UNSEEN)
