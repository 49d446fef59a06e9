"""The lists: who sees which line of them, what is written down of it, and how they are shown."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from redis.exceptions import RedisError
from starlette.testclient import TestClient

from casepulse.access.audit import AuditLog
from casepulse.access.chain import verify
from casepulse.access.columns import NAMES
from casepulse.access.grants import Identity
from casepulse.access.lists import every_list
from casepulse.access.reading import list_reader
from casepulse.access.record import Outcome
from casepulse.access.rules import lists_of
from casepulse.agents.due_lists import KEPT, ListKeys
from casepulse.schemas.due import Due
from casepulse.web.list_query import PAGE
from casepulse.web.list_reasons import REASONS
from casepulse.web.lists import OpenLists
from casepulse.web.sessions import IDLE, Sessions
from tests.access.people import CATALOGUE, LINES, LISTS, NOW, PEOPLE, TEAMS, VISITS, Person, line
from tests.services import HOST
from tests.web.list_site import (
    LISTS as PASSWORD,
)
from tests.web.list_site import (
    WORKER,
    AsToldSignIn,
    put_lists,
    records_of,
    redis_with_users,
    settings_of,
    site,
    subjects,
    token_of,
)

pytestmark = pytest.mark.broker

HEAD = Person("head", "service", (), LISTS, restricted=True)
STROUD = Person("stroud", "locality", ("Stroud",), (VISITS,), restricted=False)


class Clock:
    """Stands still until it is told to move on."""

    def __init__(self) -> None:
        self.now = 1_790_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A Redis with our users."""
    with redis_with_users(tmp_path_factory.mktemp("redis")) as port:
        yield port


@dataclass
class Tried:
    """The pages, somebody who looks at them, and the log."""

    client: TestClient
    sign_in: AsToldSignIn
    log: Path
    clock: Clock
    port: int

    def sign_in_as(self, person: Person) -> None:
        """From now on, this is who looks."""
        self.sign_in.somebody = person.identity()

    def give_reason(self, measure: str, reason: str = REASONS[0], **told: str) -> Any:
        """Say why."""
        form = self.client.get(f"/lists/{measure}/reason")
        return self.client.post(
            f"/lists/{measure}/reason",
            data={"token": token_of(form.text), "choice": reason, **told},
        )


@pytest.fixture
def tried(port: int, tmp_path: Path) -> Iterator[Tried]:
    """The pages, on the lines of `tests.access.people`, which two partitions hold."""
    put_lists(port, 0, LINES[::2], NOW)
    put_lists(port, 1, LINES[1::2], NOW + timedelta(minutes=4))
    clock = Clock()
    sign_in = AsToldSignIn(Sessions("k" * 32, secure=False, clock=clock))
    log = tmp_path / "audit.jsonl"
    read = list_reader(settings_of(port, "lists", PASSWORD))
    lists = OpenLists(sign_in, AuditLog(log), read, CATALOGUE)
    with TestClient(site(lists, CATALOGUE), base_url="http://127.0.0.1") as client:
        yield Tried(client, sign_in, log, clock, port)


# Who sees what

FILTERS: list[dict[str, str]] = [
    {},
    {"locality": "Stroud"},
    {"locality": "FoD", "overdue": "yes"},
    {"team": "stroud-safeguarding"},
    {"team": "fod-assessment"},
    {"locality": "FoD", "team": "fod-assessment"},
]


def may_look(person: Person, measure: str, asked: dict[str, str]) -> bool:
    """A plain statement of which looks are let through."""
    if measure not in person.lists:
        return False
    locality, team = asked.get("locality"), asked.get("team")
    if person.scope == "service":
        return True
    if person.scope == "locality":
        return (locality is None or locality in person.names) and (
            team is None or TEAMS[team] in person.names
        )
    return (team is None or team in person.names) and (
        locality is None or any(TEAMS[each] == locality for each in person.names)
    )


