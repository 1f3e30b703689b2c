-- Projections of case events: every request for a supplement, every letter of apology.
CREATE TABLE supplement_request (
    row uuid PRIMARY KEY,
    dossier text NOT NULL,
    ordinal integer NOT NULL CHECK (ordinal > 0),
    at timestamptz NOT NULL,
    answered_at timestamptz,
    items integer[] NOT NULL,
    reason text,
    override boolean NOT NULL,
    decision text,
    authority text NOT NULL,
    desk text NOT NULL,
    procedure text NOT NULL,
    procedure_version integer,
    source text
);
COMMENT ON TABLE supplement_request IS 'one row a request; ordinal 2 and more count as overdue (QĐ 766/QĐ-TTg, 2.1)';
COMMENT ON COLUMN supplement_request.items IS 'numbers of the components of the procedure version at receipt';

CREATE INDEX supplement_request_dossier ON supplement_request (dossier);
CREATE INDEX supplement_request_authority ON supplement_request (authority, at);
CREATE INDEX supplement_request_again ON supplement_request (at, authority) WHERE ordinal > 1;

CREATE TABLE apology (
    row uuid PRIMARY KEY,
    dossier text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('extension', 'letter')),
    ordinal integer NOT NULL CHECK (ordinal >= 0),
    at timestamptz NOT NULL,
    number text,
    reason text,
    promised timestamptz,
    due_new timestamptz,
    override boolean NOT NULL,
    decision text,
    authority text NOT NULL,
    desk text NOT NULL,
    procedure text NOT NULL,
    source text
);
COMMENT ON COLUMN apology.kind IS 'extension: with a new date, while the case is open; letter: after it ended late';
COMMENT ON COLUMN apology.ordinal IS 'of the re-appointments of the dossier, 0 for a letter; 2 and more are flagged';
COMMENT ON COLUMN apology.promised IS 'the promise that held without any re-appointment';

CREATE INDEX apology_dossier ON apology (dossier);
CREATE INDEX apology_authority ON apology (authority, at);
CREATE INDEX apology_newest ON apology (at DESC, row DESC);
CREATE INDEX apology_again ON apology (at, authority) WHERE ordinal > 1;

-- The legal due instant is a clock's; where it is not computed yet, the promise stands for it.
CREATE VIEW apology_judged AS
SELECT apology.*, coalesce(clock.due, apology.promised) AS due,
    coalesce(apology.at > coalesce(clock.due, apology.promised), false) AS late
FROM apology
LEFT JOIN dossier_clock AS clock
    ON clock.dossier = apology.dossier AND clock.clock = 'C3' AND clock.ordinal = 0;
COMMENT ON COLUMN apology_judged.late IS 'sent after the due instant: it whitens nothing';

-- Overdue at an instant and nobody has apologised until then: a list that must be empty. Not in it: what waits for the
-- citizen, what the citizen took back, and what another system's log says.
CREATE FUNCTION overdue_without_apology(instant timestamptz)
RETURNS TABLE (
    dossier text, authority text, desk text, unit text, procedure text, due timestamptz, ended_at timestamptz,
    holder text
)
LANGUAGE sql STABLE AS $$
SELECT d.code, d.authority, d.desk, d.unit, d.procedure, coalesce(clock.due, d.due_now), d.ended_at, clock.holder
FROM dossier AS d
LEFT JOIN dossier_clock AS clock ON clock.dossier = d.code AND clock.clock = 'C3' AND clock.ordinal = 0
WHERE d.source IS NULL
  AND d.received_at IS NOT NULL
  AND NOT d.withdrawn
  AND d.due_first < instant
  AND (d.ended_at IS NULL OR d.ended_at > d.due_first)
  AND (d.ended_at IS NOT NULL OR d.status NOT IN (5, 6, 7))
  AND coalesce(clock.due, d.due_now) < least(instant, coalesce(d.ended_at, instant))
  AND NOT EXISTS (
      SELECT FROM apology WHERE apology.dossier = d.code AND apology.at <= instant AND apology.number IS NOT NULL
  )
$$;

GRANT SELECT, INSERT, UPDATE, DELETE ON supplement_request, apology TO postal_app;
GRANT SELECT ON apology_judged TO postal_app;
GRANT EXECUTE ON FUNCTION overdue_without_apology TO postal_app;
