"""How a worker's process ends: in time, with Kafka or without."""

import logging
import os
import signal
from threading import Timer
from typing import Any

import faust
import structlog

from casepulse.agents.stopping import Stopping

log = structlog.get_logger()

#: Seconds after SIGTERM within which the worker ends, with everything sent or without.
END_WITHIN = 9.0


class BoundedWorker(faust.Worker):
    """Faust's, but it does not wait for a Kafka that is gone for ever: nothing can be sent to it,
    and what was not acknowledged is read again.

    Args:
        app: the application.
        stopping: knows the exit status, if it does not end in time by itself.
        options: Faust's own.
    """

    def __init__(self, app: faust.App, *, stopping: Stopping, **options: Any) -> None:
        super().__init__(app, **options)
        self._stopping = stopping

    def _schedule_shutdown(self, received: signal.Signals) -> None:
        end = Timer(END_WITHIN, self._end_without_kafka)
        end.daemon = True
        end.start()
        super()._schedule_shutdown(received)

    def _end_without_kafka(self) -> None:
        log.error("not stopped in time, for Kafka does not answer; what is not in it is read again")
        logging.shutdown()
        os._exit(self._stopping.status)
