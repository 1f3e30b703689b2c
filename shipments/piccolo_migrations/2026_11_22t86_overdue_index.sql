DROP INDEX CONCURRENTLY IF EXISTS dossier_overdue;

CREATE INDEX CONCURRENTLY dossier_overdue
    ON dossier (due_first) WHERE source IS NULL AND (ended_at IS NULL OR ended_at > due_first);
