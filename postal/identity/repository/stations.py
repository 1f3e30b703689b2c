"""The device and the staff code under which a program of an organisation speaks."""

from datetime import datetime
from uuid import UUID

from postal.db import execute

ENSURE = """
WITH made AS (
    INSERT INTO device (code, organisation, enrolled_at, revoked_at, created_at)
    SELECT $1, code, valid_from::timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh', NULL, $4
    FROM organisation WHERE code = $2
    ON CONFLICT DO NOTHING
    RETURNING organisation
),
person AS (
    INSERT INTO person (code, name, created_at) SELECT $1, $5, $4 FROM made
    ON CONFLICT DO NOTHING
    RETURNING code
)
INSERT INTO assignment (id, person, role, organisation, valid_from)
SELECT $3, person.code, 'system', organisation.code, valid_from::timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh'
FROM person, organisation WHERE organisation.code = $2
"""


async def ensure(code: str, organisation: str, assignment: UUID, now: datetime, name: str) -> None:
    """Make device, person and assignment under one code, since the organisation's own first day; again: nothing."""
    await execute(ENSURE, code, organisation, assignment, now, name)
