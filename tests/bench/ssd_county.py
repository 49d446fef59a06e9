"""A Standard Safeguarding Dataset of a large county, made up: the tables as CSV, night after night.

Six years of everybody who was known, some hundred rows a child. What a child's history is follows
from the seed and the child's number alone, so that the next night's tables are the same but for
that day: what happened on it, what was corrected, what was deleted, and what left the six years.
Names are those of the numbers; no person is real.

    python -m tests.bench.ssd_county FOLDER [CHILDREN]      # two nights of it, in two folders
"""

import csv
import sys
from collections import defaultdict
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

from casepulse.schemas.envelope import LONDON

#: The day after the first night; each later night is a day later.
FIRST = date(2026, 6, 30)
YEARS = 6

#: The days of history that a child may have, up to the day before the first night.
_DAYS = 365 * YEARS + 40

_WORKERS, _TEAMS = 900, 40

#: By table, its columns as the extract of a case system has them; others hold nobody's data here.
COLUMNS = {
    "ssd_person": "pers_legacy_id pers_person_id pers_upn pers_forename pers_surname pers_sex "
    "pers_gender pers_ethnicity pers_dob pers_single_unique_id pers_upn_unknown pers_send_flag "
    "pers_expected_dob pers_death_date pers_is_mother pers_nationality",
    "ssd_contacts": "cont_contact_id cont_person_id cont_contact_date cont_contact_source_code "
    "cont_contact_source_desc cont_contact_outcome_json",
    "ssd_cin_episodes": "cine_referral_id cine_person_id cine_referral_date "
    "cine_cin_primary_need_code cine_referral_source_code cine_referral_source_desc "
    "cine_referral_outcome_json cine_referral_nfa cine_close_reason cine_close_date "
    "cine_referral_team cine_referral_worker_id",
    "ssd_cin_assessments": "cina_assessment_id cina_person_id cina_referral_id "
    "cina_assessment_start_date cina_assessment_child_seen cina_assessment_auth_date "
    "cina_assessment_outcome_json cina_assessment_outcome_nfa cina_assessment_team "
    "cina_assessment_worker_id",
    "ssd_cin_plans": "cinp_cin_plan_id cinp_referral_id cinp_person_id cinp_cin_plan_start_date "
    "cinp_cin_plan_end_date cinp_cin_plan_team cinp_cin_plan_worker_id",
    "ssd_cin_visits": "cinv_cin_visit_id cinv_person_id cinv_cin_visit_date cinv_cin_visit_seen "
    "cinv_cin_visit_seen_alone cinv_cin_visit_bedroom",
    "ssd_s47_enquiry": "s47e_s47_enquiry_id s47e_referral_id s47e_person_id s47e_s47_start_date "
    "s47e_s47_end_date s47e_s47_nfa s47e_s47_outcome_json s47e_s47_completed_by_team "
    "s47e_s47_completed_by_worker_id",
    "ssd_initial_cp_conference": "icpc_icpc_id icpc_icpc_meeting_id icpc_s47_enquiry_id "
    "icpc_person_id icpc_cp_plan_id icpc_referral_id icpc_icpc_transfer_in icpc_icpc_target_date "
    "icpc_icpc_date icpc_icpc_outcome_cp_flag icpc_icpc_outcome_json icpc_icpc_team "
    "icpc_icpc_worker_id",
    "ssd_cp_plans": "cppl_cp_plan_id cppl_referral_id cppl_icpc_id cppl_person_id "
    "cppl_cp_plan_start_date cppl_cp_plan_end_date cppl_cp_plan_ola cppl_cp_plan_initial_category "
    "cppl_cp_plan_latest_category",
    "ssd_cp_visits": "cppv_cp_visit_id cppv_person_id cppv_cp_plan_id cppv_cp_visit_date "
    "cppv_cp_visit_seen cppv_cp_visit_seen_alone cppv_cp_visit_bedroom",
    "ssd_cp_reviews": "cppr_cp_review_id cppr_person_id cppr_cp_plan_id cppr_cp_review_due "
    "cppr_cp_review_date cppr_cp_review_meeting_id cppr_cp_review_outcome_continue_cp "
    "cppr_cp_review_quorate cppr_cp_review_participation",
    "ssd_cla_episodes": "clae_cla_episode_id clae_person_id clae_cla_placement_id "
    "clae_cla_episode_start_date clae_cla_episode_start_reason clae_cla_primary_need_code "
    "clae_cla_episode_ceased_date clae_cla_episode_ceased_reason clae_cla_id clae_referral_id "
    "clae_cla_last_iro_contact_date clae_entered_care_date",
    "ssd_cla_placement": "clap_cla_placement_id clap_cla_id clap_person_id "
    "clap_cla_placement_start_date clap_cla_placement_type clap_cla_placement_urn "
    "clap_cla_placement_distance clap_cla_placement_provider clap_cla_placement_postcode "
    "clap_cla_placement_end_date clap_cla_placement_change_reason",
    "ssd_legal_status": "lega_legal_status_id lega_person_id lega_legal_status "
    "lega_legal_status_start_date lega_legal_status_end_date",
    "ssd_cla_reviews": "clar_cla_review_id clar_cla_id clar_cla_person_id clar_cla_review_due_date "
    "clar_cla_review_date clar_cla_review_cancelled clar_cla_review_participation",
    "ssd_cla_visits": "clav_cla_visit_id clav_cla_id clav_person_id clav_cla_visit_date "
    "clav_cla_visit_seen clav_cla_visit_seen_alone",
    "ssd_cla_health": "clah_health_check_id clah_person_id clah_health_check_type "
    "clah_health_check_date clah_health_check_status",
    "ssd_sdq_scores": "csdq_table_id csdq_person_id csdq_sdq_completed_date csdq_sdq_score "
    "csdq_sdq_reason",
    "ssd_missing": "miss_table_id miss_person_id miss_missing_episode_start_date "
    "miss_missing_episode_type miss_missing_episode_end_date miss_missing_rhi_offered "
    "miss_missing_rhi_accepted",
    "ssd_care_leavers": "clea_table_id clea_person_id clea_care_leaver_eligibility "
    "clea_care_leaver_in_touch clea_care_leaver_latest_contact clea_care_leaver_accommodation "
    "clea_care_leaver_accom_suitable clea_care_leaver_activity clea_pathway_plan_review_date "
    "clea_care_leaver_personal_advisor clea_care_leaver_allocated_team "
    "clea_care_leaver_worker_change_date",
    "ssd_involvements": "invo_involvements_id invo_professional_id invo_professional_role_id "
    "invo_professional_team invo_person_id invo_involvement_start_date invo_involvement_end_date "
    "invo_worker_change_reason invo_referral_id",
    "ssd_professionals": "prof_professional_id prof_staff_id prof_professional_name "
    "prof_social_worker_registration_no prof_agency_worker_flag prof_professional_job_title "
    "prof_professional_caseload prof_professional_department prof_full_time_equivalency",
    "ssd_department": "dept_team_id dept_team_name dept_team_parent_id dept_team_parent_name",
}

