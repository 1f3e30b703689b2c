DROP INDEX CONCURRENTLY IF EXISTS dossier_clock_desk_waiting;

CREATE INDEX CONCURRENTLY dossier_clock_desk_waiting
    ON dossier_clock (desk, clock, due, dossier)
    WHERE stopped_at IS NULL AND due IS NOT NULL AND paused_since IS NOT NULL;

DROP INDEX CONCURRENTLY IF EXISTS dossier_clock_authority_waiting;

CREATE INDEX CONCURRENTLY dossier_clock_authority_waiting
    ON dossier_clock (authority, clock, due, dossier)
    WHERE stopped_at IS NULL AND due IS NOT NULL AND paused_since IS NOT NULL;
