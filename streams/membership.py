"""How a worker is a member of its group: aiokafka's way, mended where it was found wanting.

A worker with a name (Kafka's static membership) has its partitions back without a word to the
others. Kafka gives the name to whoever asks last, and tells the one before so, once that one says
its name: aiokafka does not when it beats or commits. It learns that it is unknown, takes the name
back, and so do two workers of one name throw one another out for ever.
"""

from collections.abc import Callable
from typing import Any

from aiokafka.errors import RebalanceInProgressError, UnknownMemberIdError
from aiokafka.protocol.commit import OffsetCommitRequest
from aiokafka.protocol.group import JoinGroupRequest, SyncGroupRequest

#: Kafka's error: another member has this one's name. aiokafka does not know it.
FENCED = 82


def mend_membership(coordinator: Any, fenced: Callable[[], object]) -> None:
    """Mend the membership of a consumer, before it joins.

    - While the group is joined nothing is committed. Kafka would answer, once it has joined us,
      that this generation is over, and aiokafka would give up the one that has just begun: its
      place stays taken by a member that is no more, and all others wait for it.
    - A worker with a name that Kafka does not know any more asks for its place by both, name and
      member. If its session was over it is told so, and joins anew; if another has its name by now
      it is told that, and does not throw the other out.

    Args:
        coordinator: aiokafka's. Called in its thread.
        fenced: is called, in that thread, when another has this worker's name.
    """
    send, named = coordinator._send_req, coordinator._group_instance_id is not None
    joining = False

    async def send_request(request: Any) -> Any:
        nonlocal joining
        if joining and isinstance(request, OffsetCommitRequest):
            raise RebalanceInProgressError("the group is being joined")
        joining = joining or isinstance(request, JoinGroupRequest)
        response = await send(request)
        error = getattr(response, "error_code", 0)
        if isinstance(request, SyncGroupRequest) and not error:
            joining = False
        if named and error == FENCED:
            fenced()
        if isinstance(request, JoinGroupRequest) and error == UnknownMemberIdError.errno:
            coordinator.member_id = JoinGroupRequest.UNKNOWN_MEMBER_ID
        return response

    def ask_again() -> None:
        coordinator.generation = OffsetCommitRequest.DEFAULT_GENERATION_ID
        coordinator.request_rejoin()

    coordinator._send_req = send_request
    if named:
        coordinator.reset_generation = ask_again
