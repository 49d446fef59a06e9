"""What is deployed agrees with what runs: settings, names of metrics, ports, passwords."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from casepulse.agents.metrics import Metrics
from casepulse.following.settings import FollowSettings
from casepulse.schemas.profile import load_profile
from casepulse.schemas.view import View
from casepulse.state import catalogue_for
from casepulse.streams.settings import describe
from casepulse.web.list_settings import ListSettings
from casepulse.web.settings import WebSettings
from tests import services

DEPLOY = services.ROOT / "deploy"


def read_yaml(path: str) -> Any:
    return yaml.safe_load((DEPLOY / path).read_text(encoding="utf-8"))


COMPOSE = read_yaml("compose.yaml")
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


# Prometheus. Its rules, and Alertmanager: test_alert_rules.py


@pytest.fixture
def exported(empty_view: View) -> dict[str, list[dict[str, str]]]:
    """Every sample's name that a worker exports, with the labels of each of its samples."""
    metrics = Metrics(catalogue_for(load_profile()), lag=lambda: [("casepulse.events", 0, 0)])
    metrics.show(empty_view)
    samples: dict[str, list[dict[str, str]]] = {}
    for family in text_string_to_metric_families(generate_latest(metrics.registry).decode()):
        for sample in family.samples:
            samples.setdefault(sample.name, []).append(sample.labels)
    return samples


def test_every_series_bears_the_prefix(exported: dict[str, list[dict[str, str]]]) -> None:
    assert all(name.startswith("casepulse_") for name in exported)


def test_a_worker_keeps_well_within_the_limits_of_a_scrape(
    exported: dict[str, list[dict[str, str]]],
) -> None:
    scrape, _ = read_yaml("prometheus/prometheus.yml")["scrape_configs"]
    labels = [
        {"__name__": name, "job": "casepulse", "instance": "worker:9108", **each}
        for name, sets in exported.items()
        for each in sets
    ]

    assert len(labels) < 0.9 * scrape["sample_limit"]
    assert max(map(len, labels)) < scrape["label_limit"]
    assert max(len(name) for each in labels for name in each) < scrape["label_name_length_limit"]
    assert (
        max(len(v) for each in labels for v in each.values()) < scrape["label_value_length_limit"]
    )


def test_prometheus_scrapes_where_the_worker_serves() -> None:
    scrape, following = read_yaml("prometheus/prometheus.yml")["scrape_configs"]
    port = SERVICES["worker"]["environment"]["CASEPULSE_METRICS_PORT"]
    assert scrape["static_configs"] == [{"targets": [f"worker:{port}"]}]
    [found] = following["dns_sd_configs"]
    assert found["names"] == ["follow"]
    assert found["port"] == SERVICES["follow"]["environment"]["CASEPULSE_METRICS_PORT"]


def test_a_source_is_followed_only_where_that_is_asked_for() -> None:
    assert [name for name, each in SERVICES.items() if "profiles" in each] == ["follow"]
    given = SERVICES["follow"]["environment"]
    wanted = [name for name, each in FollowSettings.model_fields.items() if each.is_required()]
    assert {f"CASEPULSE_FOLLOW_{name.upper()}" for name in wanted} <= set(given)
    asked = [name for name in given if "FOLLOW_" in name and ":?" in str(given[name])]
    assert asked == ["CASEPULSE_FOLLOW_SOURCE"]


def test_prometheus_tells_alertmanager_where_it_listens() -> None:
    [told] = read_yaml("prometheus/prometheus.yml")["alerting"]["alertmanagers"]
    [port] = SERVICES["alertmanager"]["ports"]
    assert told["static_configs"] == [{"targets": [f"alertmanager:{port.split(':')[-1]}"]}]


def test_heartbeats_come_often_enough_for_their_alert() -> None:
    command, option, seconds = SERVICES["heartbeat"]["command"]
    assert (command, option) == ("heartbeat", "--every")
    groups = read_yaml("prometheus/platform.rules.yml")["groups"]
    [expression] = [
        rule["expr"]
        for group in groups
        for rule in group["rules"]
        if rule["alert"] == "CasepulseHeartbeatMissing"
    ]
    [patience] = re.findall(r"> (\d+)", expression)
    assert int(patience) >= 3 * float(seconds)


