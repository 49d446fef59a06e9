"""A small report made by hand, with every kind of block that a report can hold."""

from decimal import Decimal
from typing import Literal

from casepulse.report.document import Block, Chapter, Commentary, Document, Heading, Paragraph
from casepulse.shown.blocks import (
    Chart,
    Column,
    FigureName,
    Line,
    Rag,
    Row,
    RowGroup,
    Sentence,
    Table,
    Value,
)
from casepulse.shown.marks import NOT_AVAILABLE, WITHHELD

MONTHS = (*(f"2020-{month:02}" for month in range(1, 13)), "2021-01")
LAST = MONTHS[-1]

_RATINGS: dict[Rag, str] = {"green": "Green", "yellow": "Yellow", "red": "Red"}


def example(edition: Literal["internal", "publishable"] = "internal") -> Document:
    """The report. Nothing of it is true."""
    return Document(
        title="Children's Services Performance Report",
        authority="Example County",
        month="January 2021",
        edition=edition,
        release="2021-01/2-final",
        facts=(
            ("Reporting period", "January 2021"),
            ("As at", "the end of 31 January 2021"),
            ("As known at", "midnight at the start of 8 March 2021"),
            ("Release", "2021-01/2-final"),
            ("Definitions", "2021.1"),
            ("Content hash", "6f1ed002ab5595859014ebf0951522d9" * 2),
        ),
        chapters=(_overview(), _contacts(), _children_in_care(), _notes()),
    )


def _percent(measure: str, points: int, period: str = LAST, locality: str = "county") -> Value:
    name = FigureName(measure, period, locality)
    return Value(f"{points}%", Decimal(points), "percent", name)


def _count(measure: str, number: int, period: str = LAST, locality: str = "county") -> Value:
    return Value(f"{number:,}", Decimal(number), "count", FigureName(measure, period, locality))


def _without(shown: str, measure: str, period: str = LAST, locality: str = "county") -> Value:
    return Value(shown, None, "text", FigureName(measure, period, locality))


def _rated(rag: Rag, title: str, figure: Value, direction: str, aip: bool = False) -> Row:
    return Row(
        Value(title, bold=aip),
        (Value(_RATINGS[rag], rag=rag, bold=aip), figure, Value(direction, bold=aip)),
    )


def _overview() -> Chapter:
    return Chapter(
        key="overview",
        title="Overview",
        blocks=(
            Paragraph(
                (
                    Sentence("One measure improved in January, and two declined."),
                    Sentence(
                        "Timeliness of initial visits improved (81%, 333 of 413 children).",
                        (FigureName("initial_visits_all", LAST, "county"),),
                    ),
                )
            ),
            Commentary(
                key="overview",
                prompt="What lies behind the month's figures, and what is being done?",
                text="Visits were paused in the first week of January.\n\nThey began again "
                "on <11 January> & have been in time since.",
            ),
            Heading("Performance dashboard", "dashboard"),
            Table(
                key="dashboard",
                title="Performance dashboard, January 2021",
                columns=(
                    Column("Performance measure"),
                    Column("Rating"),
                    Column("January 2021", numeric=True),
                    Column("Direction of travel"),
                ),
                groups=(
                    RowGroup(
                        "Response to Risk",
                        (
                            _rated(
                                "green",
                                "Initial visits in time",
                                _percent("initial_visits_all", 81),
                                "Improved",
                                aip=True,
                            ),
                            _rated(
                                "red",
                                "Initial contact decision in time",
                                _percent("initial_contact_decision", 64),
                                "Declined for 2nd month",
                            ),
                        ),
                    ),
                    RowGroup(
                        "Repeat Work",
                        (
                            _rated(
                                "yellow",
                                "Repeat referrals",
                                _percent("repeat_referrals", 24),
                                "Declined",
                            ),
                            Row(
                                Value("Readmissions"),
                                (
                                    Value("Not rated"),
                                    _without(WITHHELD, "readmissions"),
                                    Value(NOT_AVAILABLE),
                                ),
                            ),
                        ),
                    ),
                ),
                notes=("A measure in bold is monitored through the Accelerated Improvement Plan.",),
            ),
        ),
    )


