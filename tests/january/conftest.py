"""What tests of the county of January 2021, held live, are given."""

from collections.abc import Iterator

import pytest

from tests.january.county import County, county


@pytest.fixture(scope="session")
def january(kafka_address: str) -> Iterator[County]:
    """The county, held by a real worker and served to a browser. Some three minutes.

    Every test that asks for it is marked `xdist_group("january")`, so that one process has it.
    """
    with county(kafka_address) as made:
        yield made
