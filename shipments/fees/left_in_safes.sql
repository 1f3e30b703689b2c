-- What is left in safes of a channel, by the payment it came from ($1 safes, $2 channel): what was counted into them,
-- less what is on lists that leave them. The oldest first.
SELECT held.receipt, held.account, held.fee, held.counted - COALESCE(gone.amount, 0) AS amount
FROM (
    SELECT
        remittance.safe AS account, line.receipt, line.fee,
        sum(line.counted)::bigint AS counted, min(remittance.at) AS since
    FROM remittance
    JOIN remittance_line AS line ON line.remittance = remittance.code
    WHERE remittance.safe = ANY ($1::text[]) AND remittance.channel = $2 AND remittance.state <> 'withdrawn'
    GROUP BY remittance.safe, line.receipt, line.fee
) AS held
LEFT JOIN LATERAL (
    SELECT sum(GREATEST(line.amount, line.counted))::bigint AS amount
    FROM remittance_line AS line
    JOIN remittance ON remittance.code = line.remittance AND remittance.state <> 'withdrawn'
    WHERE line.account = held.account
    AND line.receipt = held.receipt
    AND line.fee IS NOT DISTINCT FROM held.fee
    AND remittance.channel = $2
) AS gone ON true
WHERE held.counted > COALESCE(gone.amount, 0)
ORDER BY held.since, held.account, held.receipt, held.fee
