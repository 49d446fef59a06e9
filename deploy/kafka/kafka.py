#!/usr/bin/env python3
"""A real Apache Kafka on this machine without Docker: one node, on loopback only.

Needs Java 17 or newer, and Maven once, to fetch Kafka's own jars (45 MB). Nothing is
installed: the jars go to a cache folder, the broker's records to a data folder.

This is for development and tests. It has one copy of everything and no passwords.
"""

import argparse
import os
import signal
import sys
from pathlib import Path

from kafka_jars import CACHE, VERSION, KafkaError, KafkaMissingError
from kafka_server import DATA, SETTINGS, KafkaServer, answers, new_cluster

__all__ = ["SETTINGS", "KafkaError", "KafkaMissingError", "KafkaServer", "answers", "new_cluster"]

EXAMPLES = f"""\
examples:
  python deploy/kafka/kafka.py start               in the background; prints 127.0.0.1:PORT
  python deploy/kafka/kafka.py start --port 9092   where the worker looks by itself
  python deploy/kafka/kafka.py status              whether it runs, and where (exit status 1: no)
  python deploy/kafka/kafka.py stop                its records stay
  python deploy/kafka/kafka.py run                 in the foreground, until Ctrl-C

then:
  export CASEPULSE_KAFKA=$(python deploy/kafka/kafka.py start)
  casepulse topics --create

To begin afresh, stop it and delete the data folder ({os.path.relpath(DATA)}).
Topics are not created by themselves: a mistyped name is an error.
"""


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    option = parser.add_argument
    option("command", choices=["start", "stop", "status", "run"])
    option("--data", type=Path, default=DATA, metavar="DIR", help="records, log, pid and port")
    option("--port", type=int, help="for clients; else the last of this data folder, or a free one")
    option("--partitions", type=int, default=8, help="of a topic created without a count (8)")
    option("--cache", type=Path, default=CACHE, metavar="DIR", help=f"of the jars ({CACHE})")
    return parser.parse_args()


def _foreground(server: KafkaServer) -> int:
    if server.pid is not None:
        raise KafkaError(f"It is running at {server.address} already; stop that one first.")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C
    try:
        print(server.start(), flush=True)
        sys.stderr.write(f"Kafka {VERSION}, log in {server.log}; Ctrl-C stops it.\n")
        status = server.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        server.stop()
    raise KafkaError(f"Kafka ended (exit status {status}), not by Ctrl-C; see {server.log}")


def _status(server: KafkaServer) -> int:
    if (pid := server.pid) is None:
        print(f"not running (data in {server.data})")
        return 1
    serves = answers(int(server.address.partition(":")[2]))
    state = "running at" if serves else "does not answer at"
    print(f"{state} {server.address}, process {pid}, data in {server.data}, log in {server.log}")
    return 0 if serves else 1


def main() -> int:
    """The command line; its exit status."""
    given = _arguments()
    server = KafkaServer(given.data, given.port, given.partitions, given.cache)
    try:
        match given.command:
            case "start":
                print(server.start())
            case "stop":
                print("stopped" if server.stop() else "was not running")
            case "run":
                return _foreground(server)
            case _:
                return _status(server)
    except KafkaError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
