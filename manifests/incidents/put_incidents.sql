-- Make the projection hold exactly these incidents ($1, JSON) for these pieces ($2).
WITH gone AS (
    DELETE FROM incident
    WHERE piece = ANY($2::text[])
    AND piece NOT IN (SELECT given ->> 'piece' FROM jsonb_array_elements($1::text::jsonb) AS given)
)
INSERT INTO incident AS kept
SELECT given.*
FROM jsonb_populate_recordset(NULL::incident, $1::text::jsonb) AS given
ORDER BY given.piece
ON CONFLICT (piece) DO UPDATE SET
    cause = EXCLUDED.cause,
    state = EXCLUDED.state,
    source = EXCLUDED.source,
    opened_at = EXCLUDED.opened_at,
    opened_row = EXCLUDED.opened_row,
    opened_by = EXCLUDED.opened_by,
    reopened = EXCLUDED.reopened,
    found_at = EXCLUDED.found_at,
    found_row = EXCLUDED.found_row,
    found_after_payment = EXCLUDED.found_after_payment,
    outcome = EXCLUDED.outcome,
    closed_at = EXCLUDED.closed_at,
    closed_by = EXCLUDED.closed_by,
    liable = EXCLUDED.liable,
    liable_at = EXCLUDED.liable_at,
    fare = EXCLUDED.fare,
    amount = EXCLUDED.amount,
    pay_due = EXCLUDED.pay_due,
    paid = EXCLUDED.paid,
    paid_at = EXCLUDED.paid_at,
    reissues = EXCLUDED.reissues
