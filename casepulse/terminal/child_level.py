"""Commands that show lines about children: off, unless a setting names the log of who looked.

A page asks for a sign-in, a grant and a reason. A command knows none of the first two: whoever
reaches Redis or Kafka with it sees what they give. So it shows nothing until somebody who may
decide that has set where each look is written down, and then writes each one down.
"""

import os
import pwd
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import typer

from casepulse.access.audit import AuditLog
from casepulse.access.grants import Asked
from casepulse.access.record import Look, Outcome, Who
from casepulse.streams.settings import PREFIX, SettingsError
from casepulse.web.list_reasons import LONGEST, wrong_with

VARIABLE = f"{PREFIX}CHILD_LEVEL_COMMANDS"

WhyLook = Annotated[
    str | None,
    typer.Option(
        "--why",
        metavar="WORDS",
        help=f"Why you look, in {LONGEST} characters: it is written down with the look.",
    ),
]

WithRestricted = Annotated[
    bool,
    typer.Option("--restricted", help="Lines of restricted records, too; else they are left out."),
]

Command = Literal["due", "explain", "dead-letters"]


@dataclass(frozen=True, slots=True)
class Looker:
    """Somebody at a command line who may look, and has said why."""

    command: Command
    reason: str
    log: AuditLog

    def write_down(self, shown: str, asked: Asked, order: str, rows: int) -> None:
        """Write a look down, before any line of it is printed.

        Args:
            shown: of which list, or what else.
            asked: which lines of it.
            order: what they are sorted by.
            rows: how many lines.

        Raises:
            casepulse.access.audit.AuditError: it can't be; then nothing may be shown.
        """
        self.log.write(
            Look(
                who=_who(),
                list=shown,
                form=self.command,
                asked=asked,
                order=order,
                page=0,
                rows=rows,
                outcome=Outcome.SHOWN,
                reason=self.reason,
            )
        )


def looker(command: Command, why: str | None) -> Looker:
    """Whoever runs a command that shows lines about children.

    Args:
        command: which.
        why: they look, in their own words.

    Raises:
        SettingsError: such commands are off.
        typer.BadParameter: no reason was given, or it will not do.
        casepulse.access.audit.AuditError: the log can't be written.
    """
    path = os.environ.get(VARIABLE)
    if not path:
        raise SettingsError(
            f"{VARIABLE}: is not set, so no command shows lines about children. They ask for no "
            "sign-in and no grant: whoever runs them sees all that Redis or Kafka gives them. For "
            "those who may, set it to the audit log that each look is to be written into "
            "(docs/access.md); for others, there are the lists of `casepulse web`"
        )
    words = (why or "").strip()
    if wrong := wrong_with(words):
        raise typer.BadParameter(f"{wrong}: --why WORDS. It goes into {path}")
    log = AuditLog(Path(path), logged=False)  # beside the output there is no log of a service
    log.check()
    return Looker(command, words, log)


def _who() -> Who:
    """The account of this machine: who owns the process, and not who says so in a variable."""
    user = os.getuid()
    try:
        name = pwd.getpwuid(user).pw_name
    except KeyError:  # as in a container
        name = str(user)
    return Who(issuer=f"command line of {socket.gethostname()}", subject=name)
