"""Reading the law."""

from datetime import date

from postal.errors import NotFound
from postal.law import repository
from postal.law.rules import Procedure


async def list_procedures(
    on: date, *, eligible: bool | None, after: str | None, limit: int
) -> list[Procedure]:
    """The published list on a day: what the post may carry and what it may not (QĐ 45/2016/QĐ-TTg Đ13)."""
    return await repository.list_procedures(on, eligible=eligible, after=after or "", limit=limit)


async def history_of(code: str) -> list[Procedure]:
    """Every version of a procedure, newest first."""
    versions = await repository.list_versions(code)
    if not versions:
        raise NotFound("procedure.unknown", vi=f"Không có thủ tục {code}", en=f"There is no procedure {code}")
    return versions


def in_force(versions: list[Procedure], on: date) -> Procedure | None:
    """The version in force on a day; of several the newest."""
    return next(
        (
            each
            for each in versions
            if each.valid_from <= on and (each.valid_to is None or on < each.valid_to)
        ),
        None,
    )
