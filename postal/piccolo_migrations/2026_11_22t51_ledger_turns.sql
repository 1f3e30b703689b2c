-- A transaction may have its number long before it gets the lock of a piece, and then commits after a younger one has
-- written about the same piece. It may stand later than its number says, never earlier; so it stands behind every
-- transaction that had ended when it wrote. Several that come behind the same one do so by turns.
CREATE SEQUENCE feed_turn AS bigint;
GRANT USAGE ON SEQUENCE feed_turn TO postal_app;

-- The youngest transaction that has ended, or this one where that is younger.
CREATE FUNCTION feed_youngest() RETURNS xid8 LANGUAGE sql STABLE PARALLEL SAFE AS
    'SELECT GREATEST(pg_current_xact_id(), (pg_snapshot_xmax(pg_current_snapshot())::text::bigint - 1)::text::xid8)';

-- Null, and no byte of the row, for a transaction that is the youngest itself.
CREATE FUNCTION feed_next_turn() RETURNS bigint LANGUAGE sql VOLATILE AS
    'SELECT CASE WHEN pg_current_xact_id() < pg_snapshot_xmax(pg_current_snapshot()) THEN nextval(''public.feed_turn'') END';

ALTER TABLE ledger ADD COLUMN turn bigint;
ALTER TABLE ledger ALTER COLUMN position SET DEFAULT feed_position(feed_youngest());
ALTER TABLE ledger ALTER COLUMN turn SET DEFAULT feed_next_turn();
ALTER TABLE ledger_dispute ADD COLUMN turn bigint;
ALTER TABLE ledger_dispute ALTER COLUMN position SET DEFAULT feed_position(feed_youngest());
ALTER TABLE ledger_dispute ALTER COLUMN turn SET DEFAULT feed_next_turn();
