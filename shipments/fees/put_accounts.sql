INSERT INTO fee_account
SELECT new.*
FROM jsonb_populate_recordset(NULL::fee_account, $1::text::jsonb) AS new
ON CONFLICT (code) DO UPDATE SET
    state = excluded.state,
    figures = excluded.figures,
    channels = excluded.channels,
    flags = excluded.flags,
    closing = excluded.closing,
    late = excluded.late
