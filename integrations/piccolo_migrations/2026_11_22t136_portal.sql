-- What a partner acknowledged of a dossier by the portal's fields: its state at that sending. No personal data.
CREATE TABLE portal_told (
    partner uuid NOT NULL,
    dossier text NOT NULL,
    status smallint NOT NULL CHECK (status BETWEEN 1 AND 10),
    told_at timestamptz NOT NULL,
    PRIMARY KEY (partner, dossier)
);
CREATE INDEX portal_told_latest ON portal_told (partner, told_at DESC);

-- Events that a partner's own message brought, until the feed has passed them: it is not told what it said.
CREATE TABLE portal_heard (
    event uuid PRIMARY KEY,
    partner uuid NOT NULL
);

GRANT SELECT, INSERT, UPDATE ON portal_told TO postal_app;
GRANT SELECT, INSERT, DELETE ON portal_heard TO postal_app;

-- Texts and instants as the portal's fields write them; what is not known is empty.
CREATE FUNCTION portal_text(said text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN to_json(COALESCE(said, ''))::text;

CREATE FUNCTION portal_at(at timestamptz) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
RETURN COALESCE(to_char(at AT TIME ZONE interval '7 hours', 'YYYYMMDDHH24MISS'), '');
