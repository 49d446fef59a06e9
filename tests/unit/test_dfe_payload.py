"""The daily payload to the DfE: what each element becomes, and that every one is accounted for."""

import csv
import json
import tomllib
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from casepulse.schemas.source import known_sources
from casepulse.streams.sources.dfe_payload.kinds import KINDS
from casepulse.streams.sources.dfe_payload.window import window_start
from casepulse.streams.sources.extract import ExtractError
from tests.dfe_payloads import TAKEN, Json, Payloads, Read, child, episode, of, placement

SHARED = Path(__file__).parents[2].parent / "shared/data/dfe-json"


@pytest.fixture
def payloads(tmp_path: Path) -> Payloads:
    return Payloads(tmp_path)


ASSESSMENT = {
    "child_and_family_assessment_id": "a1",
    "start_date": "2026-05-02",
    "authorisation_date": "2026-06-10",
    "factors": ["1A"],
}
ENQUIRY = {
    "section_47_assessment_id": "s1",
    "start_date": "2026-05-03",
    "icpc_required_flag": True,
    "icpc_date": "2026-05-20",
    "end_date": "2026-05-18",
}
NEED_PLAN = {"child_in_need_plan_id": "n1", "start_date": "2026-05-04", "end_date": "2026-06-01"}
PLAN = {"child_protection_plan_id": "p1", "start_date": "2026-05-20", "end_date": "2026-06-20"}
WORKER = {"worker_id": "SW1", "start_date": "2026-05-01", "end_date": "2026-06-01"}

EVERYTHING = of(
    episode(
        closure_date="2026-06-25",
        closure_reason="RC8",
        child_and_family_assessments=[ASSESSMENT],
        section_47_assessments=[ENQUIRY],
        child_in_need_plans=[NEED_PLAN],
        child_protection_plans=[PLAN],
        care_worker_details=[WORKER],
        child_looked_after_placements=[
            placement("l1", "2026-05-21", end_date="2026-06-22", end_reason="E4A")
        ],
        adoption={
            "initial_decision_date": "2026-06-01",
            "matched_date": "2026-06-02",
            "placed_date": "2026-06-03",
        },
        care_leavers={"contact_date": "2026-06-04", "activity": "F4", "accommodation": "B"},
    ),
    health_and_wellbeing={"sdq_assessments": [{"date": "2026-05-30", "score": 12}]},
)


def test_each_element_tells_its_facts(payloads: Payloads) -> None:
    read = payloads.read(EVERYTHING)
    assert read.bad == []
    assert sorted(read.facts) == sorted(
        [
            (
                "referral.started",
                "2026-05-01",
                {"referral": "e1", "pathway": "S17", "source": "1A"},
            ),
            ("referral.closed", "2026-06-25", {"referral": "e1", "reason": "RC8"}),
            ("assessment.started", "2026-05-02", {"assessment": "a1", "referral": "e1"}),
            ("assessment.authorised", "2026-06-10", {"assessment": "a1"}),
            ("strategy_discussion.held", "2026-05-03", {"discussion": "s1", "referral": "e1"}),
            ("s47_enquiry.started", "2026-05-03", {"enquiry": "s1", "discussion": "s1"}),
            ("s47_enquiry.completed", "2026-05-18", {"enquiry": "s1"}),
            (
                "conference.held",
                "2026-05-20",
                {"conference": "s1", "kind": "initial", "enquiry": "s1"},
            ),
            ("child_in_need_plan.started", "2026-05-04", {"plan": "n1"}),
            ("child_in_need_plan.ended", "2026-06-01", {"plan": "n1"}),
            ("protection_plan.started", "2026-05-20", {"plan": "p1"}),
            ("protection_plan.ended", "2026-06-20", {"plan": "p1"}),
            (
                "allocation.started",
                "2026-05-01",
                {"allocation": "SW1.20260501", "worker": "SW1"},
            ),
            ("allocation.ended", "2026-06-01", {"allocation": "SW1.20260501"}),
            ("care_period.started", "2026-05-21", {"period": "l1"}),
            ("placement.started", "2026-05-21", {"placement": "l1", "placement_type": "U1"}),
            ("care_period.ended", "2026-06-22", {"period": "l1", "reason": "E4A"}),
            ("placement.ended", "2026-06-22", {"placement": "l1"}),
            ("adoption.decided", "2026-06-01", {"matched": date(2026, 6, 2)}),
            ("adoption_placement.started", "2026-06-03", {}),
            ("care_leaver.contacted", "2026-06-04", {}),
            ("care_leaver.recorded", "2026-06-04", {"in_touch": "YES", "activity": "F4"}),
            ("strengths_difficulties.completed", "2026-05-30", {"score": 12}),
        ],
    )
    assert [(each.rows, each.told) for each in read.extract.accounts] == [(1, 1)] * len(KINDS)
    assert sum(each.facts for each in read.extract.accounts) == len(read.says)


