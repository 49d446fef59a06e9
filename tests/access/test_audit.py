"""The audit log: what was written can't be changed unseen, and a crash harms nothing."""

import multiprocessing
import random
import signal
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from casepulse.access.audit import BLOCK, AuditError, AuditLog
from casepulse.access.chain import ChainBrokenError, Head, verify, walk
from casepulse.access.grants import Asked
from casepulse.access.kept_head import head_beside, keep_head
from casepulse.access.record import Look, Outcome, Record, Who


def look(number: int = 0, **told: Any) -> Look:
    """A look at a list."""
    return Look(
        **{
            "who": Who(issuer="https://login.example", subject=f"role-{number % 3}"),
            "list": ("cp_visits", "statutory_visits")[number % 2],
            "form": "page",
            "asked": Asked(locality="Stroud", overdue=number % 2 == 0),
            "order": "due",
            "page": 1,
            "rows": number,
            "outcome": Outcome.SHOWN,
            "reason": "Going through the list – Tuesday’s surgery",
            **told,
        }
    )


def written(path: Path, count: int) -> list[Record]:
    """Write so many looks."""
    log = AuditLog(path)
    return [log.write(look(number)) for number in range(count)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a log may be."""
    return tmp_path / "audit.jsonl"


def test_what_is_written_is_read_back_and_the_chain_holds(path: Path) -> None:
    records = written(path, 5)
    with path.open("rb") as lines:
        assert list(walk(lines)) == records
    assert [record.number for record in records] == [1, 2, 3, 4, 5]
    assert verify(path).head == Head(5, records[-1].hash)
    assert [record.look for record in records] == [look(number) for number in range(5)]


def test_nobody_else_may_read_it(path: Path) -> None:
    written(path, 1)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o640)
    with pytest.raises(AuditError, match="chmod 600"):
        AuditLog(path).write(look())
    with pytest.raises(AuditError, match="chmod 600"):
        AuditLog(path).check()


def test_a_log_that_can_not_be_written_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(AuditError, match="No such file"):
        AuditLog(tmp_path / "nowhere" / "audit.jsonl").check()
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(AuditError):
        AuditLog(tmp_path / "link").check()


def test_the_structured_log_has_number_and_hash_and_nobody(path: Path) -> None:
    with capture_logs() as logs:
        [record] = written(path, 1)
    assert logs == [{"event": "audited", "log_level": "info", "number": 1, "hash": record.hash}]


def _in_another_process(path: Path, count: int) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    written(path, count)


def test_threads_and_processes_write_one_chain(path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    others = [context.Process(target=_in_another_process, args=(path, 20)) for _ in range(2)]
    for other in others:
        other.start()
    log = AuditLog(path)
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda number: log.write(look(number)), range(40)))
    for other in others:
        other.join(30)
        assert other.exitcode == 0
    assert verify(path).head.number == 80


# A crash in the middle of a line


@pytest.mark.parametrize("kept", [1, 40, -2])
def test_after_a_line_that_was_broken_off_the_next_writer_goes_on(path: Path, kept: int) -> None:
    records = written(path, 3)
    keep_head(head_beside(path), Head(2, records[1].hash))  # a crash comes before the next head
    whole = path.read_bytes()
    second_last = whole.rindex(b"\n", 0, -1) + 1
    path.write_bytes(whole[:second_last] + whole[second_last:][:kept])
    before = verify(path)
    assert (before.head.number, before.broken_off) == (2, (3,))
    record = AuditLog(path).write(look(9))
    assert record.number == 3
    after = verify(path)
    assert (after.head, after.broken_off) == (Head(3, record.hash), (3,))


def test_a_record_that_lacks_only_its_end_counts(path: Path) -> None:
    written(path, 3)
    path.write_bytes(path.read_bytes().removesuffix(b"\n"))
    assert verify(path).head.number == 3
    assert AuditLog(path).write(look()).number == 4
    assert verify(path).broken_off == ()


def test_it_may_be_broken_off_again_and_again(path: Path) -> None:
    written(path, 2)
    with path.open("ab") as file:
        file.write(b'{"asked":{"lo')  # the first crash
        file.write(b" broken off\n" + b'{"asked":{"locality":"Str')  # the next writer's, too
    assert verify(path).broken_off == (3, 4)
    AuditLog(path).write(look())
    with path.open("ab") as file:
        file.write(b"{" + b" broken off\n")  # closed, and nothing after it
    AuditLog(path).write(look())
    verified = verify(path)
    assert (verified.head.number, verified.broken_off) == (4, (3, 4, 6))


def test_a_crash_in_the_first_line_of_all(path: Path) -> None:
    path.touch(0o600)
    path.write_bytes(b'{"aske')
    assert AuditLog(path).write(look()).number == 1
    assert verify(path).broken_off == (1,)


_FULL = """
import resource, signal, sys
from pathlib import Path
from tests.access.test_audit import look
from casepulse.access.audit import AuditError, AuditLog
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
path = Path(sys.argv[1])
room = path.stat().st_size + 100
resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
try:
    AuditLog(path).write(look())
except AuditError as error:
    print("refused:", error)
"""


def test_where_the_disk_is_full_it_is_said_and_the_log_stays_good(path: Path) -> None:
    written(path, 2)
    size = path.stat().st_size
    ran = subprocess.run(
        [sys.executable, "-c", _FULL, str(path)], capture_output=True, text=True, check=True
    )
    assert "refused:" in ran.stdout
    assert path.stat().st_size == size + 100, "a part of it is there"
    assert AuditLog(path).write(look()).number == 3
    assert verify(path).broken_off == (3,)


_KILLED = """
import sys
from pathlib import Path
from tests.access.test_audit import look
from casepulse.access.audit import AuditLog
log = AuditLog(Path(sys.argv[1]))
while True:
    print(log.write(look()).number, flush=True)
"""


def test_what_was_said_to_be_written_is_there_after_a_kill(path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", _KILLED, str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    told = [line for line, _ in zip(process.stdout, range(30), strict=False)]
    process.send_signal(signal.SIGKILL)
    told += process.stdout.readlines()
    process.wait()
    numbers = [int(line) for line in told if line.endswith("\n") and line.strip().isdigit()]
    assert verify(path).head.number >= numbers[-1]
    AuditLog(path).write(look())
    verify(path)


# Changes


def test_a_changed_end_is_found_by_the_next_writer(path: Path) -> None:
    written(path, 3)
    path.write_bytes(path.read_bytes().replace(b'"rows":2', b'"rows":0'))
    with pytest.raises(AuditError, match="its end was changed"):
        AuditLog(path).write(look())


def test_the_end_is_found_however_much_stands_before_it(path: Path) -> None:
    written(path, 2)
    with path.open("ab") as file:
        file.write(b"x" * (3 * BLOCK))
    assert AuditLog(path).write(look()).number == 3
    assert verify(path).broken_off == (3,)


def test_a_cut_off_end_is_found_by_its_head(path: Path) -> None:
    records = written(path, 5)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:3]))
    assert verify(path).head.number == 3, "without the head nothing is to be seen"
    with pytest.raises(ChainBrokenError, match="cut off"):
        verify(path, Head(5, records[4].hash))
    Path(head_beside(path)).unlink()  # with it, no more is written: see test_kept_head.py
    AuditLog(path).write(look(7))
    AuditLog(path).write(look(8))
    with pytest.raises(ChainBrokenError, match="the log is another"):
        verify(path, Head(5, records[4].hash))


def test_a_log_that_was_written_anew_is_found_by_its_head(path: Path, tmp_path: Path) -> None:
    head = Head(3, written(path, 3)[-1].hash)
    anew = tmp_path / "anew"
    written(anew, 3)
    verify(anew)
    with pytest.raises(ChainBrokenError, match="line 3"):
        verify(anew, head)


@pytest.fixture(scope="module")
def log_of_many(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, Head]:
    """A log with lines that were broken off among the others; and its last record."""
    path = tmp_path_factory.mktemp("audit") / "audit.jsonl"
    records: list[Record] = []
    for number in range(12):
        records += written(path, 1)
        if number in (3, 4, 8):
            with path.open("ab") as file:
                file.write(records[-1].line()[: 10 * number])
    return path.read_bytes(), Head(12, records[-1].hash)


def _edits() -> st.SearchStrategy[tuple[str, int, int, int]]:
    kinds = st.sampled_from(
        ["byte", "bit", "insert", "delete", "cut", "line out", "line twice", "swap", "splice"]
    )
    return st.tuples(kinds, st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 255))


def _edited(log: bytes, edit: tuple[str, int, int, int]) -> bytes:
    kind, one, other, byte = edit
    place = one % len(log)
    lines = log.splitlines(keepends=True)
    line, second = one % len(lines), other % len(lines)
    match kind:
        case "byte":
            return log[:place] + bytes([byte]) + log[place + 1 :]
        case "bit":
            return log[:place] + bytes([log[place] ^ (1 << byte % 8)]) + log[place + 1 :]
        case "insert":
            return log[:place] + bytes([byte]) + log[place:]
        case "delete":
            return log[:place] + log[place + 1 + other % 5 :]
        case "cut":
            return log[:place]
        case "line out":
            return b"".join(lines[:line] + lines[line + 1 :])
        case "line twice":
            return b"".join([*lines[:second], lines[line], *lines[second:]])
        case "swap":
            lines[line], lines[second] = lines[second], lines[line]
            return b"".join(lines)
        case _:
            return log[:place] + log[other % len(log) :]


@settings(max_examples=600, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edit=_edits())
def test_whatever_is_changed_breaks_the_chain(
    log_of_many: tuple[bytes, Head], edit: tuple[str, int, int, int], tmp_path: Path
) -> None:
    log, head = log_of_many
    changed = _edited(log, edit)
    path = tmp_path / "changed"
    path.write_bytes(changed)
    if changed == log or changed == log.removesuffix(b"\n"):
        assert verify(path, head).head == head
        return
    with pytest.raises(ChainBrokenError) as broken:
        verify(path, head)
    assert broken.value.line >= 1


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(field=st.randoms(use_true_random=False))
def test_a_line_with_a_hash_of_its_own_breaks_the_chain_after_it(
    log_of_many: tuple[bytes, Head], field: random.Random, tmp_path: Path
) -> None:
    """Somebody who knows how a line is made, and changes one."""
    log, _ = log_of_many
    lines = log.splitlines(keepends=True)
    of_records = [place for place, line in enumerate(lines) if Record.read(line)]
    place = field.choice(of_records[:-1])
    record = Record.read(lines[place])
    assert record is not None
    changed: dict[str, Any] = field.choice(
        [
            {"look": record.look.model_copy(update={"rows": record.look.rows + 1})},
            {"look": record.look.model_copy(update={"reason": ""})},
            {"previous": "1" * 64},
            {"after_broken_off": "2" * 64},
            {"number": record.number + 1},
        ]
    )
    forged = record.model_copy(update=changed)
    forged = forged.model_copy(update={"hash": forged.hash_of_content()})
    assert Record.read(forged.line()) == forged
    path = tmp_path / "forged"
    path.write_bytes(b"".join([*lines[:place], forged.line(), *lines[place + 1 :]]))
    with pytest.raises(ChainBrokenError):
        verify(path)


def test_it_is_said_what_shows_a_change(path: Path) -> None:
    written(path, 4)
    first, second, third, fourth = path.read_bytes().splitlines(keepends=True)
    for lines, why in (
        ([first, third, fourth], "line 2: it is number 3 where 2 was due: lines are missing"),
        ([first, second, second, third], "line 3: it is number 2 where 3 was due"),
        ([first, third, second, fourth], "line 2: it is number 3 where 2 was due"),
        ([first, second[:-9] + b"\n", third], "line 2: it was changed"),
        ([first, second, b"{ broken off\n", third], "line 4: what stands before it, broken off"),
    ):
        path.write_bytes(b"".join(lines))
        with pytest.raises(ChainBrokenError, match=f"^{why}"):
            verify(path)


def test_the_same_content_in_other_bytes_is_a_change(path: Path) -> None:
    [record] = written(path, 1)
    line = record.line()
    for other in (
        line.replace(b'"rows":0', b'"rows": 0'),
        line.replace(b"}", b',"rows":0}', 1),
        line.replace("’".encode(), b"\\u2019"),
    ):
        assert other != line
        assert Record.read(other) is None
    assert Record.read(line) == record
