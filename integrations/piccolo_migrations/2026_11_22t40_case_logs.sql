-- One run of an import: how far it came, and the rows that it refused, by line and column, never by value.
CREATE TABLE import_run (
    id uuid PRIMARY KEY,
    log text NOT NULL,
    file_name text NOT NULL,
    file_sha256 bytea NOT NULL,
    started_at timestamptz NOT NULL,
    finished_at timestamptz NULL,
    rows integer NOT NULL,
    done_line integer NOT NULL,
    dossiers_new integer NOT NULL,
    events_new integer NOT NULL,
    refused integer NOT NULL,
    errors jsonb NOT NULL
);

CREATE INDEX import_run_log ON import_run (log, file_sha256, started_at DESC);

GRANT SELECT, INSERT, UPDATE ON import_run TO postal_app;
