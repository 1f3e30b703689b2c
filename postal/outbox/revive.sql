-- A new position: what was written later for the same key may have run already, or be running now.
UPDATE outbox
SET
    dead_at = NULL,
    error = NULL,
    attempts = 0,
    lost = 0,
    leased_until = NULL,
    running_until = NULL,
    available_at = $2,
    position = DEFAULT
WHERE ($1::uuid[] IS NULL OR id = ANY($1)) AND dead_at IS NOT NULL
RETURNING id
