SELECT component.*
FROM unnest($1::text[], $2::int4[]) AS asked (code, version)
JOIN procedure_component AS component ON component.procedure = asked.code AND component.version = asked.version
ORDER BY component.procedure, component.version, component.ordinal
