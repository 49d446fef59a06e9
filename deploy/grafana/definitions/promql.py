"""The queries' common parts.

A worker shows the view while it is the one that publishes it. While the board moves from one to
another, two may show it for a scrape: so a figure is the larger of the two, never their sum.
"""

JOB = 'job=~"$job"'
INSTANCE = 'instance=~"$instance"'


def series(metric: str, *matchers: str) -> str:
    """The series of a metric in the jobs that were chosen, as told by every instance."""
    return f"{metric}{{{', '.join((JOB, *matchers))}}}"


def told(metric: str, by: str, *matchers: str) -> str:
    """A metric of the view, whichever instance tells it.

    Args:
        metric: its name.
        by: the labels that are kept, beside `job`, separated by commas; "" for none.
        matchers: further label matchers.
    """
    return f"max by ({_labels(by)}) ({series(metric, *matchers)})"


def total(metric: str, by: str, *matchers: str) -> str:
    """A count of each locality, summed to what `by` keeps.

    Args:
        metric: its name; it has the labels `measure` and `locality`.
        by: the labels that are kept, beside `job`.
        matchers: further label matchers.
    """
    kept = dict.fromkeys(("measure", "locality", *_split(by)))
    return f"sum by ({_labels(by)}) ({told(metric, ', '.join(kept), *matchers)})"


def renamed(query: str, label: str, to: str) -> str:
    """A query whose label has another name: two columns of a table can't both be `state`."""
    return f'label_replace({query}, "{to}", "$1", "{label}", "(.+)")'


def or_nought(query: str) -> str:
    """A query that gives 0 where there is nothing to count. Only for what is known to be 0 then."""
    return f"{query} or vector(0)"


def _labels(by: str) -> str:
    return ", ".join(("job", *_split(by)))


def _split(by: str) -> list[str]:
    return [label.strip() for label in by.split(",") if label.strip()]
