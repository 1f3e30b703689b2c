"""Reading the law as it is published."""

from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from postal.errors import NotFound
from postal.law import repository
from postal.law.repository import Offer
from postal.law.rules import (
    Component,
    Constant,
    Postage,
    Procedure,
    ProcessStep,
    Zone,
    constants_among,
    not_in_force,
    standing_of,
)
from postal.network.rules import search_key

FARES: dict[Zone, tuple[str, ...]] = {
    Zone.INNER: ("fare.inner",),
    Zone.INTER: ("fare.inter",),
    Zone.INTERPROVINCE: ("fare.interprovince_least", "fare.interprovince_most"),
}
"""Which constants give the postage of a leg: one amount, or the least and the most."""

OTHER_FARES = ("fare.max_grams", "fare.remittance", "fare.exempt")


class Published(Struct, frozen=True, kw_only=True):
    """A procedure as the public reads it on a day."""

    offer: Offer
    components: tuple[Component, ...]
    steps: tuple[ProcessStep, ...]
    versions: list[Procedure]


async def list_procedures(
    on: date,
    *,
    eligible: bool | None = None,
    after: str | None = None,
    limit: int,
    province: str | None = None,
    q: str | None = None,
) -> list[Offer]:
    """The published list on a day: what the post may carry and what it may not (QĐ 45/2016/QĐ-TTg Đ13)."""
    key = search_key(q) if q else None
    return await repository.list_offers(
        on, eligible=eligible, after=after or "", limit=limit, province=province, q=key or None
    )


async def history_of(code: str) -> list[Procedure]:
    """Every version of a procedure, newest first."""
    versions = await repository.list_versions(code)
    if not versions:
        raise NotFound("procedure.unknown", vi=f"Không có thủ tục {code}", en=f"There is no procedure {code}")
    return versions


def newest_of(versions: Sequence[Procedure]) -> Procedure:
    """The newest version that was not withdrawn; where all were, the newest."""
    return (standing_of(versions) or versions)[0]


async def published(code: str, on: date, province: str | None = None) -> Published:
    """A procedure on a day with its papers and steps; one without a version then is refused by name."""
    offers = await repository.list_offers(on, codes=[code], limit=1, province=province)
    versions = await repository.list_versions(code)
    if not offers:
        raise not_in_force(code, on, versions)
    key = (code, offers[0].procedure.version)
    return Published(
        offer=offers[0],
        components=(await repository.components_of([key])).get(key, ()),
        steps=(await repository.steps_of([key])).get(key, ()),
        versions=versions,
    )


async def postage(on: date) -> tuple[list[Postage], list[Constant]]:
    """Postage by zone on a day, and what else belongs to it; what no dated row tells is left out."""
    constants = constants_among(await repository.all_constants(), on)
    limits = {each.zone: each for each in await repository.transit_limits(on) if not each.with_slip}
    found = []
    for zone, names in FARES.items():
        known = [constant for name in names if (constant := constants.find(name))]
        if len(known) == len(names):
            found.append(Postage(zone=zone, least=known[0], most=known[-1], transit=limits.get(zone)))
    return found, [constant for name in OTHER_FARES if (constant := constants.find(name))]


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
