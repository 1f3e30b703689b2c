INSERT INTO procedure_component (
    procedure, version, ordinal, code, name_vi, name_en, form, copies, required, to_return
)
SELECT $1, $2, ordinal, code, name_vi, name_en, form, copies, required, to_return
FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::int2[], $8::boolean[], $9::boolean[])
    WITH ORDINALITY AS given (code, name_vi, name_en, form, copies, required, to_return, ordinal)
