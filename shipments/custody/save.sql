-- Replace the stored custody of pieces and who sees them; rows that would not change are left alone.
-- $1 to $19 the columns of custody, a place for each piece; $20, $21, $22 piece, organisation, since of each sight.
WITH stored AS (
    INSERT INTO custody AS kept (
        code, phase, claims, container, offer, undecided, unconfirmed_from, since, person, place, condition, attempts,
        last_row, last_at, instruction, seal, unverified, refused_at, trip
    )
    SELECT
        fresh.code, fresh.phase, string_to_array(fresh.claims, ' '), fresh.container, fresh.offer::jsonb, fresh.undecided,
        fresh.unconfirmed_from, fresh.since, fresh.person, fresh.place, fresh.condition,
        ARRAY(SELECT jsonb_array_elements_text(fresh.attempts::jsonb)::timestamptz), fresh.last_row, fresh.last_at,
        fresh.instruction::jsonb, fresh.seal::jsonb, fresh.unverified, fresh.refused_at, fresh.trip
    FROM unnest(
        $1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[],
        $9::text[], $10::text[], $11::text[], $12::text[], $13::uuid[], $14::timestamptz[],
        $15::text[], $16::text[], $17::text[], $18::timestamptz[], $19::text[]
    ) AS fresh (
        code, phase, claims, container, offer, undecided, unconfirmed_from, since, person, place, condition, attempts,
        last_row, last_at, instruction, seal, unverified, refused_at, trip
    )
    ON CONFLICT (code) DO UPDATE SET
        phase = EXCLUDED.phase,
        claims = EXCLUDED.claims,
        container = EXCLUDED.container,
        offer = EXCLUDED.offer,
        undecided = EXCLUDED.undecided,
        unconfirmed_from = EXCLUDED.unconfirmed_from,
        since = EXCLUDED.since,
        person = EXCLUDED.person,
        place = EXCLUDED.place,
        condition = EXCLUDED.condition,
        attempts = EXCLUDED.attempts,
        last_row = EXCLUDED.last_row,
        last_at = EXCLUDED.last_at,
        instruction = EXCLUDED.instruction,
        seal = EXCLUDED.seal,
        unverified = EXCLUDED.unverified,
        refused_at = EXCLUDED.refused_at,
        trip = EXCLUDED.trip
    WHERE (kept.*) IS DISTINCT FROM (EXCLUDED.*)
),
sight AS (
    SELECT * FROM unnest($20::text[], $21::text[], $22::timestamptz[]) AS t (piece, organisation, since)
),
gone AS (
    DELETE FROM visibility AS old
    WHERE old.piece = ANY($1::text[])
    AND NOT EXISTS (
        SELECT FROM sight WHERE sight.piece = old.piece AND sight.organisation = old.organisation
    )
)
INSERT INTO visibility AS kept (piece, organisation, since)
SELECT piece, organisation, since FROM sight
ON CONFLICT (piece, organisation) DO UPDATE SET since = EXCLUDED.since
WHERE kept.since <> EXCLUDED.since
