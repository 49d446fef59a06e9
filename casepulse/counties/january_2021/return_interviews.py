"""Return interviews of children who went missing: how many were held, after which episode, when."""

from datetime import timedelta
from random import Random

from casepulse.counties.january_2021.county import Child, County, deal
from casepulse.counties.january_2021.missing_episodes import Gone
from casepulse.counties.january_2021.published import figure
from casepulse.counties.january_2021.recording import tell
from casepulse.schemas.codes import InterviewOutcome
from casepulse.schemas.events.missing import ReturnInterviewRecorded

HELD, REFUSED, NOT_HELD = InterviewOutcome.HELD, InterviewOutcome.REFUSED, InterviewOutcome.NOT_HELD

#: Hours from the child's return: an interview in time, and one that is late.
IN_TIME, LATE = (4, 71), (76, 118)


def plan_interviews(
    county: County, missing: list[tuple[Child, list[Gone]]], chance: Random
) -> None:
    """Interviews of those missing in January: so many held, refused, after the latest, in time."""
    held, latest = figure("return_interview"), figure("return_interview_latest")
    refused, in_time = figure("return_interview_refused"), figure("return_interview_timely")
    after_latest = latest.numerator or 0
    earlier = (held.numerator or 0) - after_latest
    shuffled = chance.sample(missing, len(missing))
    shuffled.sort(key=lambda each: len(each[1]) < 2)
    # Whoever was interviewed, but not after the latest, went missing more than once.
    ways = ["earlier"] * earlier
    ways += deal(
        {
            "latest": after_latest,
            "refused": refused.numerator or 0,
            "none": len(missing) - earlier - after_latest - (refused.numerator or 0),
        },
        chance,
    )
    prompt = in_time.numerator or 0
    timely = deal({"yes": prompt, "": (held.numerator or 0) - prompt}, chance)
    for (_, episodes), way in zip(shuffled, ways, strict=True):
        last = episodes[-1]
        match way:
            case "latest" | "earlier":
                after = last if way == "latest" else chance.choice(episodes[:-1])
                _interview(county, after, HELD, IN_TIME if timely.pop() else LATE, chance)
                if way == "earlier":
                    _interview(county, last, chance.choice((REFUSED, NOT_HELD)), IN_TIME, chance)
            case "refused":
                _interview(county, last, REFUSED, IN_TIME, chance)
            case _ if chance.random() < 0.5:
                _interview(county, last, NOT_HELD, IN_TIME, chance)


def any_interviews(county: County, gone: Gone, chance: Random) -> None:
    """The interview after an episode of another month, as chance has it."""
    (outcome,) = chance.choices((HELD, REFUSED, NOT_HELD, None), (72, 10, 8, 10))
    if outcome:
        hours = IN_TIME if chance.random() < 0.75 else LATE
        _interview(county, gone, outcome, hours, chance)


def _interview(
    county: County, gone: Gone, outcome: InterviewOutcome, hours: tuple[int, int], chance: Random
) -> None:
    data = ReturnInterviewRecorded(episode=gone.key, outcome=outcome, team=gone.child.team)
    when = gone.back + timedelta(hours=chance.uniform(*hours))
    tell(county, gone.child.subject, data, when, chance)
