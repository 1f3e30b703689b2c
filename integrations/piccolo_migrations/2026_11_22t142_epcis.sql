-- A document that somebody captured: how it is to be treated, how far it is, what became of it.
CREATE TABLE epcis_capture (
    id uuid PRIMARY KEY,
    organisation text NOT NULL REFERENCES organisation ON DELETE RESTRICT,
    actor text NOT NULL,
    made_at timestamptz NOT NULL,
    finished_at timestamptz,
    rolls_back boolean NOT NULL,
    -- checking (of a document that is taken whole or not at all), applying, done, refused
    state text NOT NULL CHECK (state IN ('checking', 'applying', 'done', 'refused')),
    events integer NOT NULL,
    captured integer NOT NULL DEFAULT 0,
    moving integer NOT NULL DEFAULT 0,
    repeated integer NOT NULL DEFAULT 0,
    failed integer NOT NULL DEFAULT 0,
    errors jsonb NOT NULL DEFAULT '[]',
    namespaces jsonb NOT NULL
);
CREATE INDEX epcis_capture_organisation ON epcis_capture (organisation, id DESC);

-- Events that wait for their turn, some to a row, as they came.
CREATE TABLE epcis_waiting (
    capture uuid NOT NULL REFERENCES epcis_capture ON DELETE CASCADE,
    first integer NOT NULL,
    events bytea NOT NULL,
    PRIMARY KEY (capture, first)
);

-- Events as they were captured. Position and turn are as in the ledger, so that both stand in one order of commits.
CREATE TABLE epcis_event (
    id uuid PRIMARY KEY,
    position bigint NOT NULL DEFAULT feed_position(feed_youngest()),
    turn bigint DEFAULT feed_next_turn(),
    organisation text NOT NULL,
    capture uuid,
    digest bytea NOT NULL CHECK (octet_length(digest) = 32),
    -- the hash of its error declaration, if it is one: an event and what takes it back share a digest
    declared bytea CHECK (octet_length(declared) = 32),
    event_time timestamptz NOT NULL,
    record_time timestamptz NOT NULL,
    addresses text[] NOT NULL,
    rows uuid[] NOT NULL,
    codes text[] NOT NULL,
    event jsonb NOT NULL,
    CONSTRAINT epcis_event_once UNIQUE NULLS NOT DISTINCT (organisation, digest, declared)
);
CREATE INDEX epcis_event_digest ON epcis_event (digest);
CREATE INDEX epcis_event_feed ON epcis_event (position, id);
CREATE INDEX epcis_event_addresses ON epcis_event USING gin (addresses);

-- The ids of events are hashes; which row each tells is noted when it is first given out, or it could not be found again.
CREATE TABLE epcis_given (
    digest bytea NOT NULL CHECK (octet_length(digest) = 32),
    row_id uuid NOT NULL,
    PRIMARY KEY (digest, row_id)
);

-- What the feed shows to organisations, by the code that a row is about: whoever sees the piece, the manifest, or as a
-- unit the case. The OFFSET 0 keep each a look-up by code.
CREATE FUNCTION epcis_shows(about text, of_stream smallint, reads_all boolean, seen_by text[]) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT reads_all
    OR EXISTS (SELECT FROM visibility WHERE piece = about AND organisation = ANY (seen_by) OFFSET 0)
    OR EXISTS (
        SELECT FROM manifest
        WHERE code = about
        AND (
            giver = ANY (seen_by)
            OR (state <> 'draft' AND (receiver = ANY (seen_by) OR carrier = ANY (seen_by)))
        )
        OFFSET 0
    )
    OR (
        of_stream = 2
        AND EXISTS (SELECT FROM dossier WHERE code = about AND unit = ANY (seen_by) OFFSET 0)
    )
$$;

GRANT SELECT, INSERT, UPDATE ON epcis_capture TO postal_app;
GRANT SELECT, INSERT, DELETE ON epcis_waiting TO postal_app;
GRANT SELECT, INSERT ON epcis_event, epcis_given TO postal_app;