def test_what_is_told_is_what_the_source_says_it_tells(payloads: Payloads) -> None:
    asylum = of(key="2")
    asylum["child_details"] |= {"uasc_flag": True, "uasc_end_date": "2027-01-01"}
    unborn = child("3", child_details={"expected_date_of_birth": "2026-09-01"})
    moved = of(
        episode(
            child_looked_after_placements=[
                placement("l1", "2026-05-21", end_date="2026-06-02", end_reason="X1",
                          change_reason="CARPL"),
                placement("l2", "2026-06-02", "P"),
            ]
        ),
        key="4",
    )  # fmt: skip
    source = known_sources()["dfe-payload"]
    filled: dict[str, set[str]] = {}
    for each in payloads.read(EVERYTHING, asylum, unborn, moved).says:
        said = each.data.model_dump(exclude_defaults=True)
        filled.setdefault(each.data.TYPE, set()).update(said)
    told = {
        type_: {field.partition("=")[0] for field in fields} | source.assumes.get(type_, {}).keys()
        for type_, fields in source.tells.items()
    }
    assert filled == told


def test_who_a_child_is(payloads: Payloads) -> None:
    def registered(**who: Any) -> tuple[str, Json] | None:
        said = payloads.read(child(child_details=who, social_care_episodes=[episode()])).says
        found = [each for each in said if each.data.TYPE == "child.registered"]
        if not found:
            return None
        return f"{found[0].time:%Y-%m-%d}", found[0].data.model_dump(mode="json")

    unborn = {"team": None, "born": None, "expected": "2026-09-01", "sex": "U", "ethnicity": None}
    assert registered(expected_date_of_birth="2026-09-01") == ("2026-05-01", unborn)
    assert registered(date_of_birth="2026-09-01") == ("2026-05-01", unborn)
    born = {**unborn, "born": "2019-02-03", "expected": None}
    assert registered(expected_date_of_birth="2019-02-03") == ("2019-02-03", born), "it is a guess"
    dirty = registered(date_of_birth="2019-02-03", sex="I", ethnicity="B2")
    assert dirty == ("2019-02-03", born)
    assert registered(sex="F") is None
    spelt = registered(date_of_birth="2019-02-03", sex="a) M", ethnicity="wbri")
    assert spelt is not None
    assert (spelt[1]["sex"], spelt[1]["ethnicity"]) == ("M", "WBRI")


def test_codes_that_are_none_are_left_out_and_counted(payloads: Payloads) -> None:
    read = payloads.read(
        of(
            episode(
                referral_source="ZZ",
                closure_date="2026-06-01",
                closure_reason=["RC1"],
                child_looked_after_placements=[placement("l1", "2026-05-21", kind="F4")],
            )
        )
    )
    assert read.bad == []
    assert read.account("social_care_episodes").unknown_codes == {
        "referral_source": 1,
        "closure_reason": 1,
    }
    assert read.account("child_looked_after_placements").unknown_codes == {"placement_type": 1}
    assert read.of_type("placement.started") == [("2026-05-21", {"placement": "l1"})]


@pytest.mark.parametrize(
    ("said", "meant"), [("K3", "K3"), ("Z11", "Z11"), ("u6", "U6"), ("H5", "H5"), ("Z1 ", "Z1")]
)
def test_placement_types_of_every_version_are_known(
    payloads: Payloads, said: str, meant: str
) -> None:
    stay = placement("l1", "2026-05-21", kind=said)
    read = payloads.read(of(episode(child_looked_after_placements=[stay])))
    assert read.of_type("placement.started")[0][1]["placement_type"] == meant


