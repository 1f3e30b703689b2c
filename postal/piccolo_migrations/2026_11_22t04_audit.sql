CREATE TABLE audit (
    id uuid PRIMARY KEY,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    organisation text,
    action text NOT NULL,
    subject text NOT NULL,
    detail jsonb NOT NULL
);

CREATE INDEX audit_subject ON audit (subject, id);

GRANT SELECT, INSERT ON audit TO postal_app;
