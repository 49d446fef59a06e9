"""The keys of children, workers and records, out of the ids that an extract has for them."""

import base64
import hmac
import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from casepulse.schemas.envelope import Key
from casepulse.schemas.errors import FailedError
from casepulse.schemas.extracts import ExtractSettings

_KEY: TypeAdapter[str] = TypeAdapter(Key)

#: A whole number that a spreadsheet took for a fraction.
_FRACTION = re.compile(r"([0-9]+)\.0+")

#: Letters of a key that is made of an id.
_LETTERS = 26

#: The least that a secret must be, in bytes.
_LEAST = 16


@dataclass(frozen=True, slots=True)
class Keys:
    """One way from an id to a key, for every source of an authority.

    Args:
        secret: what ids of persons are hashed with; None: they are told as they are.
        pad: digits that an id has at least.
    """

    secret: bytes | None = None
    pad: int = 0

    @classmethod
    def of(cls, settings: ExtractSettings) -> "Keys":
        """As the profile says.

        Raises:
            FailedError: the file with the secret can't be read, or is too short.
        """
        if settings.key_file is None:
            return cls(None, settings.pad_ids)
        try:
            secret = Path(settings.key_file).read_bytes().strip()
        except OSError as error:
            raise FailedError(f"key_file: {settings.key_file}: {error.strerror}") from None
        if len(secret) < _LEAST:
            raise FailedError(
                f"key_file: {settings.key_file}: must hold at least {_LEAST} bytes; make one with "
                "head -c 32 /dev/urandom | base64"
            )
        return cls(secret, settings.pad_ids)

    def person(self, text: str) -> str:
        """The key of a child or a worker.

        Raises:
            ValueError: the text is blank.
        """
        plain = self._plain(text)
        return self.record(text) if self.secret is None else _hashed(plain, self.secret)

    def record(self, text: str) -> str:
        """The key of a record. What doesn't look like a key is hashed, never cut.

        Raises:
            ValueError: the text is blank.
        """
        plain = self._plain(text)
        try:
            return _KEY.validate_python(plain)
        except ValidationError:
            return _hashed(plain, self.secret or b"casepulse")

    def _plain(self, text: str) -> str:
        plain = text.replace("\N{NO-BREAK SPACE}", " ").strip()
        if not plain:
            raise ValueError("is blank")
        whole = _FRACTION.fullmatch(plain)
        plain = whole[1] if whole else plain
        return plain.zfill(self.pad) if plain.isascii() and plain.isdigit() else plain


def _hashed(text: str, secret: bytes) -> str:
    digest = hmac.new(secret, text.encode(), sha256).digest()
    return base64.b32encode(digest).decode()[:_LETTERS].lower()
