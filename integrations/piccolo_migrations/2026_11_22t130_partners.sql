-- Programs of others. Each speaks for one organisation, and may see and do what that one may. `settings` belong to its
-- kind; who paused or ended it stands in the audit log.
CREATE TABLE partner (
    id uuid PRIMARY KEY,
    code text NOT NULL UNIQUE CHECK (code ~ '^[a-z0-9][a-z0-9-]{1,39}$'),
    kind text NOT NULL CHECK (kind IN ('agency', 'portal', 'post', 'epcis')),
    organisation text NOT NULL REFERENCES organisation (code) ON DELETE RESTRICT,
    name text NOT NULL,
    url text NULL,
    settings jsonb NOT NULL CHECK (jsonb_typeof(settings) = 'object'),
    state text NOT NULL CHECK (state IN ('active', 'paused', 'ended')),
    state_why text NULL,
    state_at timestamptz NOT NULL,
    made_at timestamptz NOT NULL
);
CREATE INDEX partner_organisation ON partner (organisation);
CREATE INDEX partner_kind ON partner (kind) WHERE state = 'active';

-- Secrets are sealed and shown once. The newest of a direction has no end; the one before it counts until a stated one.
CREATE TABLE partner_secret (
    id uuid PRIMARY KEY,
    partner uuid NOT NULL REFERENCES partner ON DELETE RESTRICT,
    direction text NOT NULL CHECK (direction IN ('inbound', 'outbound')),
    sealed bytea NOT NULL,
    made_at timestamptz NOT NULL,
    valid_until timestamptz NULL
);
CREATE UNIQUE INDEX partner_secret_newest ON partner_secret (partner, direction) WHERE valid_until IS NULL;
CREATE INDEX partner_secret_valid ON partner_secret (partner, direction, made_at DESC);

GRANT SELECT, INSERT, UPDATE ON partner TO postal_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON partner_secret TO postal_app;
