"""How figures are written for people and for spreadsheets."""

from collections.abc import Iterator
from decimal import Decimal

from manifests.reports.rules.definitions import DEFINITIONS, REASONS, Form
from manifests.reports.rules.model import NOT_APPLICABLE, Content, Figure, Line, Table
from manifests.reports.rules.words import TABLES

COLUMNS: dict[str, tuple[str, ...]] = {
    "settlement": (
        "handled", "received", "carried", "done", "done_on_time", "done_late", "open_late", "2.1", "3.3.post",
        "unapologised",
    ),
}  # fmt: skip
"""Of wide tables, what a page or a sheet of paper shows of each line; spreadsheets have all."""
COLUMNS["procedures"] = COLUMNS["settlement"]

CSV_HEADER = (
    "bảng",
    "theo",
    "mã nhóm",
    "nhóm",
    "chỉ tiêu",
    "tên chỉ tiêu",
    "giá trị",
    "tử số",
    "mẫu số",
    "khoảng tin cậy từ",
    "đến",
    "lý do không có số liệu",
)

Cell = str | int | Decimal | None


def columns_of(table: Table) -> tuple[str, ...]:
    """Choose which figures of each line are shown side by side."""
    return COLUMNS.get(table.key, table.figures)


def whole_of(table: Table) -> Line | None:
    """Find the line of the whole."""
    return next((line for line in table.lines if line.by == "all"), None)


def name_of(key: str) -> str:
    """Name a figure; indicators go by their number too."""
    name = DEFINITIONS[key].name[0]
    return f"{key} {name}" if key[0].isdigit() else name


def text_of(figure: Figure | None, *, english: bool = False) -> str:
    """Write a figure for people: 1.234 and 95,12 % in Vietnamese, N/A where there is none."""
    if figure is None or figure.value is None:
        return NOT_APPLICABLE
    form = DEFINITIONS[figure.key].form
    plain = f"{Decimal(figure.value):,f}"
    if not english:
        plain = plain.translate(str.maketrans(",.", ".,"))
    unit = {Form.RATE: " %", Form.MONEY: " VND" if english else " đồng"}.get(form, "")
    return plain + unit


def basis_text(figure: Figure | None, *, english: bool = False) -> str:
    """Write what a figure rests on: of how many, how sure; or why there is none."""
    if figure is None:
        return ""
    if figure.why is not None:
        return REASONS[figure.why][english]
    if figure.d is None:
        return ""
    text = f"{figure.n}/{figure.d}"
    if figure.low is None or figure.high is None:
        return text
    low, high = (each if english else each.replace(".", ",") for each in (figure.low, figure.high))
    return f"{text}; {'between' if english else 'từ'} {low} {'and' if english else 'đến'} {high} %"


def long_rows(content: Content) -> Iterator[tuple[Cell, ...]]:
    """Write every figure as a row of its own, for programs."""
    for table in content.tables:
        for line in table.lines:
            for figure in line.figures:
                name = DEFINITIONS[figure.key].name[0]
                yield (
                    table.key,
                    line.by,
                    line.group,
                    line.label,
                    figure.key,
                    name,
                    number_of(figure),
                    figure.n,
                    figure.d,
                    _number(figure.low),
                    _number(figure.high),
                    REASONS[figure.why][0] if figure.why else None,
                )


def wide_table(table: Table) -> tuple[str, tuple[str, ...], list[tuple[Cell, ...]]]:
    """Lay a table out as people keep it: a line a group, a column a figure."""
    header = ("Nhóm", *(name_of(key) for key in table.figures))
    rows = [(line.label, *(number_of(line.figure(key)) for key in table.figures)) for line in table.lines]
    return TABLES[table.key][0], header, rows


def number_of(figure: Figure | None) -> Cell:
    """Give a figure as a spreadsheet's number, or N/A."""
    if figure is None or figure.value is None:
        return NOT_APPLICABLE
    form = DEFINITIONS[figure.key].form
    return int(figure.value) if form in {Form.COUNT, Form.MONEY} else Decimal(figure.value)


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
