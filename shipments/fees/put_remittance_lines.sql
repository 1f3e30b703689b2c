INSERT INTO remittance_line
SELECT new.*
FROM jsonb_populate_recordset(NULL::remittance_line, $1::text::jsonb) AS new
