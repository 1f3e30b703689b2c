SELECT step.*
FROM unnest($1::text[], $2::int4[]) AS asked (code, version)
JOIN procedure_step AS step ON step.procedure = asked.code AND step.version = asked.version
ORDER BY step.procedure, step.version, step.ordinal
