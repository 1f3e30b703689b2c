-- Bring the projection of claims up to these ($1, JSON).
INSERT INTO claim AS kept
SELECT given.*
FROM jsonb_populate_recordset(NULL::claim, $1::text::jsonb) AS given
ORDER BY given.code
ON CONFLICT (code) DO UPDATE SET
    piece = EXCLUDED.piece,
    kind = EXCLUDED.kind,
    state = EXCLUDED.state,
    lodged_at = EXCLUDED.lodged_at,
    lodged_by = EXCLUDED.lodged_by,
    claimant = EXCLUDED.claimant,
    window_from = EXCLUDED.window_from,
    last_day = EXCLUDED.last_day,
    window_citation = EXCLUDED.window_citation,
    answer_due = EXCLUDED.answer_due,
    answer_citation = EXCLUDED.answer_citation,
    outcome = EXCLUDED.outcome,
    answered_at = EXCLUDED.answered_at,
    answered_by = EXCLUDED.answered_by
