-- The release before this one leaves both alone: its runs are then not fenced, as they never were.
ALTER TABLE outbox
    -- While a run is under way, until when nobody else may begin one; past it the run has died unseen.
    ADD COLUMN running_until timestamptz NULL,
    -- How many runs began and never ended: such a message may be what killed its worker, and runs apart from others.
    ADD COLUMN lost integer NOT NULL DEFAULT 0
