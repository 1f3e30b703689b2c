INSERT INTO procedure_step (procedure, version, ordinal, name_vi, name_en, hours, unit_kind, role)
SELECT $1, $2, ordinal, name_vi, name_en, hours, unit_kind, role
FROM unnest($3::text[], $4::text[], $5::int4[], $6::text[], $7::text[])
    WITH ORDINALITY AS given (name_vi, name_en, hours, unit_kind, role, ordinal)
