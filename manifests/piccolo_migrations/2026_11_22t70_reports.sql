-- A projection: each report that a person published. What it says stands in report_content under its digest.
CREATE TABLE report (
    code text PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('766', 'DONVI', 'TINH', 'BUUCHINH')),
    period text NOT NULL,
    organisation text NOT NULL,
    published_at timestamptz NOT NULL,
    published_by text,
    person text,
    row uuid NOT NULL,
    as_of timestamptz NOT NULL,
    query_version text NOT NULL,
    digest text NOT NULL
);

CREATE INDEX report_newest ON report (published_at DESC, code DESC);
CREATE INDEX report_organisation ON report (organisation, published_at DESC);

-- The very bytes that were published, by their digest: figures of groups, nothing about a person. Never changed.
CREATE TABLE report_content (
    digest text PRIMARY KEY CHECK (digest ~ '^[0-9a-f]{64}$'),
    report text NOT NULL,
    content bytea NOT NULL,
    created_at timestamptz NOT NULL
);

CREATE INDEX report_content_report ON report_content (report);

CREATE FUNCTION report_content_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a published report is never changed: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON report_content
    FOR EACH ROW EXECUTE FUNCTION report_content_is_frozen();

-- Who was told of which report, and when: once while it is due soon, once when it is late.
CREATE TABLE report_reminder (
    report text NOT NULL,
    standing text NOT NULL CHECK (standing IN ('due', 'late')),
    organisation text NOT NULL,
    due timestamptz NOT NULL,
    reminded_at timestamptz NOT NULL,
    PRIMARY KEY (report, standing)
);

-- The days on which somebody looked what is owed: once a day is enough.
CREATE TABLE report_reminding (
    day date PRIMARY KEY,
    begun_at timestamptz NOT NULL
);

-- What a connector says that the national portal answered for a dossier: the state of a transport, no fact of the case.
CREATE TABLE portal_receipt (
    id uuid PRIMARY KEY,
    dossier text NOT NULL,
    portal_status smallint NOT NULL CHECK (portal_status BETWEEN 1 AND 10),
    state text NOT NULL CHECK (state IN ('accepted', 'refused')),
    error text,
    at timestamptz NOT NULL,
    by_actor text NOT NULL
);

CREATE INDEX portal_receipt_dossier ON portal_receipt (dossier, at DESC);
CREATE INDEX portal_receipt_refused ON portal_receipt (at DESC) WHERE state = 'refused';

GRANT SELECT, INSERT, UPDATE, DELETE ON report TO postal_app;
GRANT SELECT, INSERT ON report_content, portal_receipt, report_reminder, report_reminding TO postal_app;
