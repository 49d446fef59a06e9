"""The service that runs, held to its own description."""

import pytest
import schemathesis

from tests.january.county import County
from tests.web.described import check_operations

pytestmark = pytest.mark.broker


def test_the_running_service_does_what_its_description_says(january: County) -> None:
    described = schemathesis.openapi.from_url(f"{january.address}/api/v1/openapi.json")
    assert check_operations(described, examples=60) == 6
