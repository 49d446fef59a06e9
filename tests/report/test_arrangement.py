"""Which blocks stand beside each other."""

from dataclasses import replace

from casepulse.report.arrangement import Charts, TableBeside, TextBeside, arranged
from casepulse.report.document import Block, Heading, Paragraph
from casepulse.shown.blocks import Chart, Sentence, Table
from tests.report.example import example

CHART = next(block for block in example().blocks() if isinstance(block, Chart))
OTHER = replace(CHART, key="other")
SMALL = next(table for table in example().tables() if not table.wide)
WIDE = next(table for table in example().tables() if table.wide)
SAID, TOLD = Paragraph((Sentence("Said."),)), Paragraph((Sentence("Told."),))
HEADING = Heading("Heading", "heading")


def test_a_chart_stands_beside_what_was_just_said() -> None:
    assert list(arranged((HEADING, SAID, TOLD, CHART))) == [HEADING, SAID, TextBeside(TOLD, CHART)]


def test_charts_that_follow_each_other_stand_together() -> None:
    assert list(arranged((SAID, CHART, OTHER))) == [SAID, Charts((CHART, OTHER))]
    assert list(arranged((HEADING, CHART))) == [HEADING, Charts((CHART,))]


def test_a_chart_stands_beside_its_table_and_what_is_said_between_before_both() -> None:
    assert list(arranged((SAID, CHART, TOLD, SMALL))) == [SAID, TOLD, TableBeside(CHART, SMALL)]
    assert list(arranged((CHART, SMALL, WIDE))) == [TableBeside(CHART, SMALL), WIDE]


def test_a_large_table_stands_alone() -> None:
    long = replace(SMALL, groups=SMALL.groups * 5)
    for table in (WIDE, long):
        assert list(arranged((CHART, table))) == [Charts((CHART,)), table]


def test_every_block_of_the_example_is_kept() -> None:
    for chapter in example().chapters:
        kept: list[Block] = []
        for each in arranged(chapter.blocks):
            if isinstance(each, Charts):
                kept += each.charts
            elif isinstance(each, TextBeside):
                kept += [each.paragraph, each.chart]
            elif isinstance(each, TableBeside):
                kept += [each.chart, each.table]
            else:
                kept.append(each)
        assert sorted(map(repr, kept)) == sorted(map(repr, chapter.blocks))
        assert [each for each in kept if isinstance(each, Table)] == [
            each for each in chapter.blocks if isinstance(each, Table)
        ]
