DROP INDEX CONCURRENTLY IF EXISTS discrepancy_resolved;
CREATE INDEX CONCURRENTLY discrepancy_resolved ON discrepancy (resolved_at) WHERE state = 'resolved';
DROP INDEX CONCURRENTLY IF EXISTS manifest_awaited;
CREATE INDEX CONCURRENTLY manifest_awaited ON manifest (receiver) WHERE state IN ('dispatched', 'receiving');
DROP INDEX CONCURRENTLY IF EXISTS manifest_not_left;
CREATE INDEX CONCURRENTLY manifest_not_left ON manifest (giver, cut_off) WHERE state IN ('draft', 'sealed');
DROP INDEX CONCURRENTLY IF EXISTS trip_on_the_road;
CREATE INDEX CONCURRENTLY trip_on_the_road ON trip USING gin (parties) WHERE body ->> 'state' = 'departed';
