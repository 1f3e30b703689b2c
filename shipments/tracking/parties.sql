-- Of each party ($1) its kind, and when one of its devices last synchronised.
SELECT
    organisation.code,
    organisation.kind,
    (
        SELECT max(device_sync.received_at)
        FROM device
        JOIN device_sync ON device_sync.device = device.code
        WHERE device.organisation = organisation.code
    ) AS synced_at
FROM organisation
WHERE organisation.code = ANY($1::text[])
