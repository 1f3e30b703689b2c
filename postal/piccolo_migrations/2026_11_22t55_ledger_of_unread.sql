-- As before, and the code is bounded twice. Before the first statistics of a month the planner takes a code for one row in
-- two hundred, and to spare itself the pages of so many rows it reads the month's ids as well. A second bound on the code
-- costs nothing, since the same index answers it, and leaves one row.
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
        WHERE ledger.code = wanted
        AND ledger.code BETWEEN wanted AND wanted
        AND ledger.id >= span.low AND ledger.id <= ANY (ARRAY[span.high])
        OFFSET 0
    ) AS entry
$$;
