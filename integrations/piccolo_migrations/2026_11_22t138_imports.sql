-- How an organisation's files are read: each change is a further version, and an import keeps the one it was read by.
CREATE TABLE import_profile (
    organisation text NOT NULL,
    code text NOT NULL,
    version integer NOT NULL CHECK (version > 0),
    kind text NOT NULL CHECK (kind IN ('dossiers', 'events', 'results')),
    body jsonb NOT NULL,
    made_at timestamptz NOT NULL,
    made_by text NOT NULL,
    PRIMARY KEY (organisation, code, version)
);

-- One file that was brought. `wrapped` is the key under which its name, its bytes and its rows lie: without it they are
-- gone for good. `actor` is for whom its rows are judged.
CREATE TABLE import_job (
    id uuid PRIMARY KEY,
    organisation text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('dossiers', 'events', 'results')),
    format text NOT NULL CHECK (format IN ('csv', 'xlsx', 'json')),
    profile text NOT NULL,
    profile_version integer NOT NULL,
    profile_body jsonb NOT NULL,
    file_name bytea NULL,
    size bigint NOT NULL,
    wrapped bytea NULL,
    actor jsonb NOT NULL,
    dry_run boolean NOT NULL,
    state text NOT NULL CHECK (state IN ('reading', 'applying', 'done', 'failed', 'cancelled')),
    failure jsonb NULL,
    headings jsonb NOT NULL DEFAULT '[]',
    warnings jsonb NOT NULL DEFAULT '[]',
    place integer NOT NULL DEFAULT 0,
    read_whole boolean NOT NULL DEFAULT false,
    rows_read integer NOT NULL DEFAULT 0,
    rows_misread integer NOT NULL DEFAULT 0,
    rows_done integer NOT NULL DEFAULT 0,
    rows_new integer NOT NULL DEFAULT 0,
    rows_unchanged integer NOT NULL DEFAULT 0,
    rows_changed integer NOT NULL DEFAULT 0,
    rows_refused integer NOT NULL DEFAULT 0,
    next_subject text NOT NULL DEFAULT '',
    next_at timestamptz NOT NULL DEFAULT '-infinity',
    next_row integer NOT NULL DEFAULT 0,
    made_at timestamptz NOT NULL,
    finished_at timestamptz NULL,
    expires_at timestamptz NOT NULL,
    erased_at timestamptz NULL
);
CREATE INDEX import_job_listed ON import_job (organisation, id DESC);
CREATE INDEX import_job_kept ON import_job (expires_at) WHERE erased_at IS NULL;

-- The bytes of the file, sealed, in pieces.
CREATE TABLE import_piece (
    job uuid NOT NULL REFERENCES import_job ON DELETE RESTRICT,
    number integer NOT NULL CHECK (number >= 0),
    sealed bytea NOT NULL,
    PRIMARY KEY (job, number)
);

-- The rows that were understood, sealed. All rows about one thing follow each other in the order of what they tell, so
-- that a file may list its events newest first. `next_*` of the job say up to where they were judged.
CREATE TABLE import_row (
    job uuid NOT NULL REFERENCES import_job ON DELETE RESTRICT,
    row integer NOT NULL CHECK (row > 0),
    subject text NOT NULL,
    at timestamptz NOT NULL,
    sealed bytea NOT NULL,
    PRIMARY KEY (job, row)
);
CREATE UNIQUE INDEX import_row_ordered ON import_row (job, subject, at, row);
CREATE INDEX import_row_subject ON import_row (subject);

-- Why a row was not taken; nothing of what it said about a person stands here. `cells` is the row as it came, sealed.
CREATE TABLE import_error (
    job uuid NOT NULL REFERENCES import_job ON DELETE RESTRICT,
    row integer NOT NULL CHECK (row >= 0),
    at_reading boolean NOT NULL,
    heading text NULL,
    code text NOT NULL,
    vi text NOT NULL,
    en text NOT NULL,
    cells bytea NULL,
    PRIMARY KEY (job, row)
);

GRANT SELECT, INSERT ON import_profile TO postal_app;
GRANT SELECT, INSERT, UPDATE ON import_job, import_error TO postal_app;
GRANT SELECT, INSERT, DELETE ON import_piece, import_row TO postal_app;
GRANT DELETE ON import_error TO postal_app;
