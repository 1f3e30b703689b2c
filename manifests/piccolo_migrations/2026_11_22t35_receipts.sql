-- What was signed at the counter. Not derived from the ledger: the key may be another one by now.
CREATE TABLE receipt (
    number text PRIMARY KEY,
    manifest text NOT NULL,
    record_id uuid NOT NULL,
    made_at timestamptz NOT NULL,
    promise text NOT NULL CHECK (octet_length(promise) <= 600),
    leaves bytea NOT NULL CHECK (octet_length(leaves) % 32 = 0)
);
CREATE INDEX receipt_manifest ON receipt (manifest, made_at);

GRANT SELECT, INSERT ON receipt TO postal_app;
