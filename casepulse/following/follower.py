"""One look at a source: what has come and is complete is told, and what came of it is kept.

It may be killed anywhere. What it had begun to tell is told to its end at the next look, and is
kept with the counts that were written down before the first event was told.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog

from casepulse.batch.telling import AboutToTell, Outcome
from casepulse.following.arrivals import Arrival, Place
from casepulse.following.kept_nights import KeptNights
from casepulse.following.night import night_of, refused
from casepulse.following.settings import FollowSettings
from casepulse.schemas.errors import FailedError
from casepulse.schemas.followed import NIGHTS, Came, Followed, Night, with_night
from casepulse.streams.sources.extract import ExtractError

log = structlog.get_logger()

#: An extract that was taken so shortly before a night begins is of that night.
EARLY = timedelta(hours=3)


class StillComingError(Exception):
    """An extract that has changed while it was read: it was not complete."""


class NothingToldError(FailedError):
    """The source has no state; the message says what to do."""


class Telling(Protocol):
    """The source's state, and who tells from it."""

    def finish(self) -> bool:
        """Tell the rest of what was broken off; whether there was something."""

    def taken(self) -> datetime | None:
        """When the last extract was taken that was told; None: none was."""

    def tell(self, arrival: Arrival, about_to_tell: AboutToTell) -> Outcome:
        """Tell what an extract changes."""


