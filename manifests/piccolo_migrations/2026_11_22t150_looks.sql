-- Closed manifests with a line that still awaits a device, and until when. Not kept by the projector, but by the second
-- look, which a rebuild asks for as well. The release before does not look, and loses nothing by it.
CREATE TABLE manifest_look (
    manifest text PRIMARY KEY REFERENCES manifest ON DELETE RESTRICT,
    due_at timestamptz NOT NULL
);

CREATE INDEX manifest_look_due ON manifest_look (due_at);

GRANT SELECT, INSERT, UPDATE, DELETE ON manifest_look TO postal_app;
