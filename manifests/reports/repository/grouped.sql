-- Counts of the whole and by each column of {columns}; which one a row is of says the mask.
SELECT grouping({columns}) AS mask, {columns}, {counts}
FROM counted
GROUP BY GROUPING SETS ((), ({sets}))