def test_the_profile_says_what_a_code_of_its_own_means(tmp_path: Path) -> None:
    payloads = Payloads(tmp_path, codes={"referral_source": {"School": "2A"}})
    read = payloads.read(of(episode(referral_source="school")))
    assert read.of_type("referral.started")[0][1]["source"] == "2A"


def test_properties_that_are_not_known_are_noted_by_name_and_not_read(payloads: Payloads) -> None:
    said = of(episode(child_in_need_plans=[{**NEED_PLAN, "reviews": 3}]), Tom_Smith_of_York=1)
    said["child_details"]["education_health_care_plans"] = [{"outcome": "private words"}]
    read = payloads.read(said)
    assert read.bad == []
    notes = "\n".join(read.extract.notes)
    assert "child_in_need_plans: reviews is no property that is known" in notes
    assert "child_details: education_health_care_plans is no property" in notes
    assert "children: (a name that is not repeated here)" in notes
    assert "private" not in notes
    assert "Smith" not in notes
    assert read.account("child_in_need_plans").extra_columns == ("reviews",)


def test_an_object_stands_for_a_list_and_a_list_for_an_object(payloads: Payloads) -> None:
    listed = of(
        episode(
            child_in_need_plans=NEED_PLAN,
            care_leavers=[{"contact_date": "2026-06-04", "activity": "F4"}],
        )
    )
    listed["child_details"] = [listed["child_details"]]
    read = payloads.read(listed)
    assert read.bad == []
    assert read.of_type("child_in_need_plan.started") == [("2026-05-04", {"plan": "n1"})]
    assert len(read.of_type("care_leaver.contacted")) == 1
    assert read.account("child_details").told == 1


def test_what_stands_in_every_episode_is_told_once(payloads: Payloads) -> None:
    leaver = {"contact_date": "2026-06-04", "activity": "F4"}
    earlier = {"contact_date": "2026-05-04", "activity": "F4"}
    adopted = {"initial_decision_date": "2026-06-01"}
    episodes = [episode(f"e{number}", care_leavers=leaver, adoption=adopted) for number in "123"]
    read = payloads.read(of(*episodes, episode("e4", care_leavers=earlier)))
    assert read.bad == []
    assert [day for day, _ in read.of_type("care_leaver.contacted")] == ["2026-06-04"]
    assert len(read.of_type("adoption.decided")) == 1
    leavers = read.account("care_leavers")
    assert (leavers.told, leavers.repeated, leavers.passed_over) == (1, 2, 1)
    assert (read.account("adoption").told, read.account("adoption").repeated) == (1, 2)
    other = episode("e4", care_leavers={**leaver, "activity": "G5"})
    read = payloads.read(of(*episodes, other))
    assert len(read.bad) == 1
    assert "differs from social_care_episodes[4].care_leavers" in read.bad[0]


def test_one_bad_element_is_lost_and_not_the_child(payloads: Payloads) -> None:
    read = payloads.read(
        of(
            episode(
                child_in_need_plans=[
                    {**NEED_PLAN, "start_date": "31/05/2026"},
                    {"child_in_need_plan_id": "n2", "start_date": "2026-02-30"},
                    {"child_in_need_plan_id": "n3"},
                    {**NEED_PLAN, "child_in_need_plan_id": "n4", "end_date": "2026-05-01"},
                    {"start_date": "2026-05-02"},
                    "Thomas Smith",
                    {**NEED_PLAN, "child_in_need_plan_id": "n5"},
                    {**NEED_PLAN, "child_in_need_plan_id": "n5", "end_date": None},
                ],
            ),
            episode("e2", referral_date="soon", child_protection_plans=[PLAN]),
            health_and_wellbeing={"sdq_assessments": [{"date": "2026-05-01", "score": 41}]},
        )
    )  # fmt: skip
    where = "1-all.jsonl, child_in_need_plans, line 1, social_care_episodes[1].child_in_need_plans"
    health = "1-all.jsonl, sdq_assessments, line 1, health_and_wellbeing.sdq_assessments[1].score"
    assert read.bad == [
        f"{health}: is more than 40",
        "1-all.jsonl, social_care_episodes, line 1, social_care_episodes[2].referral_date: "
        "is no date such as 2026-03-31",
        f"{where}[1].start_date: is no date such as 2026-03-31",
        f"{where}[2].start_date: is no day of the calendar",
        f"{where}[3].start_date: is blank",
        f"{where}[4].end_date: lies before start_date",
        f"{where}[5].child_in_need_plan_id: is blank",
        f"{where}[6]: is no object",
        f"{where}[8].end_date: differs from social_care_episodes[1].child_in_need_plans[7], "
        "which is about the same",
    ]
    assert [data["plan"] for _, data in read.of_type("child_in_need_plan.started")] == ["n5"]
    assert len(read.of_type("protection_plan.started")) == 1
    assert read.extract.doubtful == {"child:1"}


