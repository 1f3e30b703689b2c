-- The key of all files of one subject, wrapped. Dropping it erases them, whatever else is kept.
CREATE TABLE file_key (
    id uuid PRIMARY KEY,
    about text NOT NULL,
    subject text NOT NULL,
    row_code text NOT NULL,
    dossiers text[] NOT NULL,
    wrapped bytea,
    master text NOT NULL,
    created_at timestamptz NOT NULL,
    erased_at timestamptz,
    UNIQUE (about, subject),
    CHECK ((wrapped IS NULL) = (erased_at IS NOT NULL))
);
CREATE INDEX file_key_dossiers ON file_key USING gin (dossiers);

-- A file has the id of the row of the ledger that attached it.
CREATE TABLE file (
    id uuid PRIMARY KEY,
    key uuid NOT NULL REFERENCES file_key,
    kind text NOT NULL,
    media text NOT NULL,
    size bigint NOT NULL CHECK (size > 0),
    commitment text NOT NULL,
    address text NOT NULL UNIQUE,
    stored bigint NOT NULL,
    secret bytea NOT NULL,
    tag bytea NOT NULL,
    organisation text NOT NULL,
    person text,
    created_at timestamptz NOT NULL,
    UNIQUE (key, kind, tag)
);
CREATE INDEX file_of_key ON file (key, id);

CREATE TABLE file_upload (
    id uuid PRIMARY KEY,
    key uuid NOT NULL REFERENCES file_key,
    kind text NOT NULL,
    size bigint NOT NULL CHECK (size > 0),
    declared bytea NOT NULL,
    organisation text NOT NULL,
    person text,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    received bigint NOT NULL DEFAULT 0 CHECK (received BETWEEN 0 AND size),
    file uuid REFERENCES file
);
CREATE INDEX file_upload_expires_at ON file_upload (expires_at);
CREATE INDEX file_upload_file ON file_upload (file);
CREATE INDEX file_upload_key ON file_upload (key);

CREATE TABLE file_part (
    upload uuid NOT NULL REFERENCES file_upload,
    start bigint NOT NULL,
    size bigint NOT NULL CHECK (size > 0),
    address text NOT NULL UNIQUE,
    PRIMARY KEY (upload, start)
);

GRANT SELECT, INSERT ON file_key, file TO postal_app;
GRANT UPDATE (wrapped, erased_at) ON file_key TO postal_app;
GRANT SELECT, INSERT, DELETE ON file_upload, file_part TO postal_app;
GRANT UPDATE (received, file) ON file_upload TO postal_app;
