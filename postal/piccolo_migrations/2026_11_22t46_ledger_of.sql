-- The rows of a code, for statements that join them: the planner writes it into them and calls nothing. Each OFFSET 0
-- keeps its step a step: the bounds are computed once a month, and no join can read all partitions instead of these.
CREATE FUNCTION ledger_of(wanted text) RETURNS SETOF ledger LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT entry.*
    FROM (
        SELECT ledger_month_low(month) AS low, ledger_month_high(month) AS high
        FROM ledger_month
        WHERE ledger_month.code = wanted
        OFFSET 0
    ) AS span
    CROSS JOIN LATERAL (
        SELECT * FROM ledger WHERE ledger.code = wanted AND ledger.id BETWEEN span.low AND span.high OFFSET 0
    ) AS entry
$$;
