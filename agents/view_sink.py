"""What the board gives its view to. Redis is one (`casepulse.agents.redis_view`); a file is another
(`examples/the_view_in_a_file.py`).

Child-level lists are no part of it: they are written by whoever holds the cases, and the board
knows counts only.
"""

from typing import Protocol

from casepulse.schemas.errors import FailedError
from casepulse.schemas.view import View


class SinkError(FailedError):
    """A view can't be taken now; it says why, and nobody's data is in it."""


class ViewSink(Protocol):
    """Takes one view after the other. What it needs it opens at the first of them."""

    name: str
    """What it is called in health and in logs: "Redis"."""

    async def show(self, view: View) -> bool:
        """Make this the view that holds, whole or not at all.

        Called when figures have changed, and every two seconds when they have not: so that readers
        see that somebody still counts, and so that what was lost is written again. A version that
        is lower than the one that stands comes from a board that has lost its place.

        Args:
            view: all of it.

        Returns:
            whether it stands there now; False if a newer one does.

        Raises:
            SinkError: it can't be taken. The board says so, and comes again with the next one.
        """
        ...
