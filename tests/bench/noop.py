"""A Faust agent that does nothing, as a program: what Faust alone can do with the same events.

The stock one is `faust.App` with its default settings, but for raw serializers, no topics
declared (ours exist; so no leader topic either) and no web server. With `--mended` it runs on
the worker's transport instead. Prints, every 50 ms, `read`, the
monotonic clock and how many it has read.
"""

import argparse
import asyncio
import logging
import sys
import time
from typing import Any

import faust

from casepulse.streams.fetches import WholeFetches, messages
from casepulse.streams.mended import MendedApp

#: Seconds between two lines.
EVERY = 0.05


def main() -> None:
    """Run until stopped."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kafka", required=True, help="host:port")
    parser.add_argument("--topic", required=True)
    parser.add_argument("--group", required=True, help="the consumer group; a new one each time")
    parser.add_argument("--mended", action="store_true", help="on the worker's transport")
    given = parser.parse_args()
    if given.mended:
        logging.getLogger("aiokafka").setLevel(logging.WARNING)
    app = (MendedApp if given.mended else faust.App)(
        given.group,
        broker=f"kafka://{given.kafka}",
        key_serializer="raw",
        value_serializer="raw",
        topic_allow_declare=False,
        topic_disable_leader=True,
        web_enabled=False,
        **({"ConsumerScheduler": WholeFetches} if given.mended else {}),
    )
    read = 0

    async def nothing(stream: Any) -> None:
        nonlocal read
        async for _ in messages(app, stream) if given.mended else stream:
            read += 1

    async def tell() -> None:
        while not app.should_stop:
            sys.stdout.write(f"\nread {time.monotonic()} {read}\n")
            sys.stdout.flush()
            await asyncio.sleep(EVERY)

    app.agent(app.topic(given.topic, key_type=bytes, value_type=bytes))(nothing)
    app.task(tell)
    app.Worker(loglevel="WARNING", redirect_stdouts=False, quiet=True).execute_from_commandline()


if __name__ == "__main__":
    main()
