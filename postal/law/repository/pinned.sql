SELECT procedure.*
FROM unnest($1::text[], $2::int4[]) AS asked (code, version)
JOIN procedure USING (code, version)
