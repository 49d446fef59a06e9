"""What a worker is said to wait in, and what of it shows that it gets on."""

from types import SimpleNamespace
from typing import Any

from faust.types import TP

from casepulse.agents.standstill import Standstill, Step
from casepulse.agents.steps import Steps

FIRST, SECOND = TP("events", 0), TP("events", 1)


def _steps(at: dict[TP, int], ends: dict[TP, int], delivered: int = 0) -> Any:
    queues = [SimpleNamespace(qsize=lambda: delivered)]
    app: Any = SimpleNamespace(
        faust=SimpleNamespace(
            rebalancing=False,
            consumer_generation_id=1,
            flow_control=SimpleNamespace(_queues=queues),
        ),
        events=SimpleNamespace(get_topic_name=lambda: "events"),
        partials=SimpleNamespace(get_topic_name=lambda: "partials"),
    )
    holding: Any = SimpleNamespace(restored_at=0)
    consumer: Any = SimpleNamespace(joining=False)
    return Steps(app, holding, set, lambda: False)._steps(consumer, ends, at)


def _waited(looks: list[dict[str, Step]]) -> float:
    standstill = Standstill(60)
    for steps in looks:
        standstill.look(steps, 10, counts=True)
    return standstill.longest()[1]


def test_a_partition_whose_turn_has_not_come_is_no_standstill_while_another_gets_on() -> None:
    ends = {FIRST: 200_000, SECOND: 200_000}
    assert _waited([_steps({FIRST: 0, SECOND: 900 * look}, ends) for look in range(20)]) == 0


def test_it_is_none_while_what_was_delivered_is_counted() -> None:
    looks = [_steps({FIRST: 7}, {FIRST: 8}, 90_000 - 800 * look) for look in range(20)]
    assert _waited(looks) == 0


def test_a_partition_that_stands_still_is_one_though_another_has_nothing_to_read() -> None:
    looks = [_steps({FIRST: 7, SECOND: look}, {FIRST: 8, SECOND: look}) for look in range(4)]
    assert _waited(looks) == 30
    assert looks[0].keys() == {"events/0"}


def test_all_that_stand_still_are_a_standstill() -> None:
    assert _waited([_steps({FIRST: 7, SECOND: 9}, {FIRST: 8, SECOND: 12})] * 4) == 30
