"""Small files as the DfE publishes them, for tests: made up, but for their form."""

from collections.abc import Iterable
from pathlib import Path

#: The authority that the tests are about, and its ten neighbours.
OURS = "901"
TEN = [str(code) for code in range(911, 921)]

ONE_TO_TEN = [str(cell) for cell in range(1, 11)]

_PLACES = (
    "time_period,time_identifier,geographic_level,country_code,country_name,region_code,"
    "region_name,old_la_code,new_la_code,la_name"
)

PLANS = f"{_PLACES},category,CPP_At31,2_years_or_more,2_years_or_more_percent"


def plans_rows(cells: Iterable[str], *, year: str = "2025", more: str = "") -> list[str]:
    """Rows of plans by duration: England 2.3, the region 2.5, ours 9.9, then each neighbour's."""
    place = f"{year},Reporting year"
    rows = [
        f'{place},National,E92000001,England,"","",,"","",Plans,1000,23,2.3{more}',
        f'{place},Regional,E92000001,England,E12000009,South West,,"","",Plans,100,2,2.5{more}',
        authority_row(OURS, "9.9", year=year, more=more),
    ]
    rows += [
        authority_row(code, cell, year=year, more=more)
        for code, cell in zip(TEN, cells, strict=True)
    ]
    return rows


def authority_row(code: str, cell: str, *, year: str = "2025", more: str = "") -> str:
    """A row of plans by duration of an authority."""
    return (
        f"{year},Reporting year,Local authority,E92000001,England,E12000009,South West,{code},"
        f"E1,Council {code},Plans,200,c,{cell}{more}"
    )


def write(path: Path, *lines: str, bom: str = "", end: str = "\n") -> Path:
    """A file of lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((bom + end.join(lines) + end).encode())
    return path


def write_neighbours(
    folder: Path, *, name: str = "sn_model_2025_wide.csv", ten: list[str] = TEN
) -> Path:
    """A list of neighbours: ours, and one of somebody else."""
    head = ",".join(f"SN_{at},SN_{at}P" for at in range(1, 11))
    lines = [
        ",".join([code, f"Council {code}", "7", "South West", *(f"{each},Close " for each in near)])
        for code, near in ((OURS, ten), (TEN[0], [OURS, *TEN[1:]]))
    ]
    head = f"old_la_code,la_name,region_ind,region_name,{head}"
    return write(folder / name, head, *lines, bom="\ufeff")


def write_folder(folder: Path, cells: Iterable[str] = ONE_TO_TEN) -> Path:
    """A folder with plans by duration of 2025 and the list of neighbours."""
    write(folder / "d5_cpps_at31march_by_duration_2013_to_2025.csv", PLANS, *plans_rows(cells))
    write_neighbours(folder)
    return folder
