"""Structured logs: one JSON object a line, to standard error."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_SUBJECT = re.compile(r"\b(child|contact|worker|household|legal_case):[A-Za-z0-9][A-Za-z0-9._-]*")


def log_to_stderr(level: str) -> None:
    """Send our own logs, and those of the libraries, to standard error.

    Args:
        level: debug, info, warning or error, of our own. Libraries say warnings and worse: what
            they say below that quotes messages.
    """
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
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *last,
            ],
            foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    # Faust's warning of a message that Kafka refused quotes the message. We tell it ourselves.
    logging.getLogger("faust.topics").setLevel(logging.ERROR)


def _without_subjects(logger: Any, method: str, line: MutableMapping[str, Any]) -> Any:
    """Nobody's key stands in a log, whoever wrote the line."""
    return {
        name: _SUBJECT.sub(r"\1:…", value) if isinstance(value, str) else value
        for name, value in line.items()
    }
