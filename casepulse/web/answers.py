"""Answers that are made once for all who ask, and cost nothing to ask for again.

Each has an ETag: whoever has it already gets 304. It is compressed once, not for each who asks.
"""

import gzip
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from secrets import token_hex

from starlette.requests import Request
from starlette.responses import Response

#: Keep it, and ask each time whether it still holds; nobody on the way may keep it for others.
_REVALIDATE = "private, no-cache"

#: Keep it, whoever it is: its address changes with its content.
FOR_EVER = "public, max-age=31536000, immutable"

#: Answers that are kept: more than there are addresses. Each is some 300 kB at most, few so large.
KEPT = 2000

#: Bytes below which it is not worth compressing.
_SMALL = 1000


@dataclass(frozen=True, slots=True)
class _Made:
    stamp: str
    plain: bytes
    compressed: bytes | None


class Answers:
    """Makes answers, and keeps each while its stamp holds."""

    def __init__(self) -> None:
        # Another build, or another profile, may say the same view in other words: whoever has an
        # answer of a process before gets ours.
        self._process = f"{version('casepulse')}-{token_hex(4)}"
        self._kept: OrderedDict[tuple[str, str], _Made] = OrderedDict()

    def answer(
        self,
        request: Request,
        stamp: str,
        media_type: str,
        make: Callable[[], str | bytes],
        of: str = "",
        keep: str = _REVALIDATE,
    ) -> Response:
        """What was asked for, or that the asker has it already.

        Args:
            request: what was asked.
            stamp: changes whenever the answer does; it goes into the ETag.
            media_type: what kind of answer it is.
            make: makes it. What it raises is raised, and nothing is kept.
            of: what else it depends on, beside the path: never what anybody may make up.
            keep: for how long who has it may keep it.
        """
        address = request.scope["path"], of
        made = self._kept.get(address)
        if made is None or made.stamp != stamp:
            told = make()
            plain = told.encode() if isinstance(told, str) else told
            compressed = gzip.compress(plain, 5, mtime=0) if len(plain) > _SMALL else None
            made = _Made(stamp, plain, compressed)
            self._kept[address] = made
            self._kept.move_to_end(address)
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        tag = f'W/"{self._process}-{stamp}"'
        headers = {"ETag": tag, "Cache-Control": keep, "Vary": "Accept-Encoding"}
        asked = request.headers.get("if-none-match", "")
        if tag in (each.strip() for each in asked.split(",")):
            return Response(status_code=304, headers=headers)
        if made.compressed is not None and "gzip" in request.headers.get("accept-encoding", ""):
            headers["Content-Encoding"] = "gzip"
            return Response(made.compressed, media_type=media_type, headers=headers)
        return Response(made.plain, media_type=media_type, headers=headers)