#: By table, the column by which a row leaves when six years are over; it stays while that is
#: blank. Of a referral it is the first, once the second is filled.
_LEAVES = {
    "ssd_contacts": "cont_contact_date",
    "ssd_cin_episodes": "cine_referral_date",
    "ssd_cin_assessments": "cina_assessment_auth_date",
    "ssd_cin_plans": "cinp_cin_plan_end_date",
    "ssd_cin_visits": "cinv_cin_visit_date",
    "ssd_s47_enquiry": "s47e_s47_end_date",
    "ssd_initial_cp_conference": "icpc_icpc_date",
    "ssd_cp_plans": "cppl_cp_plan_end_date",
    "ssd_cp_visits": "cppv_cp_visit_date",
    "ssd_cp_reviews": "cppr_cp_review_date",
    "ssd_cla_episodes": "clae_cla_episode_ceased_date",
    "ssd_cla_placement": "clap_cla_placement_end_date",
    "ssd_legal_status": "lega_legal_status_end_date",
    "ssd_cla_reviews": "clar_cla_review_date",
    "ssd_cla_visits": "clav_cla_visit_date",
    "ssd_cla_health": "clah_health_check_date",
    "ssd_sdq_scores": "csdq_sdq_completed_date",
    "ssd_missing": "miss_missing_episode_end_date",
    "ssd_involvements": "invo_involvement_end_date",
}

