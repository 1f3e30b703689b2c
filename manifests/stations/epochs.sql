-- What each installation of a device ($1) has stated and what of it never arrived, latest contact last.
SELECT
    epoch,
    GREATEST(stated_last, COALESCE(upper(received) - 1, 0)) AS last_seq,
    ARRAY(
        SELECT lower(hole)
        FROM unnest(
            int8multirange(int8range(1, GREATEST(stated_last, COALESCE(upper(received) - 1, 0)) + 1)) - received
        ) AS hole
        ORDER BY 1
    ) AS firsts,
    ARRAY(
        SELECT upper(hole) - 1
        FROM unnest(
            int8multirange(int8range(1, GREATEST(stated_last, COALESCE(upper(received) - 1, 0)) + 1)) - received
        ) AS hole
        ORDER BY 1
    ) AS lasts
FROM device_epoch
WHERE device = $1
ORDER BY last_contact, epoch
