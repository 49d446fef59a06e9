#!/bin/sh
# faust-streaming 0.15.3 with aiokafka 0.14: Faust's watch over streams that stand still
# (Consumer._commit_livelock_detector -> AIOKafkaConsumerThread.verify_event_path) reads the position
# of each assigned partition. Just after a rebalance aiokafka has none, and its property asserts that
# there is one: AssertionError, which crashes the consumer and so ends the worker. Seen on a cluster
# of three brokers, where positions take a moment longer.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check faust-streaming==0.15.3 aiokafka==0.14.0
"$folder/venv/bin/python" - <<'P'
import asyncio
from importlib.metadata import version
from types import SimpleNamespace

from aiokafka import TopicPartition
from aiokafka.consumer.subscription_state import SubscriptionState
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread
from faust.types import TP

print("faust-streaming", version("faust-streaming"), "aiokafka", version("aiokafka"))


async def look() -> str:
    subscriptions = SubscriptionState()
    subscriptions.assign_from_user([TopicPartition("events", 0)])  # assigned, and not sought yet
    thread = object.__new__(AIOKafkaConsumerThread)
    thread._consumer = SimpleNamespace(_fetcher=SimpleNamespace(_subscriptions=subscriptions))
    thread._verify_aiokafka_event_path = lambda now, tp: False
    thread.time_started = 0.0
    topics = SimpleNamespace(acks_enabled_for=lambda topic: True)
    thread.consumer = SimpleNamespace(app=SimpleNamespace(monitor=object(), topics=topics))
    try:
        thread.verify_event_path(0.0, TP("events", 0))
    except AssertionError:
        return "AssertionError"
    return "nothing"


seen = asyncio.run(look())
print("a look at a partition that has no position yet:", seen)
assert seen == "AssertionError", "it minds partitions without a position by now"
P
