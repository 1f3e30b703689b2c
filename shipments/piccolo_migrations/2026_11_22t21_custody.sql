CREATE TABLE custody (
    code text PRIMARY KEY,
    phase text NOT NULL,
    claims text[] NOT NULL,
    container text,
    offer jsonb,
    undecided text,
    unconfirmed_from text,
    since timestamptz,
    person text,
    place text,
    condition text NOT NULL,
    attempts timestamptz[] NOT NULL,
    last_row uuid,
    last_at timestamptz
);
CREATE INDEX custody_claims ON custody USING gin (claims);
CREATE INDEX custody_container ON custody (container) WHERE container IS NOT NULL;
CREATE INDEX custody_offered ON custody ((offer ->> 'receiver')) WHERE offer IS NOT NULL;

CREATE TABLE visibility (
    piece text NOT NULL,
    organisation text NOT NULL,
    since timestamptz NOT NULL,
    PRIMARY KEY (piece, organisation)
);
CREATE INDEX visibility_organisation ON visibility (organisation, piece);

CREATE TABLE device_sync (
    device text NOT NULL,
    epoch text NOT NULL,
    received_at timestamptz NOT NULL,
    sent_at timestamptz NOT NULL,
    last_seq bigint NOT NULL,
    skew_ms integer NOT NULL,
    PRIMARY KEY (device, epoch, received_at, last_seq)
);

CREATE TABLE device_epoch (
    device text NOT NULL,
    epoch text NOT NULL,
    received int8multirange NOT NULL,
    stated_last bigint NOT NULL,
    last_contact timestamptz NOT NULL,
    PRIMARY KEY (device, epoch)
);

CREATE TABLE scan_evidence (
    digest bytea PRIMARY KEY,
    device text NOT NULL,
    epoch text NOT NULL,
    seq bigint,
    reason text NOT NULL,
    raw text NOT NULL,
    received_at timestamptz NOT NULL
);

CREATE TABLE scan_note (
    id uuid NOT NULL,
    salt bytea NOT NULL,
    note text NOT NULL,
    PRIMARY KEY (id, note)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON custody, visibility TO postal_app;
GRANT SELECT, INSERT, UPDATE ON device_epoch TO postal_app;
GRANT SELECT, INSERT ON device_sync, scan_evidence TO postal_app;
GRANT SELECT, INSERT, DELETE ON scan_note TO postal_app;
