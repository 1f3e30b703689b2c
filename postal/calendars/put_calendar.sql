INSERT INTO calendar (code, name, zone, base, first_day, last_day, citation, status, changed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (code) DO UPDATE SET
    name = excluded.name, zone = excluded.zone, base = excluded.base, first_day = excluded.first_day,
    last_day = excluded.last_day, citation = excluded.citation, status = excluded.status,
    changed_at = greatest(excluded.changed_at, calendar.changed_at + interval '1 microsecond')
