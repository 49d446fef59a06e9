"""What outlives the process that wrote it: each kind has a format of its own, with a number.

A model here says what is written, and changes only together with its number: the models that the
rest of the code uses may change as they like. What an earlier version wrote is read by going one
step for each number that came since. What a later one wrote is refused, with what to install.

Format 1 is what was written before formats had numbers: where none is named, it is that.
"""

from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

import orjson
from pydantic import BaseModel, ValidationError

from casepulse.schemas.errors import FailedError

Stored = TypeVar("Stored", bound=BaseModel)

#: Brings what was written in one format into the next: JSON's objects in, and out.
Step = Callable[[dict[str, Any]], dict[str, Any]]


class StoredError(FailedError):
    """What is not what was written, or was written by a later version. The message says which, and
    not where it lies: whoever has read it knows."""


def number_of(told: bytes) -> int:
    """The number of the format in which JSON says that it is written: 1, where it says nothing.

    Raises:
        ValueError, AttributeError, TypeError: it is no JSON object, or the number is none.
    """
    return int(orjson.loads(told).get("format", 1)) if b'"format"' in told else 1


def check_number(what: str, number: int, newest: int) -> None:
    """See that a format is none of a later version.

    Args:
        what: something that was written, such as "a release".
        number: of the format that it is in.
        newest: the last one that is known.

    Raises:
        StoredError: it is later.
    """
    if number > newest:
        raise StoredError(
            f"was written by a later version of casepulse: {what} in format {number}, and "
            f"this version reads formats up to {newest}. Install that one, or a later one"
        )


class Format(Generic[Stored]):
    """How things of a kind are written, and read however they were.

    Args:
        what: one of them, such as "a release".
        model: what is written.
        steps: by number of a format, what brings it into the next.
    """

    def __init__(
        self, what: str, model: type[Stored], steps: Mapping[int, Step] | None = None
    ) -> None:
        self.what = what
        self.model = model
        self._steps = steps or {}
        self.number = len(self._steps) + 1
        """Of the format that is written."""
        if sorted(self._steps) != list(range(1, self.number)):
            raise ValueError(f"{what}: a step for each number from 1, without a gap")

    def read(self, told: bytes, number: int | None = None) -> Stored:
        """What was written.

        Args:
            told: JSON.
            number: of the format that it was written in; None: as it says itself under `format`,
                and 1 where it says nothing.

        Raises:
            StoredError: it was written by a later version, or is not what was written.
        """
        try:
            number = number_of(told) if number is None else number
        except (ValueError, AttributeError, TypeError):
            raise StoredError(f"is not {self.what}") from None
        check_number(self.what, number, self.number)
        try:
            if number < self.number:
                said = orjson.loads(told)
                for each in range(number, self.number):
                    said = self._steps[each](said)
                told = orjson.dumps(said)
            return self.model.model_validate_json(told)
        except ValidationError as error:
            fields = sorted({".".join(map(str, each["loc"][:4])) for each in error.errors()})
            raise StoredError(
                f"is not {self.what} in format {number}: {', '.join(fields[:3])}"
            ) from None
        except (LookupError, TypeError, AttributeError, orjson.JSONDecodeError):
            raise StoredError(f"is not {self.what} in format {number}") from None

    def write(self, told: str | bytes) -> bytes:
        """What is written of something.

        Args:
            told: it, in JSON, as the code of today has it.

        Returns:
            JSON with the fields in the order of the model, and a newline at its end.

        Raises:
            pydantic.ValidationError: it has what the format has no place for, or lacks what it has:
                the format needs a new number.
        """
        kept = self.model.model_validate_json(told).model_dump_json()
        return orjson.dumps(
            orjson.loads(kept), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
        )
