-- The rows of a code, for statements that join them: the planner writes it into them and calls nothing. Each OFFSET 0
-- keeps its step a step: the bounds are computed once a month, and no join can read all partitions instead of these.
-- The bounds choose partitions and must do no more. Of two plain ones the planner believes that they leave one row in two
-- hundred, and reads the whole primary key of a middling partition for them; so the upper one is an array of one. And
-- before the first statistics of a month it takes a code for one row in two hundred and reads the month's ids to spare
-- itself their pages; a second bound on the code, which the same index answers, leaves one row.
CREATE FUNCTION ledger_of(wanted text) RETURNS SETOF ledger LANGUAGE sql STABLE PARALLEL SAFE AS $$
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