def test_what_is_dated_after_the_extract_is_held_back(payloads: Payloads) -> None:
    plan = {"child_in_need_plan_id": "n1", "start_date": "2026-06-29"}
    read = payloads.read(of(episode(child_in_need_plans=[plan], closure_date="2026-07-01")))
    assert read.bad == []
    assert read.account("child_in_need_plans").held_back == 1
    assert read.account("social_care_episodes").told == 1
    changes = payloads.tell(of(episode(child_in_need_plans=[plan])))
    assert "child_in_need_plan.started" not in [event.type for event in payloads.events]
    assert changes.by_type["child_in_need_plan.started"].held_back == 1
    assert len(payloads.tell(of(episode(child_in_need_plans=[plan])))) == 1


def test_ids_of_children(payloads: Payloads, tmp_path: Path) -> None:
    said = [child("A-1"), child("B_2"), child("400"), {"la_child_id": 400, "purge": False}]
    read = payloads.read(*said)
    assert {each.subject for each in read.says} == {"child:A-1", "child:B_2", "child:400"}
    (note,) = read.extract.notes
    assert "not of letters and digits alone: 2" in note
    assert read.bad == [
        "1-all.jsonl, children, line 4: differs from an earlier one of the same child"
    ]
    braces = payloads.read(child("{6F9619FF-8B86-D011-B42D-00CF4FC964FF}"))
    assert len(braces.says[0].subject) == len("child:") + 26
    (tmp_path / "secret").write_text("a secret that nobody knows")
    secret = Payloads(tmp_path, key_file=str(tmp_path / "secret"), child_id="mis_child_id")
    (hidden,) = secret.read(child("400", mis_child_id="M400")).says
    assert "400" not in hidden.subject + hidden.id
    worker = secret.read(of(episode(care_worker_details=[WORKER]), mis_child_id="M1"))
    assert all("SW1" not in repr(each) for each in worker.says)
    assert secret.read(child("400")).bad == [
        "3-all.jsonl, children, line 1, mis_child_id: is blank"
    ]


@pytest.mark.parametrize("marks", [str.encode, lambda text: text.encode("utf-8-sig"),
                                   lambda text: text.encode("utf-16"),
                                   lambda text: text.encode("cp1252")])  # fmt: skip
@pytest.mark.parametrize("shape", ["lines", "array", "pretty", "one a line"])
def test_lines_and_arrays_in_any_encoding_say_the_same(
    tmp_path: Path, marks: Any, shape: str
) -> None:
    said = [of(episode(), key=key) for key in ("1", "2", "3")]
    said[0]["child_details"]["surname"] = "Nuñez"
    lines = [json.dumps(each, ensure_ascii=False) for each in said]
    text = {
        "lines": "\n\n".join(lines) + "\n",
        "array": "[" + ",".join(lines) + "]",
        "pretty": json.dumps(said, indent=2, ensure_ascii=False) + "\n",
        "one a line": "[\r\n" + ",\r\n".join(lines) + "\r\n]\r\n",
    }[shape]
    (tmp_path / "payload.json").write_bytes(marks(text))
    read = Read.of(tmp_path / "payload.json", TAKEN)
    assert read.bad == []
    assert {each.subject for each in read.says} == {"child:1", "child:2", "child:3"}
    assert "Nu" not in repr(read.says) + repr(read.extract.accounts)


