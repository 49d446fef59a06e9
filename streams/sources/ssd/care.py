"""Periods of care, placements, legal statuses, reviews, adoption."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple, get_args

from casepulse.schemas.codes import (
    AdopterLegalStatus,
    AdopterSex,
    AdoptionCeasedReason,
    CareEndReason,
    LegalStatusCode,
    NeedCategory,
    PlacementChangeReason,
    PlacementProvider,
    PlacementType,
    ReviewParticipation,
)
from casepulse.schemas.events.care import (
    AdoptionDecided,
    AdoptionPlacementEnded,
    AdoptionPlacementStarted,
    CarePeriodEnded,
    CarePeriodStarted,
    CareReviewHeld,
    LegalStatusChanged,
    PlacementEnded,
    PlacementStarted,
)
from casepulse.state.calendar import local_date
from casepulse.state.records.care import TEMPORARY
from casepulse.streams.sources.account import RefusedError
from casepulse.streams.sources.extract import Said
from casepulse.streams.sources.ssd.cells import day, flag, number
from casepulse.streams.sources.ssd.columns import Coded, Column, Need
from casepulse.streams.sources.ssd.reading import (
    Layout,
    Parent,
    Ssd,
    Table,
    Untold,
    not_before,
)

#: The episode ceases, and another begins: nobody left care.
_GOES_ON = "X1"

#: Special guardianship orders, as they were called before 2018-19.
_ORDERS_BEFORE_2019 = {"E43": "E45", "E44": "E48"}

#: Miles that are written where the distance is not known.
_UNKNOWN_MILES = 999


class _Episode(NamedTuple):
    """A row of a period of care. In their order the last one says what became of the period."""

    began: datetime
    ceased: datetime
    open: bool
    key: str
    reason: str | None
    why_begun: str | None
    need: str | None
    entered: datetime | None


def periods(ssd: Ssd) -> Iterator[Said]:
    """Periods of care, each of many rows, of which the first leave the table while it goes on."""
    reasons = {each.casefold(): each for each in get_args(CareEndReason)}
    layout = Layout(
        "ssd_cla_episodes",
        (
            Column("clae_cla_episode_id", ssd.key, Need.VALUE),
            Column("clae_person_id", ssd.person, Need.VALUE),
            Column("clae_cla_id", ssd.key, Need.VALUE),
            Column("clae_cla_episode_start_date", day, Need.VALUE),
            Column("clae_cla_episode_ceased_date", day),
            Column(
                "clae_cla_episode_ceased_reason",
                Coded((*reasons.values(), _GOES_ON), _ORDERS_BEFORE_2019, _order_of_old),
            ),
            Column("clae_cla_episode_start_reason", Coded(("S", "P", "T", "L", "B", "U"))),
            Column("clae_cla_primary_need_code", Coded(get_args(NeedCategory)), Need.NOTHING),
            Column("clae_entered_care_date", day, Need.NOTHING),
        ),
        (CarePeriodStarted, CarePeriodEnded),
        "clae_person_id",
        (Parent("clae_referral_id", "referral"),),
    )
    table = ssd.open(layout)
    if table is None:
        return
    columns = ("clae_cla_episode_start_date", "clae_cla_episode_ceased_date")
    of_period: defaultdict[tuple[str, str], list[_Episode]] = defaultdict(list)
    for values in table.each():
        key, child, period, began, ceased, reason, why, need, entered = values
        ssd.known.child_of.setdefault("care_period", {})[period] = child
        try:
            ceased = not_before(began, ceased, columns)
        except RefusedError as refused:
            table.refuse(refused, values)
            continue
        if began > ssd.taken:
            table.leave(Untold.HELD_BACK)
            continue
        table.account.told += 1
        of_period[child, period].append(
            _Episode(began, ceased or began, ceased is None, key, reason, why, need, entered)
        )
    for (child, period), episodes in of_period.items():
        for said in _period(ssd, child, period, episodes):
            table.account.facts += 1
            yield said


def _order_of_old(written: str) -> str | None:
    return _ORDERS_BEFORE_2019.get(written[:3].upper())


def _period(ssd: Ssd, child: str, period: str, episodes: list[_Episode]) -> Iterator[Said]:
    first, last = min(episodes), max(episodes)
    entered = [each.entered for each in episodes if each.entered is not None]
    began = min(entered, default=first.began)
    known = ssd.known.entered_care
    known[child] = min(began, known.get(child, began))
    head, about = ssd.head("cla_episodes", child, period), f"child:{child}"
    # the need of the last row, for the first ones leave the table
    started = CarePeriodStarted(period=period, need=last.need)  # type: ignore[arg-type]
    earlier_rows_left = not entered and first.why_begun != "S"
    yield Said(head + started.TYPE, about, began, started, by_then=earlier_rows_left)
    if any(each.open for each in episodes) or last.reason == _GOES_ON:
        return
    ended = CarePeriodEnded(period=period, reason=last.reason)  # type: ignore[arg-type]
    yield Said(head + ended.TYPE, about, max(last.ceased, began), ended)


class _Placement(NamedTuple):
    began: datetime
    ended: datetime | None
    key: str
    kind: Any
    provider: Any
    left_for: Any
    miles: float | None

    @property
    def place(self) -> tuple[Any, Any, float | None]:
        """Where the child lives, as far as the table may be read."""
        return self.kind, self.provider, self.miles


def placements(ssd: Ssd) -> Iterator[Said]:
    """Placements. Why one changed stands with the one that was left, and is told of the next. To
    come back from a temporary one is no move: the placement before lasts."""
    layout = Layout(
        "ssd_cla_placement",
        (
            Column("clap_cla_placement_id", ssd.key, Need.VALUE),
            Column("clap_person_id", ssd.person, Need.VALUE),
            Column("clap_cla_placement_start_date", day, Need.VALUE),
            Column("clap_cla_placement_end_date", day),
            Column("clap_cla_placement_type", Coded(get_args(PlacementType))),
            Column("clap_cla_placement_provider", Coded(get_args(PlacementProvider)), Need.NOTHING),
            Column(
                "clap_cla_placement_change_reason",
                Coded(get_args(PlacementChangeReason)),
                Need.NOTHING,
            ),
            Column("clap_cla_placement_distance", number, Need.NOTHING),
        ),
        (PlacementStarted, PlacementEnded),
        "clap_person_id",
        (Parent("clap_cla_id", "care_period"),),
    )
    table = ssd.open(layout)
    if table is None:
        return
    columns = ("clap_cla_placement_start_date", "clap_cla_placement_end_date")
    of_child: defaultdict[str, list[_Placement]] = defaultdict(list)
    for values in table.each():
        key, child, began, ended, kind, provider, left_for, miles = values
        try:
            if ssd.known.children and child not in ssd.known.children:
                raise RefusedError("clap_person_id", "there is no such child in ssd_person")
            ended = not_before(began, ended, columns)
        except RefusedError as refused:
            table.refuse(refused, values)
            continue
        if began > ssd.taken:
            table.leave(Untold.HELD_BACK)
            continue
        table.account.told += 1
        if miles is not None and not 0 <= miles < _UNKNOWN_MILES:
            miles = None
        of_child[child].append(_Placement(began, ended, key, kind, provider, left_for, miles))
    for child, of_theirs in of_child.items():
        left_for = {
            local_date(each.ended): each.left_for for each in of_theirs if each.ended is not None
        }
        for placed in _lasting(of_theirs):
            for said in _placement(ssd, child, placed, left_for.get(local_date(placed.began))):
                table.account.facts += 1
                yield said


def _lasting(rows: list[_Placement]) -> Iterator[_Placement]:
    """A child's placements, each for as long as the child lived there or was away from there in a
    temporary one: to hospital and back are three rows, and two placements."""
    lasting: dict[str, _Placement] = {}
    # by the day on which a row ended: the key of the placement that the child left or was away from
    left: dict[date, str] = {}
    away: dict[date, str] = {}
    for row in sorted(rows, key=_in_order):
        began, key = local_date(row.began), row.key
        is_temporary = row.kind in TEMPORARY
        home = away.get(began, left.get(began) if is_temporary else None)
        if is_temporary:
            yield row
        if home is not None and (is_temporary or row.place == lasting[home].place):
            lasting[home], key = lasting[home]._replace(ended=row.ended), home
        elif not is_temporary:
            lasting[key] = row
        if row.ended is not None and key in lasting:
            (away if is_temporary else left)[local_date(row.ended)] = key
    yield from lasting.values()


def _in_order(row: _Placement) -> tuple[datetime, bool, datetime, str]:
    return row.began, row.ended is None, row.ended or row.began, row.key


def _placement(ssd: Ssd, child: str, placed: _Placement, reason: Any) -> Iterator[Said]:
    head, about = ssd.head("cla_placement", child, placed.key), f"child:{child}"
    started = PlacementStarted(
        placement=placed.key,
        placement_type=placed.kind,
        provider=placed.provider,
        change_reason=reason,
        miles_from_home=placed.miles,
    )
    or_else: tuple[PlacementStarted, ...] = ()
    if reason is None and local_date(placed.began) < ssd.since:
        # the one before may have left the table
        or_else = tuple(
            started.model_copy(update={"change_reason": code})
            for code in get_args(PlacementChangeReason)
        )
    yield Said(head + started.TYPE, about, placed.began, started, or_else)
    if placed.ended is not None:
        ended = PlacementEnded(placement=placed.key)
        yield Said(head + ended.TYPE, about, placed.ended, ended)


def legal_statuses(ssd: Ssd) -> Iterator[Said]:
    """Legal statuses in care. The table has others, too, such as youth orders."""
    layout = Layout(
        "ssd_legal_status",
        (
            Column("lega_legal_status_id", ssd.key, Need.VALUE),
            Column("lega_person_id", ssd.person, Need.VALUE),
            Column("lega_legal_status", Coded(get_args(LegalStatusCode))),
            Column("lega_legal_status_start_date", day, Need.VALUE),
        ),
        (LegalStatusChanged,),
        "lega_person_id",
    )
    yield from ssd.tell(layout, _legal_status)


def _legal_status(
    table: Table, key: str, child: str, status: Any, began: datetime
) -> Sequence[Said] | Untold:
    if status is None:
        return Untold.PASSED_OVER
    data = LegalStatusChanged(legal_status=status)
    head = table.ssd.head("legal_status", child, key)
    return [Said(head + data.TYPE, f"child:{child}", began, data)]


def reviews(ssd: Ssd) -> Iterator[Said]:
    """Reviews of children in care that were held."""
    layout = Layout(
        "ssd_cla_reviews",
        (
            Column("clar_cla_review_id", ssd.key, Need.VALUE),
            Column("clar_cla_person_id", ssd.person, Need.VALUE),
            Column("clar_cla_review_date", day),
            Column("clar_cla_review_cancelled", flag),
            Column(
                "clar_cla_review_participation", Coded(get_args(ReviewParticipation)), Need.NOTHING
            ),
        ),
        (CareReviewHeld,),
        "clar_cla_person_id",
        (Parent("clar_cla_id", "care_period"),),
    )
    yield from ssd.tell(layout, _review)


def _review(
    table: Table,
    key: str,
    child: str,
    held: datetime | None,
    cancelled: bool | None,
    participation: Any,
) -> Sequence[Said] | Untold:
    if cancelled:
        return Untold.PASSED_OVER
    if held is None:
        return Untold.HELD_BACK
    data = CareReviewHeld(participation=participation)
    head = table.ssd.head("cla_reviews", child, key)
    return [Said(head + data.TYPE, f"child:{child}", held, data)]


def adoption(ssd: Ssd) -> Iterator[Said]:
    """Decisions that a child should be adopted, and what came of them."""
    layout = Layout(
        "ssd_permanence",
        (
            Column("perm_person_id", ssd.person, Need.VALUE),
            Column("perm_adm_decision_date", day),
            Column("perm_placed_for_adoption_date", day),
            Column("perm_decision_reversed_date", day),
            Column("perm_decision_reversed_reason", Coded(get_args(AdoptionCeasedReason))),
            Column("perm_matched_date", day),
            Column("perm_number_of_adopters", number, Need.NOTHING),
            Column("perm_adopter_sex", Coded(get_args(AdopterSex)), Need.NOTHING),
            Column("perm_adopter_legal_status", Coded(get_args(AdopterLegalStatus)), Need.NOTHING),
        ),
        (AdoptionDecided, AdoptionPlacementStarted, AdoptionPlacementEnded),
        "perm_person_id",
        usual=False,
    )
    yield from ssd.tell(layout, _adoption)


def _adoption(
    table: Table,
    child: str,
    decided: datetime | None,
    placed: datetime | None,
    reversed_on: datetime | None,
    reason: Any,
    matched: datetime | None,
    adopters: float | None,
    sex: Any,
    status: Any,
) -> Sequence[Said] | Untold:
    if decided is None:
        return Untold.PASSED_OVER
    head = table.ssd.head("permanence", child, f"{local_date(decided):%Y%m%d}")
    about = f"child:{child}"
    columns = ("perm_placed_for_adoption_date", "perm_decision_reversed_date")
    data = AdoptionDecided(
        matched=None if matched is None else local_date(matched),
        adopters=int(adopters) if adopters in (1, 2) else None,
        adopter_sex=sex,
        adopter_legal_status=status,
    )
    said = [Said(head + data.TYPE, about, decided, data)]
    if placed is not None:
        started = AdoptionPlacementStarted()
        said.append(Said(head + started.TYPE, about, placed, started))
        ended_on = not_before(placed, reversed_on, columns)
        if ended_on is not None:
            ended = AdoptionPlacementEnded(reason=reason)
            said.append(Said(head + ended.TYPE, about, ended_on, ended))
    return said
