"""A standard: how long, or how many, as people word it: "10 working days"."""

import re
from dataclasses import dataclass
from typing import Any, Literal, Self, get_args

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

Unit = Literal[
    "hours", "days", "working days", "weeks", "months",
    "children", "placements", "miles", "points", "workers", "per cent",
]  # fmt: skip

_WORDS = re.compile(r"([1-9]\d{0,2}) ([a-z ]+)")


@dataclass(frozen=True, slots=True)
class Standard:
    """A count and its unit. Within a profile it is written as its words."""

    count: int
    unit: Unit

    @classmethod
    def parse(cls, words: str) -> Self:
        """Read "24 hours", "1 month".

        Raises:
            ValueError: the words are no count and unit; the message lists the units.
        """
        match = _WORDS.fullmatch(words.strip())
        if match:
            count = int(match[1])
            for unit in get_args(Unit):
                if str(cls(count, unit)) == words.strip():
                    return cls(count, unit)
        units = ", ".join(get_args(Unit))
        raise ValueError(
            f"a standard is a count and a unit, such as '10 working days'; units: {units}"
        )

    def __str__(self) -> str:
        singular = "child" if self.unit == "children" else self.unit.removesuffix("s")
        return f"{self.count} {singular if self.count == 1 else self.unit}"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        def read(said: object) -> Standard:
            if isinstance(said, cls):
                return said
            if isinstance(said, str):
                return cls.parse(said)
            raise ValueError("a standard is written as text, such as '10 working days'")

        return core_schema.no_info_plain_validator_function(
            read, serialization=core_schema.to_string_ser_schema()
        )
