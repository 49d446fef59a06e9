"""The pages of the lists by themselves, on lists in a real Redis that the test has written."""

import asyncio
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import BaseRoute

from casepulse.access.chain import walk
from casepulse.access.grants import Identity
from casepulse.access.record import Record
from casepulse.agents.due_lists import DueLists, PartitionLists
from casepulse.schemas.due import Due
from casepulse.state import Catalogue, open_catalogue
from casepulse.streams.redis_clients import connect
from casepulse.streams.settings import Settings
from casepulse.web.headers import CarefulHeaders
from casepulse.web.lists import OpenLists, list_routes
from casepulse.web.pages import Pages
from casepulse.web.rendering import Rendering
from casepulse.web.sessions import Sessions
from casepulse.web.shown_measures import Shelf
from casepulse.web.sign_in import Show
from tests.services import HOST, missing, redis_binary, redis_server, redis_version, script

WORKER, READER, LISTS = "the-worker-s", "the-reader-s", "the-lists-s"


class AsToldSignIn:
    """Anybody is who the test says they are."""

    notice: str | None = None
    leaves_to = ""

    def __init__(self, sessions: Sessions) -> None:
        self.sessions = sessions
        self.somebody: Identity | None = None

    def identity(self, request: Request) -> Identity | None:
        """Who the test says."""
        return self.somebody

    def routes(self, show: Show) -> Sequence[BaseRoute]:
        """None: nobody has to sign in."""
        return []


def site(lists: OpenLists | None, catalogue: Catalogue) -> Starlette:
    """The pages under /lists, and those of the sign-in."""
    pages, rendering = Pages(Shelf(catalogue), Rendering()), Rendering()

    def show(request: Request, template: str, **shown: object) -> str:
        around = {**pages.around(request.scope["path"], None), "live_page": False}
        return rendering.page(template, **{**around, **shown}).html

    app = Starlette(routes=list(list_routes(lists, show)))
    app.add_middleware(CarefulHeaders)
    return app


@contextmanager
def redis_with_users(folder: Path) -> Iterator[int]:
    """The port of a Redis that has the users of deploy/redis."""
    binary = redis_binary()
    if binary is None or redis_version(binary) < (7, 0):
        missing("No redis-server 7.0 or newer. On Debian and Ubuntu: apt install redis-server")
    users = folder / "users.acl"
    users.write_text(script("deploy/redis/make-acl.py").acl(WORKER, READER, LISTS))
    with redis_server(binary, "--aclfile", str(users)) as port:
        yield port


def settings_of(port: int, user: str, password: str, partitions: int = 2) -> Settings:
    """Those of somebody of that Redis."""
    return Settings(
        redis=f"redis://{HOST}:{port}/0",
        redis_user=user,
        redis_password=password,
        partitions=partitions,
    )


def put_lists(port: int, partition: int, lines: Iterable[Due], as_of: datetime) -> None:
    """Write the lists of a partition, as a worker does."""
    settings = settings_of(port, "worker", WORKER)

    async def write() -> None:
        client = connect(settings)
        lists = DueLists(client, settings, open_catalogue())
        assert await lists.put(
            partition, PartitionLists.of(1, as_of.isoformat(), lines, lists.names)
        )
        await client.aclose()

    asyncio.run(write())


def records_of(path: Path) -> list[Record]:
    """What stands in an audit log whose chain holds."""
    with path.open("rb") as lines:
        return [each for each in walk(lines) if isinstance(each, Record)]


def subjects(page: str) -> list[str]:
    """The keys that a page or a file shows, in its order."""
    return re.findall(r"\b(?:child|contact):[A-Za-z0-9]+", page)


def token_of(page: str) -> str:
    """What a page's forms carry."""
    tokens: set[str] = set(re.findall(r'name="token" value="([^"]+)"', page))
    [token] = tokens
    return token
