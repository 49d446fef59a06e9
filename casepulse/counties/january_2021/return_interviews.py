"""Return interviews of children who went missing: how many were held, after which episode, when."""

from dataclasses import dataclass
from datetime import timedelta

from casepulse.counties.january_2021.area import Area
from casepulse.counties.january_2021.county import Child, deal
from casepulse.counties.january_2021.missing_episodes import Gone
from casepulse.counties.january_2021.published import counted
from casepulse.schemas.codes import InterviewOutcome
from casepulse.schemas.events.missing import ReturnInterviewRecorded

HELD, REFUSED, NOT_HELD = InterviewOutcome.HELD, InterviewOutcome.REFUSED, InterviewOutcome.NOT_HELD

#: Hours from the child's return: an interview in time, and one that is late.
IN_TIME, LATE = (4, 71), (76, 118)


#: Per cent of the children missing in January to December 2020 who were interviewed, and of those,
#: in time: better in December than in January 2021, and in time for a second month less often.
_HELD = (84, 80, 79, 76, 83, 78, 75, 77, 84, 82, 79, 80)
_IN_TIME = (83, 74, 78, 79, 85, 76, 82, 74, 76, 75, 78, 74)

#: Per cent of the interviews of those months that were after the latest episode, and of the
#: children, those who refused.
_AFTER_LATEST, _REFUSED = 85, 10


@dataclass(frozen=True, slots=True)
class Interviews:
    """How many of the children who went missing in a month were interviewed, and how."""

    held: int
    after_latest: int
    refused: int
    in_time: int


def published_interviews() -> Interviews:
    """Those of January."""
    return Interviews(
        *(counted(f"return_interview{which}") for which in ("", "_latest", "_refused", "_timely"))
    )


def interviews_of(month: int, missing: list[tuple[Child, list[Gone]]]) -> Interviews:
    """Those of a month of 2020."""
    held = round(len(missing) * _HELD[month - 1] / 100)
    often = sum(len(episodes) > 1 for _, episodes in missing)
    earlier = min(often, held * (100 - _AFTER_LATEST) // 100)
    refused = min(len(missing) - held, len(missing) * _REFUSED // 100)
    return Interviews(held, held - earlier, refused, round(held * _IN_TIME[month - 1] / 100))


def tell_interviews(area: Area, missing: list[tuple[Child, list[Gone]]], plan: Interviews) -> None:
    """Interviews of those missing in a month: so many held, refused, after the latest, in time."""
    earlier = plan.held - plan.after_latest
    shuffled = area.chance.sample(missing, len(missing))
    shuffled.sort(key=lambda each: len(each[1]) < 2)
    # Whoever was interviewed, but not after the latest, went missing more than once.
    ways = ["earlier"] * earlier
    ways += deal(
        {
            "latest": plan.after_latest,
            "refused": plan.refused,
            "none": len(missing) - plan.held - plan.refused,
        },
        area.chance,
    )
    timely = deal({"yes": plan.in_time, "": plan.held - plan.in_time}, area.chance)
    for (_, episodes), way in zip(shuffled, ways, strict=True):
        last = episodes[-1]
        match way:
            case "latest" | "earlier":
                after = last if way == "latest" else area.chance.choice(episodes[:-1])
                _interview(area, after, HELD, IN_TIME if timely.pop() else LATE)
                if way == "earlier":
                    _interview(area, last, area.chance.choice((REFUSED, NOT_HELD)), IN_TIME)
            case "refused":
                _interview(area, last, REFUSED, IN_TIME)
            case _ if area.chance.random() < 0.5:
                _interview(area, last, NOT_HELD, IN_TIME)


def _interview(area: Area, gone: Gone, outcome: InterviewOutcome, hours: tuple[int, int]) -> None:
    when = gone.back + timedelta(hours=area.chance.uniform(*hours))
    area.tell(gone.child, ReturnInterviewRecorded, when, episode=gone.key, outcome=outcome)
