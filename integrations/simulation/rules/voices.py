"""What citizens say once the week is over: ratings of what was delivered to them, and feedback."""

from collections.abc import Iterator
from datetime import date, datetime
from random import Random
from typing import Any

from integrations.simulation.rules.journey import PROCEDURES
from integrations.simulation.rules.steps import Step
from integrations.simulation.rules.truth import CITIZEN
from integrations.simulation.rules.world import World

RATINGS, NOBODY = 12, ""
"""An address may rate twenty times a minute and write five times an hour; all of the province has one address here."""

SCORES = ("satisfied",) * 9 + ("neutral",) * 2 + ("dissatisfied",)
FEEDBACK: tuple[dict[str, str], ...] = (
    {
        "category": "attitude",
        "text": "Nhân viên bưu điện hướng dẫn rất tận tình, tôi không phải lên Trung tâm lần nào.",
    },
    {"category": "delay", "text": "Kết quả trả chậm một ngày so với giấy hẹn, đề nghị báo trước cho dân."},
    {
        "category": "suggestion",
        "text": "Đề nghị có thêm điểm tiếp nhận hồ sơ tại nhà văn hóa thôn vào thứ Bảy.",
    },
)


def voices(world: World) -> Iterator[Step]:
    """Give the ratings of some dossiers that were delivered, each by who knows the phone number, and some feedback."""
    rng = Random(f"{world.seed}:voices")
    phones = {
        step.saves[0][0].removeprefix("@"): step.body["applicant"]["phone"]
        for step in world.steps
        if step.path == "/api/v1/dossiers"
    }
    delivered = [
        thing for thing in world.truth.pieces if thing.kind == "result" and thing.claims == (CITIZEN,)
    ]
    for thing in delivered[:RATINGS]:
        dossier = dossier_of(thing.name)
        if dossier in phones:
            score, last4 = rng.choice(SCORES), phones[dossier][-4:]
            yield _said(
                world.ends, "/api/v1/ratings", {"code": f"@{dossier}", "last4": last4, "score": score}
            )
    for body in FEEDBACK:
        yield _said(world.ends, "/api/v1/feedback", body)


def dossier_of(result: str) -> str:
    """Name the dossier of a result."""
    return result.removeprefix("@").replace("result:", "dossier:", 1)


def decided_list(day: date) -> dict[str, Any]:
    """Decide on a day what the post carries from then on: the danh mục of the simulated province."""
    return {
        "scope": "VN",
        "valid_from": day.isoformat(),
        "decision": f"{day:%m%d}/QĐ-MP",
        "decided_on": day.isoformat(),
        "citation": "Quyết định công bố danh mục của Sở mô phỏng",
        "entries": [
            {"procedure": each.code, "eligible_submit": True, "eligible_return": True} for each in PROCEDURES
        ],
    }


def _said(at: datetime, path: str, body: dict[str, str]) -> Step:
    return Step(at=at, lane="voices", key=NOBODY, method="POST", path=path, body=body, secret=True)