def expected(person: Person, measure: str, asked: dict[str, str]) -> set[str]:
    """A plain statement of whose lines are shown."""
    return {
        each.subject
        for each in LINES
        if each.measure == measure
        and person.should_see(each)
        and asked.get("locality", each.locality) == each.locality
        and asked.get("team", each.team) == each.team
    }


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.name)
def test_every_look_is_let_through_or_denied_as_it_should_and_written_down(
    tried: Tried, person: Person
) -> None:
    tried.sign_in.somebody = HEAD.identity()
    for measure in LISTS:
        assert tried.give_reason(measure).status_code == 200  # the list, for who may see all
    before = len(records_of(tried.log))
    tried.sign_in_as(person)
    looks = [(m, asked, form) for m in LISTS for asked in FILTERS for form in ("page", "csv")]
    for measure, asked, form in looks:
        path = f"/lists/{measure}" + (".csv" if form == "csv" else "")
        answer = tried.client.get(path, params=asked)
        what = measure, asked, form
        shown = subjects(answer.text)
        if may_look(person, measure, asked):
            assert answer.status_code == 200, what
            assert len(shown) == len(set(shown)), what
            assert set(shown) == expected(person, measure, asked), what
        else:
            assert answer.status_code == 403, what
            assert shown == [], what
        assert answer.headers["cache-control"] == "no-store"
    records = records_of(tried.log)[before:]
    assert len(records) == len(looks)
    for record, (measure, asked, form) in zip(records, looks, strict=True):
        look = record.look
        let = may_look(person, measure, asked)
        assert (look.who.issuer, look.who.subject) == ("https://login.example", person.name)
        assert (look.list, look.form, look.reason) == (measure, form, REASONS[0])
        assert look.outcome is (Outcome.SHOWN if let else Outcome.DENIED)
        assert look.rows == (len(expected(person, measure, asked)) if let else 0)
        assert look.asked.locality == asked.get("locality")
        assert look.asked.team == asked.get("team")
        assert look.asked.overdue == ("overdue" in asked)
    verify(tried.log)


def test_the_matrix_has_looks_of_every_kind() -> None:
    """Else it would hold nothing."""
    looks = [(p, m, asked) for p in PEOPLE for m in LISTS for asked in FILTERS]
    let = [each for each in looks if may_look(*each)]
    assert 100 < len(let) < len(looks) - 100
    assert {p.restricted for p, _, _ in let} == {True, False}
    assert sum(each.restricted for each in LINES) == len(LINES) // 2


#: The list of a part, and that of what was late in the month, with the measure whose grant opens
#: each.
OTHERS = {
    "cic_health_assessment_under_5": "cic_health_assessment",
    "initial_contact_decision.late": "initial_contact_decision",
    "red_contact_decision.late": "red_contact_decision",
    "initial_visits_not_seen.late": "initial_visits_all",
    "cl_older_seen": "cl_older_seen",
}


@pytest.mark.parametrize("name", OTHERS)
def test_a_list_of_a_part_and_one_of_what_is_over_are_opened_by_the_same_grant_and_written_down(
    tried: Tried, name: str
) -> None:
    measure, over = OTHERS[name], name.endswith(".late")
    status = {
        "cic_health_assessment_under_5": "overdue_under_5",
        "initial_visits_not_seen.late": "not_seen",
        "cl_older_seen": "overdue_21_and_over",
    }.get(name, "missed")
    told: dict[str, object] = {"due": None, "overdue": False, "over": True} if over else {}
    ours = [
        line(f"child:{team[0]}{team[-1]}{restricted:d}", measure, team, restricted=restricted,
             status=status, **told)
        for team in TEAMS for restricted in (False, True)
    ]  # fmt: skip
    other = line("child:zz", measure, status="overdue_5_and_over", **told)
    awaited = line("child:yy", measure, status=status, **({} if over else {"over": True}))
    put_lists(tried.port, 0, [*ours, awaited, *([other] if measure not in name else [])], NOW)
    put_lists(tried.port, 1, [], NOW)
    for person in (
        Person("all", "service", (), (measure,), restricted=True),
        Person("stroud", "locality", ("Stroud",), (measure,), restricted=False),
        Person("fod", "team", ("fod-assessment",), (measure,), restricted=True),
    ):
        tried.sign_in_as(person)
        tried.give_reason(name)
        seen = {each.subject for each in ours if person.should_see(each)}
        for form in ("page", "csv"):
            path = f"/lists/{name}.csv" if form == "csv" else f"/lists/{name}"
            answer = tried.client.get(path)
            assert answer.status_code == 200
            assert set(subjects(answer.text)) == seen, (person.name, form)
            look = records_of(tried.log)[-1].look
            assert (look.list, look.form, look.rows) == (name, form, len(seen))
    tried.sign_in_as(Person("none", "service", (), (VISITS,), restricted=True))
    assert tried.client.get(f"/lists/{name}").status_code == 403
    assert records_of(tried.log)[-1].look.outcome is Outcome.DENIED
    verify(tried.log)


