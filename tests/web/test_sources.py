"""The page of sources: what the last nights brought, and what every page says of it."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from redis import Redis

from casepulse.agents.followed_sources import FollowedKeys, show_followed
from casepulse.schemas.followed import Followed
from casepulse.schemas.profile import load_profile
from casepulse.schemas.view import View
from casepulse.state import catalogue_for
from casepulse.streams.settings import Settings
from casepulse.web.application import application
from casepulse.web.live_view import Seen
from tests.web.conftest import Still
from tests.web.nights import BY_HAND, MISSING, NOW, REFUSED, followed, seen_with, told
from tests.web.test_live_view import Publisher, shown, until, watching
from tests.web.test_pages import words


@pytest.fixture
def asked(still: Still, january_seen: Seen) -> Iterator[Callable[..., TestClient]]:
    """The service of a county that the SSD feeds, with these sources followed."""
    catalogue = catalogue_for(load_profile().model_copy(update={"sources": ["ssd"]}))
    with TestClient(application(still, catalogue), base_url="http://127.0.0.1") as client:

        def with_sources(*sources: Followed, now: datetime = NOW) -> TestClient:
            still.show(seen_with(january_seen, *sources, now=now))
            return client

        yield with_sources


def test_a_night_is_told_in_plain_words(asked: Callable[..., TestClient]) -> None:
    said = words(asked(followed(told(29), told(30))).get("/sources").text)
    assert "The county is fed by: Standard Safeguarding Dataset." in said
    assert (
        "The last extract that was told is 2021-01-30. It was taken at 02:15 on Saturday 30 "
        "January 2021, and told at 02:31 on Saturday 30 January 2021: of 1,204 rows 0 were bad. "
        "Its facts: 12 new, 3 amended, 1 back again, 2 withdrawn. 40 have left the extract "
        "and stay as they were told." in said
    )
    assert "ssd_cin_visits 1,204 1,000 3 200 1 0 0" in said
    assert "visit, recorded 12 3 1 2 40" in said
    assert "child, registered" not in said, "nothing became of them"
    assert "30 Jan 2021, 02:31 Told 2021-01-30 1,204 0 12 3 1 2 40" in said
    assert "29 Jan 2021, 02:31 Told 2021-01-29" in said
    assert "These figures lack an extract" not in said


def test_what_was_refused_says_why_and_where(asked: Callable[..., TestClient]) -> None:
    client = asked(followed(told(30), REFUSED))
    said = words(client.get("/sources").text)
    assert "Why 2021-01-31 was refused" in said
    assert "visit.recorded: 900 before, 0 in the extract; 900 would be withdrawn" in said
    assert "ssd_cin_visits.csv 7 cinv_visit_date no date" in said
    assert "ssd_person.csv 1 the whole there is no such file" in said
    assert "ssd_cin_visits: 204 rows, and 1,204 before" in said
    assert "31 Jan 2021, 02:31 Refused 2021-01-31 204 4 – – – – –" in said
    for path in ("/", "/measures", "/sources"):
        notice = words(client.get(path).text)
        assert "The last extract of Standard Safeguarding Dataset was refused." in notice
        assert "since 02:15 on Saturday 30 January 2021 is in no figure." in notice


@pytest.mark.parametrize(
    ("source", "now", "said"),
    [
        (
            followed(told(30), late=True),
            NOW,
            "No extract of Standard Safeguarding Dataset has come. It is late since 07:00 on",
        ),
        (
            followed(told(30), MISSING),
            NOW + timedelta(hours=1),
            "Nobody looks for extracts of Standard Safeguarding Dataset.",
        ),
        (followed(told(30), telling="2021-02-01"), NOW + timedelta(hours=1), ""),
        (followed(told(30), MISSING, BY_HAND), NOW, ""),
    ],
)
def test_every_page_says_when_figures_lack_an_extract(
    asked: Callable[..., TestClient], source: Followed, now: datetime, said: str
) -> None:
    text = words(asked(source, now=now).get("/demand").text)
    assert said in text
    assert ("These figures lack an extract" in text) == bool(said)


def test_it_is_made_anew_when_a_night_is_over_and_not_for_a_look(
    asked: Callable[..., TestClient],
) -> None:
    first = asked(followed(told(29))).get("/sources").headers["ETag"]
    looked = asked(followed(told(29), looked=NOW + timedelta(minutes=1))).get("/sources")
    assert looked.headers["ETag"] == first
    assert asked(followed(told(29), told(30))).get("/sources").headers["ETag"] != first


def test_where_no_source_is_followed_it_says_so(client: TestClient) -> None:
    page = client.get("/sources")
    assert page.status_code == 200
    assert "No source is followed night by night here" in words(page.text)
    assert client.get("/api/v1/sources").json()["followed"] == []


def test_every_page_leads_there(client: TestClient) -> None:
    assert 'href="/sources"' in client.get("/").text


def test_the_api_tells_the_nights(asked: Callable[..., TestClient]) -> None:
    client = asked(followed(told(29), told(30), REFUSED, refused=["a mark"]))
    [source] = client.get("/api/v1/sources").json()["followed"]
    assert (source["source"], source["refused"], source["looked_after"]) == ("ssd", True, True)
    assert [each["came"] for each in source["nights"]] == ["refused", "told", "told"]
    assert source["nights"][1]["facts"]["new"] == 12
    assert [bool(each["tables"]) for each in source["nights"]] == [True, True, False]


@pytest.mark.broker
def test_one_that_is_told_to_redis_is_shown_beside_the_view(
    redis_client: Redis, redis_url: str, empty_view: View
) -> None:
    """By the service's own watch; what a later version wrote is left out."""
    settings = Settings(redis=redis_url, name="followed")

    async def follow() -> None:
        async with watching(settings) as watch:
            await Publisher(settings, empty_view).publish(1)
            await until(lambda: watch.seen is not None)
            assert shown(watch).sources.followed == ()
            now = datetime.now(UTC)
            one = followed(told(30), looked=now)
            show_followed(one, settings, now)
            await until(lambda: shown(watch).sources.followed == (one,))
            assert shown(watch).live
            keys = FollowedKeys.of(settings)
            redis_client.hset(keys.followed, "later", b'{"format": 2}')
            show_followed(followed(told(30), told(31), looked=now), settings, datetime.now(UTC))
            await until(lambda: len(shown(watch).sources.followed[0].nights) == 2)
            redis_client.delete(keys.followed, keys.written)
            await until(lambda: shown(watch).sources.followed == ())

    asyncio.run(follow())


def test_no_notice_repeats_what_stands_in_the_way(asked: Callable[..., TestClient]) -> None:
    client = asked(followed(told(30), trouble="somewhere.example"), now=NOW + timedelta(days=1))
    for path in ("/sources", "/api/v1/sources"):
        assert "somewhere.example" not in client.get(path).text
