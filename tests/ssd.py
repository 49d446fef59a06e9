"""Small Standard Safeguarding Datasets: rows of a test, as files, and what is read of them."""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from casepulse.schemas.envelope import Event
from casepulse.schemas.extracts import ExtractSettings
from casepulse.streams.sources.account import Account
from casepulse.streams.sources.difference import Changes, difference
from casepulse.streams.sources.extract import Extract, Request, Said
from casepulse.streams.sources.readers import reader_of
from casepulse.streams.sources.told import Told

TAKEN = datetime(2026, 6, 29, 22, tzinfo=UTC)

#: The columns that are read, and one or two that must not be.
COLUMNS = {
    "ssd_person": "pers_person_id pers_forename pers_sex pers_ethnicity pers_dob pers_expected_dob",
    "ssd_contacts": "cont_contact_id cont_person_id cont_contact_date cont_contact_source_code "
    "cont_contact_source_desc cont_contact_outcome_json",
    "ssd_cin_episodes": "cine_referral_id cine_person_id cine_referral_date "
    "cine_referral_source_code cine_referral_source_desc cine_referral_outcome_json "
    "cine_referral_nfa cine_close_reason cine_close_date cine_referral_team",
    "ssd_cin_assessments": "cina_assessment_id cina_person_id cina_referral_id "
    "cina_assessment_start_date cina_assessment_auth_date cina_assessment_outcome_json "
    "cina_assessment_outcome_nfa cina_assessment_team",
    "ssd_cin_plans": "cinp_cin_plan_id cinp_referral_id cinp_person_id cinp_cin_plan_start_date "
    "cinp_cin_plan_end_date cinp_cin_plan_team",
    "ssd_cin_visits": "cinv_cin_visit_id cinv_person_id cinv_cin_visit_date cinv_cin_visit_seen "
    "cinv_cin_visit_seen_alone",
    "ssd_s47_enquiry": "s47e_s47_enquiry_id s47e_referral_id s47e_person_id s47e_s47_start_date "
    "s47e_s47_end_date s47e_s47_nfa s47e_s47_outcome_json s47e_s47_completed_by_team",
    "ssd_initial_cp_conference": "icpc_icpc_id icpc_icpc_meeting_id icpc_s47_enquiry_id "
    "icpc_person_id icpc_icpc_transfer_in icpc_icpc_target_date icpc_icpc_date",
    "ssd_cp_plans": "cppl_cp_plan_id cppl_icpc_id cppl_person_id cppl_cp_plan_start_date "
    "cppl_cp_plan_end_date cppl_cp_plan_initial_category cppl_cp_plan_latest_category",
    "ssd_cp_visits": "cppv_cp_visit_id cppv_person_id cppv_cp_plan_id cppv_cp_visit_date "
    "cppv_cp_visit_seen cppv_cp_visit_seen_alone",
    "ssd_cp_reviews": "cppr_cp_review_id cppr_person_id cppr_cp_plan_id cppr_cp_review_due "
    "cppr_cp_review_date cppr_cp_review_meeting_id",
    "ssd_cla_episodes": "clae_cla_episode_id clae_person_id clae_cla_id clae_entered_care_date "
    "clae_cla_episode_start_date clae_cla_episode_start_reason clae_cla_episode_ceased_date "
    "clae_cla_episode_ceased_reason clae_cla_primary_need_code",
    "ssd_cla_placement": "clap_cla_placement_id clap_cla_id clap_person_id "
    "clap_cla_placement_start_date clap_cla_placement_end_date clap_cla_placement_type "
    "clap_cla_placement_provider clap_cla_placement_distance clap_cla_placement_postcode "
    "clap_cla_placement_change_reason",
    "ssd_legal_status": "lega_legal_status_id lega_person_id lega_legal_status "
    "lega_legal_status_start_date lega_legal_status_end_date",
    "ssd_cla_reviews": "clar_cla_review_id clar_cla_id clar_cla_person_id clar_cla_review_date "
    "clar_cla_review_due_date clar_cla_review_cancelled clar_cla_review_participation",
    "ssd_cla_visits": "clav_cla_visit_id clav_person_id clav_cla_visit_date clav_cla_visit_seen "
    "clav_cla_visit_seen_alone",
    "ssd_cla_health": "clah_health_check_id clah_person_id clah_health_check_type "
    "clah_health_check_date clah_health_check_status",
    "ssd_sdq_scores": "csdq_table_id csdq_person_id csdq_sdq_completed_date csdq_sdq_score",
    "ssd_missing": "miss_table_id miss_person_id miss_missing_episode_start_date "
    "miss_missing_episode_end_date miss_missing_episode_type miss_missing_rhi_offered "
    "miss_missing_rhi_accepted",
    "ssd_care_leavers": "clea_table_id clea_person_id clea_care_leaver_eligibility "
    "clea_care_leaver_in_touch clea_care_leaver_latest_contact clea_care_leaver_accommodation "
    "clea_care_leaver_accom_suitable clea_care_leaver_activity clea_pathway_plan_review_date",
    "ssd_involvements": "invo_involvements_id invo_professional_id invo_professional_role_id "
    "invo_professional_team invo_person_id invo_involvement_start_date invo_involvement_end_date",
    "ssd_professionals": "prof_professional_id prof_professional_name prof_professional_department "
    "prof_full_time_equivalency",
    "ssd_immigration_status": "immi_immigration_status_id immi_person_id immi_immigration_status "
    "immi_immigration_status_start_date immi_immigration_status_end_date",
    "ssd_permanence": "perm_table_id perm_person_id perm_adm_decision_date perm_matched_date "
    "perm_placed_for_adoption_date perm_decision_reversed_date perm_decision_reversed_reason "
    "perm_number_of_adopters perm_adopter_sex perm_adopter_legal_status",
    "ssd_cla_previous_permanence": "lapp_table_id lapp_person_id lapp_previous_permanence_option "
    "lapp_previous_permanence_order_date",
    "ssd_pre_proceedings": "prep_table_id prep_person_id prep_plo_family_id "
    "prep_pre_pro_decision_date prep_pre_pro_letter_date prep_care_pro_letter_date",
    "ssd_early_help_episodes": "earl_episode_id earl_person_id earl_episode_start_date "
    "earl_episode_end_date",
}

