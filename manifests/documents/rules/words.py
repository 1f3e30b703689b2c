"""How days, moments, sums and states are written on Vietnamese papers."""

from datetime import datetime

from postal.network.rules import LOCAL

ERASED = "đã xoá"
"""What stands for a person whose data was erased."""

CITIZEN_WORDS = "Tổ chức, cá nhân"

FORM_WORDS = {"original": "bản chính", "copy": "bản sao", "electronic": "bản điện tử"}

CONDITION_WORDS = {
    "intact": "nguyên vẹn",
    "damaged": "hư hỏng, rách",
    "opened": "bị mở",
    "seal_broken": "vỡ niêm phong",
    "lost": "mất",
    "found": "đã tìm thấy",
}

SEAL_WORDS = {"intact": "nguyên vẹn", "broken": "bị vỡ", "missing": "không còn"}

KIND_WORDS = {"dossier": "hồ sơ", "result": "kết quả", "item": "bưu gửi", "bag": "túi"}


def day(at: datetime) -> str:
    """Write the local day as papers are dated."""
    local = at.astimezone(LOCAL)
    return f"ngày {local:%d} tháng {local:%m} năm {local:%Y}"


def moment(at: datetime) -> str:
    """Write a local moment in full."""
    local = at.astimezone(LOCAL)
    return f"{local:%H} giờ {local:%M} phút, {day(at)}"


def short_moment(at: datetime) -> str:
    """Write a local moment for a narrow column."""
    return f"{at.astimezone(LOCAL):%H:%M %d/%m/%Y}"


def money(amount: int) -> str:
    """Write a sum with thousands apart."""
    return f"{amount:,}".replace(",", ".") + " đồng"
