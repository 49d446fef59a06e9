"""The lists of partitions that come and go."""

import asyncio
from itertools import chain, repeat
from typing import Any

from casepulse.agents.holding import Held, Holding
from casepulse.agents.list_keeping import ListKeeper
from tests.build import CATALOGUE


class Lists:
    """Writes nothing. While the first partition is written, the other one is assigned anew."""

    def __init__(self, other: Held) -> None:
        self.other = other
        self.written: list[int] = []

    async def write(self, held: Held, now: float) -> bool:
        assert held.claim is not None
        await asyncio.sleep(0)
        self.other.claim = None
        self.written.append(held.number)
        return True


def test_a_partition_assigned_anew_while_another_is_written_waits_for_its_claim() -> None:
    """Seen as a broker came back without its disk: it ended the worker."""
    holding = Holding(CATALOGUE, lambda held: None)
    holding.hold({0, 1})
    for held in holding:
        held.claim = 7
    first, second = holding
    lists: Any = Lists(second)
    stops = chain([False], repeat(True))
    asyncio.run(ListKeeper(lists, holding).run(lambda: next(stops)))
    assert lists.written == [first.number]
