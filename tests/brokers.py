"""Three brokers on this machine, for tests that take one of them away.

Each is broker and controller at once, with a copy of everything: replication 3,
`min.insync.replicas` 2, as docs/reliability.md asks for.
"""

import re
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from tests import services
from tests.bad_days import kill, until

COPIES = 3

#: What is so on each of three brokers, and not on one that is alone.
_SETTINGS = {
    "default.replication.factor": "3",
    "min.insync.replicas": "2",
    "offsets.topic.replication.factor": "3",
    "transaction.state.log.replication.factor": "3",
    "transaction.state.log.min.isr": "2",
    "share.coordinator.state.topic.replication.factor": "3",
    "share.coordinator.state.topic.min.isr": "2",
}

#: Three of them at once on a small machine.
_SMALL = ("-Xmx256m", *services.SHORT_LIVED)


class ThreeBrokers:
    """Brokers 1, 2 and 3, which answer."""

    def __init__(self, servers: dict[int, Any]) -> None:
        self._servers = servers

    @property
    def address(self) -> str:
        """Every broker's, for clients that must find one while another is away."""
        return ",".join(server.address for server in self._servers.values())

    def leader_of(self, topic: str, partition: int = 0) -> int:
        """The broker that leads a partition."""
        return int(self._partitions(topic)[partition]["leader_id"])

    def coordinator(self, group: str) -> int:
        """The broker that coordinates a group: it leads the one partition of its offsets."""
        return self.leader_of("__consumer_offsets")

    def controller(self) -> int:
        """The broker whose controller leads the others'."""
        with self._admin() as admin:
            told = admin.describe_metadata_quorum()
        [topic] = told["topics"]
        [partition] = topic["partitions"]
        return int(partition["leader_id"])

    def kill(self, number: int) -> None:
        """End a broker at once."""
        kill(self._servers[number].pid)

    def stop(self, number: int) -> None:
        """Stop a broker in good order: it hands over what it leads."""
        self._servers[number].stop()

    def start(self, number: int) -> None:
        """Start a broker, and wait until it answers."""
        self._servers[number].start()

    def lose_disk(self, number: int) -> None:
        """Kill a broker, and take away all that it had. It starts as a new one of the same name."""
        self.kill(number)
        shutil.rmtree(self._servers[number].data / "data")

    def until_whole(self, topics: set[str]) -> float:
        """Wait until each partition of these has all its copies in step; the seconds it took."""
        return until(lambda: self._whole(topics), "every copy is in step again")

    def _whole(self, topics: set[str]) -> bool:
        try:
            found = [each for topic in topics for each in self._partitions(topic)]
        except KafkaError:
            return False
        return all(len(each["isr_nodes"]) == COPIES for each in found)

    def _partitions(self, topic: str) -> list[dict[str, Any]]:
        with self._admin() as admin:
            [told] = admin.describe_topics([topic])
        return sorted(told["partitions"], key=lambda each: each["partition_index"])

    @contextmanager
    def _admin(self) -> Iterator[KafkaAdminClient]:
        admin = KafkaAdminClient(bootstrap_servers=self.address.split(","))
        try:
            yield admin
        finally:
            admin.close()


@contextmanager
def three_brokers(folder: Path) -> Iterator[ThreeBrokers]:
    """A cluster in a folder, stopped in the end. Skipped where Kafka's jars are not to be had."""
    jars = services.script("deploy/kafka/kafka.py")
    numbers = range(1, COPIES + 1)
    controllers = {number: services.free_port() for number in numbers}
    cluster = jars.new_cluster()
    servers = {}
    for number in numbers:
        template = folder / f"broker-{number}.properties"
        folder.mkdir(parents=True, exist_ok=True)
        template.write_text(_template(jars.SETTINGS.read_text(), number, controllers))
        servers[number] = jars.KafkaServer(
            folder / f"broker-{number}", settings=template, options=_SMALL, cluster=cluster
        )
    try:
        try:
            with ThreadPoolExecutor(COPIES) as each:
                list(each.map(lambda server: server.launch(), servers.values()))
        except jars.KafkaMissingError as error:
            services.missing(str(error))
        for server in servers.values():
            server.until_it_answers()
        yield ThreeBrokers(servers)
    finally:
        for server in servers.values():
            server.kill()


def _template(single: str, number: int, controllers: dict[int, int]) -> str:
    """The template of one of three, made of that of a broker that is alone."""
    voters = ",".join(f"{each}@{services.HOST}:{port}" for each, port in controllers.items())
    lines = single.replace("{controller_port}", str(controllers[number])).splitlines()
    for name, value in {
        **_SETTINGS,
        "node.id": str(number),
        "controller.quorum.voters": voters,
    }.items():
        lines = [line for line in lines if not re.match(rf"{re.escape(name)}\s*=", line)]
        lines.append(f"{name}={value}")
    return "\n".join(lines) + "\n"
