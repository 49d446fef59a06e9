"""The month-end job: after each month's end, its flash release, by itself and once; and that every
release that was told stands in Redis.

The worker that publishes the view runs it, as a process of its own with the worker's settings: what
starts the worker says which command makes releases. A making that was killed left no release; it is
begun again, by whichever worker publishes then, and takes up the number that it had.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from time import monotonic

import structlog

from casepulse.agents.metrics import Metrics
from casepulse.agents.release_news import show, unshown
from casepulse.agents.release_store import ReleaseStore
from casepulse.schemas.release import Kind
from casepulse.state.calendar import last_month_ends, month_of, reporting_month
from casepulse.state.partition import SERIES
from casepulse.streams.redis_trouble import REDIS_ERRORS, why
from casepulse.streams.settings import Settings

log = structlog.get_logger()

#: Seconds between two looks whether a month has ended.
LOOK_EVERY = 5.0

#: Seconds between two looks whether all releases stand in Redis.
SHOWN_EVERY = 30.0

#: Seconds after a making that failed until it is tried again.
AGAIN_AFTER = 60.0

#: Characters of what a failed making said last that are logged.
_LAST_WORDS = 300


class MonthEnd:
    """Looks whether a month has ended, and has its flash release made.

    Args:
        settings: where releases are kept, and how long after a month's end they are made.
        command: what makes releases, but for the months and their kind.
        as_of: the instant up to which every partition has been counted; None: not known yet.
        metrics: where failures are counted.
    """

    def __init__(
        self,
        settings: Settings,
        command: Sequence[str],
        as_of: Callable[[], datetime | None],
        metrics: Metrics,
    ) -> None:
        assert settings.releases is not None
        self._settings = settings
        self._command = command
        self._show_at = 0.0
        self._store = ReleaseStore(settings.releases)
        self._after = timedelta(seconds=settings.release_after)
        self._as_of = as_of
        self._metrics = metrics
        self._refused = ""

    def owed(self) -> list[str]:
        """The months whose flash releases are to be made or told, in their order: those that have
        ended since the last release, or whose flash release nobody heard of."""
        as_of = self._as_of()
        if as_of is None:
            return []
        ended = [
            month_of(reporting_month(end)) for end in last_month_ends(as_of - self._after, SERIES)
        ]
        names = self._store.names()
        # An installation that begins owes none but the latest.
        last = max((name.partition("/")[0] for name in names), default=ended[-2])
        flash = {name.partition("/")[0]: name for name in names if name.endswith(f"-{Kind.FLASH}")}
        return [
            month
            for month in ended
            if month > last or (month in flash and not self._store.was_told(flash[month]))
        ]

    def show_again(self) -> None:
        """Put those releases into Redis that it has lost.

        Raises:
            Exception: one of `REDIS_ERRORS`: Redis can't be reached, or refuses.
        """
        names = self._store.names()
        lost: list[str] | None = None
        try:
            lost = [name for name in unshown(names, self._settings) if self._store.was_told(name)]
            while lost:
                show(self._store.read(lost[0]), self._settings)
                log.info("release shown again", release=lost.pop(0))
            self._refused = ""
        except REDIS_ERRORS as error:
            if lost is None:  # what can't be asked for is not shown either
                lost = [name for name in names if self._store.was_told(name)]
            self._refused = f"{len(lost)} do not stand in Redis: {why(error)}" if lost else ""
            raise
        finally:
            if lost is not None:
                self._metrics.releases_unshown.set(len(lost))

    def warning(self) -> str:
        """How many releases can't be put into Redis, and why; empty if all stand there."""
        return self._refused

    async def run(self, should_stop: Callable[[], bool]) -> None:
        """Look, and make, until the worker stops."""
        not_before = 0.0
        while not should_stop():
            await asyncio.sleep(min(LOOK_EVERY, max(0.05, self._after.total_seconds())))
            await self._keep_shown()
            if monotonic() < not_before:
                continue
            try:
                months = await asyncio.to_thread(self.owed)
                failed = bool(months) and not await self._make(months)
            except Exception as error:  # object stores raise what they like; the worker goes on
                log.error("releases can't be looked at", kind=type(error).__name__)
                failed = True
            if failed:
                self._metrics.release_failures.inc()
                not_before = monotonic() + AGAIN_AFTER

    async def _keep_shown(self) -> None:
        if self._as_of() is None or monotonic() < self._show_at:
            return  # it is for the worker that publishes
        self._show_at = monotonic() + SHOWN_EVERY
        try:
            await asyncio.to_thread(self.show_again)
        except REDIS_ERRORS as error:
            log.warning("releases can't be shown", kind=type(error).__name__, why=why(error))
        except Exception as error:  # object stores raise what they like; the worker goes on
            log.error("releases can't be looked at", kind=type(error).__name__)

    async def _make(self, months: list[str]) -> bool:
        """One process for all that is owed: after a replay, or weeks away, that is several."""
        log.info("month end", months=months, kind=Kind.FLASH.value)
        process = await asyncio.create_subprocess_exec(
            *(*self._command, *months, "--kind", Kind.FLASH),
            env=self._settings.environment(),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            _, said = await process.communicate()
        finally:
            if process.returncode is None:  # the worker stops: what was begun is begun again
                with suppress(ProcessLookupError):
                    process.kill()
        if process.returncode == 0:
            log.info("month end released", months=months)
            return True
        words = said.decode(errors="replace").strip()[-_LAST_WORDS:]
        log.error("month end failed", months=months, status=process.returncode, said=words)
        return False
