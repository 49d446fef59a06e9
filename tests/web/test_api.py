"""The API: what it says is what the view says, and what it is said to say (schemathesis)."""

import json

import schemathesis
from fastapi.testclient import TestClient

from casepulse.schemas.view import MeasureView
from casepulse.state import Catalogue
from casepulse.web.application import application
from casepulse.web.live_view import Seen
from tests.web.conftest import Still
from tests.web.described import check_operations


def test_a_measure_is_told_as_the_view_has_it(client: TestClient, january_seen: Seen) -> None:
    for name in ("cp_visits", "referrals", "cp_rate"):
        told = client.get(f"/api/v1/measures/{name}").json()
        figures = MeasureView.model_validate_json(json.dumps(told["figures"]))
        assert figures == january_seen.measures[name]
        assert (told["version"], told["live"], told["whole"]) == (7, True, True)


def test_every_measure_is_listed_in_the_reports_order(
    client: TestClient, january_seen: Seen
) -> None:
    told = client.get("/api/v1/measures").json()["measures"]
    views = sorted(january_seen.measures.values(), key=lambda view: view.place)
    assert [each["measure"] for each in told] == [view.measure for view in views]
    one = next(each for each in told if each["measure"] == "cp_visits")
    assert (one["overdue"], one["due_soon"]) == (2, 3)
    dashboard = client.get("/api/v1/measures", params={"dashboard": True}).json()["measures"]
    assert [each["measure"] for each in dashboard] == [
        view.measure for view in views if view.dashboard
    ]


def test_a_locality_is_told_as_the_view_has_it(client: TestClient, january_seen: Seen) -> None:
    told = client.get("/api/v1/localities/Stroud").json()["localities"]
    assert len(told) > 200
    for each in told:
        view = january_seen.measures[each["measure"]]
        months = [month.model_dump(mode="json") for month in view.localities["Stroud"]]
        assert each["months"] == months


def test_a_name_that_is_none_is_said_so(client: TestClient) -> None:
    answer = client.get("/api/v1/measures/nothing")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "/api/v1/measures lists them" in answer.json()["detail"]
    assert "Stroud" in client.get("/api/v1/localities/Nowhere").json()["detail"]


def test_the_api_does_what_its_description_says(still: Still, catalogue: Catalogue) -> None:
    """Every operation, by every check of schemathesis, which calls us by a name of its own."""
    app = application(still, catalogue, hosts={"testserver"})
    described = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app)
    assert check_operations(described, examples=25) == 6
