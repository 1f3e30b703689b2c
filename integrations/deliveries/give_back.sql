-- Undo the claims of messages ($1, with the numbers of their tries $2) whose calls were never begun.
WITH given AS (
    SELECT * FROM unnest($1::uuid[], $2::int[]) AS g (delivery, number)
),
undone AS (
    UPDATE delivery AS m
    SET state = 'waiting', leased_until = NULL, attempts = m.attempts - 1, tried = m.tried - 1
    FROM given AS g
    WHERE m.id = g.delivery AND m.attempts = g.number AND m.state = 'sending'
    RETURNING m.id, g.number
)
DELETE FROM delivery_attempt AS a USING undone AS u WHERE a.delivery = u.id AND a.number = u.number
