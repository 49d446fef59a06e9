"""From the elements of one child after another to facts, and what became of each element."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from casepulse.schemas.codes import ConferenceKind
from casepulse.schemas.events.protection import ConferenceHeld
from casepulse.schemas.events.referral import AssessmentAuthorised
from casepulse.streams.sources.account import Account, RefusedError
from casepulse.streams.sources.cin_census import facts
from casepulse.streams.sources.cin_census.blocks import Block, key_of
from casepulse.streams.sources.cin_census.layout import LAYOUTS, SOURCE, day_of
from casepulse.streams.sources.cin_census.row import Row
from casepulse.streams.sources.codes import Codes
from casepulse.streams.sources.extract import Said
from casepulse.streams.sources.keys import Keys
from casepulse.streams.sources.row import Value

#: The longest from a conference to the plan that it decided on, which begins on its day if all is
#: entered as it should be.
_DECIDED_WITHIN = timedelta(days=14)

_WHOSE = RefusedError(
    None, "lies in a Child without an LAchildID, or with two: whose it is, is not known"
)


@dataclass(frozen=True, slots=True)
class _Read:
    """A row, as far as it could be read."""

    block: Block
    row: Row
    fault: RefusedError | None
    """What could not be."""

    @property
    def begins(self) -> date | None:
        """The day that its first column says."""
        return self.row.day_or_none(LAYOUTS[self.block.kind].columns[0])

    @property
    def key(self) -> str | None:
        """The key of what it is about; None: its day is not known."""
        return None if self.begins is None else self.row.key


@dataclass(slots=True)
class _Child:
    """What is known of a child while its elements are read."""

    key: str
    rows: dict[tuple[str, tuple[Value, ...]], Row] = field(default_factory=dict)
    """The first row about each thing."""
    conferences: dict[date, tuple[date, Said]] = field(default_factory=dict)
    """Initial conferences by their day, and when the enquiry began that each ended."""
    reviewed: set[date] = field(default_factory=set)
    """Days of review conferences."""


@dataclass(slots=True)
class Telling:
    """How the elements of a return become facts."""

    accounts: Mapping[str, Account]
    """Where it is written down what became of each element, by its kind."""
    keys: Keys
    codes: Mapping[str, Codes]
    """By column, those that it may have."""
    taken: datetime
    """What is dated after it has not happened."""
    since: date | None
    """The first day of the return's year; None: not known."""
    until: date | None
    """The first day after it."""
    elsewhere: int = 0
    """Episodes that were open at no time in the year."""
    unneeded: int = 0
    """Enquiries after which no conference was required."""

    def child(self, blocks: Sequence[Block]) -> Iterator[Said]:
        """What all that the return has of one child tells.

        Args:
            blocks: its Child elements: one, if all is as it should be.
        """
        for each in _all_of(blocks):
            account = self.accounts[each.kind]
            account.rows += 1
            unknown = each.unknown.difference(account.extra_columns)
            account.extra_columns += tuple(sorted(unknown))
        key = key_of(blocks[0], self.keys)
        if key is None:
            for each in _all_of(blocks):
                self.accounts[each.kind].refuse(each.line, _WHOSE, None)
            return
        child = _Child(key)
        for block in blocks:
            yield from self._tell(child, self._read(child, block), facts.registration)
        episodes = _each_named(self._rows(child, blocks, "CINdetails"))
        yield from self._episodes(child, episodes)

    def _episodes(self, child: _Child, episodes: Sequence[_Read]) -> Iterator[Said]:
        assessed: dict[str | None, list[tuple[date, str]]] = defaultdict(list)
        for episode in episodes:
            yield from self._referral(child, episode)
            for each in self._rows(child, [episode.block], "Assessments"):
                for fact in self._tell(child, each, facts.assessment, episode.key):
                    if isinstance(fact.data, AssessmentAuthorised):
                        assessed[episode.key].append((fact.time.date(), each.row.key))
                    yield fact
            for each in self._rows(child, [episode.block], "Section47"):
                yield from self._enquiry(child, each, episode.key)
        for _, conference in child.conferences.values():
            yield conference
        for episode in episodes:
            for each in self._rows(child, [episode.block], "CINPlanDates"):
                after = _latest(assessed[episode.key], each.begins)
                yield from self._tell(child, each, facts.plan, after)
            for each in self._rows(child, [episode.block], "PreProceedingsandFGDM"):
                yield from self._tell(child, each, facts.proceedings)
        yield from self._protection(child, [each.block for each in episodes])

    def _referral(self, child: _Child, episode: _Read) -> list[Said]:
        told = self._tell(child, episode, facts.referral)
        if told and self.since is not None and self.until is not None:
            first, last = told[0].time.date(), told[-1].time.date()
            closed_before = len(told) > 1 and last < self.since
            self.elsewhere += closed_before or first >= self.until
        day = episode.row.day_or_none("DateOfInitialCPC")
        if told and day is not None:
            said = facts.conference(episode.row, day, ConferenceKind.INITIAL)
            self._hold(child, day, date.max, said, "CINdetails")
        return told

    def _enquiry(self, child: _Child, each: _Read, referral: str | None) -> list[Said]:
        told = self._tell(child, each, facts.enquiry, referral)
        self.unneeded += bool(told) and each.row.values["ICPCnotRequired"] == "true"
        day = each.row.day_or_none("DateOfInitialCPC")
        if told and day is not None and each.begins is not None:
            said = facts.conference(each.row, day, ConferenceKind.INITIAL, each.row.key)
            self._hold(child, day, each.begins, said, "Section47")
        return told

    def _hold(self, child: _Child, day: date, begun: date, said: Said, kind: str) -> None:
        """Take down an initial conference. Of several rows that name one on the same day, that of
        the enquiry holds which began first; an episode's own, only if none does."""
        known = child.conferences.get(day)
        if known is None:
            self._count(self.accounts[kind], [said])
        if known is None or begun < known[0]:
            child.conferences[day] = begun, said

    def _protection(self, child: _Child, episodes: Iterable[Block]) -> Iterator[Said]:
        plans = list(self._rows(child, episodes, "ChildProtectionPlans"))
        undecided = {
            day: str(said.data.conference)
            for day, (_, said) in child.conferences.items()
            if isinstance(said.data, ConferenceHeld)
        }
        for plan in sorted(plans, key=lambda each: each.begins or date.max):
            begins = plan.begins or date.max
            days = [day for day in undecided if begins - _DECIDED_WITHIN <= day <= begins]
            decided_by = undecided[max(days)] if days else None
            told = self._tell(child, plan, facts.protection, decided_by)
            if told and days:
                del undecided[max(days)]
            yield from told
            for each in self._rows(child, [plan.block], "CPPreviewDate"):
                yield from self._review(child, each, plan)

    def _review(self, child: _Child, each: _Read, plan: _Read) -> Iterator[Said]:
        one = replace(each, row=each.row.about(plan.begins, each.begins))
        told = self._tell(child, one, facts.review, plan.begins, plan.row.key)
        yield from told
        if told and each.begins is not None and each.begins not in child.reviewed:
            child.reviewed.add(each.begins)
            said = facts.conference(each.row, each.begins, ConferenceKind.REVIEW)
            self._count(self.accounts[each.block.kind], [said])
            yield said

    def _rows(self, child: _Child, within: Iterable[Block], kind: str) -> Iterator[_Read]:
        for block in within:
            for each in block.rows:
                if each.kind == kind and not each.says_nothing:
                    yield self._read(child, each)

    def _read(self, child: _Child, block: Block) -> _Read:
        layout = LAYOUTS[block.kind]
        values: dict[str, Value] = {}
        fault = None
        for column in layout.columns:
            values[column] = None
            if values.get(layout.instead_of.get(column, "")) is not None:
                continue
            try:
                values[column] = self._value(block, column, child)
            except RefusedError as refused:
                fault = fault or refused
        about = next((values[each] for each in layout.about if values[each] is not None), None)
        identity = (child.key,) if block.kind == "Child" else (child.key, about)
        row = Row(SOURCE, layout.table, block.line, values, identity)
        return _Read(block, row, fault)

    def _value(self, block: Block, column: str, child: _Child) -> Value:
        if column in block.twice:
            raise RefusedError(column, "stands more than once")
        text = block.texts.get(column)
        if text is None:
            return None
        if column == "LAchildID":
            return child.key
        codes = self.codes.get(column)
        if codes is None:
            try:
                return day_of(text)
            except ValueError as error:
                raise RefusedError(column, str(error)) from None
        code = codes.code(text)
        if code is None:
            self.accounts[block.kind].unknown_codes[column] += 1
        return code

    def _tell(
        self, child: _Child, each: _Read, tell: Callable[..., Iterator[Said]], *given: object
    ) -> list[Said]:
        """The facts of a row; what became of it goes to the account."""
        row, account = each.row, self.accounts[each.block.kind]
        try:
            if each.fault is not None:
                raise each.fault
            told = list(tell(row, *given))
            first = child.rows.setdefault((row.name, row.identity), row)
            if first.values != row.values:
                raise _differs(row, first)
        except RefusedError as refused:
            account.refuse(row.line, refused, child.key)
            return []
        if not told:
            account.passed_over += 1
        elif first is not row:
            account.repeated += 1
            return []
        elif self._count(account, told):
            account.told += 1
        else:
            account.held_back += 1
        return told

    def _count(self, account: Account, told: Iterable[Said]) -> int:
        """How many facts have happened; they go to the account."""
        happened = sum(each.time <= self.taken for each in told)
        account.facts += happened
        return happened


def _all_of(blocks: Iterable[Block]) -> Iterator[Block]:
    """All rows that say something."""
    for block in blocks:
        if not block.says_nothing:
            yield block
        yield from _all_of(block.rows)


def _each_named(episodes: Iterable[_Read]) -> list[_Read]:
    """Episodes, oldest first. Where two of a child begin on one day, each is named by its source,
    too."""
    found = sorted(episodes, key=lambda each: each.begins or date.max)
    sources = defaultdict(set)
    for each in found:
        sources[each.begins].add(each.row.values["ReferralSource"])
    return [
        replace(each, row=each.row.about(each.begins, each.row.values["ReferralSource"] or "none"))
        if each.begins is not None and len(sources[each.begins]) > 1
        else each
        for each in found
    ]


def _latest(authorised: Iterable[tuple[date, str]], until: date | None) -> str | None:
    """The assessment that was authorised last, up to a day."""
    return max((each for each in authorised if until and each[0] <= until), default=(None, None))[1]


def _differs(row: Row, other: Row) -> RefusedError:
    """Why a row is refused that says something else about the same than another."""
    column = next(name for name, value in row.values.items() if value != other.values[name])
    return RefusedError(column, f"differs from line {other.line}, which is about the same")
