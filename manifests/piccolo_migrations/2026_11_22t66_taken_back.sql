-- Whether a scan was taken back by a later correction of the same party that itself still stands (as the fold of custody
-- settles it). The release before does not ask.
CREATE FUNCTION scan_taken_back(
    of_code text, of_id uuid, by_organisation text, said_at timestamptz
) RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN EXISTS (
        SELECT
        FROM ledger_of(of_code) AS word
        WHERE word.stream = 1
        AND word.kind = 'correct'
        AND word.body ->> 'corrects' = of_id::text
        AND word.body ->> 'keep' IS NULL
        AND word.organisation = by_organisation
        AND (word.corrected_at, word.id) > (said_at, of_id)
        AND NOT EXISTS (SELECT FROM ledger_dispute WHERE ledger_dispute.code = of_code AND ledger_dispute.id = word.id)
        AND NOT scan_taken_back(of_code, word.id, word.organisation, word.corrected_at)
    );
END
$$;

GRANT EXECUTE ON FUNCTION scan_taken_back(text, uuid, text, timestamptz) TO postal_app;
