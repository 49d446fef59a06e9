"""The rules of Grafana's dashboard-linter, each as a test: the program itself can't be had as a
package. Source: its docs/index.md and docs/rules.

| rule | here |
| --- | --- |
| template-datasource-rule, template-job-rule, template-label-promql-rule, template-on-time-change-reload-rule | every dashboard |
| template-instance-rule, target-instance-rule | the platform's only: what a measure stands at is the same whichever worker tells it, and the recorded ratios have no instance |
| panel-datasource-rule, panel-title-description-rule, panel-units-rule, panel-no-targets-rule | every panel; the linter leaves some kinds out |
| target-promql-rule, target-job-rule, target-rate-interval-rule, target-counter-agg-rule, target-histogram-rule | every query; a heatmap's buckets are shown as they are, so the last rule is for other panels |
| target-logql-rule, target-logql-auto-rule | nothing: no dashboard asks Loki |
| uneditable-dashboard | every dashboard |
"""  # noqa: E501 - a table

from datetime import timedelta
from typing import Any

import promql_parser as promql
import pytest
from grafana_foundation_sdk.models import units

from tests import grafana

DASHBOARDS = grafana.dashboards()
PLATFORM = "casepulse-platform"
each_dashboard = pytest.mark.parametrize("dashboard", DASHBOARDS.values(), ids=DASHBOARDS)

#: Stand-ins for Grafana's spans, which no query would have by chance.
RATE_INTERVAL, RANGE = timedelta(seconds=67), timedelta(seconds=71)
SPANS = {"__rate_interval": "67s", "__range": "71s"}

RATES = {"rate", "irate"}
INCREASES = RATES | {"increase"}


def parsed(dashboard: dict[str, Any]) -> list[tuple[grafana.Query, promql.Expr]]:
    """Every query with its parts. One that can't be parsed raises."""
    return [
        (query, promql.parse(grafana.filled(query.text, SPANS)))
        for query in grafana.queries(dashboard)
    ]


def calls(expression: promql.Expr, names: set[str]) -> list[promql.Call]:
    return [
        node
        for node in grafana.nodes(expression)
        if isinstance(node, promql.Call) and node.func.name in names
    ]


def matchers(selector: promql.VectorSelector) -> set[tuple[str, str, str]]:
    return {(each.name, str(each.op), each.value) for each in selector.matchers.matchers}


def required(name: str) -> tuple[str, str, str]:
    return name, str(promql.MatchOp.Re), f"${name}"


# Dashboards


@each_dashboard
def test_uneditable_dashboard(dashboard: dict[str, Any]) -> None:
    assert dashboard["editable"] is False


@each_dashboard
def test_template_datasource_rule(dashboard: dict[str, Any]) -> None:
    [source] = [v for v in dashboard["templating"]["list"] if v["type"] == "datasource"]
    assert source["name"] == "datasource"
    assert source["label"] == "Data source"
    assert source["query"] == "prometheus"


@pytest.mark.parametrize(
    ("uid", "name"), [*((uid, "job") for uid in DASHBOARDS), (PLATFORM, "instance")]
)
def test_template_job_rule_and_template_instance_rule(uid: str, name: str) -> None:
    variable = grafana.variables(DASHBOARDS[uid])[name]
    assert variable["type"] == "query"
    assert variable["label"] == name.title()
    assert variable["datasource"]["uid"] == "${datasource}"
    assert variable["multi"] is True
    assert variable["includeAll"] is True
    assert variable["allValue"] == ".+"


@each_dashboard
def test_template_label_promql_rule(dashboard: dict[str, Any]) -> None:
    asked = [v for v in dashboard["templating"]["list"] if v["type"] == "query"]
    for variable in asked:
        function, _, within = variable["definition"].removesuffix(")").partition("(")
        assert function in ("label_values", "query_result")
        if function == "label_values":
            within, _, label = within.rpartition(", ")
            assert label.isidentifier()
        promql.parse(within)
        assert variable["query"]["query"] == variable["definition"]


