#!/usr/bin/env python3
"""Print the ACL file that Redis reads: users.acl with the hashes of the passwords put in.

Redis can't read passwords from the environment or from files, but it takes their SHA-256
in place of them. So the passwords stay in files of their own, for the clients to read:

  mkdir -p -m 700 deploy/secrets
  openssl rand -hex 32 > deploy/secrets/redis-worker-password
  openssl rand -hex 32 > deploy/secrets/redis-reader-password
  python deploy/redis/make-acl.py deploy/secrets/redis-worker-password \\
      deploy/secrets/redis-reader-password > deploy/secrets/users.acl

A third file, with the password of those who may read the child-level lists, may follow; without it
there is no such user. With Sentinel or a cluster, --replica names the file with the password as
which servers follow each other, and --sentinel that of the sentinels.

Make it again after a change of users.acl or of a password, and restart Redis.
The passwords are never printed. A line's end after a password is not part of it.
"""

import argparse
import hashlib
import sys
from pathlib import Path

TEMPLATE = Path(__file__).resolve().parent / "users.acl"
# The hash is without salt or rounds: it protects only what can't be guessed.
LEAST = 24


def acl(
    worker: str,
    reader: str,
    lists: str | None = None,
    replica: str | None = None,
    sentinel: str | None = None,
) -> str:
    """The ACL file's text.

    Args:
        worker: the password of the user `worker`.
        reader: the password of the user `reader`.
        lists: the password of the user `lists`; without one there is no such user.
        replica: that of the user `replica`, likewise.
        sentinel: that of the user `sentinel`, likewise.
    """
    passwords = {
        "worker": worker,
        "reader": reader,
        "lists": lists,
        "replica": replica,
        "sentinel": sentinel,
    }
    lines = (line.strip() for line in TEMPLATE.read_text(encoding="utf-8").splitlines())
    users = [line for line in lines if line and not line.startswith("#")]
    text = "".join(f"{line}\n" for line in users if passwords.get(line.split()[1], "") is not None)
    for user, password in passwords.items():
        text = text.replace(f"<{user}>", _sha256(password or ""))
    return text


def _sha256(password: str) -> str:
    return hashlib.sha256(password.encode()).hexdigest()


def _password_in(file: Path) -> str:
    try:
        password = file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SystemExit(f"{file}: {error.strerror}") from None
    if len(password) < LEAST:
        raise SystemExit(
            f"{file}: the password must have {LEAST} characters or more. "
            f"Make one with: openssl rand -hex 32 > {file}"
        )
    return password


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("worker", type=Path, help="file with the worker's password")
    parser.add_argument("reader", type=Path, help="file with the readers' password")
    parser.add_argument(
        "lists", type=Path, nargs="?", help="file with the password for the child-level lists"
    )
    parser.add_argument("--replica", type=Path, help="file with the servers' own password")
    parser.add_argument("--sentinel", type=Path, help="file with the sentinels' password")
    files = {user: file for user, file in vars(parser.parse_args()).items() if file is not None}
    passwords = {user: _password_in(file) for user, file in files.items()}
    if len(set(passwords.values())) < len(passwords):
        raise SystemExit("No two users may have the same password.")
    sys.stdout.write(acl(**passwords))


if __name__ == "__main__":
    main()
