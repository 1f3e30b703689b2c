-- As before, but the upper bound is an array of one. Of two plain bounds the planner believes that they leave one row
-- in two hundred, and reads the whole primary key of a middling partition by them; they are to choose partitions only.
CREATE OR REPLACE FUNCTION ledger_of(wanted text) RETURNS SETOF ledger LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT entry.*
    FROM (
        SELECT ledger_month_low(month) AS low, ledger_month_high(month) AS high
        FROM ledger_month
        WHERE ledger_month.code = wanted
        OFFSET 0
    ) AS span
    CROSS JOIN LATERAL (
        SELECT * FROM ledger
        WHERE ledger.code = wanted AND ledger.id >= span.low AND ledger.id <= ANY (ARRAY[span.high])
        OFFSET 0
    ) AS entry
$$;