def _contacts() -> Chapter:
    visits: tuple[Decimal | None, ...] = tuple(
        Decimal(points) for points in (84, 84, 84, 83, 83, 83, 83, 83, 83, 83, 85, 75, 81)
    )
    withheld: tuple[Decimal | None, ...] = (
        *map(Decimal, (40, 42, 47)),
        None,
        *map(Decimal, (50, 55)),
        None,
        None,
        *map(Decimal, (61, 58, 60, 62, 64)),
    )
    return Chapter(
        key="contacts",
        title="Contact, Referral and Assessment",
        blocks=(
            Heading("Initial visits", "initial_visits"),
            Paragraph(
                (
                    Sentence(
                        "Performance of initial visits is within tolerance of target (85%).",
                        (FigureName("initial_visits_all", LAST, "county"),),
                    ),
                )
            ),
            Chart(
                key="initial_visits_all_chart",
                title="Initial visits in time improved to 81%, within tolerance of target",
                alt="Line chart of initial visits in time from January 2020 (84%) to January "
                "2021 (81%). Highest 85% in November 2020, lowest 75% in December 2020. "
                "Target 85%.",
                months=MONTHS,
                lines=(Line("Example County", visits),),
                unit="percent",
                target=Decimal(85),
                peers=(("Statistical neighbours", Decimal(79)), ("England", Decimal(78))),
            ),
            Chart(
                key="return_interviews_chart",
                title="Return interviews in time rose to 64%",
                alt="Line chart of return interviews in time from January 2020 (40%) to January "
                "2021 (64%); April, July and August 2020 are withheld.",
                months=MONTHS,
                lines=(
                    Line("In time", withheld),
                    Line("Accepted", tuple(map(Decimal, range(70, 83)))),
                ),
                unit="percent",
            ),
            Commentary(key="initial_visits", prompt="Why did visits improve?"),
            Heading("By locality", "initial_visits_locality", level=3),
            Table(
                key="initial_visits_by_locality",
                title="Initial visits in time by locality, best first",
                columns=(
                    Column("Locality"),
                    Column("November 2020", numeric=True),
                    Column("December 2020", numeric=True),
                    Column("January 2021", numeric=True),
                ),
                groups=(
                    RowGroup(
                        "",
                        tuple(
                            Row(
                                Value(locality),
                                tuple(
                                    _percent("initial_visits_all", points, period, locality)
                                    if points is not None
                                    else _without(WITHHELD, "initial_visits_all", period, locality)
                                    for period, points in zip(MONTHS[-3:], figures, strict=True)
                                ),
                            )
                            for locality, figures in (
                                ("North", (88, 80, 92)),
                                ("South & West", (85, 71, 78)),
                                ("Moors", (80, None, None)),
                            )
                        ),
                    ),
                ),
                notes=("Few children live in Moors.",),
            ),
        ),
    )


def _children_in_care() -> Chapter:
    numbers = (724, 730, 741, 735, 738, 742, 750, 749, 755, 760, 771, 1768, 1772)
    series: list[Block] = [
        Heading("Demand", "demand"),
        Chart(
            key="children_in_care_chart",
            title="Children in care rose to 1,772",
            alt="Column chart of children in care at each month's end, from 724 in January 2020 "
            "to 1,772 in January 2021, the highest.",
            months=MONTHS,
            lines=(Line("Children in care", tuple(map(Decimal, numbers))),),
            unit="count",
            kind="column",
        ),
        Chart(
            key="care_rate_chart",
            title="Children in care per 10,000 rose to 61.2",
            alt="Line chart of children in care per 10,000 from 57.1 to 61.2.",
            months=MONTHS,
            lines=(Line("Rate", tuple(Decimal(571 + 3 * n) / 10 for n in range(13))),),
            unit="rate",
            peers=(("Statistical neighbours", Decimal("54.5")), ("England", Decimal("65.1"))),
        ),
        Table(
            key="demand",
            title="Demand over thirteen months",
            columns=(
                Column("Measure"),
                *(Column(month, numeric=True) for month in MONTHS),
            ),
            groups=(
                RowGroup(
                    "Children in Care",
                    (
                        Row(
                            Value("Children in care"),
                            tuple(
                                _count("children_in_care", number, month)
                                for month, number in zip(MONTHS, numbers, strict=True)
                            ),
                        ),
                        Row(
                            Value("Children in care per 10,000 children"),
                            tuple(
                                Value(
                                    f"{rate}",
                                    rate,
                                    "rate",
                                    FigureName("children_in_care_rate", month, "county"),
                                )
                                for month, rate in zip(
                                    MONTHS,
                                    (Decimal(571 + 3 * n) / 10 for n in range(13)),
                                    strict=True,
                                )
                            ),
                        ),
                        Row(
                            Value("Return interviews in time"),
                            tuple(
                                _without(NOT_AVAILABLE, "return_interviews", month)
                                for month in MONTHS
                            ),
                        ),
                    ),
                ),
            ),
            wide=True,
        ),
    ]
    return Chapter(key="children_in_care", title="Children in Care", blocks=tuple(series))


def _notes() -> Chapter:
    return Chapter(
        key="notes",
        title="Definitions and data quality",
        blocks=(
            Paragraph((Sentence("The figures are a mature cut of January 2021."),)),
            Table(
                key="definitions",
                title="Definitions of the measures",
                columns=(Column("Measure"), Column("What is counted")),
                groups=(
                    RowGroup(
                        "",
                        (
                            Row(
                                Value("Initial visits in time"),
                                (
                                    Value(
                                        "Children seen within the standard after a referral was "
                                        "accepted, of those whose visit fell due in the month."
                                    ),
                                ),
                            ),
                        ),
                    ),
                ),
            ),
        ),
    )
