"""A real PostgreSQL for tests: this machine's programs, in a folder of its own, on 127.0.0.1."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.services import HOST, free_port, missing
from tests.waiting import until


class Postgres(NamedTuple):
    """A PostgreSQL server of one's own."""

    port: int
    process: subprocess.Popen[str]

    def url(self, database: str = "postgres", user: str = "postgres", password: str = "") -> str:
        """A database of it, as SQLAlchemy names it."""
        who = f"{user}:{password}" if password else user
        return f"postgresql+psycopg://{who}@{HOST}:{self.port}/{database}"


@contextmanager
def postgres(*rules: str) -> Iterator[Postgres]:
    """A PostgreSQL server that keeps nothing, and lets the user `postgres` in without a password.

    Args:
        rules: who else has to say what, as pg_hba.conf has it; they stand first.
    """
    programs = _postgres_programs()
    if programs is None:
        missing("No PostgreSQL. On Debian and Ubuntu: apt install postgresql")
    # It refuses to run as root.
    user = "postgres" if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="casepulse-postgres-") as folder:
        if user:
            shutil.chown(folder, user)
        data, port = f"{folder}/data", free_port()
        made = [f"{programs}/initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync"]
        subprocess.run(
            [*made, "-E", "UTF8", "--locale=C.UTF-8"],
            check=True, capture_output=True, user=user, group=user, cwd=folder,
        )  # fmt: skip
        access = Path(data, "pg_hba.conf")
        access.write_text("\n".join((*rules, access.read_text())))
        settings = {
            "listen_addresses": HOST,
            "unix_socket_directories": folder,
            "port": str(port),
            "fsync": "off",
            "shared_buffers": "16MB",
        }
        log = Path(folder, "log")
        with log.open("w") as told:
            process = subprocess.Popen(
                [
                    f"{programs}/postgres", "-D", data,
                    *(f"--{name}={value}" for name, value in settings.items()),
                ],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=told.fileno(),
                text=True,
                user=user,
                group=user,
                cwd=folder,
            )  # fmt: skip
        asked = [f"{programs}/pg_isready", "-q", "-h", HOST, "-p", str(port)]
        try:
            until(
                lambda: process.poll() is not None or subprocess.call(asked) == 0,
                "PostgreSQL answers",
            )
            if process.poll() is not None:
                raise RuntimeError(f"PostgreSQL ended:\n{log.read_text()}")
            yield Postgres(port, process)
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)  # without waiting for who is connected
            process.wait()


def _postgres_programs() -> str | None:
    """Where its programs are: of the highest version, for Debian has them beside the PATH."""
    versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    found = sorted(versions, key=lambda path: float(path.parts[-3]))
    program = str(found[-1]) if found else shutil.which("initdb")
    return None if program is None else str(Path(program).parent)