# Compose, Docker, Grafana


def test_ports_are_published_on_loopback_only() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert ports
    assert all(re.fullmatch(r"127\.0\.0\.1:(\d+):\d+", port) for port in ports)


def test_the_settings_that_are_given_exist() -> None:
    known = {name for name, _, _ in describe()} | {"CASEPULSE_REDIS_PASSWORD_FILE"}
    of_the_web = *WebSettings.model_fields, *ListSettings.model_fields
    known |= {f"CASEPULSE_WEB_{name.upper()}" for name in of_the_web}
    known |= {name for name, _, _ in describe(FollowSettings)}
    given = {
        name
        for service in SERVICES.values()
        for name in service.get("environment", {})
        if name.startswith("CASEPULSE_")
    }
    assert "CASEPULSE_KAFKA" in given
    assert given <= known


def test_what_is_mounted_is_there_and_every_secret_is_declared() -> None:
    for name, service in SERVICES.items():
        for volume in service.get("volumes", []):
            source = re.sub(r"^\$\{\w+:-(.+?)\}", r"\1", volume).partition(":")[0]
            if source.startswith("."):
                assert (DEPLOY / source).exists(), f"{name}: {source}"
            else:
                assert source in COMPOSE["volumes"], f"{name}: {source}"
        assert set(service.get("secrets", [])) <= set(COMPOSE["secrets"])
    ignored = (DEPLOY / "secrets" / ".gitignore").read_text(encoding="utf-8").split("\n")
    assert "*" in ignored
    assert all(str(s["file"]).startswith("secrets/") for s in COMPOSE["secrets"].values())


def test_tests_run_on_the_images_that_are_deployed() -> None:
    assert SERVICES["kafka"]["image"] == services.KAFKA_IMAGE
    assert SERVICES["redis"]["image"] == services.REDIS_IMAGE


def test_the_image_holds_every_package() -> None:
    package = services.ROOT / "casepulse"
    packages = {"casepulse", *(each.name for each in package.iterdir() if each.is_symlink())}
    assert len(packages) == 5
    copied = re.findall(r"^COPY (\w+) \1$", (DEPLOY / "Dockerfile").read_text("utf-8"), re.M)
    let_in = (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8").splitlines()

    assert set(copied) == packages
    assert {f"!{package}" for package in packages} <= set(let_in)


def test_grafana_reads_dashboards_from_where_they_are_mounted() -> None:
    [provider] = read_yaml("grafana/provisioning/dashboards/casepulse.yml")["providers"]
    mounts = [volume.split(":")[1] for volume in SERVICES["grafana"]["volumes"]]
    assert provider["options"]["path"] in mounts


# Passwords


def make_acl(*passwords: Path) -> subprocess.CompletedProcess[str]:
    script = str(DEPLOY / "redis" / "make-acl.py")
    return subprocess.run(
        [sys.executable, script, *map(str, passwords)], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("worker", "reader", "told"),
    [
        ("a-password-of-some-length", "short", "24 characters or more"),
        ("a-password-of-some-length", "", "24 characters or more"),
        ("a-password-of-some-length", None, "No such file"),
        ("a-password-of-some-length", "a-password-of-some-length\n", "same password"),
    ],
)
def test_bad_passwords_are_refused_and_not_repeated(
    tmp_path: Path, worker: str, reader: str | None, told: str
) -> None:
    files = [tmp_path / "worker-file", tmp_path / "reader-file"]
    for file, password in zip(files, (worker, reader), strict=True):
        if password is not None:
            file.write_text(password)

    done = make_acl(*files)

    assert done.returncode != 0
    assert told in done.stderr
    assert done.stdout == ""
    assert worker not in done.stderr
    assert "short" not in done.stderr
