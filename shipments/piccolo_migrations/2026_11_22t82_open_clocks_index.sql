DROP INDEX CONCURRENTLY IF EXISTS dossier_clock_open;

CREATE INDEX CONCURRENTLY dossier_clock_open
    ON dossier_clock (due, dossier, clock, ordinal) WHERE stopped_at IS NULL AND due IS NOT NULL;

DROP INDEX CONCURRENTLY IF EXISTS dossier_clock_open_calendar;

CREATE INDEX CONCURRENTLY dossier_clock_open_calendar
    ON dossier_clock (calendar, dossier) WHERE stopped_at IS NULL;
