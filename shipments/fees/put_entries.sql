-- Make the entries of accounts ($1 codes) exactly these ($2, a JSON array); what is there already is not written again.
WITH given AS (
    SELECT new.* FROM jsonb_populate_recordset(NULL::fee_entry, $2::text::jsonb) AS new
),
gone AS (
    DELETE FROM fee_entry
    WHERE account = ANY ($1::text[]) AND NOT EXISTS (SELECT FROM given WHERE given.id = fee_entry.id)
)
INSERT INTO fee_entry AS kept
SELECT * FROM given
ON CONFLICT (id) DO UPDATE SET
    account = excluded.account,
    organisation = excluded.organisation,
    person = excluded.person,
    day = excluded.day,
    kind = excluded.kind,
    at = excluded.at,
    dossier = excluded.dossier,
    line = excluded.line,
    channel = excluded.channel,
    amount = excluded.amount,
    receipt = excluded.receipt,
    fee = excluded.fee,
    reason = excluded.reason,
    void_by = excluded.void_by
WHERE kept IS DISTINCT FROM excluded
