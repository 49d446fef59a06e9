"""The claims of one worker: what it was assigned it claims, and tells of once the claim holds.

Why a claim is a row of the changelog, and when it holds: docs/decisions.md.
"""

from collections.abc import Callable
from time import monotonic

import structlog
from aiokafka.errors import KafkaError

from casepulse.agents.holding import Held, Holding
from casepulse.schemas.stored import StoredError
from casepulse.streams.fact_table import FactTable

log = structlog.get_logger()

#: Seconds after which a claim that did not hold is made again.
CLAIM_AGAIN = 1.0


class Claims:
    """Claims one partition after the other.

    Args:
        facts: the table in whose changelog the claims are.
        holding: the partitions that were assigned.
        unreadable: is told where a later version has written what stands before a claim.
    """

    def __init__(
        self, facts: FactTable, holding: Holding, unreadable: Callable[[Exception], None]
    ) -> None:
        self._facts = facts
        self._holding = holding
        self._unreadable = unreadable
        self._to_claim: dict[int, float] = {}
        """By partition, from when on it may be claimed; another instant if it was assigned anew."""

    def assigned(self, held: Held) -> None:
        """A partition was read back: it may be claimed."""
        held.claim = None
        held.told_change = -1  # whoever is the board by now may know nothing of it yet
        self._to_claim[held.number] = monotonic()

    def dropped(self, number: int) -> None:
        """The partition is another worker's."""
        self._to_claim.pop(number, None)

    def waiting(self) -> set[int]:
        """The partitions that are still to be claimed. For any thread."""
        return set(self._to_claim.copy())

    async def claim(self) -> None:
        """Claim what can be claimed by now."""
        for number, since in list(self._to_claim.items()):
            if since <= monotonic() and self._is_whole(number):
                await self._claim(self._holding[number], since)

    def _is_whole(self, number: int) -> bool:
        """Whether all that was committed of a partition is counted: what was missing in the
        changelog is read again first."""
        begun_at = self._facts.begun_at(number)
        return number in self._holding and self._holding[number].read_to + 1 >= begun_at

    async def _claim(self, held: Held, since: float) -> None:
        """Claim a partition, and begin to tell of it once it is as whole as its changelog."""
        try:
            claim = await self._facts.claim(held.number)
            if claim is not None:
                await self._facts.read_back(held.number, claim)
        except (KafkaError, TimeoutError) as error:
            log.warning("partition not claimed yet", kind=type(error).__name__)
            claim = None
        except StoredError as error:
            self._unreadable(error)
            return
        if self._to_claim.get(held.number) != since:
            return  # revoked, or assigned anew, meanwhile
        if claim is None:
            self._to_claim[held.number] = monotonic() + CLAIM_AGAIN
        else:
            await self._holding.take_up(held)
            if self._to_claim.get(held.number) == since:
                del self._to_claim[held.number]
                held.claim = claim
                log.info("partition claimed", partition=held.number, cases=len(held.partition))
