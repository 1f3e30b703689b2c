-- A projection: no foreign key, since a rebuild may see a discrepancy before its manifest.
CREATE TABLE discrepancy (
    id uuid PRIMARY KEY,
    manifest text NOT NULL,
    piece text NOT NULL,
    line_class text NOT NULL,
    reason text,
    owner text NOT NULL,
    state text NOT NULL CHECK (state IN ('open', 'resolved')),
    opened_at timestamptz NOT NULL,
    deadline timestamptz NOT NULL,
    resolution text,
    resolved_at timestamptz,
    resolved_by text,
    reopened integer NOT NULL
);

CREATE INDEX discrepancy_manifest ON discrepancy (manifest);
CREATE INDEX discrepancy_owner ON discrepancy (owner, state, deadline);

GRANT SELECT, INSERT, UPDATE, DELETE ON discrepancy TO postal_app;
