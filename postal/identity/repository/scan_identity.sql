-- All that is known of the identities which a batch of scans names: $1 devices, $2 persons, $3 shifts, $4 places.
-- An organisation exists from the start of its first local day to the start of the day after its last.
SELECT
    (
        SELECT coalesce(json_agg(json_build_object(
            'code', code, 'organisation', organisation,
            'span', json_build_object('start', enrolled_at, 'end', revoked_at)
        )), '[]')
        FROM device
        WHERE code = ANY($1::text[]) AND enrolled_at IS NOT NULL
    ) AS devices,
    (
        SELECT coalesce(json_agg(json_build_object(
            'person', person, 'role', role, 'organisation', organisation,
            'span', json_build_object('start', valid_from, 'end', valid_to)
        )), '[]')
        FROM assignment
        WHERE person = ANY($2::text[]) OR person IN (SELECT person FROM shift WHERE id = ANY($3::uuid[]))
    ) AS assignments,
    (
        SELECT coalesce(json_agg(json_build_object(
            'id', id, 'person', person, 'device', device, 'organisation', organisation,
            'span', json_build_object('start', opened_at, 'end', closed_at)
        )), '[]')
        FROM shift
        WHERE id = ANY($3::uuid[])
    ) AS shifts,
    (
        SELECT coalesce(json_object_agg(code, json_build_object(
            'start', valid_from::timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh',
            'end', valid_to::timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh'
        )), '{}')
        FROM organisation
        WHERE code = ANY($4::text[])
    ) AS places
