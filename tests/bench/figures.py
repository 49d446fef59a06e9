"""What a bench reports: figures with their units, and the plain helpers that make them."""

import gc
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure.

    Attributes:
        value: the median of the rounds, where there are several.
        most: the aim: no more than this.
        least: the aim: no less than this.
        rounds: what each round said.
    """

    value: float
    unit: str
    most: float | None = None
    least: float | None = None
    rounds: list[float] = field(default_factory=list)

    @property
    def met(self) -> bool | None:
        """Whether the aim is met; None where there is none."""
        if self.most is not None:
            return self.value <= self.most
        return None if self.least is None else self.value >= self.least

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        told: dict[str, Any] = {"value": round(self.value, 3), "unit": self.unit}
        if self.met is not None:
            told |= {"aim": self.aim, "met": self.met}
        if len(self.rounds) > 1:
            told["rounds"] = [round(each, 3) for each in self.rounds]
        return told

    @property
    def aim(self) -> str:
        """The aim in words; empty where there is none."""
        if self.most is not None:
            return f"at most {self.most:g}"
        return "" if self.least is None else f"at least {self.least:g}"


Figures = dict[str, Figure]


def of(values: Iterable[float], unit: str, **aim: float) -> Figure:
    """The median of several rounds."""
    rounds = list(values)
    return Figure(median(rounds), unit, rounds=rounds, **aim)


def ratio(above: Iterable[float], below: Iterable[float], **aim: float) -> Figure:
    """The median of the rounds' ratios: each round is set beside what ran in the same minute."""
    return of([a / b for a, b in zip(above, below, strict=True)], "ratio", **aim)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that this share of them does not exceed."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))]


def timed(work: Callable[[], object]) -> float:
    """Seconds that it takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


@contextmanager
def only_its_own_garbage() -> Iterator[None]:
    """The garbage collector looks at what is made in the `with` block, not at the bench's data."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def say(text: str) -> None:
    """Progress, for who is watching."""
    sys.stderr.write(f"[{time.strftime('%H:%M:%S')}] {text}\n")
    sys.stderr.flush()


def table(figures: Figures) -> str:
    """The figures, a line each."""
    wide = max(map(len, figures))
    return "\n".join(
        f"{name:{wide}}  {each.value:>12,.2f} {each.unit:<28}"
        f" {each.aim:<14}{'' if each.met is None else 'met' if each.met else 'NOT MET'}".rstrip()
        for name, each in figures.items()
    )
