"""The build step that fetches GOV.UK Frontend's style sheet."""

from pathlib import Path

import pytest

from tests.services import script

assets = script("deploy/assets.py")


def test_it_is_there_and_not_fetched_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def npm() -> list[str]:
        raise AssertionError("fetched again")

    monkeypatch.setattr(assets, "_npm", npm)
    styles = tmp_path / "styles.css"
    styles.write_text(f':root{{--govuk-frontend-version:"{assets.VERSION}"}}')
    assert assets.provide(styles) is False
    styles.write_text(':root{--govuk-frontend-version:"5.0.0"}')
    with pytest.raises(AssertionError, match="fetched again"):
        assets.provide(styles)


def test_another_package_is_refused(tmp_path: Path) -> None:
    package = tmp_path / "govuk-frontend-6.3.0.tgz"
    package.write_bytes(b"another")
    with pytest.raises(assets.AssetError, match="the hash is"):
        assets.checked(package)


def test_what_fails_says_so_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assets, "_npm", lambda: ["false"])
    with pytest.raises(assets.AssetError, match="npm could not fetch"):
        assets.provide(tmp_path / "assets" / "styles.css")
    assert not list(tmp_path.iterdir())


def test_what_only_gov_uk_may_use_is_left_out() -> None:
    text = (
        '@font-face{font-family:GDS Transport;src:url(/a.woff2) format("woff2")}'
        ".a{font-family:GDS Transport,arial,sans-serif;background:url(/crest.svg) 0 0}"
        "\n/*# sourceMappingURL=govuk-frontend.min.css.map */\n"
    )
    assert assets.permitted(text) == ".a{font-family:arial,sans-serif;background:none 0 0}\n"
