"""What is awaited is at every moment what the child-level lists name, counted: after each fact,
correction and midnight, and however the cases are spread over partitions."""

from collections import Counter
from datetime import timedelta

from hypothesis import given, note

from casepulse.access.lists import every_list
from casepulse.schemas.due import Due
from casepulse.schemas.view import AwaitedView
from casepulse.state import Fact, Partition
from casepulse.state.awaited import AwaitedViews, merged
from casepulse.state.calendar import NEVER, falls_due, falls_on, local_date, midnight
from casepulse.state.due import due_list
from tests.build import CATALOGUE, entered_care, plan, statutory_visit, visit, when
from tests.generative.strategies import World, worlds
from tests.generative.test_stream_equals_batch import FAR_AHEAD, JUMPS, LONG_AGO, Service

LOCALITIES = CATALOGUE.profile.localities


def plainly(partition: Partition) -> AwaitedViews:
    """What the lines of a partition come to, counted one by one: for a measure that has a list, and
    for its parts, each of its own lines."""
    today = local_date(partition.now)
    piles: dict[tuple[str, str], list[Due]] = {}
    every = due_list(partition, CATALOGUE)
    for each in every_list(CATALOGUE).values():
        for line in each.its_own([line for line in every if line.list == each.kept_as]):
            piles.setdefault((each.lateness.measure.id, line.locality), []).append(line)
    found: AwaitedViews = {}
    for (measure, locality), lines in sorted(
        piles.items(), key=lambda pile: LOCALITIES.index(pile[0][1])
    ):
        late = [line for line in lines if line.overdue]
        longest = min(
            ((falls_due(each.due), falls_on(each.due)) for each in late if each.due is not None),
            default=(None, None),
        )
        over = sum(line.over for line in lines)
        days = Counter(
            falls_on(line.due) for line in lines if line.due is not None and not line.overdue
        )
        ahead = {day: days[day] for day in sorted(days) if day >= today}
        assert sum(days.values()) == sum(ahead.values()), "what is past its due day is late"
        if late or ahead or over:
            view = AwaitedView(
                locality=locality,
                overdue=len(late),
                longest_overdue=longest[0],
                longest_due=longest[1],
                days=ahead,
                late_and_over=over,
            )
            found.setdefault(measure, []).append(view)
    return found


def check(service: Service) -> None:
    """Each partition's is that of its list; all together, that of one partition with all cases."""
    told = []
    for partition in service.partitions:
        told.append(partition.awaited().views(partition.now))
        assert told[-1] == plainly(partition), f"as at {partition.now}"
    whole = Partition(CATALOGUE, service.now)
    for fact in service.applied():
        whole.apply(fact)
    assert merged(told, LOCALITIES) == whole.awaited().views(whole.now)
    for views in told:
        for here in views.values():
            for view in here:
                assert list(view.days) == sorted(view.days)


@given(worlds)
def test_what_is_awaited_is_what_the_lists_name(world: World) -> None:
    random = world.random
    service = Service(random.choice([LONG_AGO, *world.moments(3)]))
    for fact in random.sample(world.facts, len(world.facts)):
        service.apply(fact)
        note(f"apply {fact}")
        match random.randrange(6):
            case 0:
                instants = [*service.next_instants(), service.now + random.choice(JUMPS)]
                instant = min(random.choice(instants), FAR_AHEAD)
                note(f"advance to {instant}")
                service.advance(instant)
            case 1:
                service.move(random)
            case 2:
                check(service)
    check(service)
    for _ in range(3):  # time alone: from one day to the next, and to what changes of itself
        service.advance(midnight(local_date(service.now) + timedelta(days=1)))
        check(service)
        soon = min(partition.valid_until() for partition in service.partitions)
        if soon != NEVER:
            service.advance(soon)
            check(service)


def test_it_goes_from_ahead_to_the_day_itself_to_overdue_and_moves_when_it_is_done() -> None:
    """A visit due on Monday 25 January, the tenth working day from the 11th."""
    partition = Partition(CATALOGUE, when("2021-01-08"))

    def at(instant: str, *facts: Fact) -> AwaitedView | None:
        """Of visits to children on a plan, the view of the only locality; None: nothing."""
        for fact in facts:
            partition.apply(fact)
        partition.advance(when(instant))
        views = partition.awaited().views(partition.now)
        assert views == plainly(partition)
        return next(iter(views.get("cp_visits", [])), None)

    def stroud(due: str | None, overdue: int = 0, since: str | None = None) -> AwaitedView:
        return AwaitedView(
            locality="Stroud",
            overdue=overdue,
            longest_overdue=when(since) if since else None,
            longest_due=when(since).date() - timedelta(days=1) if since else None,
            days={when(due).date(): 1} if due else {},
        )

    facts = [plan("2021-01-04", team="stroud-safeguarding"), visit("2021-01-08 10:00")]
    assert at("2021-01-08 09:00", *facts) == stroud("2021-01-18"), "the visit is to come"
    assert at("2021-01-08 11:00") == stroud("2021-01-22"), "nothing but the due day has changed"
    assert at("2021-01-11 11:00", visit("2021-01-11 10:00")) == stroud("2021-01-25")
    assert at("2021-01-25 23:59:59") == stroud("2021-01-25")
    assert at("2021-01-26") == stroud(None, 1, "2021-01-26")
    assert at("2021-03-01") == stroud(None, 1, "2021-01-26")
    seen = visit("2021-02-28 09:00", recorded="2021-03-01")
    assert at("2021-03-01 00:00:01", seen) == stroud("2021-03-12")
    assert at("2021-03-01 00:00:02", visit("2021-03-01 00:00")) == stroud("2021-03-15")


def test_what_lies_beyond_the_look_ahead_comes_into_it_at_a_midnight_with_no_count_changed() -> (
    None
):
    """A visit due on Wednesday 17 February: the tenth working day from the 3rd."""
    partition = Partition(CATALOGUE, when("2021-02-02"))
    for fact in (entered_care("2020-10-01"), statutory_visit("2021-01-06")):
        partition.apply(fact)
    due = when("2021-02-17").date()
    partition.advance(when("2021-02-02 23:59:59"))
    changed = partition.tally().changed
    assert "statutory_visits" not in partition.awaited().views(partition.now)
    partition.advance(when("2021-02-03"))
    [view] = partition.awaited().views(partition.now)["statutory_visits"]
    assert view.days == {due: 1}
    assert partition.tally().changed == changed
