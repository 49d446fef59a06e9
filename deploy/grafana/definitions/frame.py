"""What every dashboard has: its variables, its links, how it refreshes."""

from collections.abc import Iterable, Sequence

from grafana_foundation_sdk.builders import dashboard as build
from grafana_foundation_sdk.models.dashboard import (
    DashboardCursorSync,
    DashboardLinkType,
    VariableOption,
    VariableRefresh,
    VariableSort,
)

from .panels import DATA_SOURCE, Panel
from .tables import DataLink

TAG = "casepulse"
OVERVIEW, MEASURE, LOCALITIES, PLATFORM = (
    "casepulse-overview",
    "casepulse-measure",
    "casepulse-localities",
    "casepulse-platform",
)
#: Where `casepulse web` and the runbook are, unless whoever looks says otherwise. compose.yaml has
#: Grafana itself serve docs/runbook.md.
WEB = "http://127.0.0.1:8080"
RUNBOOK = "/public/runbook.txt"

_ALL = VariableOption(selected=True, text="All", value="$__all")
_KEPT = "${datasource:queryparam}&${job:queryparam}&${web:queryparam}&${__url_time_range}"


def framed(
    uid: str,
    title: str,
    description: str,
    *,
    web_page: str,
    variables: Iterable[build.QueryVariable] = (),
    since: str = "now-24h",
) -> build.Dashboard:
    """A dashboard without panels.

    Args:
        uid: its name in addresses; never changed.
        title: what it is called.
        description: what it is for.
        web_page: the path of the page of casepulse web that shows the same.
        variables: its own, beside those that every dashboard has.
        since: how far back it looks at first, as `now-24h`.
    """
    return (
        build.Dashboard(title)
        .uid(uid)
        .description(description)
        .tags([TAG])
        .readonly()
        .timezone("Europe/London")
        .week_start("monday")
        .refresh("30s")
        .time(since, "now")
        .tooltip(DashboardCursorSync.CROSSHAIR)
        .variables([_data_source(), _job(), *variables, _web(), _runbook()])
        .links(
            [
                _link("Dashboards")
                .type(DashboardLinkType.DASHBOARDS)
                .tags([TAG])
                .as_dropdown(True)
                .include_vars(True)
                .keep_time(True),
                _link("casepulse web")
                .type(DashboardLinkType.LINK)
                .url("${web:raw}" + web_page)
                .tooltip("The same figures as a page, with the lists behind them")
                .icon("external link")
                .target_blank(True),
                _link("Runbook")
                .type(DashboardLinkType.LINK)
                .url("${runbook:raw}")
                .tooltip("docs/runbook.md: what to look at and do when an alert fires")
                .icon("doc")
                .target_blank(True),
            ]
        )
    )


def chosen(
    name: str,
    label: str,
    query: str,
    *,
    description: str,
    pattern: str = "",
    several: bool = False,
) -> build.QueryVariable:
    """A variable whose values Prometheus knows.

    Args:
        name: as queries call it.
        label: as people see it.
        query: Grafana's, such as `label_values(up, job)`.
        description: what it is.
        pattern: what is taken of each answer; with the groups `text` and `value`.
        several: whether more than one may be chosen, or all.
    """
    variable = (
        build.QueryVariable(name)
        .label(label)
        .description(description)
        .datasource(DATA_SOURCE)
        .query({"query": query, "refId": f"variable-{name}"})
        .definition(query)
        .regex(pattern)
        .refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(VariableSort.ALPHABETICAL_ASC)
        .multi(several)
        .include_all(several)
        .allow_custom_value(False)
    )
    return variable.all_value(".+").current(_ALL) if several else variable


def to_dashboard(title: str, uid: str, *variables: str) -> DataLink:
    """A link from a value to another dashboard.

    Args:
        title: what it says.
        uid: that dashboard's.
        variables: variables set there, each as `var-NAME=VALUE`.
    """
    return DataLink(title, "&".join((f"/d/{uid}?{_KEPT}", *variables)))


def to_web(title: str, path: str) -> DataLink:
    """A link from a value to a page of casepulse web."""
    return DataLink(title, "${web:raw}" + path, new_tab=True)


def add(
    dashboard: build.Dashboard,
    rows: Sequence[tuple[str, Sequence[Panel]]],
) -> build.Dashboard:
    """Panels in rows with titles; each with a number that says its place."""
    number = 0
    for title, panels in rows:
        number += 1
        dashboard.with_row(build.Row(title).id(number))
        for panel in panels:
            number += 1
            dashboard.with_panel(panel.id(number))
    return dashboard


def _link(title: str) -> build.DashboardLink:
    link = build.DashboardLink(title)
    # The SDK would put every link into a menu that has to be opened first.
    link.build().placement = None  # type: ignore[assignment]
    return link


def _data_source() -> build.DatasourceVariable:
    current = VariableOption(selected=True, text="Prometheus", value="casepulse-prometheus")
    variable = build.DatasourceVariable("datasource").label("Data source").type("prometheus")
    return variable.description("The Prometheus that scrapes the workers").current(current)


def _job() -> build.QueryVariable:
    return chosen(
        "job",
        "Job",
        "label_values(casepulse_build_info, job)",
        description="One for each installation that is scraped",
        several=True,
    )


def _web() -> build.TextBoxVariable:
    return _address("web", "casepulse web", WEB, "Where casepulse web is, without a path")


def _runbook() -> build.TextBoxVariable:
    return _address("runbook", "Runbook", RUNBOOK, "Where docs/runbook.md can be read")


def _address(name: str, label: str, address: str, description: str) -> build.TextBoxVariable:
    return (
        build.TextBoxVariable(name)
        .label(label)
        .description(description)
        .default_value(address)
        .current(VariableOption(selected=True, text=address, value=address))
    )
