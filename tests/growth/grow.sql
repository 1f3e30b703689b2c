-- A ledger of many months, made in the server: pieces that live for 63 hours, each registered, sent on a manifest of
-- fifty by one of the offices to its desk, and delivered there. Every projection is filled as the projectors would.
-- Written into the partitions themselves and without indexes where these can be made afterwards.
CREATE SCHEMA grow;

CREATE FUNCTION grow.offices() RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT $offices::bigint';

-- $1 number of the piece: 7919 has no factor in common with 10^8, so no two are alike, and neighbours lie far apart.
CREATE FUNCTION grow.piece(n bigint) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT 'DH' || lpad(s::text, 8, '0') || (
        CASE 11 - (
            8 * (s / 10000000) + 6 * (s / 1000000 % 10) + 4 * (s / 100000 % 10) + 2 * (s / 10000 % 10)
            + 3 * (s / 1000 % 10) + 5 * (s / 100 % 10) + 9 * (s / 10 % 10) + 7 * (s % 10)
        ) % 11 WHEN 10 THEN 0 WHEN 11 THEN 5 ELSE 11 - (
            8 * (s / 10000000) + 6 * (s / 1000000 % 10) + 4 * (s / 100000 % 10) + 2 * (s / 10000 % 10)
            + 3 * (s / 1000 % 10) + 5 * (s / 100 % 10) + 9 * (s / 10 % 10) + 7 * (s % 10)
        ) % 11 END
    )::text || 'VN'
    FROM (SELECT n * 7919 % 100000000 AS s OFFSET 0) AS serial
$$;

