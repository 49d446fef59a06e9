"""A child of whom facts are drawn: days near boundaries, instants, teams, keys."""

from datetime import UTC, date, datetime, timedelta
from random import Random

from tests.second.days import LONDON, months, working
from tests.second.records import Json

TEAMS = (
    "gloucester-assessment", "stroud-safeguarding", "dcyps-north", "fod-permanence",
    "leaving-care-1", "no-such-team", None, None,
)  # fmt: skip
CLOCKS = ((0, 0, 0), (0, 0, 1), (0, 30, 0), (1, 30, 0), (9, 0, 0), (14, 0, 0), (23, 59, 59))
WORKING = (1, 5, 10, 15, 20, 45)
PLAIN = (1, 7, 42, 84, 182)
MONTHS = (1, 2, 3, 6, 12, 24, 30, 36)
EARLIEST = date(2017, 6, 1)

#: Christmas, the changes of the clock, a leap day.
FEASTS = (date(2020, 12, 25), date(2020, 3, 29), date(2020, 10, 25), date(2020, 2, 29))


class Child:
    """What was drawn of a child so far."""

    def __init__(self, random: Random, subject: str, at: date) -> None:
        self.random = random
        self.subject = subject
        self.at = at
        self.days = [at, at - timedelta(1), at.replace(day=1), *FEASTS]
        self.events: list[Json] = []
        self.used: set[object] = set()
        self.keys: dict[str, list[tuple[str, date]]] = {}
        self.moves = [(EARLIEST, random.choice(TEAMS))]
        for _ in range(random.choice((0, 1, 1, 2))):
            self.moves.append((self.day(), random.choice(TEAMS)))
        self.moves.sort(key=lambda move: move[0])

    def day(self) -> date:
        """A day near a boundary."""
        random = self.random
        for _ in range(20):
            day = random.choice(self.days[-12:] + self.days[:2])
            kind = random.random()
            if kind < 0.25:
                count = random.choice(WORKING)
                if random.random() < 0.5:
                    day = working(day, count)
                else:
                    start = day - timedelta(count)
                    while working(start, count) > day:
                        start -= timedelta(1)
                    day = start
            elif kind < 0.45:
                day += timedelta(random.choice(PLAIN) * random.choice((-1, 1)))
            elif kind < 0.75:
                day = months(day, random.choice(MONTHS) * random.choice((-1, -1, 1)))
            if random.random() < 0.35:
                day += timedelta(random.choice((-1, 1)))
            if EARLIEST <= day <= self.at + timedelta(20):
                return day
        return self.at - timedelta(random.randrange(400))

    def moment(self, day: date) -> datetime:
        hour, minute, second = self.random.choice(CLOCKS)
        local = datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=LONDON)
        return local.astimezone(UTC)

    def team(self, day: date) -> str | None:
        found = [team for since, team in self.moves if since <= day]
        if self.random.random() < 0.25 or not found:
            return None
        return found[-1]

    def recorded(self, time: datetime) -> datetime:
        random = self.random
        delay = random.choice((0, 0, 60, 3600, 86400, 5 * 86400, 7 * 86400, 8 * 86400, 90 * 86400))
        return time + timedelta(seconds=delay + random.randrange(1, 50))

    def tell(self, kind: str, data: Json, day: date | None = None, once: object = None) -> date:
        """Tell a fact, if nothing of the same kind was told of that day already."""
        day = day or self.day()
        if once is None:
            once = (kind, data.get("kind"), day)
        if once in self.used:
            return day
        self.used.add(once)
        time = self.moment(day)
        team = self.team(day)
        if team:
            data = {**data, "team": team}
        self.days.append(day)
        self.events.append(
            envelope(self, f"e{len(self.events)}", kind, time, self.recorded(time), data)
        )
        return day

    def begin(self, kind: str, name: str, data: Json | None = None, day: date | None = None) -> str:
        known = self.keys.setdefault(name, [])
        key = f"{name[0]}{len(known) + 1}"
        day = day or self.day()
        self.tell(kind, {name: key, **(data or {})}, day, (kind, key))
        known.append((key, day))
        return key

    def known_key(self, name: str) -> str | None:
        known = self.keys.get(name)
        return self.random.choice(known)[0] if known else None

    def after(self, name: str, key: str) -> date:
        """A day on or after that on which something began; seldom before."""
        begun = dict(self.keys[name])[key]
        for _ in range(10):
            day = self.day()
            if day >= begun or self.random.random() < 0.04:
                return day
        return begun

    def finish(self, kind: str, name: str, data: Json | None = None) -> None:
        key = self.known_key(name)
        if key:
            self.tell(kind, {name: key, **(data or {})}, self.after(name, key), (kind, key))


def envelope(
    child: Child, name: str, kind: str, time: datetime, recorded: datetime, data: Json
) -> Json:
    return {
        "specversion": "1.0",
        "id": f"{child.subject.replace(':', '-')}-{name}",
        "source": "/case-system",
        "type": kind,
        "subject": child.subject,
        "time": time.isoformat(),
        "recordedtime": recorded.isoformat(),
        "datacontenttype": "application/json",
        "data": data,
    }
