"""Reads a form that was sent: a few fields, no file.

Forms of the sign-in come from anybody at all, so nothing large is read, or put on the disk.
"""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message

#: Bytes of a form. The longest of ours, with a reason in letters of three bytes each, has 3,000.
MOST_BYTES = 16 * 1024

#: Fields of a form. Ours have four at most.
MOST_FIELDS = 20


async def fields_of(request: Request) -> dict[str, str]:
    """What a form's fields say, by name; nothing, if no form was sent.

    Raises:
        HTTPException: 413, it is too large; 400, it has a file or too many fields, or is broken.
    """
    told = request.headers.get("Content-Length", "")
    if told.isdecimal() and int(told) > MOST_BYTES:
        raise _too_large()
    read = 0

    async def receive() -> Message:
        # A form that comes in chunks says no length.
        nonlocal read
        message = await request.receive()
        read += len(message.get("body", b""))
        if read > MOST_BYTES:
            raise _too_large()
        return message

    sent = Request(request.scope, receive)
    async with sent.form(max_files=0, max_fields=MOST_FIELDS, max_part_size=MOST_BYTES) as form:
        return {name: value for name, value in form.items() if isinstance(value, str)}


def _too_large() -> HTTPException:
    return HTTPException(413, "That is more than any form of this service holds.")
