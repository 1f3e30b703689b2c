-- Ids are not in the order of commits, so the feed cannot follow them. It follows the transactions that wrote the rows:
-- all rows below the oldest transaction that still runs are there for good, and none will ever come in between.
-- Transactions are numbered anew when the rows are restored into another server, hence eras, one for each server:
-- position = era * 2^48 + transaction.
CREATE TABLE feed_era (
    era smallint PRIMARY KEY CHECK (era > 0),
    system_identifier bigint NOT NULL,
    timeline text NOT NULL
);

INSERT INTO feed_era (era, system_identifier, timeline)
SELECT 1, system_identifier, left(pg_walfile_name(pg_current_wal_lsn()), 8) FROM pg_control_system();

-- Where the rows of a transaction stand. The era is written into the function: there is no table to read for each row.
CREATE FUNCTION feed_position(transaction xid8) RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS
    'SELECT 281474976710656 + $1::text::bigint';

-- Begin a new era, for rows that were written on another server or before it was set back; gives its number.
CREATE FUNCTION feed_begin_era() RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    fresh integer;
BEGIN
    -- Whoever wrote in the era that ends must have ended too, or its rows would appear behind a reader's back.
    LOCK TABLE ledger, ledger_dispute IN SHARE ROW EXCLUSIVE MODE;
    INSERT INTO feed_era (era, system_identifier, timeline)
    SELECT
        (SELECT max(era) + 1 FROM feed_era), system_identifier, left(pg_walfile_name(pg_current_wal_lsn()), 8)
    FROM pg_control_system()
    RETURNING era INTO fresh;
    EXECUTE format(
        'CREATE OR REPLACE FUNCTION feed_position(transaction xid8) RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS '
        '''SELECT %s + $1::text::bigint''', fresh * 281474976710656);
    RETURN fresh;
END
$$;
REVOKE ALL ON FUNCTION feed_begin_era() FROM PUBLIC;

-- Rows from before have position 0: a constant, so that no row is written again.
ALTER TABLE ledger ADD COLUMN position bigint NOT NULL DEFAULT 0;
ALTER TABLE ledger ALTER COLUMN position SET DEFAULT feed_position(pg_current_xact_id());
ALTER TABLE ledger_dispute ADD COLUMN position bigint NOT NULL DEFAULT 0;
ALTER TABLE ledger_dispute ALTER COLUMN position SET DEFAULT feed_position(pg_current_xact_id());

GRANT SELECT ON feed_era TO postal_app;
