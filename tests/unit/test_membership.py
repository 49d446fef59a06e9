"""Membership of the group, mended: what is sent, and what is made of the answers."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka.errors import RebalanceInProgressError
from aiokafka.protocol.commit import OffsetCommitRequest
from aiokafka.protocol.group import HeartbeatRequest, JoinGroupRequest, SyncGroupRequest

from casepulse.streams.membership import FENCED, mend_membership

_JOIN = JoinGroupRequest("group", 6000, 60000, "member", "name", "consumer", [])
_SYNC = SyncGroupRequest("group", 1, "member", "name", [])
_COMMIT = OffsetCommitRequest("group", 1, "member", -1, [])
_BEAT = HeartbeatRequest("group", 1, "member")
_UNKNOWN = 25


class _Coordinator:
    """aiokafka's, with a Kafka that is the test."""

    def __init__(self, name: str | None) -> None:
        self._group_instance_id = name
        self.member_id, self.generation = "member", 5
        self.rejoins = 0
        self.error = 0

    async def _send_req(self, request: Any) -> Any:
        return SimpleNamespace(error_code=self.error)

    def reset_generation(self) -> None:
        self.member_id, self.generation = "", -1
        self.request_rejoin()

    def request_rejoin(self) -> None:
        self.rejoins += 1

    def ask(self, request: Any, error: int = 0) -> None:
        self.error = error
        asyncio.run(self._send_req(request))


def _mended(name: str | None = "name") -> tuple[_Coordinator, list[str]]:
    coordinator, fenced = _Coordinator(name), list[str]()
    mend_membership(coordinator, lambda: fenced.append("fenced"))
    return coordinator, fenced


def test_nothing_is_committed_while_the_group_is_joined() -> None:
    """The answer would end the generation that has just begun."""
    coordinator, _ = _mended(None)
    coordinator.ask(_COMMIT)
    coordinator.ask(_JOIN)
    with pytest.raises(RebalanceInProgressError):
        coordinator.ask(_COMMIT)
    coordinator.ask(_SYNC, error=27)  # another rebalance has begun
    with pytest.raises(RebalanceInProgressError):
        coordinator.ask(_COMMIT)
    coordinator.ask(_SYNC)
    coordinator.ask(_COMMIT)


def test_a_worker_whose_name_another_has_is_told_and_does_not_take_it_back() -> None:
    coordinator, fenced = _mended()
    coordinator.ask(_BEAT, error=_UNKNOWN)
    coordinator.reset_generation()  # as aiokafka does then
    assert (coordinator.member_id, coordinator.generation, coordinator.rejoins) == ("member", -1, 1)
    coordinator.ask(_JOIN, error=FENCED)
    assert fenced == ["fenced"]
    assert coordinator.member_id == "member"


def test_a_worker_whose_session_was_over_joins_anew() -> None:
    coordinator, fenced = _mended()
    coordinator.reset_generation()
    coordinator.ask(_JOIN, error=_UNKNOWN)
    assert (coordinator.member_id, fenced) == ("", [])


def test_a_worker_without_a_name_is_as_aiokafka_has_it() -> None:
    coordinator, fenced = _mended(None)
    coordinator.ask(_JOIN, error=FENCED)
    coordinator.reset_generation()
    assert (coordinator.member_id, fenced) == ("", [])
