"""Which topics each section of the report has, and of which measures each speaks (`topics.toml`).

A measure that stands in no topic there is spoken of in that which its own phrase names.
"""

import tomllib
from collections.abc import Collection, Iterable
from functools import cache
from importlib.resources import files

from casepulse.schemas.measure import Measure

#: Of what has no topic.
OTHERS = "Other measures"

Topics = dict[str, list[str]]


@cache
def standing_topics() -> dict[str, Topics]:
    """By section and title, the ids of the measures, all in the report's order."""
    return tomllib.loads(files(__package__).joinpath("topics.toml").read_text(encoding="utf-8"))


def topics_of(sections: Collection[str], measures: Iterable[Measure]) -> Topics:
    """The topics of some sections of a report.

    Args:
        sections: their titles.
        measures: those of the sections that the report has. The last of the topics is that of the
            measures that have none.
    """
    topics = {
        title: list(names)
        for section, standing in standing_topics().items()
        if section in sections
        for title, names in standing.items()
    }
    placed = {name for names in topics.values() for name in names}
    others: list[str] = []
    for each in measures:
        if each.id not in placed:
            here = topics.setdefault(each.phrase.topic, []) if each.phrase.topic else others
            here.append(each.id)
    return {**topics, OTHERS: others}
