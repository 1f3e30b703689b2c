-- One row a dossier that the post had to do with in [$1, $2), for the offices $4 (or all: $3).
WITH counted AS (
    SELECT
        d.code, d.procedure, d.procedure_version, coalesce(d.office, '') AS office, d.registered_at AS received_at,
        d.registered_at >= $1 AND d.registered_at < $2 AND d.service_mode IN ('submit', 'both') AS accepted,
        inbound.stopped_at >= $1 AND inbound.stopped_at < $2 IS TRUE AS handed_over,
        inbound.stopped_at >= $1 AND inbound.stopped_at < $2 AND inbound.verdict IS NOT NULL IS TRUE AS handed_over_judged,
        inbound.stopped_at >= $1 AND inbound.stopped_at < $2 AND inbound.verdict IN ('early', 'on_time') IS TRUE
            AS handed_over_on_time,
        home.started_at >= $1 AND home.started_at < $2 IS TRUE AS taken_home,
        home.stopped_at >= $1 AND home.stopped_at < $2 IS TRUE AS delivered,
        home.stopped_at >= $1 AND home.stopped_at < $2 AND home.verdict IS NOT NULL IS TRUE AS delivered_judged,
        home.stopped_at >= $1 AND home.stopped_at < $2 AND home.verdict IN ('early', 'on_time') IS TRUE AS delivered_on_time
    FROM dossier AS d
    LEFT JOIN dossier_clock AS inbound ON inbound.dossier = d.code AND inbound.clock = 'C1' AND inbound.ordinal = 0
    LEFT JOIN dossier_clock AS home ON home.dossier = d.code AND home.clock = 'C6' AND home.ordinal = 0
    WHERE d.registered_at < $2
      AND (d.service_mode IN ('submit', 'both') OR home.dossier IS NOT NULL)
      AND ($3::boolean OR d.office = ANY ($4::text[]))
      AND (d.registered_at >= $1 OR inbound.stopped_at >= $1 OR home.stopped_at >= $1 OR home.started_at >= $1)
)