_SOURCES = ("1A", "1C", "2A", "3A", "4", "5A", "6", "8")
_ETHNICITIES = ("WBRI", "WOTH", "MWBC", "BAFR", "APKN", "OOTH", "NOBT")
_CATEGORIES = ("Neglect", "Emotional abuse", "Physical abuse", "Sexual abuse", "Multiple")
_PLACEMENTS = ("U1", "U3", "U4", "U6", "K2", "K3", "P1")
_STATUSES = ("V2 Single period of accommodation", "C1 Interim care order", "C2 Full care order")
_FREE_TEXT = "made up, as long as a note is: " + 'said "this" and that; ' * 6

_CONTACT_FLAGS = [
    "NEW_REFERRAL",
    "EXISTING_REFERRAL",
    "CP_ENQUIRY",
    "NFA",
    "NON_AGENCY_ADOPTION",
    "PRIVATE_FOSTERING",
    "ADVICE",
    "MISSING",
    "OLA_CP",
    "OTHER_OUTCOMES_EXIST",
]
_REFERRAL_FLAGS = [
    "SINGLE_ASSESSMENT",
    "STRATEGY_DISCUSSION",
    "CLA_REQUEST",
    "CP_CONFERENCE",
    "OTHER_OUTCOMES_EXIST",
]
_ASSESSMENT_FLAGS = [
    "NFA",
    "NFA_S47_END",
    "STRATEGY_DISCUSSION",
    "CLA_REQUEST",
    "PROV_OF_SERVICES",
    "REFERRAL_TO_OTHER_AGENCY",
    "OTHER_OUTCOMES_EXIST",
]
_ENQUIRY_FLAGS = [
    "NFA",
    "LEGAL_ACTION",
    "PROV_OF_SERVICES",
    "CP_CONFERENCE",
    "NFA_CONTINUE_SINGLE",
    "MONITOR",
    "OTHER_OUTCOMES_EXIST",
]

Rows = dict[str, list[list[str]]]


def taken(night: int) -> datetime:
    """When a night's tables were taken: at midnight, when its day is over."""
    day = FIRST + timedelta(days=night)
    return datetime(day.year, day.month, day.day, tzinfo=LONDON)