def test_a_folder_is_read_as_one(tmp_path: Path) -> None:
    for number in (1, 2):
        requests = [of(episode(), key=f"{number}{each}") for each in range(3)]
        (tmp_path / f"request-{number}.json").write_text(json.dumps(requests))
    (tmp_path / "readme.md").write_text("nothing")
    read = Read.of(tmp_path, TAKEN)
    assert read.account("children").told == 6
    assert read.extract.notes == ["files that were not read: readme.md"]
    (tmp_path / "delta.json").write_text("[]")
    with pytest.raises(ExtractError, match="give one of the two"):
        Read.of(tmp_path, TAKEN)


@pytest.mark.parametrize(
    ("name", "content", "wrong"),
    [
        ("all.json", "", "holds no child"),
        ("all.json", " \n\n", "holds no child"),
        ("all.json", "[]", "holds no child"),
        ("all.json", "CHILD,SEX,DOB\n1,1,01/01/2010\n", "is no JSON"),
        ("all.json", "<Message/>", "is no JSON"),
        ("readme.md", "# nothing", "holds no file that ends in .json"),
    ],
)
def test_what_is_no_payload_is_refused(tmp_path: Path, name: str, content: str, wrong: str) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(ExtractError, match=wrong):
        Read.of(tmp_path, TAKEN)
    with pytest.raises(ExtractError, match="is not there"):
        Read.of(tmp_path / "nowhere", TAKEN)


def test_a_payload_of_changes_may_hold_none(tmp_path: Path) -> None:
    for content in ("", "[]", "\n"):
        (tmp_path / "Delta.json").write_text(content)
        assert Read.of(tmp_path, TAKEN).extract.kind == "delta"


LINE = json.dumps(of(episode())) + "\n"


@pytest.mark.parametrize(
    ("name", "content", "bad"),
    [
        ("all.jsonl", LINE + LINE[:200], "all.jsonl, children, line 2: is no JSON"),
        ("all.jsonl", LINE + '{"la_child_id": "2\0"}\n', "all.jsonl, children, line 2: is no JSON"),
        ("all.jsonl", LINE + '{"la_child_id": null}\n', "line 2, la_child_id: is blank"),
        ("all.jsonl", LINE + "7\n", "all.jsonl, children, line 2: is no object"),
        ("all.jsonl", LINE + "[" * 5000 + "\n", "all.jsonl, children, line 2: is no JSON"),
        ("all.json", "[" + LINE + "," + LINE[:200], "all.json, children, line 2: is no JSON"),
        ("all.json", "[" + LINE, "all.json, children, line 2: the array has no end"),
        ("all.json", "[" + LINE + "] x", "all.json, children, line 2: is no JSON"),
        ("all.json", "[" + LINE + "," + "[" * 99999, "all.json, children, line 2: is no JSON"),
        ("all.json", "[" + LINE + ', "Tom"]', "all.json, children, line 2: is no object"),
    ],
)
def test_what_is_no_json_is_bad_and_the_payload_not_whole(
    tmp_path: Path, name: str, content: str, bad: str
) -> None:
    (tmp_path / name).write_text(content)
    read = Read.of(tmp_path / name, TAKEN)
    assert len(read.bad) == 1
    assert bad in read.bad[0]
    assert {each.subject for each in read.says} == {"child:1"}
    assert not read.extract.windows, "who is missing, nobody knows"
    assert any("nothing is withdrawn" in note for note in read.extract.notes)


def test_children_that_stand_there_twice(payloads: Payloads) -> None:
    first, other = of(episode()), of(episode(referral_source="2A"))
    read = payloads.read(first, dict(reversed(first.items())))
    assert (read.account("children").told, read.account("children").repeated) == (1, 1)
    read = payloads.read(first, other)
    assert read.bad == [
        "2-all.jsonl, children, line 2: differs from an earlier one of the same child"
    ]
    assert read.extract.doubtful == {"child:1"}


