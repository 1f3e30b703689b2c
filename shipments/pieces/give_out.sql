WITH moved AS (
    UPDATE serial_lane SET turn = turn + $3 WHERE prefix = $1 AND lane = $2
)
INSERT INTO serial_given (prefix, serial, office, day)
SELECT $1, unnest($4::integer[]), $5, $6
ON CONFLICT (prefix, serial) DO NOTHING
RETURNING serial