def write_ssd(folder: Path, children: int, night: int, *, seed: int = 7) -> int:
    """Write the tables of a night.

    Args:
        folder: where to; made if it is not there.
        children: how many.
        night: 0 is the first.
        seed: another county.

    Returns:
        how many rows there are.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = 0
    today = FIRST.toordinal() + night
    window = _written(date(FIRST.year - YEARS, FIRST.month, FIRST.day).toordinal() + night)
    leaves = {name: COLUMNS[name].split().index(column) for name, column in _LEAVES.items()}
    closed = COLUMNS["ssd_cin_episodes"].split().index("cine_close_date")
    with ExitStack() as files:
        tables = {}
        for name, columns in COLUMNS.items():
            file = files.enter_context(
                (folder / f"{name}.csv").open("w", newline="", encoding="utf-8-sig")
            )
            tables[name] = csv.writer(file, lineterminator="\r\n")
            tables[name].writerow(columns.split())
        # another order each night: no database promises one
        order = range(children) if night % 2 == 0 else reversed(range(children))
        everything = (_county(), *(_nights(seed, child, night, today) for child in order))
        for rows in everything:
            for name, of_table in rows.items():
                at = leaves.get(name)
                if at is not None:
                    of_table = [
                        row
                        for row in of_table
                        if row[at] >= window
                        or not row[at]
                        or (name == "ssd_cin_episodes" and not row[closed])
                    ]
                tables[name].writerows(of_table)
                written += len(of_table)
    return written


def _county() -> Rows:
    """Who works there, and in which teams."""
    workers = [
        [_worker(n), f"S{n:04}", "Made Up", f"SW{n:05}", "N", "Social Worker", "0", "", "1"]
        for n in range(_WORKERS)
    ]
    teams = [[_team(n), f"Team {n}", "T0", "Children"] for n in range(_TEAMS)]
    return {"ssd_professionals": workers, "ssd_department": teams}


def _nights(seed: int, child: int, night: int, today: int) -> Rows:
    """All that stands of a child, after what each night so far has changed."""
    history = _History(seed, child)
    rows = history.rows
    for each in range(1, night + 1):
        _change(rows, history, Random(f"{seed}-{child}-night-{each}"), FIRST.toordinal() + each - 1)
    if night:  # these get new ids whenever the tables are filled
        for name in ("ssd_sdq_scores", "ssd_care_leavers"):
            for row in rows[name]:
                row[0] = f"{night}{row[0]}"
    return rows


def _change(rows: Rows, history: "_History", luck: Random, day: int) -> None:
    """A day in a child's life; for most nothing happens on it."""
    what, when = luck.random(), _written(day)
    if what < 0.004:
        history.contact(day)
    elif what < 0.024:
        history.visit(day)
    elif what < 0.027:  # what was open is closed
        for row in rows["ssd_involvements"]:
            if not row[6]:
                row[6] = when
    elif what < 0.0275 and rows["ssd_cin_visits"]:  # what was wrong is corrected
        luck.choice(rows["ssd_cin_visits"])[3:5] = ("Y", "Y")
    elif what < 0.028 and rows["ssd_cin_assessments"]:
        row = luck.choice(rows["ssd_cin_assessments"])
        row[3] = _written(date.fromisoformat(row[3][:10]).toordinal() - 1)
    elif what < 0.0283 and rows["ssd_contacts"]:  # and what was entered for another, deleted
        rows["ssd_contacts"].pop(luck.randrange(len(rows["ssd_contacts"])))
    elif what < 0.0284:  # two were one
        for name, columns in COLUMNS.items():
            for at, column in enumerate(columns.split()):
                if column.endswith("person_id"):
                    for row in rows.get(name, ()):
                        row[at] = f"9{row[at]}"


