"""Every form of CASEPULSE_REDIS, and what is refused: in words that teach, without the value."""

from pathlib import Path

import pytest
import trustme

from casepulse.streams.redis_address import RedisAddress, Topology
from casepulse.streams.security import redis_options, sentinel_options
from casepulse.streams.settings import Settings, SettingsError


@pytest.mark.parametrize(
    ("url", "topology", "tls", "hosts", "service", "options"),
    [
        ("redis://h:7/2", "server", False, (), None, {"host": "h", "port": 7, "db": 2}),
        ("rediss://h", "server", True, (), None, {"host": "h"}),
        (
            "redis://u:p%40@h",
            "server",
            False,
            (),
            None,
            {"host": "h", "username": "u", "password": "p@"},
        ),
        (
            "unix:///run/r.sock?db=3",
            "server",
            False,
            (),
            None,
            {"unix_socket_path": "/run/r.sock", "db": 3},
        ),
        ("redis+sentinel://a:1,b/name", "sentinel", False, (("a", 1), ("b", 26379)), "name", {}),
        ("rediss+sentinel://a/name/4", "sentinel", True, (("a", 26379),), "name", {"db": 4}),
        (
            "redis+sentinel://u:p%40@[::1]:5,b:6/n",
            "sentinel",
            False,
            (("::1", 5), ("b", 6)),
            "n",
            {"username": "u", "password": "p@"},
        ),
        ("redis+cluster://a:1,b", "cluster", False, (("a", 1), ("b", 6379)), None, {}),
        (
            "rediss+cluster://:p@a:1/0",
            "cluster",
            True,
            (("a", 1),),
            None,
            {"password": "p", "db": 0},
        ),
    ],
)
def test_each_form_is_taken_apart(
    url: str,
    topology: str,
    tls: bool,
    hosts: tuple[tuple[str, int], ...],
    service: str | None,
    options: dict[str, object],
) -> None:
    assert RedisAddress.read(url) == RedisAddress(Topology(topology), tls, hosts, service, options)


@pytest.mark.parametrize(
    ("url", "taught"),
    [
        ("h0st:6379", "redis://host:port/0"),
        ("http://h0st", "redis://host:port/0"),
        ("redis-sentinel://h0st/n", "redis+sentinel://"),
        ("redis+sentinels://h0st/n", "redis+sentinel://"),
        ("unix+cluster:///h0st", "redis+cluster://"),
        ("redis://h0st:1,h0st:2", "redis+cluster://"),
        ("redis://h0st:p0rt", "redis://host:port/0"),
        ("redis://h0st/0?ssl_cert_reqs=none", "no other option: ssl_cert_reqs"),
        ("redis+sentinel://h0st:1,h0st:2", "host:port/NAME"),
        ("redis+sentinel://h0st/n/0ne", "must be a number"),
        ("redis+sentinel://h0st/n/1/2", "must be a number"),
        ("redis+sentinel:///n", "host:port, with commas"),
        ("redis+sentinel://h0st,,h0st/n", "host:port, with commas"),
        ("redis+sentinel://h0st:99999/n", "host:port, with commas"),
        ("redis+cluster://h0st:1;h0st:2", "host:port, with commas"),
        ("redis+cluster://h0st/3", "database 0 alone"),
        ("redis+cluster://h0st/0?db=1", "nothing after a ?"),
    ],
)
def test_what_is_no_form_is_refused_and_not_repeated(url: str, taught: str) -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.from_environment(redis=url)
    assert str(refused.value).startswith("CASEPULSE_REDIS: ")
    assert taught in str(refused.value)
    assert "0st" not in str(refused.value)
    assert "\n" not in str(refused.value)


def test_settings_that_would_not_be_used_are_refused(tmp_path: Path) -> None:
    authority = tmp_path / "ca.pem"
    trustme.CA().cert_pem.write_to_path(str(authority))
    with pytest.raises(SettingsError, match=r"must be redis\+sentinel://"):
        Settings.from_environment(redis_sentinel_password="x")
    with pytest.raises(SettingsError, match="must begin with rediss"):
        Settings.from_environment(redis="redis+cluster://h", redis_ca=authority)


def test_who_we_are_said_apart_wins_over_the_url() -> None:
    """The lists are never read as the user that reads the view, though the URL may name it."""
    settings = Settings(
        redis="rediss+sentinel://reader:its@h/n", redis_user="lists", redis_password="ours"
    )
    options = redis_options(settings)
    assert (options["username"], options["password"]) == ("lists", "ours")
    assert options["ssl_check_hostname"]
    assert "password" not in sentinel_options(settings), "nobody else's password goes there"
    plain = redis_options(Settings(redis="redis://reader:its@h", redis_user="lists"))
    assert plain["username"] == "lists"
