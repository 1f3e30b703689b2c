-- The last standing word of a party on a scan that it made, as the fold of custody settles it: 'taken back', the hash of
-- the content to keep where two were said, or nothing. A correction that was said twice counts once that is settled.
CREATE FUNCTION scan_last_word(
    of_code text, of_id uuid, by_organisation text, said_at timestamptz
) RETURNS text LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN (
        SELECT COALESCE(word.body ->> 'keep', 'taken back')
        FROM (
            SELECT id, organisation, corrected_at, body
            FROM ledger_of(of_code)
            WHERE stream = 1
            AND kind = 'correct'
            AND body ->> 'corrects' = of_id::text
            AND organisation = by_organisation
            AND (corrected_at, id) > (said_at, of_id)
            -- Later words alone are asked about again, so this ends.
            OFFSET 0
        ) AS word
        CROSS JOIN LATERAL (
            SELECT scan_last_word(of_code, word.id, word.organisation, word.corrected_at) AS word OFFSET 0
        ) AS upon
        WHERE (
            word.body ->> 'keep' IS NULL
            OR EXISTS (
                SELECT
                FROM ledger_dispute
                WHERE ledger_dispute.code = of_code
                AND ledger_dispute.id = of_id
                AND encode(ledger_dispute.content_hash, 'hex') = word.body ->> 'keep'
            )
        )
        AND CASE
            WHEN EXISTS (SELECT FROM ledger_dispute WHERE ledger_dispute.code = of_code AND ledger_dispute.id = word.id)
            THEN COALESCE(upon.word <> 'taken back', false)
            ELSE upon.word IS DISTINCT FROM 'taken back'
        END
        ORDER BY word.corrected_at DESC, word.id DESC
        LIMIT 1
    );
END
$$;

CREATE OR REPLACE FUNCTION scan_taken_back(
    of_code text, of_id uuid, by_organisation text, said_at timestamptz
) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT COALESCE(scan_last_word(of_code, of_id, by_organisation, said_at) = 'taken back', false)
$$;

GRANT EXECUTE ON FUNCTION scan_last_word(text, uuid, text, timestamptz) TO postal_app;