class _History:
    """What happened to a child up to the first night."""

    def __init__(self, seed: int, child: int) -> None:
        self.luck = luck = Random(f"{seed}-{child}")
        self.child = f"{400_000 + child}"
        self.rows: defaultdict[str, list[list[str]]] = defaultdict(list)
        self.made = child * 1_000
        self.ends = FIRST.toordinal()
        born = self.ends - luck.randrange(200, 365 * 18)
        sex = luck.choice("MF")
        self.rows["ssd_person"].append(
            [
                f"L{self.child}", self.child, f"A{self.child}", "Made", "Up", sex, sex,
                luck.choice(_ETHNICITIES), _written(born), "", "", "", "", "", "", "",
            ]
        )  # fmt: skip
        day = max(born + 10, self.ends - _DAYS + luck.randrange(400))
        while day < self.ends - 20:
            day = self._known(day) + luck.randrange(100, 900)
        if luck.random() < 0.12:
            self._in_care(max(born + 20, self.ends - luck.randrange(200, _DAYS)))
        if luck.random() < 0.03:
            self._leaver()

    def id(self) -> str:
        """One that nothing else has."""
        self.made += 1
        return str(self.made)

    def contact(self, day: int) -> None:
        """Somebody was worried."""
        source = self.luck.choice(_SOURCES)
        said = _outcome(_CONTACT_FLAGS, self.luck)
        self._add(
            "ssd_contacts", self.id(), self.child, self._time(day), source, f"{source}: x", said
        )

    def visit(self, day: int) -> None:
        """The child was seen."""
        seen, alone = self._seen()
        self._add("ssd_cin_visits", self.id(), self.child, _written(day), seen, alone, "")

    def _known(self, day: int) -> int:
        """A spell of help, from the first contact to its end; its last day."""
        luck, child, referral = self.luck, self.child, self.id()
        team = _team(luck.randrange(_TEAMS))
        for _ in range(luck.randrange(2, 9)):
            self.contact(day - luck.randrange(0, 9))
        lasts = luck.randrange(40, 420)
        ends = day + lasts
        closes, reason = (
            (_written(ends), luck.choice(("RC7", "RC8"))) if ends < self.ends else ("", "")
        )
        source = luck.choice(_SOURCES)
        self._add(
            "ssd_cin_episodes", referral, child, self._time(day), "N1", source, f"{source}: x",
            _outcome(_REFERRAL_FLAGS, luck), "N", reason, closes, team, self._worker(),
        )  # fmt: skip
        for _ in range(luck.randrange(1, 3)):
            begins = day + luck.randrange(0, 30)
            self._add(
                "ssd_cin_assessments", self.id(), child, referral, _written(begins), "Y",
                self._past(begins + luck.randrange(10, 60)), _outcome(_ASSESSMENT_FLAGS, luck), "N",
                team, self._worker(),
            )  # fmt: skip
        plan = day + 40
        if luck.random() < 0.35:
            self._protected(referral, day, ends, team)
        elif ends > plan:
            self._add(
                "ssd_cin_plans", self.id(), referral, child, _written(plan), self._past(ends), team,
                self._worker(),
            )  # fmt: skip
        for each in range(day + 5, min(ends, self.ends), luck.randrange(10, 18)):
            self.visit(each)
        held = day
        while held < min(ends, self.ends):
            until = min(ends, held + luck.randrange(30, 160))
            self._add(
                "ssd_involvements", self.id(), self._worker(), luck.choice(("CW", "CW", "TM")),
                team, child, _written(held), self._past(until), "", referral,
            )  # fmt: skip
            held = until
        return ends

    def _protected(self, referral: str, day: int, ends: int, team: str) -> None:
        luck, child = self.luck, self.child
        enquiry, conference, plan = self.id(), self.id(), self.id()
        over = day + luck.randrange(4, 20)
        self._add(
            "ssd_s47_enquiry", enquiry, referral, child, _written(day + 2), self._past(over), "N",
            _outcome(_ENQUIRY_FLAGS, luck), team, self._worker(),
        )  # fmt: skip
        met = over + 3
        if luck.random() < 0.4 or met >= self.ends:
            return
        self._add(
            "ssd_initial_cp_conference", conference, self.id(), enquiry, child, plan, referral, "N",
            _written(met), _written(met), "Y", "", team, self._worker(),
        )  # fmt: skip
        category = luck.choice(_CATEGORIES)
        self._add(
            "ssd_cp_plans", plan, referral, conference, child, _written(met), self._past(ends), "N",
            category, category,
        )  # fmt: skip
        for each in range(met + 5, min(ends, self.ends), 10):
            note, (seen, alone) = self.id(), self._seen()
            self._add("ssd_cp_visits", note, child, plan, _written(each), seen, alone, "")
            self._add("ssd_cin_visits", note, child, _written(each), seen, alone, "")
        for each in range(met + 90, min(ends, self.ends), 150):
            self._add(
                "ssd_cp_reviews", self.id(), child, plan, _written(each), _written(each), self.id(),
                "Y", "Yes", "",
            )  # fmt: skip

    def _in_care(self, day: int) -> None:
        luck, child, period = self.luck, self.child, self.id()
        entered = _written(day)
        over = day + luck.randrange(100, 1500)
        left = over < self.ends
        held = day
        while held < min(over, self.ends):
            until = min(over, held + luck.randrange(60, 500))
            placement, first, last = self.id(), held == day, until == over
            ceased = self._past(until)
            reason = "" if not ceased else luck.choice(("E4A", "E11")) if last and left else "X1"
            self._add(
                "ssd_cla_episodes", self.id(), child, placement, _written(held),
                "S" if first else "P", "N1", ceased, reason, period, "", "", entered,
            )  # fmt: skip
            self._add(
                "ssd_cla_placement", placement, period, child, _written(held),
                luck.choice(_PLACEMENTS), "", f"{luck.randrange(60)}.0", "PR1", "XX1 1XX", ceased,
                "CARPL" if ceased else "",
            )  # fmt: skip
            held = until
        self._add(
            "ssd_legal_status", self.id(), child, luck.choice(_STATUSES), entered, self._past(over)
        )
        last_day = min(over, self.ends)
        for each in range(day + 7, last_day, 42):
            self._add("ssd_cla_visits", self.id(), period, child, _written(each), *self._seen())
        for each in range(day + 28, last_day, 150):
            self._add(
                "ssd_cla_reviews",
                self.id(),
                period,
                child,
                _written(each),
                _written(each),
                "N",
                "PN1",
            )
        for each in range(day + 30, last_day, 180):
            kind = luck.choice(("Review Health Assessment", "Dental Check"))
            self._add("ssd_cla_health", self.id(), child, kind, _written(each), "Completed")
        for each in range(day + 100, last_day, 365):
            score = str(luck.randrange(41))
            self._add("ssd_sdq_scores", self.id(), child, _written(each), score, "SSD_PH")
        for each in range(day + 50, last_day, luck.randrange(60, 900)):
            self._add(
                "ssd_missing", self.id(), child, _written(each), "Missing", _written(each + 1),
                "Y", luck.choice("YN"),
            )  # fmt: skip

    def _leaver(self) -> None:
        seen = _written(self.ends - self.luck.randrange(1, 90))
        self._add(
            "ssd_care_leavers", self.id(), self.child, "Former Relevant", "YES", seen,
            "U Independent living", "Suitable", "F2", seen, "", "T1", "",
        )  # fmt: skip

    def _add(self, table: str, *cells: str) -> None:
        self.rows[table].append(list(cells))

    def _past(self, day: int) -> str:
        """An end, unless it has not come yet."""
        return _written(day) if day < self.ends else ""

    def _time(self, day: int) -> str:
        """A day, for half of them with the time of day."""
        if self.luck.random() < 0.5:
            return _written(day)
        hour, minute = self.luck.randrange(8, 18), self.luck.randrange(60)
        return f"{_written(day)[:11]}{hour:02}:{minute:02}:00.000"

    def _seen(self) -> tuple[str, str]:
        return self.luck.choice((("Y", "Y"), ("Y", "N"), ("N", "N")))

    def _worker(self) -> str:
        return _worker(self.luck.randrange(_WORKERS))


_DAY_TEXTS: dict[int, str] = {}


def _written(day: int) -> str:
    """A day as SQL Server prints a DATETIME."""
    try:
        return _DAY_TEXTS[day]
    except KeyError:
        return _DAY_TEXTS.setdefault(day, f"{date.fromordinal(day)} 00:00:00.000")


def _worker(number: int) -> str:
    return f"W{number:04}"


def _team(number: int) -> str:
    return f"T{number}"


def _outcome(flags: list[str], luck: Random) -> str:
    """One of the flags is set; the comments are not escaped, as in most extracts."""
    chosen = luck.randrange(len(flags))
    said = ", ".join(
        f'"{name}_FLAG": "{"Y" if place == chosen else "N"}"' for place, name in enumerate(flags)
    )
    return f'{{{said}, "TOTAL_NO_OF_OUTCOMES": 1, "COMMENTS": "{_FREE_TEXT}"}}'


def main() -> None:
    """Write two nights."""
    folder, children = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 20_000
    for night in (0, 1):
        rows = write_ssd(folder / f"night-{night}", children, night)
        sys.stdout.write(f"night {night}: {rows:,} rows\n")


if __name__ == "__main__":
    main()