def test_who_is_late_without_a_due_day_stands_first_and_is_overdue(tried: Tried) -> None:
    open_list(tried, line("child:a"), line("child:b", due=None, status="never"))
    page = tried.client.get(f"/lists/{VISITS}", params={"overdue": "yes"}).text
    assert subjects(page) == ["child:b", "child:a"]
    assert "No due day" in page
    assert "<strong>Overdue</strong>" in page
    told = list(csv.reader(io.StringIO(tried.client.get(f"/lists/{VISITS}.csv").text)))
    assert told[1][:4] == ["", "overdue", "", "child:b"]


def test_the_list_of_what_is_over_says_so_and_has_no_due_days(tried: Tried) -> None:
    name = "red_contact_decision.late"
    over = line("contact:c1", "red_contact_decision", due=None, overdue=False, over=True,
                status="missed", month="2021-01")  # fmt: skip
    put_lists(tried.port, 0, [over], NOW)
    put_lists(tried.port, 1, [], NOW)
    tried.sign_in_as(replace(HEAD, lists=("red_contact_decision",)))
    tried.give_reason(name)
    page = tried.client.get(f"/lists/{name}").text
    assert "Late in January 2021, and over" in page
    assert subjects(page) == ["contact:c1"]
    assert "Calendar days overdue" not in page
    assert "Overdue only" not in page
    assert 'href="/lists/red_contact_decision"' in page
    told = list(csv.reader(io.StringIO(tried.client.get(f"/lists/{name}.csv").text)))
    assert told[1][:4] == ["", "late, and over", "", "contact:c1"]