Row = Mapping[str, object]
Tables = Mapping[str, Iterable[Row]]


def columns_of(table: str) -> tuple[str, ...]:
    """The columns of a table, in the order in which a file has them."""
    return tuple(COLUMNS[table].split())


def text_of(table: str, rows: Iterable[Row], columns: Iterable[str] | None = None) -> str:
    """A table as a file has it.

    Args:
        table: its name.
        rows: by column without the table's beginning (`person_id`), or with it, what stands there.
        columns: those of the file; None: all that are read.
    """
    names = columns_of(table) if columns is None else tuple(columns)
    prefix = COLUMNS[table].partition("_")[0] + "_"
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(names)
    for row in rows:
        cells = {(name if name.startswith(prefix) else prefix + name): row[name] for name in row}
        unknown = cells.keys() - set(names)
        assert not unknown or columns is not None, f"{table} has no {unknown}"
        writer.writerow([cells.get(name, "") for name in names])
    return out.getvalue()


@dataclass
class Read:
    """What was read of a dataset."""

    extract: Extract
    says: list[Said] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.says = list(self.extract.says)
        self.extract.says = self.says
        for account in self.extract.accounts:
            kept = account.told + account.repeated + account.outside + account.held_back
            assert account.rows == kept + account.passed_over + account.bad, account
            assert account.broken or len(account.bad_rows) == account.bad
        places = {(each.subject, each.id) for each in self.says}
        assert len(places) == len(self.says)
        assert sum(account.facts for account in self.extract.accounts) == len(self.says)

    def account(self, table: str) -> Account:
        """That of a table."""
        return next(
            each for each in self.extract.accounts if each.file.lower() == f"{table.lower()}.csv"
        )

    def of(self, type_: str) -> list[Said]:
        """What is told of a type."""
        return [each for each in self.says if type_ == each.data.TYPE]

    def only(self, type_: str) -> Said:
        """The one fact of a type."""
        (said,) = self.of(type_)
        return said

    def bad(self) -> list[tuple[str, int, str | None, str]]:
        """The bad rows of all tables."""
        return [
            (bad.file.removesuffix(".csv"), bad.line, bad.column, bad.reason)
            for account in self.extract.accounts
            for bad in account.bad_rows
        ]


def write(folder: Path, tables: Tables) -> Path:
    """Write a dataset, every table of it: what is not given has no rows."""
    folder.mkdir(parents=True, exist_ok=True)
    for table in COLUMNS:
        (folder / f"{table}.csv").write_text(
            text_of(table, tables.get(table, ())), encoding="utf-8", newline=""
        )
    return folder


def read(folder: Path, taken: datetime = TAKEN, **settings: Any) -> Read:
    """Read one."""
    request = Request(str(folder), taken, ExtractSettings.model_validate(settings))
    return Read(reader_of("ssd").read(request))


class Nights:
    """Datasets that are told one after another."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.told = Told()
        self.events: list[Event[Any]] = []

    def tell(self, taken: datetime, tables: Tables, **settings: Any) -> Changes:
        """Tell one."""
        here = write(self.folder / f"{taken:%Y%m%dT%H%M}", tables)
        return self.tell_folder(here, taken, **settings)

    def tell_folder(self, folder: Path, taken: datetime, **settings: Any) -> Changes:
        """Tell one that lies there."""
        changes = difference(self.told, read(folder, taken, **settings).extract)
        self.told = changes.after
        self.events.extend(changes.events())
        return changes


def words(changes: Changes) -> list[tuple[str, str]]:
    """What is told of each fact, by its id without the source."""
    return sorted((each.word.value, each.place.id.removeprefix("ssd-")) for each in changes.changes)
