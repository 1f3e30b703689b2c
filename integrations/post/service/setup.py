"""What a partner of the post is set up with: its names for offices and its device."""

from datetime import datetime, timedelta

import msgspec
from msgspec import Struct, field

from integrations.partners.rules import Partner
from integrations.post.rules.reading import bad
from postal.db import unit_of_work
from postal.identifiers import new_id
from postal.identity.repository import devices, people
from postal.identity.repository.authentication import list_below
from postal.identity.rules import Role
from postal.network import repository as network
from postal.network.rules import Kind, local_day

LEAD = timedelta(days=2)
"""How long before its registration here a partner's events may have happened."""

AGENCIES = frozenset({Kind.DESK, Kind.UNIT, Kind.AUTHORITY})
LONGEST_DEVICE = 35


class PostSettings(Struct, frozen=True, kw_only=True):
    """Settings of a partner of kind `post`.

    `offices` and `agencies` give our code for each of the partner's own; a code of ours is taken as it is.
    `event_form` is `json` or `lines`. An announced despatch is answered after so many hours whatever is still unseen.
    """

    offices: dict[str, str] = field(default_factory=dict)
    agencies: dict[str, str] = field(default_factory=dict)
    event_form: str = "json"
    answer_hours: int = 24


def settings_of(partner: Partner) -> PostSettings:
    """Read the settings of a partner; what does not fit counts as not set."""
    try:
        return msgspec.convert(partner.settings, PostSettings)
    except msgspec.ValidationError:
        return PostSettings()


async def office_of(partner: Partner, theirs: str | None) -> str:
    """Find the post office that collects: the partner's organisation or one below it."""
    named = settings_of(partner).offices.get(theirs, theirs) if theirs else partner.organisation
    if named not in await list_below(partner.organisation):
        raise bad(
            "post.office_unknown",
            "Không có bưu cục này trong đơn vị của đối tác",
            "The partner's organisation has no such post office",
            "/posIdCollect",
        )
    return named


async def agency_of(partner: Partner, theirs: str, now: datetime) -> str:
    """Find the agency that an order is for."""
    code = settings_of(partner).agencies.get(theirs, theirs)
    found = (await network.find_many([code])).get(code)
    if found is None or found.kind not in AGENCIES or not found.exists_on(local_day(now)):
        raise bad(
            "post.agency_unknown",
            "Không có cơ quan này; hãy kiểm tra govAgencyCode hoặc bảng ghép mã",
            "There is no such agency; check govAgencyCode or the table of codes",
            "/govAgencyCode",
        )
    return code


async def party_of(partner: Partner, theirs: str, pointer: str) -> str:
    """Find an organisation of the network by the partner's code or ours."""
    settings = settings_of(partner)
    code = settings.offices.get(theirs) or settings.agencies.get(theirs) or theirs
    if code not in await network.find_many([code]):
        raise bad(
            "post.party_unknown", f"Không có đơn vị {code}", f"There is no organisation {code}", pointer
        )
    return code


def device_of(partner: Partner) -> str:
    """Name the device as which a partner's events are scanned; its person has the same name.

    No handover waits for a program: what its name begins with tells reconciliation so.
    """
    name = f"program.post.{partner.code}"
    return name if len(name) <= LONGEST_DEVICE else f"program.post.{partner.id.hex[-20:]}"


async def ensure_device(partner: Partner, now: datetime) -> str:
    """Make the device and the person of a partner, if they are not there yet; give their name."""
    name = device_of(partner)
    async with unit_of_work():
        since = partner.made_at - LEAD
        if await devices.add_device(name, partner.organisation, now):
            await devices.mark_enrolled(name, since)
        if await people.add_person(name, partner.name, None, None, now):
            await people.add_assignment(new_id(now), name, Role.SYSTEM, partner.organisation, since, None)
    return name


async def offices_below(partner: Partner) -> frozenset[str]:
    """List the partner's organisation and those below it."""
    return await list_below(partner.organisation)
