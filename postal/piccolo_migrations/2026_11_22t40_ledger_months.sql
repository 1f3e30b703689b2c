-- Taken first and once: readers go on, writers wait until the months of all rows are noted and later rows note theirs.
LOCK TABLE ledger IN SHARE ROW EXCLUSIVE MODE;

-- In which months a code has rows. The months are those of the ids and not of partitions: a row that moves out of the
-- default partition keeps its month, and an id that no partition is made for has one too.
CREATE TABLE ledger_month (
    month date NOT NULL,
    code text NOT NULL,
    PRIMARY KEY (code, month)
);

-- The UTC month of the instant in the first 48 bits of an id, whatever its version; whole numbers, so exact for all.
CREATE FUNCTION ledger_month_of(id uuid) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT date_trunc(
        'month',
        (
            date '1970-01-01'
            + (('x' || encode(substr(uuid_send(id), 1, 6), 'hex'))::bit(48)::bigint / 86400000)::integer
        )::timestamp
    )::date
$$;

-- The lowest and the highest id of a month; the last month that an id can name ends before its end.
CREATE FUNCTION ledger_month_low(month date) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT (lpad(to_hex((month - date '1970-01-01') * 86400000::bigint), 12, '0') || repeat('0', 20))::uuid
$$;
CREATE FUNCTION ledger_month_high(month date) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT (
        lpad(
            to_hex(
                LEAST(
                    ((month + interval '1 month')::date - date '1970-01-01') * 86400000::bigint,
                    281474976710656
                ) - 1
            ),
            12, '0'
        ) || repeat('f', 20)
    )::uuid
$$;

-- A trigger and not a part of one statement: no writer can forget it, the release before this one neither.
CREATE FUNCTION ledger_note_months() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO ledger_month (month, code)
    SELECT DISTINCT ledger_month_of(added.id) AS month, added.code
    FROM added
    ORDER BY code, month
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER note_months AFTER INSERT ON ledger REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_note_months();

INSERT INTO ledger_month (month, code)
SELECT DISTINCT ledger_month_of(id), code FROM ledger;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON ledger_month
    FOR EACH ROW EXECUTE FUNCTION ledger_is_append_only();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON ledger_month EXECUTE FUNCTION ledger_is_append_only();

GRANT SELECT, INSERT ON ledger_month TO postal_app;

-- Equal keys share one entry, which (code, id) could not do: 15 bytes a row and not 64. Nothing reads ids from it.
CREATE INDEX ledger_by_code ON ledger (code);
