"""Tables: a row a measure or a locality, a query a column."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from grafana_foundation_sdk.builders import common
from grafana_foundation_sdk.builders import table as build
from grafana_foundation_sdk.models.common import TableCellDisplayMode
from grafana_foundation_sdk.models.dashboard import (
    DataTransformerConfig,
    DynamicConfigValue,
    ValueMapping,
)

from .looks import NOT_APPLICABLE, absent, option
from .panels import DATA_SOURCE, HEIGHT, WIDE, query_as_table


@dataclass(frozen=True, slots=True)
class DataLink:
    """A link from a value.

    Args:
        title: what it says.
        address: with Grafana's variables.
        new_tab: whether it leaves the dashboard open.
    """

    title: str
    address: str
    new_tab: bool = False

    def to_json(self) -> dict[str, object]:
        """As the SDK's encoder asks for it, which has no builder for these."""
        return {"title": self.title, "url": self.address, "targetBlank": self.new_tab}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Args:
        title: its heading.
        query: PromQL; the labels that it keeps say which row a value belongs to.
        unit: Grafana's name of its unit.
        label: the label that is shown instead of the value, if any.
        mappings: its words.
        coloured: whether its words' colours fill the cell.
        links: where its values lead.
        width: in pixels; else what is left over.
    """

    title: str
    query: str
    unit: str
    label: str | None = None
    mappings: Sequence[ValueMapping] = ()
    coloured: bool = False
    links: Sequence[DataLink] = ()
    width: int | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """Labels that several queries of a table share.

    Args:
        label: its name.
        title: its heading; None if it is there for links only.
        links: where its values lead.
    """

    label: str
    title: str | None = None
    links: Sequence[DataLink] = field(default=())


def table(
    title: str, description: str, rows: Sequence[Shown], columns: Sequence[Column]
) -> build.Panel:
    """The latest figures, those of one row from several queries.

    Args:
        title: what it is.
        description: what it means.
        rows: the labels that tell one row from another, leftmost first. `job` is added.
        columns: the columns after them.
    """
    panel = (
        build.Panel()
        .title(title)
        .description(description)
        .datasource(DATA_SOURCE)
        .unit("none")
        .mappings([absent()])
        .no_value(NOT_APPLICABLE)
        .filterable(True)
        .height(HEIGHT)
        .span(WIDE)
    )
    left_out = {"Time": True}
    names: dict[str, str] = {"job": "Job"}
    for shown in rows:
        if shown.title is None:
            panel.override_by_name(shown.label, [option("custom.hidden", True)])
        else:
            names[shown.label] = shown.title
            panel.override_by_name(shown.title, _linked(shown.links))
    for index, column in enumerate(columns):
        ref = chr(ord("A") + index)
        panel.with_target(query_as_table(column.query, ref))
        value = f"Value #{ref}" if len(columns) > 1 else "Value"
        if column.label is None:
            names[value] = column.title
        else:
            left_out[value] = True
            names[column.label] = column.title
        panel.override_by_name(column.title, _look(column))
    order = [*(shown.label for shown in rows), *(name for name in names if name != "job"), "job"]
    panel.with_transformation(DataTransformerConfig(id_val="merge", options={}))
    panel.with_transformation(
        DataTransformerConfig(
            id_val="organize",
            options={
                "excludeByName": left_out,
                "indexByName": {name: place for place, name in enumerate(dict.fromkeys(order))},
                "renameByName": names,
            },
        )
    )
    first = next(shown.title for shown in [*rows, *_labels(columns)] if shown.title is not None)
    return panel.sort_by([common.TableSortByFieldState().display_name(first).desc(False)])


def _labels(columns: Sequence[Column]) -> list[Shown]:
    return [Shown(each.label, each.title) for each in columns if each.label is not None]


def _linked(links: Sequence[DataLink]) -> list[DynamicConfigValue]:
    return [option("links", list(links))] if links else []


def _look(column: Column) -> list[DynamicConfigValue]:
    look = [option("unit", column.unit), *_linked(column.links)]
    if column.mappings:
        look.append(option("mappings", list(column.mappings)))
    if column.coloured:
        kind = {"type": TableCellDisplayMode.COLOR_BACKGROUND.value, "mode": "basic"}
        look.append(option("custom.cellOptions", kind))
    if column.width is not None:
        look.append(option("custom.width", column.width))
    return look
