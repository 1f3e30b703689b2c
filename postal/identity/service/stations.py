"""Programs that speak for an organisation's hands: a device and a staff code each, made when first used."""

import hashlib
from datetime import datetime

from postal.identifiers import new_id
from postal.identity.repository import stations

PREFIX = "program."
"""Devices so called have no hands: nobody waits for them to be covered."""

LONGEST = 35


async def station_of(purpose: str, organisation: str, now: datetime) -> str:
    """Give the code of an organisation's station for a purpose (device and person alike), in the open unit of work."""
    code = f"{PREFIX}{purpose}.{organisation}"
    if len(code) > LONGEST:
        code = f"{PREFIX}{purpose}.{hashlib.sha256(organisation.encode()).hexdigest()[:16]}"
    await stations.ensure(code, organisation, new_id(now), now, f"Chương trình {purpose} của {organisation}")
    return code
