"""Structured logs: one JSON object a line, to standard error."""

import logging
import re
import sys
from collections.abc import MutableMapping
from time import monotonic
from typing import Any, TextIO

import structlog

#: Seconds after which a line that a library says again is written again.
AGAIN_AFTER = 10.0

_SUBJECT = re.compile(r"\b(child|contact|worker|household|legal_case):[A-Za-z0-9][A-Za-z0-9._-]*")


def log_to_stderr(level: str) -> None:
    """Send our own logs, and those of the libraries, to standard error."""
    log_to(sys.stderr, level)


def log_to(stream: TextIO, level: str) -> None:
    """Send our own logs, and those of the libraries, somewhere.

    Args:
        stream: where to.
        level: debug, info, warning or error, of our own. Libraries say warnings and worse: what
            they say below that quotes messages.
    """
    logging.captureWarnings(True)  # Python's own go the same way
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: list[Any] = [
        structlog.processors.format_exc_info,
        _without_subjects,
        structlog.processors.JSONRenderer(),
    ]
    structlog.configure(
        processors=[*shared, *last],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[level.upper()]
        ),
        logger_factory=structlog.PrintLoggerFactory(stream),
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *last,
            ],
            foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name],
        )
    )
    handler.addFilter(_NotAgain())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    # Faust's warning of a message that Kafka refused quotes the message. We tell it ourselves.
    logging.getLogger("faust.topics").setLevel(logging.ERROR)
    # kafka-python, which looks at the topics in a thread, warns of each wait for the others.
    logging.getLogger("kafka.net.selector").setLevel(logging.ERROR)


class _NotAgain(logging.Filter):
    """Lets a line of a library pass once in ten seconds. aiokafka says thousands of times a second
    that a topic is missing."""

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[tuple[str, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line is to be written."""
        now = monotonic()
        try:
            line = record.name, record.getMessage()
        except (TypeError, ValueError):  # its arguments don't fit; the handler says so
            return True
        if now - self._said.get(line, -AGAIN_AFTER) < AGAIN_AFTER:
            return False
        self._said = {line: at for line, at in self._said.items() if now - at < AGAIN_AFTER}
        self._said[line] = now
        return True


def _without_subjects(logger: Any, method: str, line: MutableMapping[str, Any]) -> Any:
    """Nobody's key stands in a log, whoever wrote the line."""
    return {
        name: _SUBJECT.sub(r"\1:…", value) if isinstance(value, str) else value
        for name, value in line.items()
    }
