INSERT INTO remittance
SELECT new.*
FROM jsonb_populate_recordset(NULL::remittance, $1::text::jsonb) AS new
ON CONFLICT (code) DO UPDATE SET
    organisation = excluded.organisation,
    person = excluded.person,
    receiver = excluded.receiver,
    channel = excluded.channel,
    at = excluded.at,
    state = excluded.state,
    counted_at = excluded.counted_at,
    amount = excluded.amount,
    counted = excluded.counted,
    safe = excluded.safe
