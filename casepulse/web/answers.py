"""Answers that can be asked for again at no cost: with an ETag, and 304 for who has it already."""

from importlib.metadata import version

from starlette.requests import Request
from starlette.responses import Response

#: Another build may say the same view in other words.
_BUILD = version("casepulse")

#: Keep it, and ask each time whether it still holds; nobody on the way may keep it for others.
_REVALIDATE = "private, no-cache"


def answer(request: Request, content: str | bytes, media_type: str, stamp: str) -> Response:
    """What was asked for, or that the asker has it already.

    Args:
        request: what was asked.
        content: the answer.
        media_type: what kind of answer it is.
        stamp: changes whenever the content does.
    """
    tag = f'W/"{_BUILD}-{stamp}"'
    headers = {"ETag": tag, "Cache-Control": _REVALIDATE}
    asked = request.headers.get("if-none-match", "")
    if tag in (each.strip() for each in asked.split(",")):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=media_type, headers=headers)
