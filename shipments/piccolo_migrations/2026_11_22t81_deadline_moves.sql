-- A projection of the records `clock.recomputed`, so that both dates survive whatever is refreshed later.
CREATE TABLE deadline_move (
    dossier text NOT NULL,
    decision uuid NOT NULL,
    clock text NOT NULL,
    ordinal integer NOT NULL,
    calendar text NOT NULL,
    version integer NOT NULL,
    due_before timestamptz NOT NULL,
    due_after timestamptz NOT NULL,
    holder text NULL,
    moved_at timestamptz NOT NULL,
    record uuid NOT NULL,
    PRIMARY KEY (dossier, decision, clock, ordinal)
);
CREATE INDEX deadline_move_decision ON deadline_move (decision, dossier, clock, ordinal);
CREATE INDEX deadline_move_moved ON deadline_move (moved_at DESC);

-- Work, not truth: how far a decision has been carried to the open clocks.
CREATE TABLE calendar_recount (
    decision uuid PRIMARY KEY,
    calendar text NOT NULL,
    asked_at timestamptz NOT NULL,
    upto text NOT NULL DEFAULT '',
    looked_at integer NOT NULL DEFAULT 0,
    moved integer NOT NULL DEFAULT 0,
    done_at timestamptz NULL
);

GRANT SELECT, INSERT, UPDATE, DELETE ON deadline_move, calendar_recount TO postal_app;
