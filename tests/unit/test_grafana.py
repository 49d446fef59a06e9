"""Grafana's dashboards and provisioning agree with the code, the metrics and each other.

No Grafana is needed. The rules of Grafana's dashboard-linter: test_grafana_lint.py. The queries run
against a real Prometheus: tests/january/test_dashboards.py.
"""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlparse

import promql_parser as promql
import pytest
import yaml
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard

from casepulse.schemas.dashboard import DASHBOARD
from casepulse.schemas.view import View
from tests import grafana, services
from tests.metric_names import declared

GRAFANA = services.ROOT / "deploy" / "grafana"
PROMETHEUS = services.ROOT / "deploy" / "prometheus"
DASHBOARDS = grafana.dashboards()
each_dashboard = pytest.mark.parametrize("dashboard", DASHBOARDS.values(), ids=DASHBOARDS)

#: What Prometheus itself tells of scrapes and alerts.
OF_PROMETHEUS = {"up", "scrape_samples_scraped", "scrape_duration_seconds", "ALERTS"}

COMPOSE = yaml.safe_load((services.ROOT / "deploy" / "compose.yaml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


def provisioned(path: str) -> Any:
    return yaml.safe_load((GRAFANA / "provisioning" / path).read_text(encoding="utf-8"))


# The code, the JSON and Grafana's schema


def build(folder: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, str(folder / "build.py"), *options]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_json_is_what_the_code_says() -> None:
    done = build(GRAFANA, "--check")
    assert done.returncode == 0, done.stderr


def test_json_that_is_not_what_the_code_says_is_told_and_written_anew(tmp_path: Path) -> None:
    folder = tmp_path / "grafana"
    shutil.copytree(GRAFANA, folder)
    changed = folder / "dashboards" / "casepulse-measure.json"
    right = changed.read_text("utf-8")
    changed.write_text(right.replace("Tolerance", "Patience"), "utf-8")
    (folder / "dashboards" / "of-long-ago.json").write_text("{}", "utf-8")

    told = build(folder, "--check")

    assert told.returncode == 1
    assert "casepulse-measure.json, of-long-ago.json" in told.stderr
    assert build(folder).returncode == 0
    assert changed.read_text("utf-8") == right
    assert build(folder, "--check").returncode == 0


def test_an_authoritys_own_dashboard_is_that_of_its_overview(tmp_path: Path) -> None:
    profile = tmp_path / "northshire.toml"
    profile.write_text('base = "january-2021"\n[dashboard]\n"Ours" = ["rha_timely", "cp_visits"]\n')

    done = build(GRAFANA, "--profile", str(profile), "--out", str(tmp_path / "own"))

    assert done.returncode == 0, done.stderr
    assert {path.name for path in (tmp_path / "own").glob("*.json")} == {
        path.name for path in (GRAFANA / "dashboards").glob("*.json")
    }
    told = (tmp_path / "own" / "casepulse-overview.json").read_text("utf-8")
    assert 'measure=~\\"rha_timely|cp_visits\\"' in told
    assert "Seeing Children" not in told
    profile.write_text('base = "january-2021"\n[dashboard]\n"Ours" = ["rha_timly"]\n')
    wrong = build(GRAFANA, "--profile", str(profile), "--check")
    assert wrong.returncode == 1
    assert "line 3: dashboard.Ours: there is no measure rha_timly; did you mean" in wrong.stderr


@each_dashboard
def test_grafanas_schema_knows_all_there_is(dashboard: dict[str, Any]) -> None:
    """Read into Grafana's own types and written again, nothing is lost."""
    register_default_plugins()
    again = json.loads(json.dumps(Dashboard.from_json(dashboard), cls=JSONEncoder))
    for link in again["links"]:
        del link["placement"]  # its one value is filled in where there is none
    assert again == dashboard


def test_there_are_the_four_dashboards_by_the_names_of_their_files() -> None:
    assert {path.stem for path in grafana.paths()} == set(DASHBOARDS)
    assert set(DASHBOARDS) == {
        f"casepulse-{name}" for name in ("overview", "measure", "localities", "platform")
    }


# Queries


def test_promtool_parses_every_query(tmp_path: Path) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        services.missing("No promtool. On Debian and Ubuntu: apt install prometheus")
    asked = [each for board in DASHBOARDS.values() for each in grafana.queries(board)]
    spans = {"__rate_interval": "1m", "__range": "6h"}
    rules = [
        {"record": f"query:{number}", "expr": grafana.filled(each.text, spans)}
        for number, each in enumerate(asked)
    ]
    file = tmp_path / "queries.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "queries", "rules": rules}]}))

    done = subprocess.run(
        [promtool, "check", "rules", str(file)], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(asked)} rules found" in done.stdout
    assert len(asked) > 100


def recorded() -> set[str]:
    groups = [
        group
        for path in PROMETHEUS.glob("*.rules.yml")
        for group in yaml.safe_load(path.read_text("utf-8"))["groups"]
    ]
    return {rule["record"] for group in groups for rule in group["rules"] if "record" in rule}


@each_dashboard
def test_only_what_is_declared_is_asked_for(dashboard: dict[str, Any], empty_view: View) -> None:
    spans = {"__rate_interval": "1m", "__range": "6h"}
    texts = [grafana.filled(each.text, spans) for each in grafana.queries(dashboard)]
    texts += [
        found
        for variable in grafana.variables(dashboard).values()
        if variable["type"] == "query"
        for found in re.findall(r"\w+\{.*?\}", variable["definition"])
    ]
    asked = {selector.name for text in texts for selector in grafana.selectors(promql.parse(text))}

    assert asked
    assert asked <= declared(empty_view) | recorded() | OF_PROMETHEUS


def adds_lists(query: str) -> bool:
    """Whether it adds what is awaited of one measure to what is of another."""
    spans = {"__rate_interval": "1m", "__range": "6h"}
    sums = [
        node
        for node in grafana.nodes(promql.parse(grafana.filled(query, spans)))
        if isinstance(node, promql.AggregateExpr) and str(node.op) == "sum"
    ]
    return any(
        re.match(r"casepulse_measure_(overdue|due_soon)$", selector.name or "")
        and "measure" not in {each.name for each in selector.matchers.matchers}
        and "measure" not in (node.modifier.labels if node.modifier else ())
        for node in sums
        for selector in grafana.selectors(node)
    )


def test_what_counts_a_child_twice_says_so() -> None:
    """A first visit of a Section 47 enquiry that is late is late among all first visits, too."""
    panels = [
        panel
        for dashboard in DASHBOARDS.values()
        for panel in grafana.panels(dashboard)
        if any(adds_lists(target["expr"]) for target in panel["targets"])
    ]
    assert len(panels) > 4
    for panel in panels:
        assert panel["title"].startswith("Lines "), panel["title"]
        assert "a child late for two measures counts twice" in panel["description"], panel["title"]


@each_dashboard
def test_what_is_not_there_is_not_said_to_be_nought(dashboard: dict[str, Any]) -> None:
    """But for alerts: that none fires is known, for Prometheus itself fires them."""
    filled_in = [each for each in grafana.queries(dashboard) if "vector(" in each.text]
    assert all(
        {selector.name for selector in grafana.selectors(promql.parse(each.text))} == {"ALERTS"}
        for each in filled_in
    )
    for panel in grafana.panels(dashboard):
        assert panel["fieldConfig"]["defaults"]["noValue"] in ("n/a", "none"), panel["title"]


def test_the_overview_has_every_measure_of_the_dashboard_once() -> None:
    tables = [p for p in grafana.panels(DASHBOARDS["casepulse-overview"]) if p["type"] == "table"]
    shown = {
        table["title"]: tuple(
            re.findall(r'measure=~"(.+?)"', table["targets"][0]["expr"])[0].split("|")
        )
        for table in tables
    }
    assert shown == {part.value: measures for part, measures in DASHBOARD.items()}
    for table in tables:
        assert {t["expr"].count('measure=~"') for t in table["targets"]} == {1}, table["title"]


def test_limits_shown_are_those_that_hold() -> None:
    platform = DASHBOARDS["casepulse-platform"]
    limits = {
        panel["title"]: panel["fieldConfig"]["defaults"]["thresholds"]["steps"][-1]["value"]
        for panel in grafana.panels(platform)
        if "thresholds" in panel["fieldConfig"]["defaults"]
    }
    config = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text("utf-8"))
    alerts = (PROMETHEUS / "platform.rules.yml").read_text("utf-8")

    scrape, *_ = config["scrape_configs"]
    assert limits["Samples of a scrape"] == scrape["sample_limit"]
    assert f"{limits['How long a scrape takes']}s" == config["global"]["scrape_timeout"]
    assert re.search(rf"lag_events:sum > {limits['Events not read yet']}\b", alerts)
    stale = rf"casepulse_view_published_timestamp_seconds\) > {limits['Age of the view']}\b"
    assert re.search(stale, alerts)


#: Half within half a second, and more than five of a hundred beyond two and a half.
_BUCKETS = {"0.5": "0+30x10", "2.5": "0+54x10", "+Inf": "0+60x10"}


@pytest.mark.parametrize(("name", "seconds"), [("50 of 100", 0.5), ("95 of 100", 2.5)])
def test_quantiles_of_latency(tmp_path: Path, name: str, seconds: float) -> None:
    """In a replay nothing is followed live, so the January county can't show this."""
    targets = platform_panel("End-to-end latency, quantiles")["targets"]
    [query] = [t["expr"] for t in targets if t["legendFormat"] == name]
    bucket = "casepulse_event_end_to_end_latency_seconds_bucket"
    sample = bucket + '{job="casepulse",instance="%s",le="%s"}'
    series = [
        {"series": sample % (instance, bound), "values": counts}
        for instance in "ab"
        for bound, counts in _BUCKETS.items()
    ]
    expected = [{"labels": '{job="casepulse"}', "value": seconds}]
    silent = [{"series": sample % ("a", "+Inf"), "values": "5x10"}]
    answers(tmp_path, query, [(series, expected), (silent, [])])


@pytest.mark.parametrize("up", [0, 1])
def test_redis_is_as_the_worker_that_publishes_finds_it(tmp_path: Path, up: int) -> None:
    """Not as one found it that lost the board since, which needs two workers."""
    [target] = platform_panel("Redis")["targets"]
    given = [
        {"series": f'casepulse_{metric}{{job="casepulse",instance="{worker}"}}', "values": values}
        for metric, worker, values in (
            ("view_published_timestamp_seconds", "a", "0+60x10"),
            ("redis_up", "a", f"{up}x10"),
            ("redis_up", "b", "1x10"),
            ("redis_up", "c", "0x10"),
        )
    ]
    answers(tmp_path, target["expr"], [(given, [{"labels": '{job="casepulse"}', "value": up}])])


def platform_panel(title: str) -> dict[str, Any]:
    found = grafana.panels(DASHBOARDS["casepulse-platform"])
    [panel] = [panel for panel in found if panel["title"] == title]
    return panel


Samples = list[dict[str, Any]]


def answers(folder: Path, query: str, cases: list[tuple[Samples, Samples]]) -> None:
    """What a query gives after ten minutes of each of these series is what is to be given."""
    promtool = shutil.which("promtool")
    if promtool is None:
        services.missing("No promtool. On Debian and Ubuntu: apt install prometheus")
    values = {"job": ".+", "instance": ".+", "__rate_interval": "5m"}
    asked = {"expr": grafana.filled(query, values), "eval_time": "10m"}
    tests = [
        {
            "interval": "1m",
            "input_series": given,
            "promql_expr_test": [asked | {"exp_samples": then}],
        }
        for given, then in cases
    ]
    (folder / "test.yml").write_text(yaml.safe_dump({"tests": tests}))

    done = subprocess.run(
        [promtool, "test", "rules", "test.yml"],
        capture_output=True, text=True, check=False, cwd=folder,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


# How they look and where they lead


@each_dashboard
def test_panels_have_numbers_of_their_own_and_do_not_overlap(dashboard: dict[str, Any]) -> None:
    numbers = [panel["id"] for panel in dashboard["panels"]]
    assert len(set(numbers)) == len(numbers)
    taken: set[tuple[int, int]] = set()
    for panel in dashboard["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert max(x for x, _ in cells) < 24, panel["title"]
        assert not cells & taken, panel["title"]
        taken |= cells


@each_dashboard
def test_dashboards_look_alike(dashboard: dict[str, Any]) -> None:
    assert dashboard["refresh"] == "30s"
    assert dashboard["timezone"] == "Europe/London"
    assert dashboard["tags"] == ["casepulse"]
    assert dashboard["description"]
    assert [link["title"] for link in dashboard["links"]] == [
        "Dashboards",
        "casepulse web",
        "Runbook",
    ]


def _mappings(panel: dict[str, Any]) -> list[dict[str, Any]]:
    config = panel["fieldConfig"]
    overridden = [
        mapping
        for override in config["overrides"]
        for prop in override["properties"]
        if prop["id"] == "mappings"
        for mapping in prop["value"]
    ]
    return [*config["defaults"].get("mappings", []), *overridden]


@each_dashboard
def test_no_colour_stands_alone(dashboard: dict[str, Any]) -> None:
    """A coloured cell or figure has a word for each colour; elsewhere the number is written."""
    for panel in grafana.panels(dashboard):
        for mapping in _mappings(panel):
            options = mapping["options"]
            results = (
                [options["result"]] if mapping["type"] == "special" else list(options.values())
            )
            assert all(result["text"] for result in results), panel["title"]
        coloured = [
            override
            for override in panel["fieldConfig"]["overrides"]
            if any(prop["id"] == "custom.cellOptions" for prop in override["properties"])
        ]
        for override in coloured:
            assert any(prop["id"] == "mappings" for prop in override["properties"])


def _addresses(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["url"]] if isinstance(value.get("url"), str) else []
        return own + [found for each in value.values() for found in _addresses(each)]
    if isinstance(value, list):
        return [found for each in value for found in _addresses(each)]
    return []


@each_dashboard
def test_links_lead_to_dashboards_and_pages_that_there_are(dashboard: dict[str, Any]) -> None:
    pages = {"", "measures", "localities"}
    addresses = _addresses(dashboard)
    for address in addresses:
        if address.startswith("/d/"):
            url = urlparse(address)
            target = DASHBOARDS[url.path.removeprefix("/d/")]
            given = {name.removeprefix("var-") for name in parse_qs(url.query) if "var-" in name}
            assert given <= set(grafana.variables(target)), address
        elif address != "${runbook:raw}":
            base, _, path = address.partition("/")
            assert base == "${web:raw}"
            assert path.partition("/")[0] in pages
        used = set(re.findall(r"\$\{(\w+)[:}]", address)) - {"__url_time_range"}
        assert used <= set(grafana.variables(dashboard)), address
    assert any(address.startswith("/d/") for address in addresses) or "platform" in dashboard["uid"]


@each_dashboard
def test_every_variable_that_is_used_is_there_and_used(dashboard: dict[str, Any]) -> None:
    given = set(grafana.variables(dashboard))
    texts = [each.text for each in grafana.queries(dashboard)]
    texts += [str(variable.get("definition", "")) for variable in dashboard["templating"]["list"]]
    used = {name for text in texts for name in re.findall(r"\$\{?([a-z_]\w+)", text)}
    used -= {"__rate_interval", "__range"}
    assert used <= given
    assert given <= used | {"datasource", "web", "runbook"}


# Provisioning


def test_data_sources_are_those_that_compose_runs() -> None:
    found = {
        each["uid"]: each
        for path in (GRAFANA / "provisioning" / "datasources").glob("*.yml")
        for each in provisioned(f"datasources/{path.name}")["datasources"]
    }
    assert set(found) == {"casepulse-prometheus", "casepulse-alertmanager"}
    for each in found.values():
        url = urlparse(each["url"])
        assert any(p.endswith(f":{url.port}") for p in SERVICES[str(url.hostname)]["ports"])
        assert url.hostname in SERVICES["grafana"]["depends_on"]
    prometheus = found["casepulse-prometheus"]
    assert prometheus["jsonData"]["alertmanagerUid"] in found
    config = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text("utf-8"))
    assert prometheus["jsonData"]["timeInterval"] == config["global"]["scrape_interval"]
    for dashboard in DASHBOARDS.values():
        assert grafana.variables(dashboard)["datasource"]["current"]["value"] in found


def test_policies_send_each_audience_to_its_contact_point_as_the_alertmanager_does() -> None:
    points = {each["name"] for each in provisioned("alerting/contact-points.yml")["contactPoints"]}
    [policy] = provisioned("alerting/policies.yml")["policies"]
    ours = {
        route["receiver"]: [
            f'{name}{sign}"{value}"' for name, sign, value in route["object_matchers"]
        ]
        for route in policy["routes"]
    }
    alertmanager = yaml.safe_load((PROMETHEUS / "alertmanager.yml").read_text("utf-8"))["route"]
    theirs = {route["receiver"]: route["matchers"] for route in alertmanager["routes"]}

    assert points == {"service", "platform"}
    assert ours == theirs
    assert policy["receiver"] == alertmanager["receiver"]


def test_compose_passes_what_provisioning_reads() -> None:
    texts = [path.read_text("utf-8") for path in (GRAFANA / "provisioning").rglob("*.yml")]
    read = {name for text in texts for name in re.findall(r"\$\{(\w+)\}", text)}
    assert read == {"SERVICE_ALERTS_TO", "PLATFORM_ALERTS_TO"}
    assert read <= set(SERVICES["grafana"]["environment"])


def test_grafana_serves_the_runbook_that_dashboards_lead_to() -> None:
    mounts = dict(volume.split(":")[:2] for volume in SERVICES["grafana"]["volumes"])
    for dashboard in DASHBOARDS.values():
        runbook = grafana.variables(dashboard)["runbook"]["query"]
        assert mounts["../docs/runbook.md"] == f"/usr/share/grafana{runbook}"
