-- What the mean time of each procedure version is made of (indicator 2.2), in the unit of its limit.
SELECT
    counted.procedure, counted.procedure_version AS version, procedure.name_vi, procedure.name_en,
    procedure.limit_value, procedure.limit_unit, count(*) AS n,
    sum(calendar_us)::bigint AS calendar_us, sum(working_us)::bigint AS working_us
FROM counted
JOIN procedure ON procedure.code = counted.procedure AND procedure.version = counted.procedure_version
WHERE done AND calendar_us IS NOT NULL
GROUP BY counted.procedure, counted.procedure_version, procedure.name_vi, procedure.name_en, procedure.limit_value,
    procedure.limit_unit
ORDER BY counted.procedure, counted.procedure_version
