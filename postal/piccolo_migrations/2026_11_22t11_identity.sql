CREATE TABLE person (
    code text PRIMARY KEY CHECK (code ~ '^[A-Za-z0-9][A-Za-z0-9._\-]{1,34}$'),
    name text NOT NULL,
    login text UNIQUE,
    password_hash text,
    created_at timestamptz NOT NULL
);

CREATE TABLE assignment (
    id uuid PRIMARY KEY,
    person text NOT NULL REFERENCES person ON DELETE RESTRICT,
    role text NOT NULL,
    organisation text NOT NULL REFERENCES organisation ON DELETE RESTRICT,
    valid_from timestamptz NOT NULL,
    valid_to timestamptz,
    CHECK (valid_to > valid_from)
);

CREATE INDEX assignment_person ON assignment (person);
CREATE INDEX assignment_organisation ON assignment (organisation);

CREATE TABLE device (
    code text PRIMARY KEY CHECK (code ~ '^[A-Za-z0-9][A-Za-z0-9._\-]{1,34}$'),
    organisation text NOT NULL REFERENCES organisation ON DELETE RESTRICT,
    enrolled_at timestamptz,
    revoked_at timestamptz,
    created_at timestamptz NOT NULL
);

CREATE INDEX device_organisation ON device (organisation);

CREATE TABLE enrolment (
    code_hash bytea PRIMARY KEY,
    device text NOT NULL REFERENCES device ON DELETE RESTRICT,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);

CREATE TABLE shift (
    id uuid PRIMARY KEY,
    person text NOT NULL REFERENCES person ON DELETE RESTRICT,
    device text NOT NULL REFERENCES device ON DELETE RESTRICT,
    organisation text NOT NULL REFERENCES organisation ON DELETE RESTRICT,
    opened_at timestamptz NOT NULL,
    closed_at timestamptz,
    CHECK (closed_at >= opened_at)
);

CREATE UNIQUE INDEX shift_open ON shift (device) WHERE closed_at IS NULL;
CREATE INDEX shift_organisation ON shift (organisation, opened_at);

CREATE TABLE api_key (
    prefix text PRIMARY KEY,
    hash bytea NOT NULL UNIQUE,
    organisation text NOT NULL REFERENCES organisation ON DELETE RESTRICT,
    roles text[] NOT NULL,
    device text REFERENCES device ON DELETE RESTRICT,
    label text,
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    last_used_at timestamptz,
    revoked_at timestamptz
);

CREATE INDEX api_key_organisation ON api_key (organisation);
CREATE INDEX api_key_device ON api_key (device) WHERE device IS NOT NULL;

CREATE TABLE session (
    token_hash bytea PRIMARY KEY,
    person text NOT NULL REFERENCES person ON DELETE RESTRICT,
    organisation text NOT NULL REFERENCES organisation ON DELETE RESTRICT,
    created_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);

CREATE INDEX session_person ON session (person);
CREATE INDEX session_expiry ON session (expires_at);

GRANT SELECT, INSERT, UPDATE ON person, assignment, device, enrolment, shift, api_key TO postal_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON session TO postal_app;
