-- Fixed-width columns first: no byte of padding in the largest table.
CREATE TABLE ledger (
    id uuid NOT NULL PRIMARY KEY,
    occurred_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    corrected_at timestamptz NOT NULL,
    skew_ms bigint,
    uncertainty_ms bigint NOT NULL,
    seq bigint,
    stream smallint NOT NULL CHECK (stream IN (1, 2, 3)),
    hash_version smallint NOT NULL,
    kind text NOT NULL,
    code text NOT NULL,
    verdict text NOT NULL,
    content_hash bytea NOT NULL CHECK (octet_length(content_hash) = 32),
    organisation text,
    person text,
    device text,
    epoch text,
    source text,
    body jsonb,
    subjects text[]
) PARTITION BY RANGE (id);

-- Clocks that are months off make ids outside every month.
CREATE TABLE ledger_default PARTITION OF ledger DEFAULT;

CREATE INDEX ledger_code ON ledger (code, id);

CREATE TABLE ledger_subject (
    subject text NOT NULL,
    row_id uuid NOT NULL,
    stream smallint NOT NULL,
    code text NOT NULL,
    PRIMARY KEY (subject, row_id, code, stream)
);
CREATE INDEX ledger_subject_code ON ledger_subject (code, subject);

-- All contents of a disputed id, the one in the ledger included, so that none is privileged by having come first.
CREATE TABLE ledger_dispute (
    id uuid NOT NULL,
    content_hash bytea NOT NULL CHECK (octet_length(content_hash) = 32),
    code text NOT NULL,
    content jsonb NOT NULL,
    received_at timestamptz NOT NULL,
    corrected_at timestamptz NOT NULL,
    skew_ms bigint,
    uncertainty_ms bigint NOT NULL,
    verdict text NOT NULL,
    PRIMARY KEY (id, content_hash)
);
CREATE INDEX ledger_dispute_code ON ledger_dispute (code, id);

-- The application lacks the privilege; this holds the owner too.
CREATE FUNCTION ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('postal.routine', true) = 'ledger_add_month' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the ledger is append-only: % on % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON ledger
    FOR EACH ROW EXECUTE FUNCTION ledger_is_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON ledger_subject
    FOR EACH ROW EXECUTE FUNCTION ledger_is_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON ledger_dispute
    FOR EACH ROW EXECUTE FUNCTION ledger_is_append_only();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON ledger EXECUTE FUNCTION ledger_is_append_only();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON ledger_default EXECUTE FUNCTION ledger_is_append_only();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON ledger_subject EXECUTE FUNCTION ledger_is_append_only();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON ledger_dispute EXECUTE FUNCTION ledger_is_append_only();

-- The lowest UUIDv7 of an instant.
CREATE FUNCTION ledger_bound(instant timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT (lpad(to_hex(floor(extract(epoch FROM instant) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
$$;

-- Make the partition of the UTC month of an instant; rows of it that wait in the default partition move with it.
-- Gives false when it is there already.
CREATE FUNCTION ledger_add_month(instant timestamptz) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    first timestamp := date_trunc('month', instant AT TIME ZONE 'UTC');
    low uuid := ledger_bound(first AT TIME ZONE 'UTC');
    high uuid := ledger_bound((first + interval '1 month') AT TIME ZONE 'UTC');
    month text := 'ledger_' || to_char(first, 'YYYY_MM');
BEGIN
    -- Two callers at once: the second waits here and then finds the table.
    LOCK TABLE ledger_default IN ACCESS EXCLUSIVE MODE;
    IF to_regclass(month) IS NOT NULL THEN
        RETURN false;
    END IF;
    EXECUTE format('CREATE TABLE %I (LIKE ledger INCLUDING ALL)', month);
    PERFORM set_config('postal.routine', 'ledger_add_month', true);
    EXECUTE format(
        'WITH moved AS (DELETE FROM ledger_default WHERE id >= $1 AND id < $2 RETURNING *) '
        'INSERT INTO %I SELECT * FROM moved', month) USING low, high;
    PERFORM set_config('postal.routine', '', true);
    EXECUTE format('ALTER TABLE ledger ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', month, low, high);
    EXECUTE format(
        'CREATE TRIGGER no_truncate BEFORE TRUNCATE ON %I EXECUTE FUNCTION ledger_is_append_only()', month);
    RETURN true;
END
$$;
REVOKE ALL ON FUNCTION ledger_add_month(timestamptz) FROM PUBLIC;

-- Through the parent only; no partition is granted to anybody.
GRANT SELECT, INSERT ON ledger, ledger_subject, ledger_dispute TO postal_app;
