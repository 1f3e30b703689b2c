CREATE TABLE outbox (
    id uuid PRIMARY KEY,
    -- The order of a key's messages. Ids do not give it: two processes may make ids within one millisecond.
    position bigint GENERATED ALWAYS AS IDENTITY,
    topic text NOT NULL,
    key text NULL,
    payload jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    available_at timestamptz NOT NULL,
    attempts integer NOT NULL,
    leased_until timestamptz NULL,
    done_at timestamptz NULL,
    dead_at timestamptz NULL,
    error text NULL,
    CONSTRAINT outbox_ended_once CHECK (done_at IS NULL OR dead_at IS NULL)
)
-- Rows change a few times in quick succession: room on the page, and vacuum before the dead ones pile up.
WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);

CREATE INDEX outbox_live ON outbox (position) WHERE done_at IS NULL AND dead_at IS NULL;
CREATE INDEX outbox_live_key ON outbox (key, position) WHERE key IS NOT NULL AND done_at IS NULL AND dead_at IS NULL;
CREATE INDEX outbox_done ON outbox (done_at) WHERE done_at IS NOT NULL;
CREATE INDEX outbox_dead ON outbox (dead_at) WHERE dead_at IS NOT NULL;

GRANT SELECT, INSERT, UPDATE, DELETE ON outbox TO postal_app;
