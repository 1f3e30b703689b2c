-- Begin the next try of a partner's ($1) messages: the first that came of those that are due at $2. A try is counted
-- before it is made, so that one that kills its process is seen.
WITH next AS (
    SELECT id
    FROM inbox_message
    WHERE partner = $1 AND state = 'waiting' AND due_at <= $2
    ORDER BY seq
    LIMIT 1
    FOR UPDATE
),
begun AS (
    UPDATE inbox_message AS m
    SET tries = m.tries + 1, unended = m.unended + 1
    FROM next
    WHERE m.id = next.id
    RETURNING m.*
),
noted AS (
    INSERT INTO inbox_try (message, number, began_at) SELECT id, tries, $2 FROM begun
)
SELECT * FROM begun