CREATE FUNCTION grow.id(at timestamptz, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT (
        lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || substr(md5(n::text), 1, 3) || '8'
        || substr(md5(n::text), 4, 15)
    )::uuid
$$;

-- The pieces of a month ($1 its first instant, $2 its number from 0, $3 pieces a month, $4 when the last one begins).
CREATE FUNCTION grow.life(low timestamptz, month bigint, many bigint, until timestamptz)
RETURNS TABLE (n bigint, code text, began timestamptz, list bigint, manifest text, sealed timestamptz, party text)
LANGUAGE sql IMMUTABLE AS $$
    SELECT
        n, grow.piece(n), low + (n - month * many) * step.width, n / 50,
        'BK-' || to_char(low AT TIME ZONE 'UTC', 'YYMMDD') || '-' || upper(lpad(to_hex(n / 50), 6, '0')),
        low + (n / 50 * 50 - month * many) * step.width + interval '8 hours',
        (n / 50 % grow.offices())::text
    FROM (SELECT (until - low) / many AS width) AS step, generate_series(month * many, (month + 1) * many - 1) AS n
$$;

-- Fill one partition: the rows of a month's pieces that lie in it ($5 the partition, $6 and $7 its bounds).
CREATE FUNCTION grow.rows(
    low timestamptz, month bigint, many bigint, until timestamptz, part regclass, first timestamptz, past timestamptz
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format($sql$
        INSERT INTO %s (
            id, occurred_at, received_at, corrected_at, skew_ms, uncertainty_ms, seq, stream, hash_version, kind, code,
            verdict, content_hash, organisation, person, device, epoch, body
        )
        SELECT
            grow.id(at, n * 8 + k), at, at + interval '2 s', at, -120, 500,
            CASE WHEN k = 1 THEN list / grow.offices() * 50 + n %% 50 + 1
                 WHEN k > 1 THEN list / grow.offices() * 300 + (k - 2) * 50 + n %% 50 + 1 END,
            CASE k WHEN 0 THEN 3 ELSE 1 END, 1,
            (ARRAY['piece.registered', 'offer', 'receive', 'hold', 'hold', 'out_for_delivery', 'attempt_failed',
                   'deliver'])[k + 1],
            code, 'accepted', decode(md5(n::text) || md5(at::text), 'hex'),
            CASE WHEN k < 2 THEN 'BC-' ELSE 'DESK-' END || party,
            CASE WHEN k > 0 THEN CASE WHEN k = 1 THEN 'NV-BC-' ELSE 'NV-DESK-' END || party END,
            CASE WHEN k > 0 THEN CASE WHEN k = 1 THEN 'may-bc-' ELSE 'may-desk-' END || party END,
            CASE WHEN k > 0 THEN 'epoch-1' END,
            CASE k WHEN 0 THEN jsonb_build_object('kind', 'item', 'origin', 'BC-' || party,
                                                  'destination', 'DESK-' || party)
                   WHEN 1 THEN jsonb_build_object('manifest', manifest, 'counterparty', 'DESK-' || party)
                   WHEN 2 THEN jsonb_build_object('manifest', manifest)
                   WHEN 6 THEN jsonb_build_object('reason', 'absent') END
        FROM (SELECT * FROM grow.life($1, $2, $3, $4) WHERE began >= $5 - interval '63 hours' OFFSET 0) AS life
        CROSS JOIN generate_series(0, 7) AS k
        CROSS JOIN LATERAL (SELECT began + k * interval '9 hours' AS at) AS step
        WHERE at >= $5 AND at < $6
        ORDER BY at $sql$, part) USING low, month, many, until, first, past;
    EXECUTE format($sql$
        INSERT INTO %s (
            id, occurred_at, received_at, corrected_at, uncertainty_ms, stream, hash_version, kind, code, verdict,
            content_hash, organisation, person, body, subjects
        )
        SELECT
            grow.id(at, list * 2 + closing), at, at, at, 0, 3, 1,
            CASE closing WHEN 0 THEN 'manifest.sealed' ELSE 'manifest.closed' END, manifest, 'accepted',
            decode(md5(manifest) || md5(at::text), 'hex'), 'BC-' || party, 'NV-BC-' || party,
            CASE closing WHEN 0 THEN jsonb_build_object(
                'giver', 'BC-' || party, 'receiver', 'DESK-' || party, 'created_at', sealed, 'lines', pieces,
                'digest', md5(manifest) || md5(manifest))
            ELSE jsonb_build_object(
                'as_of', to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                'counts', jsonb_build_object('matched', cardinality(pieces)),
                'lines', (SELECT jsonb_object_agg(piece, 'matched') FROM unnest(pieces) AS piece)) END,
            CASE closing WHEN 0 THEN pieces END
        FROM (
            SELECT list, manifest, sealed, party, array_agg(code ORDER BY n) AS pieces
            FROM grow.life($1, $2, $3, $4)
            GROUP BY list, manifest, sealed, party
        ) AS listed
        CROSS JOIN generate_series(0, 1) AS closing
        CROSS JOIN LATERAL (SELECT sealed + closing * interval '60 hours' AS at) AS step
        WHERE at >= $5 AND at < $6
        ORDER BY at $sql$, part) USING low, month, many, until, first, past;
END
$$;

-- What follows from the rows of one month's pieces.
CREATE FUNCTION grow.rest(low timestamptz, month bigint, many bigint, until timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    CREATE TEMPORARY TABLE IF NOT EXISTS life (
        n bigint, code text, began timestamptz, list bigint, manifest text, sealed timestamptz, party text
    );
    TRUNCATE life;
    INSERT INTO life SELECT * FROM grow.life(low, month, many, until);
    INSERT INTO ledger_month (month, code)
    SELECT DISTINCT date_trunc('month', (at) AT TIME ZONE 'UTC')::date, code
    FROM life, unnest(ARRAY[began, began + interval '63 hours']) AS at;
    INSERT INTO ledger_month (month, code)
    SELECT DISTINCT date_trunc('month', (at) AT TIME ZONE 'UTC')::date, manifest
    FROM life, unnest(ARRAY[sealed, sealed + interval '60 hours']) AS at WHERE n % 50 = 0;
    INSERT INTO ledger_subject (subject, row_id, stream, code)
    SELECT code, grow.id(sealed, list * 2), 3, manifest FROM life;
    INSERT INTO piece (code, kind, registered_at, registered_by, origin, destination, dossiers)
    SELECT code, 'item', began, 'BC-' || party, 'BC-' || party, 'DESK-' || party, '{}' FROM life;
    INSERT INTO custody (code, phase, claims, since, condition, attempts, last_row, last_at)
    SELECT code, 'delivered', '{CITIZEN}', began + interval '63 hours', 'intact', ARRAY[began + interval '54 hours'],
        grow.id(began + interval '63 hours', n * 8 + 7), began + interval '63 hours'
    FROM life;
    INSERT INTO visibility (piece, organisation, since)
    SELECT code, side || party, began FROM life, unnest(ARRAY['BC-', 'DESK-']) AS side;
    INSERT INTO manifest (code, state, giver, receiver, created_at, sealed_at, receiving_at, reconciled_at, closed_at,
        digest)
    SELECT manifest, 'closed', 'BC-' || party, 'DESK-' || party, sealed, sealed, sealed + interval '10 hours',
        sealed + interval '60 hours', sealed + interval '60 hours', md5(manifest) || md5(manifest)
    FROM life WHERE n % 50 = 0;
    INSERT INTO manifest_line (manifest, n, piece, open) SELECT manifest, n % 50 + 1, code, false FROM life;
    INSERT INTO manifest_scan (manifest, piece) SELECT manifest, code FROM life;
    INSERT INTO device_sync (device, epoch, received_at, sent_at, last_seq, skew_ms)
    SELECT CASE WHEN k = 1 THEN 'may-bc-' ELSE 'may-desk-' END || party, 'epoch-1', at, at,
        CASE WHEN k = 1 THEN list / grow.offices() * 50 + 50 ELSE list / grow.offices() * 300 + (k - 1) * 50 END, 0
    FROM life
    CROSS JOIN generate_series(1, 7) AS k
    CROSS JOIN LATERAL (SELECT began + k * interval '9 hours' + interval '1 hour' AS at) AS step
    WHERE n % 50 = 0;
END
$$;

CREATE FUNCTION grow.devices() RETURNS void LANGUAGE sql AS $$
    INSERT INTO device_epoch (device, epoch, received, stated_last, last_contact)
    SELECT device, epoch, int8multirange(int8range(1, max(last_seq) + 1)), max(last_seq), max(received_at)
    FROM device_sync GROUP BY device, epoch
$$;

-- Keys and indexes away and back: making them over full tables is several times as fast.
CREATE TABLE grow.kept (number serial, undo text);
CREATE FUNCTION grow.strip(tables text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    each record;
BEGIN
    FOR each IN
        SELECT conrelid::regclass AS owner, conname AS name, pg_get_constraintdef(oid) AS definition
        FROM pg_constraint WHERE conrelid = ANY(tables::regclass[]) AND contype IN ('p', 'u', 'f')
        ORDER BY contype <> 'f', contype
    LOOP
        INSERT INTO grow.kept (undo)
        VALUES (format('ALTER TABLE %s ADD CONSTRAINT %I %s', each.owner, each.name, each.definition));
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I CASCADE', each.owner, each.name);
    END LOOP;
    FOR each IN
        SELECT indexrelid::regclass AS name, pg_get_indexdef(indexrelid) AS definition
        FROM pg_index WHERE indrelid = ANY(tables::regclass[])
    LOOP
        INSERT INTO grow.kept (undo) VALUES (each.definition);
        EXECUTE format('DROP INDEX %s', each.name);
    END LOOP;
END
$$;
