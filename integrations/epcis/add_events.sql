-- Keep captured events ($1 the capture, $2 whose, $3 when; $4 the events as a JSON list).
INSERT INTO epcis_event (
    id, organisation, capture, digest, declared, event_time, record_time, addresses, rows, codes, event
)
SELECT
    given.id, $2, $1, decode(given.digest, 'hex'), decode(given.declared, 'hex'), given.event_time, $3, given.addresses,
    given.rows, given.codes, given.event
FROM jsonb_to_recordset($4::text::jsonb) AS given (
    id uuid, digest text, declared text, event_time timestamptz, addresses text[], rows uuid[], codes text[], event jsonb
)
