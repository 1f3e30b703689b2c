-- Which rows of the ledger were written by one click; what happened is in the ledger, this only gathers it for a page.
CREATE TABLE desk_batch (
    id uuid PRIMARY KEY,
    organisation text NOT NULL,
    person text NULL,
    act text NOT NULL,
    at timestamptz NOT NULL,
    outcomes jsonb NOT NULL,
    undone_at timestamptz NULL,
    undone jsonb NULL
);
COMMENT ON COLUMN desk_batch.outcomes IS 'of each dossier the event that was written, or why none was';

GRANT SELECT, INSERT, UPDATE ON desk_batch TO postal_app;
