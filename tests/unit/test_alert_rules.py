"""Rules and routes of alerts: they are valid, tested, explained, and ask for what there is."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from casepulse.schemas.view import View
from tests import services
from tests.build import CATALOGUE
from tests.metric_names import declared
from tests.monitoring import quickened
from tests.prometheus import DEPLOYED

RUNBOOK = services.ROOT / "docs" / "runbook.md"
FILES = sorted(path.name for path in DEPLOYED.glob("*.rules.yml"))
TESTS = sorted(path.name for path in DEPLOYED.glob("*.rules.test.yml"))


def _read(name: str) -> Any:
    return yaml.safe_load((DEPLOYED / name).read_text(encoding="utf-8"))


RULES: list[dict[str, Any]] = [
    rule for name in FILES for group in _read(name)["groups"] for rule in group["rules"]
]
ALERTS = {rule["alert"]: rule for rule in RULES if "alert" in rule}
RECORDED = {rule["record"] for rule in RULES if "record" in rule}


def _run(program: str, package: str, *arguments: str) -> str:
    found = shutil.which(program)
    if found is None:
        services.missing(f"No {program}. On Debian and Ubuntu: apt install {package}")
    done = subprocess.run(
        [found, *arguments], capture_output=True, text=True, check=False, cwd=DEPLOYED
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "check",
    [
        "check config prometheus.yml",
        *(f"check rules --lint=all --lint-fatal {name}" for name in FILES),
        *(f"test rules {name}" for name in TESTS),
    ],
)
def test_promtool_accepts(check: str) -> None:
    _run("promtool", "prometheus", *check.split())


def test_amtool_accepts_the_routes() -> None:
    _run("amtool", "prometheus-alertmanager", "check-config", "alertmanager.yml")


def test_prometheus_reads_every_file_of_rules_and_each_has_tests() -> None:
    assert _read("prometheus.yml")["rule_files"] == [
        "recording.rules.yml", "service.rules.yml", "platform.rules.yml",
    ]  # fmt: skip
    assert set(_read("prometheus.yml")["rule_files"]) == set(FILES)
    assert [name.replace(".test", "") for name in TESTS] == FILES


def test_rules_ask_only_for_what_is_exported_or_recorded(empty_view: View) -> None:
    words = {
        word for rule in RULES for word in re.findall(r"[a-z_:]*casepulse_[\w:]+", rule["expr"])
    }
    queried = re.findall(
        r"[a-z_:]*casepulse_[\w:]+", " ".join(str(rule["annotations"]) for rule in ALERTS.values())
    )
    exported = declared(empty_view)

    assert {word for word in words if ":" not in word} <= exported
    assert {word for word in {*words, *queried} if ":" in word} <= RECORDED
    assert {word for word in queried if ":" not in word} <= exported
    assert len(words & exported) > 15


def test_each_limit_is_of_a_measure_that_may_be_overdue() -> None:
    limits = [
        rule["labels"]["measure"] for rule in RULES if rule.get("record", "").endswith(":limit")
    ]
    assert len(limits) == len(set(limits)) >= 3
    for name in limits:
        assert CATALOGUE.measures[name].late
        assert CATALOGUE.measures[name].of is None


# What each alert tells


@pytest.mark.parametrize("alert", ALERTS.values(), ids=ALERTS.keys())
def test_an_alert_says_how_grave_it_is_whom_it_is_for_and_where_it_is_explained(
    alert: dict[str, Any],
) -> None:
    assert alert["labels"]["severity"] in ("critical", "warning")
    assert alert["labels"]["audience"] in ("service", "platform")
    assert set(alert["annotations"]) == {"summary", "description", "runbook_url"}
    assert alert["annotations"]["runbook_url"] == f"docs/runbook.md#{alert['alert'].lower()}"


def test_the_runbook_has_a_section_for_each_alert_and_for_no_other() -> None:
    headings = re.findall(r"^### (Casepulse\w+)$", RUNBOOK.read_text(encoding="utf-8"), re.M)
    assert len(headings) == len(set(headings))
    assert set(headings) == set(ALERTS)


PARTS = ["What it means", "Who is affected", "Look at", "Do", "Don't"]


@pytest.mark.parametrize("name", ALERTS)
def test_each_section_of_the_runbook_says_all_that_is_wanted_at_night(name: str) -> None:
    text = RUNBOOK.read_text(encoding="utf-8")
    section = re.split(r"^##", text.split(f"### {name}\n")[1], maxsplit=1, flags=re.M)[0]
    assert re.findall(r"^\*\*(.+?)\.\*\*", section, re.M) == PARTS


# That each alert is tested in each of its states


def _cases(kind: str) -> Iterator[dict[str, Any]]:
    for name in TESTS:
        for test in _read(name)["tests"]:
            yield from test.get(kind, [])


@pytest.mark.parametrize("name", ALERTS)
def test_each_alert_is_seen_to_fire_and_to_end(name: str) -> None:
    cases = [case for case in _cases("alert_rule_test") if case["alertname"] == name]
    firing = [_minutes(case["eval_time"]) for case in cases if case.get("exp_alerts")]
    silent = [_minutes(case["eval_time"]) for case in cases if not case.get("exp_alerts")]
    assert firing
    assert any(after > min(firing) for after in silent)


@pytest.mark.parametrize("name", [name for name, rule in ALERTS.items() if "for" in rule])
def test_each_alert_that_waits_is_seen_to_wait(name: str) -> None:
    pending = [
        case
        for case in _cases("promql_expr_test")
        if name in str(case) and 'alertstate="pending"' in str(case.get("exp_samples"))
    ]
    assert pending


def _minutes(told: str) -> int:
    hours, minutes = re.fullmatch(r"(?:(\d+)h)?(?:(\d+)m)?", told).groups()  # type: ignore[union-attr]
    return 60 * int(hours or 0) + int(minutes or 0)


# Who is told


@pytest.mark.parametrize(
    ("labels", "receiver"),
    [
        (["audience=service"], "service"),
        (["audience=platform"], "platform"),
        (["severity=critical"], "platform"),
    ],
)
def test_an_alert_goes_to_whom_it_is_for(labels: list[str], receiver: str) -> None:
    routes = "config", "routes", "test", "--config.file=alertmanager.yml"
    told = _run("amtool", "prometheus-alertmanager", *routes, *labels)
    assert told.split() == [receiver]


def test_the_service_is_told_in_working_hours_in_london_and_whoever_runs_it_at_any_time() -> None:
    settings = _read("alertmanager.yml")
    [hours] = settings["time_intervals"]
    [interval] = hours["time_intervals"]
    assert interval["location"] == "Europe/London"
    assert interval["weekdays"] == ["monday:friday"]
    service, platform = settings["route"]["routes"]
    assert service["active_time_intervals"] == [hours["name"]]
    assert "active_time_intervals" not in platform
    assert "active_time_intervals" not in settings["route"]


def test_what_mutes_or_is_muted_is_an_alert() -> None:
    for rule in _read("alertmanager.yml")["inhibit_rules"]:
        assert rule["equal"] == ["job"]
        for matcher in rule["source_matchers"] + rule["target_matchers"]:
            label, _, pattern = matcher.partition("=")
            if label == "alertname":
                pattern = pattern.strip('~"')
                choices = [_expanded(each) for each in _alternatives(pattern)]
                assert {name for each in choices for name in each} <= set(ALERTS), matcher


def _alternatives(pattern: str) -> list[str]:
    """A pattern's parts between the bars that stand in no brackets."""
    return re.split(r"\|(?![^(]*\))", pattern)


def _expanded(pattern: str) -> list[str]:
    """Every name of a pattern such as Casepulse(Down|Stale)."""
    before, bracket, rest = pattern.partition("(")
    if not bracket:
        return [pattern]
    return [f"{before}{each}" for each in rest.rstrip(")").split("|")]


# The copies that tests run on


@pytest.mark.parametrize("name", ["service.rules.yml", "platform.rules.yml"])
def test_a_quickened_copy_differs_in_its_waits_alone(name: str) -> None:
    text = (DEPLOYED / name).read_text(encoding="utf-8")
    copy = yaml.safe_load(quickened(text))
    waits = []
    for group, other in zip(yaml.safe_load(text)["groups"], copy["groups"], strict=True):
        for rule, quick in zip(group["rules"], other["rules"], strict=True):
            for wait in ("for", "keep_firing_for"):
                if wait in rule:
                    waits.append(rule.pop(wait))
                    assert quick.pop(wait) == "2s"
            assert rule == quick
    assert waits


def test_a_change_that_changes_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="nothing is like"):
        quickened("groups: []\n")
