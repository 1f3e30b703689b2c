CREATE TABLE trip (
    code text PRIMARY KEY,
    opened_at timestamptz NOT NULL,
    parties text[] NOT NULL,
    body jsonb NOT NULL
);

CREATE INDEX trip_parties ON trip USING gin (parties);
CREATE INDEX trip_opened ON trip (opened_at, code);
-- By bytes, whatever the collation of the database: the codes of a day share their beginning.
CREATE INDEX trip_prefix ON trip (code text_pattern_ops);

GRANT SELECT, INSERT, UPDATE, DELETE ON trip TO postal_app;
