-- Money, claims and incidents of the post in [$1, $2), by organisation of $4 (or all: $3), as TT 17/2017 Đ13 asks.
WITH fares AS (
    SELECT organisation, sum(CASE kind WHEN 'fee.collected' THEN amount ELSE -amount END)::bigint AS revenue
    FROM fee_entry
    WHERE line = 'fare' AND void_by IS NULL AND at >= $1 AND at < $2
    GROUP BY organisation
),
complaints AS (
    SELECT
        lodged_by AS organisation,
        count(*) AS claims,
        count(*) FILTER (WHERE answered_at < $2) AS claims_answered,
        count(*) FILTER (WHERE answer_due < least(coalesce(answered_at, $2), $2)) AS claims_late,
        count(*) FILTER (WHERE answered_at < $2 AND outcome IN ('CLAIM_GRANTED', 'CLAIM_PARTLY')) AS claims_granted
    FROM claim
    WHERE lodged_at >= $1 AND lodged_at < $2
    GROUP BY lodged_by
),
accidents AS (
    SELECT
        coalesce(liable, opened_by) AS organisation,
        count(*) FILTER (WHERE opened_at >= $1 AND opened_at < $2 AND cause = 'lost' AND state <> 'found'
                               AND outcome IS DISTINCT FROM 'INCIDENT_IN_ERROR') AS lost,
        count(*) FILTER (WHERE opened_at >= $1 AND opened_at < $2 AND cause = 'damaged'
                               AND outcome IS DISTINCT FROM 'INCIDENT_IN_ERROR') AS damaged,
        count(*) FILTER (WHERE paid_at >= $1 AND paid_at < $2) AS compensated,
        coalesce(sum(paid) FILTER (WHERE paid_at >= $1 AND paid_at < $2), 0)::bigint AS compensation
    FROM incident
    GROUP BY coalesce(liable, opened_by)
),
joined AS (
    SELECT * FROM fares FULL JOIN complaints USING (organisation) FULL JOIN accidents USING (organisation)
)
SELECT
    grouping(organisation) AS mask, organisation AS office,
    {sums}
FROM joined
WHERE $3::boolean OR organisation = ANY ($4::text[])
GROUP BY GROUPING SETS ((), (organisation))
