-- Where a message stands until it ends: in line, by its position, and in the lane of its key. Each is a column of its own
-- that one index answers and no other does: where statistics lag behind a queue that grew fast, the planner takes the
-- index of all live messages for as cheap as any, and reads the whole of it for one message.
ALTER TABLE outbox
    ADD COLUMN live bigint NULL GENERATED ALWAYS AS (
        CASE WHEN done_at IS NULL AND dead_at IS NULL THEN position END
    ) STORED,
    ADD COLUMN lane text NULL GENERATED ALWAYS AS (
        CASE WHEN done_at IS NULL AND dead_at IS NULL THEN key END
    ) STORED;

DROP INDEX outbox_live, outbox_live_key;
CREATE INDEX outbox_live ON outbox (live) WHERE live IS NOT NULL;
CREATE INDEX outbox_lane ON outbox (lane, live) WHERE lane IS NOT NULL;
