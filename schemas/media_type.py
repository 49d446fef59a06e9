"""Media types (RFC 9110, 8.3.1) as events carry them: `application/json; charset=utf-8`."""

import re
from typing import NamedTuple

_WORD = r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,127}"
_PARAMETER = rf'\s*;\s*({_WORD})=({_WORD}|"[^"\\]*")'
_WHOLE = re.compile(rf"\s*({_WORD}/{_WORD})((?:{_PARAMETER})*)\s*;?\s*")

#: Encodings in which JSON can be told apart from nothing but UTF-8.
_UTF8 = ("utf-8", "utf8", "us-ascii")


class MediaType(NamedTuple):
    """A media type, in small letters."""

    name: str
    """Type and subtype: application/json."""
    charset: str
    """The parameter of that name; empty where there is none."""

    @property
    def is_json(self) -> bool:
        """Whether what is so called is JSON, in whatever vocabulary."""
        return self.name in ("application/json", "text/json") or self.name.endswith("+json")

    @property
    def is_utf8(self) -> bool:
        """Whether it is UTF-8, said or, as JSON is by itself, unsaid."""
        return not self.charset or self.charset in _UTF8


def media_type(text: str) -> MediaType | None:
    """The media type that is written there; None if it is none."""
    found = _WHOLE.fullmatch(text)
    if found is None:
        return None
    parameters = {name.lower(): value for name, value in re.findall(_PARAMETER, found[2])}
    return MediaType(found[1].lower(), parameters.get("charset", "").strip('"').lower())
