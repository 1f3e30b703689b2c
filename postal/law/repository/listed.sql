-- Procedures in force on a day with what the list in force then says: that of the province, else the country's. A
-- procedure that a list does not name is not carried; without any list the version's own word holds.
WITH list AS (
    SELECT *
    FROM postal_list
    WHERE scope IN ($5, 'VN') AND valid_from <= $1 AND (valid_to IS NULL OR valid_to > $1)
    ORDER BY (scope = 'VN'), version DESC
    LIMIT 1
),
current AS (
    SELECT DISTINCT ON (code) *
    FROM procedure
    WHERE valid_from <= $1 AND (valid_to IS NULL OR valid_to > $1)
    AND code COLLATE "C" > $2 AND ($7::text[] IS NULL OR code = ANY ($7))
    ORDER BY code, version DESC
),
judged AS (
    SELECT current.code, current.version, current.name_vi, current.name_en, current.limit_value, current.limit_unit,
           current.convention, current.calendar, current.t0_reading,
           CASE WHEN list.scope IS NULL THEN current.eligible_submit
                ELSE coalesce(entry.eligible_submit, false) END AS eligible_submit,
           CASE WHEN list.scope IS NULL THEN current.eligible_return
                ELSE coalesce(entry.eligible_return, false) END AS eligible_return,
           current.requires_presence OR coalesce(entry.requires_presence, false) AS requires_presence,
           current.state_secret OR coalesce(entry.state_secret, false) AS state_secret,
           current.territory_free, current.fee, current.valid_from, current.valid_to, current.citation,
           current.status, current.issuer, current.decision, current.decided_on,
           list.scope AS list_scope, list.version AS list_version, list.decision AS list_decision,
           list.decided_on AS list_decided_on, list.valid_from AS list_from, list.valid_to AS list_to,
           list.citation AS list_citation, list.status AS list_status, coalesce(entry.reason, '') AS list_reason
    FROM current
    LEFT JOIN list ON true
    LEFT JOIN postal_list_entry AS entry
        ON entry.scope = list.scope AND entry.version = list.version AND entry.procedure = current.code
)
SELECT *
FROM judged
WHERE ($4::boolean IS NULL OR (eligible_submit OR eligible_return) = $4)
AND ($6::text IS NULL OR position($6 IN regexp_replace(
    lower(unaccent(code || ' ' || name_vi || ' ' || name_en)), '[^a-z0-9]+', ' ', 'g'
)) > 0)
ORDER BY code COLLATE "C"
LIMIT $3
