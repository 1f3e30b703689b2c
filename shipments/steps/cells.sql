-- Cells of sums from parts: each part counts for the sides of its case, and for the whole country.
SELECT
    month, cells.authority, cells.desk, cells.unit, procedure, version, number, name, cells.party, bucket,
    sum(n)::bigint AS n, sum(waiting_us)::bigint AS waiting_us, sum(worked_us)::bigint AS worked_us,
    sum(exceeded)::bigint AS exceeded, sum(unseen)::bigint AS unseen
FROM ({parts}) AS part
CROSS JOIN LATERAL (
    VALUES (part.authority, part.desk, part.unit, part.party), ('', '', '', '')
) AS cells (authority, desk, unit, party)
GROUP BY month, cells.authority, cells.desk, cells.unit, procedure, version, number, name, cells.party, bucket
