"""What is told of a world's month once it is over: ratings and feedback, the reports, and where they can be read."""

from datetime import datetime, timedelta
from typing import Any

from integrations.simulation.rules.hours import HANOI, at, local_day, working_days
from integrations.simulation.rules.network import PROVINCE
from integrations.simulation.rules.steps import Step
from integrations.simulation.rules.voices import voices
from integrations.simulation.rules.world import World
from integrations.simulation.service.client import OK, Client
from integrations.simulation.service.settling import ADMIN, CONTROL

NEAR = timedelta(days=4)
"""A month that ends later stays open: what lies meanwhile would be late through nobody's doing."""

LETTER = "văn bản xin lỗi (đăng nhập: lãnh đạo cơ quan) / a letter of apology (sign in: agency head)"
REPORTS = {
    "766": "Bộ chỉ số QĐ 766/QĐ-TTg / sheet of Decision 766",
    "TINH": "Báo cáo tháng / monthly report",
}
PROVISIONAL = "tạm thời đến hết tháng / provisional until the month is over"
PUBLISHED = "đã công bố, giữ nguyên / published and frozen"


async def close_month(client: Client, world: World) -> list[str]:
    """Let citizens say what they think, and live on to the first working morning after the month, if it is near.

    Gives what was refused on the way.
    """
    refused = [
        f"{step.path}: {answer.text[:200]}"
        for step in voices(world)
        if (answer := await client.send(step)).status_code >= OK
    ]
    if (morning := morning_after(world.ends)) - world.ends < NEAR:
        await client.move_clock(morning, ADMIN)
    return refused


def morning_after(lived: datetime) -> datetime:
    """Give eight o'clock of the first working day of the month that follows."""
    first = (local_day(lived).replace(day=1) + timedelta(days=32)).replace(day=1)
    return at(working_days(first, 1)[0], "08:00")


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


async def pages_of(client: Client, reports: dict[str, str]) -> dict[str, str]:
    """Give the addresses that are worth a look when a month was lived through; `?lang=en` gives each in English."""
    sent = await client.get("/api/v1/apologies", CONTROL, limit=1)
    sheet = next((code for code in reports if "-766-" in code), "")
    letters = {f"/dossiers/{one['dossier']}/apology": LETTER for one in sent["items"]}
    return {
        "/statistics": "thống kê công khai hằng ngày / public statistics of each day",
        f"/published-reports/{sheet}": "phiếu 766 đã công bố, ai cũng xem được / the published sheet, for anybody",
        **letters,
        "/apologies": "danh sách xin lỗi công khai, không nêu tên / public list of apologies, without names",
        "/procedures": "danh mục thủ tục qua bưu chính / what the post carries",
        "/ratings": "đánh giá của người dân / what citizens think",
        "/feedback": "phản ánh, kiến nghị / feedback",
    }


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
