"""What `pip install` gives: the pages are whole and styled, without Node and without a network."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.services import ROOT

_PACKAGES = "agents", "casepulse", "deploy", "schemas", "state", "streams"

_LOOK = """
import casepulse
from casepulse.report.html import render_html
from casepulse.web.application import application
from casepulse.web.live_view import Watch
from casepulse.state import open_catalogue
from casepulse.streams.settings import Settings

application(Watch(Settings()), open_catalogue())
print(casepulse.__file__)
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the wheel holds, unpacked: all that installing it does."""
    source, place = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("installed")
    for name in _PACKAGES:
        nothing_made = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, source / name, symlinks=True, ignore=nothing_made)
    for name in ("pyproject.toml", "README.md", "LICENSE", "MANIFEST.in"):
        shutil.copy(ROOT / name, source / name)
    build = (
        "import sys; sys.path.insert(0, 'deploy'); import building; building.build_wheel('dist')"
    )
    subprocess.run([sys.executable, "-c", build], cwd=source, check=True, capture_output=True)
    [wheel] = (source / "dist").glob("*.whl")
    zipfile.ZipFile(wheel).extractall(place)
    return place


def test_it_takes_one_name_alone(installed: Path) -> None:
    """It took five: a package that is called agents, of which there are some, was overwritten by
    one that was installed after it, and deleted with it."""
    [name] = {path.name for path in installed.iterdir() if not path.name.endswith(".dist-info")}
    assert name == "casepulse"
    inside = installed / "casepulse"
    for folder in ("agents", "schemas", "state", "streams"):
        assert (inside / folder).is_dir()
        assert not (inside / folder).is_symlink()
    assert (inside / "py.typed").exists()


@pytest.mark.parametrize("name", ["agents", "schemas", "state", "streams"])
def test_in_a_checkout_there_is_no_second_copy(name: str) -> None:
    """Its classes would be others, and equal to none."""
    told = subprocess.run(
        [sys.executable, "-c", f"import {name}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert f"ImportError: import casepulse.{name}" in told.stderr


def test_the_pages_are_whole_without_node_and_without_the_source(installed: Path) -> None:
    told = _look(installed)
    assert told.returncode == 0, told.stderr
    assert Path(told.stdout.strip()).parent.parent == installed


def test_without_its_style_sheet_it_says_what_to_do(installed: Path) -> None:
    styles = installed / "casepulse" / "assets" / "govuk-frontend.min.css"
    kept = styles.read_bytes()
    styles.unlink()
    try:
        told = _look(installed)
    finally:
        styles.write_bytes(kept)
    assert told.returncode != 0
    assert "govuk-frontend.min.css is not there" in told.stderr


def _look(installed: Path) -> "subprocess.CompletedProcess[str]":
    environment = {"PATH": "/nowhere", "PYTHONPATH": str(installed), "HOME": str(installed)}
    return subprocess.run(
        [sys.executable, "-c", _LOOK],
        cwd=installed,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
