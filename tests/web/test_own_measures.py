"""A council's own measure, and its own dashboard, wherever figures are looked at."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from casepulse.agents.metrics import Metrics
from casepulse.counties.scenario import scenario
from casepulse.schemas.view import View
from casepulse.state import Catalogue, Fact, Figures, evaluate, open_catalogue
from casepulse.state.viewing import measure_views
from casepulse.streams.settings import Settings
from casepulse.terminal.measures_table import measures_table
from casepulse.web.application import application
from casepulse.web.live_view import Seen
from tests.build.view import view_meta
from tests.own_county import ITS, installed, profile_file
from tests.running import is_tick
from tests.web.conftest import Still

AT = datetime(2021, 2, 1, tzinfo=UTC)

OWN_DASHBOARD = f"""
[dashboard]
"Plans, and more" = ["cl_pathway_plan", "cin_plan_timely"]
"Writing up" = ["{ITS}", "cp_visits"]
"""

TITLE = "Visits written up in time"


@pytest.fixture(scope="module")
def facts() -> list[Fact]:
    return [Fact.of(each) for each in scenario(children=15, months=1) if not is_tick(each)]


def _catalogue(folder: Path, more: str = "") -> Catalogue:
    with installed(folder):
        return open_catalogue(profile_file(folder, more))


def _view(catalogue: Catalogue, facts: list[Fact]) -> View:
    meta = view_meta(catalogue, AT)
    figures = Figures(evaluate(facts, catalogue, AT, None), catalogue, AT)
    return View(meta=meta, measures=measure_views(figures))


@contextmanager
def _asking(catalogue: Catalogue, view: View) -> Iterator[TestClient]:
    still = Still(Settings())
    still.show(Seen(view.meta, view.measures, None))
    with TestClient(application(still, catalogue), base_url="http://127.0.0.1") as client:
        yield client


def _order(page: str) -> list[str]:
    return re.findall(r'<tr[^>]*data-measure="([a-z0-9_]+)"', page)


def test_the_pages_and_the_api_show_it(tmp_path: Path, facts: list[Fact]) -> None:
    catalogue = _catalogue(tmp_path)
    view = _view(catalogue, facts)
    assert view.measures[ITS].denominator
    with _asking(catalogue, view) as client:
        order = _order(client.get("/").text)
        assert len(order) == 52
        assert order[order.index(ITS) - 1] == "cin_visits"
        assert f"<h1>{TITLE}" in re.sub(r"<h1[^>]*>", "<h1>", client.get(f"/measures/{ITS}").text)
        assert f"/measures/{ITS}" in client.get("/localities/Stroud").text
        told = client.get(f"/api/v1/measures/{ITS}").json()
        assert told["figures"]["published"] == view.measures[ITS].published
        assert told["figures"]["target"] == 90
        listed = client.get("/api/v1/measures?dashboard=true").json()["measures"]
        assert [each["measure"] for each in listed] == order


def test_a_dashboard_of_ones_own_is_that_of_the_pages_and_the_terminal(
    tmp_path: Path, facts: list[Fact]
) -> None:
    catalogue = _catalogue(tmp_path, OWN_DASHBOARD)
    view = _view(catalogue, facts)
    wanted = ["cl_pathway_plan", "cin_plan_timely", ITS, "cp_visits"]
    with _asking(catalogue, view) as client:
        page = client.get("/").text
        assert _order(page) == wanted
        places = [page.index(part) for part in ("Plans, and more", "Writing up")]
        assert places == sorted(places)
        assert "Seeing Children" not in page
        assert client.get("/measures/cin_visits").status_code == 200
    table = measures_table("made up", view.measures.values())
    titles = [str(cell).strip().removesuffix(" *") for cell in table.columns[0].cells]
    shown = [catalogue.measures[name].title for name in wanted]
    assert titles == ["Plans, and more", *shown[:2], "Writing up", *shown[2:]]


def test_prometheus_sees_it(tmp_path: Path, facts: list[Fact]) -> None:
    catalogue = _catalogue(tmp_path)
    metrics = Metrics(catalogue)
    metrics.show(_view(catalogue, facts))
    samples = [
        sample
        for family in metrics.registry.collect()
        for sample in family.samples
        if sample.labels.get("measure") == ITS
    ]
    names = {sample.name for sample in samples}
    assert {"casepulse_measure_numerator", "casepulse_measure_denominator"} <= names
    [colour] = [
        sample.labels["state"]
        for sample in samples
        if sample.name == "casepulse_measure_rag_state" and sample.value == 1
    ]
    assert colour in ("green", "yellow", "red")
    [title] = {s.labels["title"] for s in samples if "title" in s.labels}
    assert title == TITLE
