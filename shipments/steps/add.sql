-- Take away what is kept of these dossiers and add what is given; a cell that comes to nothing leaves no row.
MERGE INTO step_sum
USING (
    SELECT * FROM ({cells}) AS cell
    WHERE n <> 0 OR waiting_us <> 0 OR worked_us <> 0 OR exceeded <> 0 OR unseen <> 0
) AS changed
ON step_sum.authority = changed.authority
    AND step_sum.month = changed.month
    AND step_sum.desk = changed.desk
    AND step_sum.unit = changed.unit
    AND step_sum.procedure = changed.procedure
    AND step_sum.version = changed.version
    AND step_sum.number = changed.number
    AND step_sum.name = changed.name
    AND step_sum.party = changed.party
    AND step_sum.bucket = changed.bucket
WHEN MATCHED AND step_sum.n + changed.n = 0 THEN DELETE
WHEN MATCHED THEN UPDATE SET
    n = step_sum.n + changed.n,
    waiting_us = step_sum.waiting_us + changed.waiting_us,
    worked_us = step_sum.worked_us + changed.worked_us,
    exceeded = step_sum.exceeded + changed.exceeded,
    unseen = step_sum.unseen + changed.unseen
WHEN NOT MATCHED THEN INSERT (
    month, authority, desk, unit, procedure, version, number, name, party, bucket, n, waiting_us, worked_us, exceeded,
    unseen
)
VALUES (
    changed.month, changed.authority, changed.desk, changed.unit, changed.procedure, changed.version, changed.number,
    changed.name, changed.party, changed.bucket, changed.n, changed.waiting_us, changed.worked_us, changed.exceeded,
    changed.unseen
)
