"""The pure core: what the figures are, given the facts, the standards and an instant.

It imports no Kafka, no Redis, no Prometheus and no wall clock. Its public names:

    Fact        an event as the engine keeps it
    Case        the facts of one subject; adding is idempotent and order-free
    Clock       an instant that notes what it was asked
    CaseView    a case as a rule sees it, noting what was read
    Catalogue   every measure with the standards of a profile
    Standing    where one occurrence stands in a measure
    Tally       standings counted by cell
    Partition   cases kept up to date by facts and by time: the stream
    evaluate    the same, in one go: the batch
    Figures     what a tally says of each measure, period and locality
    rate        Red, Yellow or Green
    travel      improved, declined or the same, and for how long
"""

import state.measures  # noqa: F401  registers every measure
from state.batch import evaluate
from state.case import Case
from state.clock import Clock
from state.facts import Fact
from state.figures import COUNTY, Figure, Figures, published
from state.partition import Partition
from state.rating import rate, travel
from state.rules import Catalogue, open_catalogue
from state.standing import AT, Standing
from state.tally import Tally
from state.view import CaseView

__all__ = [
    "AT",
    "COUNTY",
    "Case",
    "CaseView",
    "Catalogue",
    "Clock",
    "Fact",
    "Figure",
    "Figures",
    "Partition",
    "Standing",
    "Tally",
    "evaluate",
    "open_catalogue",
    "published",
    "rate",
    "travel",
]
