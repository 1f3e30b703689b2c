-- Whether an agency lets its dossiers be tracked by their code alone, from a day on. Codes of dossiers follow a pattern
-- and can be guessed, so without a row they are not. Rows are added and never changed; of one day the last stated holds.
CREATE TABLE tracking_setting (
    organisation text NOT NULL REFERENCES organisation ON DELETE RESTRICT,
    valid_from date NOT NULL,
    by_dossier_code boolean NOT NULL,
    decision text NOT NULL,
    person text NULL,
    stated_at timestamptz NOT NULL,
    PRIMARY KEY (organisation, valid_from, stated_at)
);

GRANT SELECT, INSERT ON tracking_setting TO postal_app;

-- The link that is printed on a slip. Its token is made from the salt with a key that is not in the database; here is
-- only its hash. At most one is live for a dossier; a revoked one stays, so that a slip that was lost stays shut.
CREATE TABLE track_link (
    id uuid PRIMARY KEY,
    dossier text NOT NULL,
    salt bytea NOT NULL CHECK (length(salt) = 16),
    token_hash bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    made_at timestamptz NOT NULL,
    made_by text NULL,
    revoked_at timestamptz NULL,
    revoked_why text NULL CHECK ((revoked_why IS NULL) = (revoked_at IS NULL))
);

CREATE UNIQUE INDEX track_link_live ON track_link (dossier) WHERE revoked_at IS NULL;
CREATE INDEX track_link_dossier ON track_link (dossier);

GRANT SELECT, INSERT, UPDATE (revoked_at, revoked_why) ON track_link TO postal_app;
