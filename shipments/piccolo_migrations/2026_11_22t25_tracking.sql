-- One row for each failed second factor, whether or not the code exists: a guess must cost the same either way.
-- `counted` ones lock the code; failures while it is locked are kept for whoever watches, and prolong nothing.
CREATE TABLE track_failure (
    id uuid PRIMARY KEY,
    code_hash bytea NOT NULL,
    failed_at timestamptz NOT NULL,
    counted boolean NOT NULL
);

CREATE INDEX track_failure_code ON track_failure (code_hash, failed_at) WHERE counted;

GRANT SELECT, INSERT, DELETE ON track_failure TO postal_app;
