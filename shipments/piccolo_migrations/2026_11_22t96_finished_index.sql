DROP INDEX CONCURRENTLY IF EXISTS dossier_clock_finished;

CREATE INDEX CONCURRENTLY dossier_clock_finished
    ON dossier_clock (route, stopped_at) WHERE stopped_at IS NOT NULL AND route IS NOT NULL;