@each_dashboard
def test_template_on_time_change_reload_rule(dashboard: dict[str, Any]) -> None:
    asked = [v for v in dashboard["templating"]["list"] if v["type"] == "query"]
    assert asked
    assert {variable["refresh"] for variable in asked} == {2}


# Panels


@each_dashboard
def test_panel_datasource_rule(dashboard: dict[str, Any]) -> None:
    source = {"type": "prometheus", "uid": "${datasource}"}
    for panel in grafana.panels(dashboard):
        assert panel["datasource"] == source, panel["title"]
        assert all(target["datasource"] == source for target in panel["targets"])


@each_dashboard
def test_panel_title_description_rule(dashboard: dict[str, Any]) -> None:
    assert all(panel["title"] for panel in dashboard["panels"])
    for panel in grafana.panels(dashboard):
        assert len(panel["description"].split()) >= 3, panel["title"]
        assert panel["description"].endswith("."), panel["title"]


@each_dashboard
def test_panel_units_rule(dashboard: dict[str, Any]) -> None:
    known = {value for name, value in vars(units).items() if not name.startswith("_")}
    for panel in grafana.panels(dashboard):
        config = panel["fieldConfig"]
        where = [panel["options"]["yAxis"]] if panel["type"] == "heatmap" else [config["defaults"]]
        given = [each.get("unit") for each in where]
        given += [
            prop["value"]
            for override in config["overrides"]
            for prop in override["properties"]
            if prop["id"] == "unit"
        ]
        assert set(given) <= known, panel["title"]
        if panel["type"] == "table":
            # Each of its columns is something else: no unit of the table holds for them.
            assert len(given) == 1 + len(panel["targets"]), panel["title"]


@each_dashboard
def test_panel_no_targets_rule(dashboard: dict[str, Any]) -> None:
    assert all(panel["targets"] for panel in grafana.panels(dashboard))


# Queries


@each_dashboard
def test_target_promql_rule(dashboard: dict[str, Any]) -> None:
    assert parsed(dashboard)


@each_dashboard
def test_target_job_rule_and_target_instance_rule(dashboard: dict[str, Any]) -> None:
    wanted = {required("job")}
    for query, expression in parsed(dashboard):
        for selector in grafana.selectors(expression):
            of_a_worker = dashboard["uid"] == PLATFORM and query.panel not in WITHOUT_INSTANCE
            needed = wanted | ({required("instance")} if of_a_worker else set())
            assert needed <= matchers(selector), query


#: What the platform's dashboard says of all workers together, and of alerts, few of which name one.
WITHOUT_INSTANCE = {
    "Age of the view", "Figures as at", "Every case counted", "Alerts that fire", "Which fire",
}  # fmt: skip


@each_dashboard
def test_target_rate_interval_rule(dashboard: dict[str, Any]) -> None:
    for query, expression in parsed(dashboard):
        for call in calls(expression, RATES):
            assert call.args[0].range == RATE_INTERVAL, query
        for node in grafana.nodes(expression):
            if isinstance(node, promql.MatrixSelector):
                assert node.range in (RATE_INTERVAL, RANGE), query


@each_dashboard
def test_target_counter_agg_rule(dashboard: dict[str, Any]) -> None:
    for query, expression in parsed(dashboard):
        counters = [
            selector
            for selector in grafana.selectors(expression)
            if str(selector.name).endswith(("_total", "_bucket", "_count", "_sum"))
        ]
        assert len(calls(expression, INCREASES)) == len(counters), query


@each_dashboard
def test_target_histogram_rule(dashboard: dict[str, Any]) -> None:
    for query, expression in parsed(dashboard):
        if "_bucket" in query.text and query.kind != "heatmap":
            assert calls(expression, {"histogram_quantile"}), query
