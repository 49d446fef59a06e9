"""What tests of the county of January 2021, held live, are given."""

from collections.abc import Iterator

import pytest

from tests.january.county import County, county


@pytest.fixture(scope="session")
def january(kafka_address: str) -> Iterator[County]:
    """The county, held by a real worker and served to a browser. Some three minutes: `make january`
    runs all that share it in one process."""
    with county(kafka_address) as made:
        yield made
