"""The reports of a world's month, as procedure control reads them: published once the month is over."""

from datetime import datetime, timedelta
from typing import Any

from integrations.simulation.rules.hours import HANOI
from integrations.simulation.rules.network import PROVINCE
from integrations.simulation.rules.steps import Step
from integrations.simulation.service.client import Client

CONTROL = "@key:control"
OK = 400
REPORTS = {
    "766": "Bộ chỉ số QĐ 766/QĐ-TTg / sheet of Decision 766",
    "TINH": "Báo cáo tháng / monthly report",
}
PROVISIONAL = "tạm thời đến hết tháng / provisional until the month is over"
PUBLISHED = "đã công bố, giữ nguyên / published and frozen"


async def reports_of(client: Client, lived: datetime) -> dict[str, str]:
    """Read the reports of the month that was lived in, publish those that can be, and say how they stand."""
    month = (lived - timedelta(microseconds=1)).astimezone(HANOI)
    told = {}
    for kind, meaning in REPORTS.items():
        code = f"BAOCAO-{kind}-{month:%Y}M{month:%m}-{PROVINCE}"
        view = await client.get(f"/api/v1/reports/{code}", CONTROL)
        standing = PROVISIONAL
        if not view["content"]["provisional"]:
            answer = await client.send(_publishing(code, lived))
            standing = PUBLISHED if answer.status_code < OK else answer.json()["detail"]
        told[code] = f"{meaning}; {on_time_of(view)}; {standing}"
    return told


def on_time_of(view: dict[str, Any]) -> str:
    """Say the on-time rate (2.1) of the whole, as the report has it."""
    figures = (
        figure
        for table in view["content"]["tables"]
        for line in table["lines"]
        if line["by"] == "all"
        for figure in line["figures"]
        if figure["key"] == "2.1"
    )
    found = next(figures)
    share = f"{found['value']} %" if "value" in found else "N/A"
    return f"đúng hạn / on time {share} ({found.get('n', 0)}/{found.get('d', 0)})"


def _publishing(code: str, at: datetime) -> Step:
    return Step(at=at, lane="reports", key=CONTROL, method="POST", path=f"/api/v1/reports/{code}/publish")
