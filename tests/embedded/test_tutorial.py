"""The pages that run a real worker, followed: on the demo's own broker and Redis."""

from pathlib import Path

import pytest

from tests.unit.test_docs import LIVE_PAGES, follow


@pytest.mark.embedded
@pytest.mark.parametrize("page", LIVE_PAGES)
def test_a_page_can_be_followed(page: str, tmp_path: Path) -> None:
    follow(page, tmp_path)