class Follower:
    """Looks after one source. One to a source.

    Args:
        settings: which source, where and when.
        place: where its extracts come.
        telling: its state.
        kept: its last nights.
        now: the wall clock.
        show: is told whenever something is another; it may not raise.
        explain: what an error says to people, in a line.
    """

    def __init__(
        self,
        settings: FollowSettings,
        place: Place,
        telling: Telling,
        kept: KeptNights,
        *,
        now: Callable[[], datetime],
        show: Callable[[Followed], None],
        explain: Callable[[Exception], str],
    ) -> None:
        self._settings = settings
        self._hours = settings.hours
        self._place = place
        self._telling = telling
        self._kept = kept
        self._now = now
        self._show = show
        self._explain = explain
        self._not_before: datetime | None = None
        self._known = self.followed = kept.read(now())
        """What stands in the file, and how it is now."""

    def look(self, *, at_any_hour: bool = False) -> None:
        """Do what there is to do. What goes wrong is kept as trouble; it is tried again.

        Args:
            at_any_hour: whether to look for an extract though it is not the hour.
        """
        try:
            self._missed()
            self._take_up()
            arriving = self._look_for() if at_any_hour or self._wanted() else ""
            self._change(arriving=arriving, trouble="", looked=self._now())
        # Whatever it is: a service that ended would tell nothing more, and nobody of it.
        except Exception as error:
            self._trouble(error)
        due = self._hours.due(self._now())
        came = self._came_in(self._hours.began(self._now()))
        late = due is not None and not came and self._now() >= due
        self._change(telling="", due=due, late=late)
        try:
            self._keep()
        except Exception as error:
            self._trouble(error)

    def _take_up(self) -> None:
        """Finish what was broken off, and see what somebody told by hand meanwhile.

        Raises:
            NothingToldError: nothing was ever told: the first extract is for a person to look at.
        """
        begun = self.followed.begun
        if begun is not None:
            self._change(telling=begun.extract)
        self._telling.finish()
        taken = self._telling.taken()
        if begun is not None:
            if taken == begun.taken:
                self._add(begun.model_copy(update={"at": self._now()}))
            self._change(begun=None, telling="")
        if taken is None:
            raise NothingToldError(
                "nothing was told of the source yet, or its state is gone: tell its first extract, "
                "or make the state again, with: casepulse sources (docs/how-to/every-night.md)"
            )
        if taken != self.followed.taken:
            self._add(Night(came=Came.BY_HAND, extract="", taken=taken, at=self._now()))

    def _wanted(self) -> bool:
        """Whether an extract is to be looked for now."""
        now, told = self._now(), self.followed.last_told
        if self._not_before is not None and now < self._not_before:
            return False
        return self.followed.stands_refused or told is None or told.at < self._hours.asked(now)

    def _look_for(self) -> str:
        """Tell each extract that is newer than the last and complete, oldest first; the name of one
        that is there and not complete."""
        now, arriving = self._now(), ""
        for arrival in self._place.arrivals(now):
            taken = self.followed.taken
            newer = taken is None or arrival.taken > taken
            if not newer or (self._place.lasts and arrival.mark in self.followed.refused):
                continue
            if not self._place.complete(arrival, now):
                arriving = arrival.name
                continue
            try:
                self._tell(arrival)
                arriving = ""
            except StillComingError:
                arriving = arrival.name
            if not self._place.lasts:
                again = timedelta(seconds=self._settings.again)
                self._not_before = self._now() + again if self.followed.stands_refused else None
        return arriving

    def _tell(self, arrival: Arrival) -> None:
        began = self._now()
        before = self.followed.last_told

        def came(outcome: Outcome) -> Night:
            return night_of(
                arrival,
                outcome,
                at=self._now(),
                seconds=(self._now() - began).total_seconds(),
                before=before,
                share=self._settings.unlike,
            )

        def about_to_tell(outcome: Outcome) -> None:
            self._check_whole(arrival)
            self._change(begun=came(outcome))
            self._keep()

        self._change(telling=arrival.name, looked=began)
        try:
            outcome = self._telling.tell(arrival, about_to_tell)
        except ExtractError as error:
            self._check_whole(arrival)
            seconds = (self._now() - began).total_seconds()
            night = refused(arrival, str(error), at=self._now(), seconds=seconds)
        else:
            if outcome.refused is not None:
                self._check_whole(arrival)
            night = came(outcome)
        self._add(night, arrival.mark)

    def _check_whole(self, arrival: Arrival) -> None:
        if not self._place.lasts:
            return
        marks = {each.mark for each in self._place.arrivals(self._now())}
        if arrival.mark not in marks:
            raise StillComingError

    def _add(self, night: Night, mark: str = "") -> None:
        """Keep what came of an extract. One that is refused again and again counts once."""
        nights = self.followed.nights
        told = night.came is not Came.REFUSED
        if not told and self.followed.stands_refused and not self._place.lasts:
            nights = [each for each in nights if each is not self.followed.last]
        self._change(
            telling="",
            begun=None,
            missed=0,
            nights=with_night(nights, night),
            taken=night.taken if told else self.followed.taken,
            refused=[] if told else [*self.followed.refused, mark][-NIGHTS:],
        )
        self._keep()
        log.info(
            "an extract came",
            source=self.followed.source,
            extract=night.extract,
            came=night.came.value,
            rows=night.rows.rows,
            bad=night.rows.bad,
            **night.facts.model_dump(),
        )

    def _missed(self) -> None:
        """Keep that none came in the night that was when we looked last, if it is over now. What
        was not looked for was not missed."""
        looked, now = self.followed.looked, self._now()
        ends, due = self._hours.ends(looked), self._hours.due(looked)
        if due is None or looked < due or now < ends or self._came_in(self._hours.began(looked)):
            return
        night = Night(came=Came.MISSING, extract="", taken=None, at=ends)
        nights = with_night(self.followed.nights, night)
        self._change(nights=nights, missed=self.followed.missed + 1)
        log.warning("no extract came", source=self.followed.source)

    def _came_in(self, began: datetime) -> bool:
        """Whether one has come in the night that began then."""
        last = self.followed.last
        if last is None:
            return False
        return last.at >= began or (last.taken is not None and last.taken >= began - EARLY)

    def _trouble(self, error: Exception) -> None:
        why = self._explain(error)
        if why != self.followed.trouble:
            log.warning(
                "the source can't be followed",
                source=self.followed.source,
                kind=type(error).__name__,
                why=why,
            )
        self._change(trouble=why)
        if self.followed.telling:  # a whole extract is not read again each minute for that
            self._not_before = self._now() + timedelta(seconds=self._settings.again)

    def _change(self, **now: Any) -> None:
        if any(getattr(self.followed, name) != value for name, value in now.items()):
            self.followed = self.followed.model_copy(update=now)
            self._show(self.followed)

    def _keep(self) -> None:
        """Write it down, if more is new than that it was looked after.

        Raises:
            Exception: it can't be written; what is kept and shown differ until it can.
        """
        same = {"looked": self.followed.looked, "telling": "", "arriving": "", "trouble": ""}
        if self._known.model_copy(update=same) == self.followed.model_copy(update=same):
            return
        self._kept.keep(self.followed)
        self._known = self.followed
