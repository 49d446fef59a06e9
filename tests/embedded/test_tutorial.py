"""The tutorial, followed: with a real worker, on the demo's own broker and Redis."""

from pathlib import Path

import pytest

from tests.unit.test_docs import run_page


@pytest.mark.embedded
def test_the_tutorial_can_be_followed(tmp_path: Path) -> None:
    assert "the stream says what the batch says" in run_page("tutorial.md", tmp_path)
