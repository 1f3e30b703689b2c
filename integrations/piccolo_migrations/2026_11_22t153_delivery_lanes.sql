-- Where a message stands until it ends: in the lane of its key; in the queue of its destination while it is due next;
-- behind another, by its number; and since when. Each is a column of its own that one index answers and no other does:
-- where statistics lag behind a queue that grew fast, or tell of one that was empty, the planner takes all indexes of
-- a destination, and all that hold what has not ended, for equal, and most of them read the whole of it.
CREATE FUNCTION delivery_lane(destination uuid, key text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN destination::text || ' ' || key;

ALTER TABLE delivery
    ADD COLUMN lane text NULL GENERATED ALWAYS AS (
        CASE WHEN state IN ('waiting', 'behind', 'sending') THEN delivery_lane(destination, key) END
    ) STORED,
    ADD COLUMN queue uuid NULL GENERATED ALWAYS AS (CASE WHEN state = 'waiting' THEN destination END) STORED,
    ADD COLUMN behind bigint NULL GENERATED ALWAYS AS (CASE WHEN state = 'behind' THEN number END) STORED,
    ADD COLUMN open_since timestamptz NULL GENERATED ALWAYS AS (
        CASE WHEN state IN ('waiting', 'behind', 'sending') THEN since_at END
    ) STORED;

DROP INDEX delivery_lane, delivery_due, delivery_behind, delivery_unended;
CREATE INDEX delivery_lane ON delivery (lane, number) WHERE lane IS NOT NULL;
CREATE INDEX delivery_due ON delivery (queue, due_at, number) WHERE queue IS NOT NULL;
CREATE INDEX delivery_behind ON delivery (behind) WHERE behind IS NOT NULL;
CREATE INDEX delivery_open ON delivery (destination, open_since) WHERE open_since IS NOT NULL;