def test_nobody_is_led_to_the_sign_in_and_back(tried: Tried) -> None:
    for path, to in (
        ("/lists", "%2Flists"),
        (f"/lists/{VISITS}?locality=FoD", f"%2Flists%2F{VISITS}%3Flocality%3DFoD"),
        (f"/lists/{VISITS}.csv?team=a", f"%2Flists%2F{VISITS}%3Fteam%3Da"),
    ):
        answer = tried.client.get(path, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/sign-in?to={to}")
    assert not tried.log.exists()


def test_the_overview_names_the_lists_that_are_open_and_counts_nobody(tried: Tried) -> None:
    titles = lists_of(CATALOGUE)
    tried.sign_in_as(STROUD)
    page = tried.client.get("/lists")
    assert page.status_code == 200
    assert re.findall(r'href="/lists/(\w+)"', page.text) == [VISITS]
    assert titles[VISITS] in page.text
    tried.sign_in.somebody = Identity("https://login.example", "nobody", "", ())
    page = tried.client.get("/lists")
    assert page.status_code == 403
    assert "No list is open to you" in page.text
    assert not tried.log.exists()


def test_there_is_no_list_of_what_nobody_has_to_do(tried: Tried) -> None:
    tried.sign_in_as(HEAD)
    for name in ("nothing", "contacts", "iha_timely", "cp_visits_"):
        assert tried.client.get(f"/lists/{name}").status_code == 404


def test_without_a_sign_in_the_lists_are_off_and_say_why() -> None:
    with TestClient(site(None, CATALOGUE), base_url="http://127.0.0.1") as client:
        for path in ("/lists", "/lists/cp_visits", "/lists/cp_visits.csv"):
            page = client.get(path)
            assert page.status_code == (200 if path == "/lists" else 404)
            assert "The lists are off" in page.text
            assert "CASEPULSE_WEB_OIDC_ISSUER" in page.text
            assert page.headers["cache-control"] == "no-store"


# Why they look


def test_a_reason_is_given_first(tried: Tried) -> None:
    tried.sign_in_as(STROUD)
    for path in (f"/lists/{VISITS}", f"/lists/{VISITS}.csv"):
        answer = tried.client.get(path, params={"worker": "w1"})
        assert answer.url.path == f"/lists/{VISITS}/reason"
        assert answer.url.query == b"worker=w1"
        assert subjects(answer.text) == []
    assert not tried.log.exists()
    shown = tried.give_reason(VISITS, "own", own=" Surgery with the team – Tuesday’s ")
    assert shown.url.path == f"/lists/{VISITS}"
    assert "Surgery with the team – Tuesday’s" in shown.text
    [record] = records_of(tried.log)
    assert record.look.reason == "Surgery with the team – Tuesday’s"


def test_a_reason_holds_for_its_list_and_for_half_an_hour(tried: Tried) -> None:
    tried.sign_in_as(HEAD)
    tried.give_reason(VISITS)
    assert "Why do you look" in tried.client.get(f"/lists/{LISTS[1]}").text
    tried.clock.now += IDLE - 1
    assert "Why do you look" not in tried.client.get(f"/lists/{VISITS}").text
    tried.clock.now += 2
    assert "Why do you look" in tried.client.get(f"/lists/{VISITS}").text


@pytest.mark.parametrize(
    ("choice", "own", "told"),
    [
        ("", "", "Choose why you look at this list"),
        ("because", "", "Choose why you look at this list"),
        ("own", "  x ", "Write why you look at this list"),
        ("own", "x" * 201, "200 characters or fewer"),
        ("own", "two\x0blines", "in letters, figures and punctuation"),
        ("own", "a look \U0001f600", "in letters, figures and punctuation"),
    ],
)
def test_a_missing_reason_is_told_in_a_summary(
    tried: Tried, choice: str, own: str, told: str
) -> None:
    tried.sign_in_as(STROUD)
    answer = tried.give_reason(VISITS, choice, own=own)
    assert answer.status_code == 400
    assert "<title>Error: " in answer.text
    assert "There is a problem" in answer.text
    assert answer.text.count(told) == 2, "in the summary, and at the field"
    [at] = re.findall(r'<li><a href="#([^"]+)"', answer.text)
    assert f'id="{at}"' in answer.text
    assert tried.client.get(f"/lists/{VISITS}").url.path.endswith("/reason")


def test_the_longest_reasons_find_room_in_the_cookie(tried: Tried) -> None:
    """A browser would drop a larger one, and with it the session."""
    person = replace(HEAD, lists=tuple(lists_of(CATALOGUE)))
    tried.sign_in_as(person)
    for measure in (each.name for each in every_list(CATALOGUE).values() if each.whole is None):
        answer = tried.give_reason(measure, "own", own="ȑ" * 200)
        assert answer.url.path == f"/lists/{measure}"
    assert len(tried.client.cookies["casepulse"]) < 4096 - 1500 * 4 // 3, "and room for the rest"


def test_no_other_site_can_send_the_form(tried: Tried) -> None:
    tried.sign_in_as(STROUD)
    for token in ({}, {"token": ""}, {"token": "x" * 22}):
        answer = tried.client.post(f"/lists/{VISITS}/reason", data={"choice": REASONS[0], **token})
        assert answer.status_code == 403
    assert tried.client.get(f"/lists/{VISITS}").url.path.endswith("/reason")


# What is shown


def open_list(tried: Tried, *lines: Due, now: datetime = NOW) -> None:
    """Somebody who sees all, a reason given, and other lines."""
    put_lists(tried.port, 0, lines, now)
    put_lists(tried.port, 1, [], now)
    tried.sign_in_as(HEAD)
    tried.give_reason(VISITS)


def test_a_line_says_all_there_is_to_say(tried: Tried) -> None:
    due = datetime(2021, 1, 28, 23, 30, tzinfo=UTC)
    open_list(
        tried,
        line("child:a", restricted=True, workers=("w1", "w2")),
        line("child:b", team=None, overdue=False, status="not_due", due=date(2021, 2, 12)),
        line("child:c", due=due),
        line("child:d", due=datetime(2021, 1, 29, 8, 59, tzinfo=UTC)),
    )
    page = tried.client.get(f"/lists/{VISITS}")
    rows = [
        [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<t[dh].*?</t[dh]>", row)]
        for row in re.findall(r'<tr class="govuk-table__row.*?</tr>', page.text, re.DOTALL)
    ]
    assert rows[1:] == [
        [
            "26 Jan 2021",
            "3",
            "child:a",
            "p1",
            "Overdue",
            "Stroud",
            "stroud-safeguarding",
            "w1, w2",
            "Restricted",
        ],
        [
            "28 Jan 2021, 23:30",
            "1",
            "child:c",
            "p1",
            "Overdue",
            "Stroud",
            "stroud-safeguarding",
            "w1",
            "",
        ],
        [
            "29 Jan 2021, 08:59",
            "Since today",
            "child:d",
            "p1",
            "Overdue",
            "Stroud",
            "stroud-safeguarding",
            "w1",
            "",
        ],
        ["12 Feb 2021", "", "child:b", "p1", "Not due", "Other", "", "w1", ""],
    ]
    assert "09:00 on Friday 29 January 2021" in page.text
    told = list(csv.reader(io.StringIO(tried.client.get(f"/lists/{VISITS}.csv").text)))
    assert tuple(told[0]) == NAMES
    assert told[1] == [
        "2021-01-26", "overdue", "3", "child:a", "p1", "overdue", "Stroud", "stroud-safeguarding", "w1 w2", "restricted",  # noqa: E501
    ]  # fmt: skip
    assert told[3][:4] == ["2021-01-29T08:59:00+00:00", "overdue", "0", "child:d"]
    assert told[4] == ["2021-02-12", "", "", "child:b", "p1", "not_due", "Other", "", "w1", ""]


@pytest.mark.parametrize("column", NAMES)
def test_it_is_sorted_by_any_column_either_way(tried: Tried, column: str) -> None:
    lines = [
        line("child:a", due=date(2021, 1, 25), workers=("w9",), team="fod-assessment"),
        line("child:c", due=date(2021, 1, 20), status="never", occurrence="p0"),
        line("child:b", due=date(2021, 2, 3), status="met", overdue=False, restricted=True),
        line("child:d", due=date(2021, 1, 11), workers=(), team=None),
    ]
    key: dict[str, Callable[[Due], Any]] = {
        "due": lambda each: each.due,
        "late": lambda each: each.overdue,
        "days_overdue": lambda each: (date(2021, 1, 29) - each.due).days if each.overdue else 0,
        "subject": lambda each: each.subject,
        "which": lambda each: each.occurrence,
        "status": lambda each: each.status,
        "locality": lambda each: each.locality,
        "team": lambda each: each.team or "",
        "workers": lambda each: each.workers,
        "restricted": lambda each: each.restricted,
    }
    open_list(tried, *lines)
    for order, sort in ((column, "ascending"), (f"-{column}", "descending")):
        told = tried.client.get(f"/lists/{VISITS}", params={"order": order})
        shown = [next(each for each in lines if each.subject == s) for s in subjects(told.text)]
        values = [key[column](each) for each in shown]
        assert values == sorted(values, reverse=sort == "descending")
        assert len(values) == 4
        if column != "late":
            assert re.findall(r'aria-sort="(\w+)"', told.text) == [sort]
        file = tried.client.get(f"/lists/{VISITS}.csv", params={"order": order})
        assert subjects(file.text) == subjects(told.text)
    assert records_of(tried.log)[-1].look.order == f"-{column}"


def test_it_is_filtered_by_worker_and_by_what_is_late(tried: Tried) -> None:
    open_list(
        tried,
        line("child:a", workers=("w1", "w2")),
        line("child:b", workers=("w12",)),
        line("child:c", workers=("w2",), overdue=False, status="met", due=date(2021, 2, 1)),
    )
    for asked, shown in (
        ({"worker": "w2"}, ["child:a", "child:c"]),
        ({"worker": " w2 ", "overdue": "yes"}, ["child:a"]),
        ({"worker": "w9"}, []),
    ):
        page = tried.client.get(f"/lists/{VISITS}", params=asked)
        assert subjects(page.text) == shown
    assert "Nobody whom you may see is on this list with these filters" in page.text
    assert records_of(tried.log)[-1].look.rows == 0


def test_a_long_list_has_pages_and_the_file_has_all(tried: Tried) -> None:
    lines = [line(f"child:k{number:03}") for number in range(2 * PAGE + 50)]
    open_list(tried, *lines)
    before = len(records_of(tried.log))
    seen = []
    for page in (1, 2, 3):
        told = tried.client.get(f"/lists/{VISITS}", params={"page": page})
        seen.append(subjects(told.text))
    assert [len(each) for each in seen] == [PAGE, PAGE, 50]
    assert [each for page in seen for each in page] == [each.subject for each in lines]
    assert "Lines 201 to 250 of 250" in told.text
    assert f'href="/lists/{VISITS}?page=2"' in told.text
    beyond = tried.client.get(f"/lists/{VISITS}", params={"page": 9})
    assert subjects(beyond.text) == seen[2]
    file = tried.client.get(f"/lists/{VISITS}.csv", params={"page": 2})
    assert len(subjects(file.text)) == 250
    told_of = [(r.look.form, r.look.page, r.look.rows) for r in records_of(tried.log)[before:]]
    assert told_of == [
        ("page", 1, PAGE),
        ("page", 2, PAGE),
        ("page", 3, 50),
        ("page", 3, 50),
        ("csv", 0, 250),
    ]


def test_all_of_a_long_list_on_one_page_is_one_look_at_all_of_its_lines(tried: Tried) -> None:
    teams = ("stroud-safeguarding", "fod-assessment")
    lines = [line(f"child:k{at:03}", team=teams[at % 2]) for at in range(2 * PAGE + 50)]
    open_list(tried, *lines)
    before = len(records_of(tried.log))
    told = tried.client.get(f"/lists/{VISITS}", params={"team": teams[0], "order": "-subject"})
    assert f'href="/lists/{VISITS}?team={teams[0]}&amp;order=-subject&amp;page=all"' in told.text
    whole = tried.client.get(
        f"/lists/{VISITS}", params={"team": teams[0], "order": "-subject", "page": "all"}
    )
    assert subjects(whole.text) == [each.subject for each in reversed(lines[::2])]
    assert "125 lines" in whole.text
    assert "Filters: team stroud-safeguarding." in whole.text
    assert whole.headers["Cache-Control"] == "no-store"
    assert "script-src 'self'" in whole.headers["Content-Security-Policy"]
    assert "<script" not in whole.text
    last = records_of(tried.log)[-1]
    assert (last.look.form, last.look.page, last.look.rows) == ("page", 0, 125)
    assert last.look.asked.team == teams[0]
    assert f"which is look {last.number} in the audit log" in whole.text
    assert len(records_of(tried.log)) == before + 2


def test_who_may_not_see_a_list_does_not_see_all_of_it_either(tried: Tried) -> None:
    tried.sign_in_as(STROUD)
    asked = {"locality": "FoD", "page": "all"}
    assert tried.client.get(f"/lists/{VISITS}", params=asked).status_code == 403
    denied = records_of(tried.log)[-1].look
    assert (denied.outcome, denied.page, denied.rows) == (Outcome.DENIED, 0, 0)
    tried.give_reason(VISITS)
    whole = tried.client.get(f"/lists/{VISITS}", params={"page": "all"})
    assert set(subjects(whole.text)) == expected(STROUD, VISITS, {})


@pytest.mark.parametrize(
    "asked",
    [
        {"locality": "Nowhere"},
        {"team": "Not a team"},
        {"worker": "=cmd"},
        {"order": "name"},
        {"order": "--due"},
        {"page": "0"},
        {"page": "²"},
    ],
)
def test_what_can_not_be_asked_for_is_refused_in_words(tried: Tried, asked: dict[str, str]) -> None:
    tried.sign_in_as(HEAD)
    tried.give_reason(VISITS)
    before = len(records_of(tried.log))
    for path in (f"/lists/{VISITS}", f"/lists/{VISITS}.csv"):
        answer = tried.client.get(path, params=asked)
        assert answer.status_code == 400
        assert "can’t be shown like that" in answer.text
        assert subjects(answer.text) == []
    assert len(records_of(tried.log)) == before


def test_no_cell_of_the_file_is_a_formula(tried: Tried) -> None:
    odd = ["=1+1", "+1", "-1", "@x", "\tx", "\rx", 'a "quoted", cell', "two\r\nlines", "plain"]
    lines = [line(f"child:{n}", occurrence=cell) for n, cell in enumerate(odd)]
    open_list(tried, *lines)
    answer = tried.client.get(f"/lists/{VISITS}.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert (
        answer.headers["content-disposition"]
        == f'attachment; filename="{VISITS}_2021-01-29_0900.csv"'
    )
    assert answer.content.count(b"\r\n") == len(odd) + 2
    told = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert [each["which"] for each in told] == [
        "'=1+1", "'+1", "'-1", "'@x", "'\tx", "'\rx", 'a "quoted", cell', "two\r\nlines", "plain"
    ]  # fmt: skip


# What can't be known, or can't be written down


def test_a_list_that_is_not_whole_or_is_old_says_so(tried: Tried) -> None:
    keys = ListKeys.of(settings_of(tried.port, "worker", WORKER))
    tried.sign_in_as(HEAD)
    tried.give_reason(VISITS)
    assert "data-notice" not in tried.client.get(f"/lists/{VISITS}").text
    with Redis(host=HOST, port=tried.port, username="worker", password=WORKER) as worker:
        worker.expire(keys.owner(0), KEPT - 1000)
        page = tried.client.get(f"/lists/{VISITS}").text
        assert re.findall(r'data-notice="(\w+)"', page) == ["old"]
        assert "renewed 16 minutes ago" in page
        file = tried.client.get(f"/lists/{VISITS}.csv")
        assert file.headers["content-disposition"].endswith('_0900_old.csv"')
        worker.delete(keys.owner(1), keys.lines(1, VISITS))
        page = tried.client.get(f"/lists/{VISITS}").text
        assert re.findall(r'data-notice="(\w+)"', page) == ["part", "old"]
        assert "1 of its 2 parts is missing" in page
        file = tried.client.get(f"/lists/{VISITS}.csv")
        assert file.headers["content-disposition"].endswith('_0900_incomplete.csv"')
        worker.delete(keys.owner(0), keys.lines(0, VISITS))
        page = tried.client.get(f"/lists/{VISITS}").text
        assert "There is no list now" in page
        assert "Nobody whom you may see" not in page, "nought is not shown for unknown"


def test_a_list_that_lost_lines_or_has_bad_ones_says_how_many_of_how_many(tried: Tried) -> None:
    """On the page and in the file; a line that can't be read is named by its place, in the log."""
    keys = ListKeys.of(settings_of(tried.port, "worker", WORKER))
    open_list(tried, *(line(f"child:k{number}") for number in range(20)))
    put_lists(tried.port, 1, [line(f"child:m{number}") for number in range(23)], NOW)
    assert "data-notice" not in tried.client.get(f"/lists/{VISITS}").text
    with Redis(host=HOST, port=tried.port, username="worker", password=WORKER) as worker:
        worker.zadd(keys.lines(0, VISITS), {'{"subject":"child:secret"': 1})
        worker.delete(keys.lines(1, VISITS))
    page = tried.client.get(f"/lists/{VISITS}")
    assert page.status_code == 200
    assert re.findall(r'data-notice="(\w+)"', page.text) == ["part"]
    assert "20 of 43 lines are here: children who are late may not be on it" in page.text
    assert "2 of its 2 parts are not as written" in page.text
    assert "1 of its lines can’t be read and is left out" in page.text
    assert "20 lines, of a list that is not whole" in page.text
    assert len(subjects(page.text)) == 20
    file = tried.client.get(f"/lists/{VISITS}.csv")
    assert file.headers["content-disposition"].endswith('_incomplete.csv"')
    told = "20 of 43 lines; 2 of 2 parts are not as written; 1 can't be read"
    rows = list(csv.DictReader(io.StringIO(file.text)))
    assert [row["incomplete"] for row in rows] == [told] * 20
    nobody = {"worker": "nobody"}
    page_of_nobody = tried.client.get(f"/lists/{VISITS}", params=nobody).text
    assert "That does not mean that nobody is late" in page_of_nobody
    assert "Nobody whom you may see" not in page_of_nobody
    file_of_nobody = tried.client.get(f"/lists/{VISITS}.csv", params=nobody).text
    assert file_of_nobody.splitlines()[1:] == [f"{',' * len(NAMES)}{told}"]
    assert "secret" not in page.text + file.text


def test_without_a_line_in_the_log_no_row_leaves(tried: Tried) -> None:
    tried.sign_in_as(HEAD)
    tried.give_reason(VISITS)
    tried.log.chmod(0o644)
    for path in (f"/lists/{VISITS}", f"/lists/{VISITS}.csv"):
        answer = tried.client.get(path)
        assert answer.status_code == 503
        assert subjects(answer.text) == []
        assert "the log of looks can’t be written" in answer.text
    tried.sign_in_as(replace(STROUD, lists=LISTS[1:]))
    assert tried.client.get(f"/lists/{VISITS}").status_code == 503
    tried.log.chmod(0o600)
    assert tried.client.get(f"/lists/{VISITS}").status_code == 403


@pytest.mark.parametrize(("user", "password"), [("reader", "the-reader-s"), ("lists", "wrong")])
def test_only_the_user_of_the_lists_may_read_them(
    tried: Tried, user: str, password: str, tmp_path: Path
) -> None:
    read = list_reader(settings_of(tried.port, user, password))
    with pytest.raises(RedisError):
        read(VISITS)
    lists = OpenLists(tried.sign_in, AuditLog(tmp_path / "other"), read, CATALOGUE)
    tried.sign_in_as(HEAD)
    with TestClient(site(lists, CATALOGUE), base_url="http://127.0.0.1") as client:
        other = replace(tried, client=client)
        answer = other.give_reason(VISITS)
    assert answer.status_code == 503
    assert "The list can’t be read now" in answer.text
    assert not (tmp_path / "other").exists()


def test_the_browser_keeps_nothing_and_tells_nobody(tried: Tried) -> None:
    tried.sign_in_as(HEAD)
    tried.give_reason(VISITS)
    page = tried.client.get(f"/lists/{VISITS}")
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"
    assert "form-action 'self';" in page.headers["content-security-policy"]
    assert "etag" not in page.headers
    assert "<script" not in page.text