def test_nothing_personal_comes_out(payloads: Payloads) -> None:
    said = of(episode(child_looked_after_placements=[placement("l1", "Northtown")]))
    said["child_details"] |= {
        "first_name": "Alexandra", "surname": "Northtown", "postcode": "NT1 1AA",
        "unique_pupil_number": "A123456789012", "sex": "Northtown", "ethnicity": "Northtown",
    }  # fmt: skip
    read = payloads.read(said)
    everything = repr(read.extract) + repr(read.says) + str(read.bad)
    for word in ("Alexandra", "Northtown", "NT1", "A1234567"):
        assert word not in everything
    assert len(read.bad) == 1


@pytest.mark.parametrize(
    ("taken", "since"),
    [("2026-06-29", "2024-04-01"), ("2026-03-31", "2023-04-01"), ("2026-04-01", "2024-04-01")],
)
def test_the_window_begins_on_a_first_of_april(taken: str, since: str) -> None:
    instant = datetime.fromisoformat(f"{taken}T02:15:00+00:00")
    assert window_start(instant).isoformat() == since


# --- the shared county, where it is there ---


@pytest.fixture
def shared() -> dict[str, str]:
    """What was counted in it, by other hands."""
    if not SHARED.is_dir():
        pytest.skip(f"no data at {SHARED}")
    rows = csv.DictReader((SHARED / "counts.csv").read_text("utf-8").splitlines())
    return {row["source"].split()[1] + ": " + row["what"]: row["count"] for row in rows}


def test_every_count_comes_out(shared: dict[str, str]) -> None:
    whole = Read.of(SHARED / "2026-06-29-all.jsonl", TAKEN)
    assert whole.bad == []
    said = {kind: whole.account(kind).told for kind in (each.name for each in KINDS)}
    day = "2026-06-29-all: "
    for name in (
        *("children", "child_and_family_assessments", "child_in_need_plans"),
        *("section_47_assessments", "child_protection_plans", "care_worker_details"),
        "child_looked_after_placements",
    ):
        assert str(said[name]) == shared[day + name], name
    episodes, closed = said["social_care_episodes"], len(whole.of_type("referral.closed"))
    assert f"{episodes}; {episodes - closed}" == shared[day + "episodes; open"]
    assert str(said["sdq_assessments"]) == shared[day + "SDQ scores"]
    plans = said["child_protection_plans"] - len(whole.of_type("protection_plan.ended"))
    assert str(plans) == shared[day + "plans open"]
    assert not any(each.unknown_codes or each.extra_columns for each in whole.extract.accounts)
    delta = Read.of(SHARED / "2026-06-30-delta.jsonl", datetime(2026, 6, 30, 2, 15, tzinfo=UTC))
    assert delta.bad == []
    there = {each.subject for each in whole.says}
    of_delta = {each.subject for each in delta.says} | delta.extract.gone
    found = (
        *(len(of_delta), len(of_delta - there)),
        *(len(delta.extract.gone), len(delta.extract.gone_records)),
    )
    name = "children in it; not told before; purged as a whole; with a purged part"
    assert "; ".join(map(str, found)) == shared[f"2026-06-30-delta: {name}"]


def test_it_is_all_that_the_schema_has(shared: dict[str, str]) -> None:
    schema = json.loads((SHARED / "openapi-1.0.1.json").read_text("utf-8"))
    known = {kind.name: set(kind.reads) | kind.left_alone for kind in KINDS}
    found = 0

    def look(name: str, there: Json) -> None:
        nonlocal found
        there = there.get("items", there)
        if "properties" in there:
            found += 1
            assert set(there["properties"]) == known[name], name
            for each, what in there["properties"].items():
                look(each, what)

    look("children", schema["components"]["schemas"]["CSC"])
    assert found == len(KINDS)


def test_the_made_up_children_are_valid(shared: dict[str, str]) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads((SHARED / "openapi-1.0.1.json").read_text("utf-8"))
    jsonschema.validate([EVERYTHING], schema["components"]["schemas"]["CSC"])


def test_the_source_is_described_where_the_reader_is() -> None:
    said = files("casepulse.schemas").joinpath("sources/dfe-payload.toml").read_text("utf-8")
    told = {each for kind in KINDS for each in kind.types}
    assert set(tomllib.loads(said)["tells"]) == told
