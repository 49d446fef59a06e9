"""The pure core: what the figures are, given the facts, the standards and an instant.

It imports no Kafka, no Redis, no Prometheus and no wall clock. Its public names:

    Fact        an event as the engine keeps it
    Case        the facts of one subject; adding is idempotent and order-free
    Clock       an instant that notes what it was asked
    CaseView    a case as a rule sees it, noting what was read
    Catalogue   every measure with the standards of a profile
    Measures    some measures with their rules; Sorted and Standards: what a rule says and gets
    Standing    where one occurrence stands in a measure
    Tally       standings counted by cell
    Partition   cases kept up to date by facts and by time: the stream
    evaluate    the same, in one go: the batch
    Figures     what a tally says of each measure, period and locality
    rate        Red, Yellow or Green
    travel      improved, declined or the same, and for how long
"""

from casepulse.state.batch import evaluate
from casepulse.state.case import Case
from casepulse.state.clock import Clock
from casepulse.state.facts import Fact
from casepulse.state.figures import COUNTY, Figure, Figures, published
from casepulse.state.opening import catalogue_for, open_catalogue
from casepulse.state.partition import Partition
from casepulse.state.rating import rate, travel
from casepulse.state.rules import Catalogue, Measures, Sorted, Standards
from casepulse.state.standing import AT, Standing
from casepulse.state.tally import Tally
from casepulse.state.view import CaseView

if __name__ != "casepulse.state":  # in a checkout it can be found, and would be a second copy
    raise ImportError("import casepulse.state")

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
    "Measures",
    "Partition",
    "Sorted",
    "Standards",
    "Standing",
    "Tally",
    "catalogue_for",
    "evaluate",
    "open_catalogue",
    "published",
    "rate",
    "travel",
]
