-- Everything that an anonymous answer is made of, in one row whether or not the code ($1) exists. An item speaks for a
-- dossier if it was made for that one alone; items of several people tell nothing of their cases. Of each party that
-- has or claims a piece: its kind, and when one of its devices was last heard (device_epoch has one row a device and
-- installation, where device_sync grows with every sync). Of the clock that runs until the result is there: what it takes to
-- estimate its end, without its procedure. A dossier goes by its own code alone only where its agency says so on the day
-- ($2), or for whoever proved more ($3). A promise that a decision on the calendar moved is what its clock says.
WITH asked AS (
    SELECT
        piece.*,
        CASE
            WHEN piece.kind = 'dossier' THEN piece.code
            WHEN piece.kind = 'result' THEN regexp_replace(piece.code, '-KQ$', '')
            WHEN piece.kind = 'item' AND cardinality(papers.dossiers) = 1 THEN papers.dossiers[1]
        END AS subject
    FROM piece
    CROSS JOIN LATERAL (
        SELECT COALESCE(array_agg(DISTINCT regexp_replace(paper, '-KQ$', '')), '{}') AS dossiers
        FROM unnest(piece.dossiers) AS paper
    ) AS papers
    WHERE piece.code = $1 AND piece.kind <> 'bag'
        AND (piece.kind = 'item' OR $3 OR COALESCE((
            SELECT by_dossier_code
            FROM tracking_setting
            WHERE organisation = piece.authority AND valid_from <= $2
            ORDER BY valid_from DESC, stated_at DESC
            LIMIT 1
        ), false))
)
SELECT
    asked.kind, asked.direction, asked.origin,
    dossier.code AS dossier, dossier.status, dossier.service_mode, dossier.registered_at, dossier.due_first,
    dossier.due_now, dossier.ended_at, dossier.withdrawn, dossier.extensions, dossier.office,
    own.phase AS own_phase, own.claims AS own_claims, own.undecided AS own_undecided,
    cardinality(own.attempts) AS own_attempts, own.last_at AS own_last_at,
    way_in.phase AS in_phase, way_in.claims AS in_claims, way_in.undecided AS in_undecided,
    cardinality(way_in.attempts) AS in_attempts, way_in.last_at AS in_last_at,
    way_home.phase AS home_phase, way_home.claims AS home_claims, way_home.undecided AS home_undecided,
    cardinality(way_home.attempts) AS home_attempts, way_home.last_at AS home_last_at,
    moved.due AS moved_due,
    running.clock AS running_clock, running.route AS running_route, running.started_at AS running_started_at,
    running.calendar AS running_calendar, running.paused_since AS running_paused_since,
    made.digest, made.confidence_percent, made.least,
    party.codes AS party_codes, party.kinds AS party_kinds, party.synced_at AS party_synced_at,
    party.provinces AS party_provinces
FROM (SELECT) AS always
LEFT JOIN asked ON true
LEFT JOIN dossier ON dossier.code = asked.subject
LEFT JOIN custody AS own ON own.code = asked.code
LEFT JOIN custody AS way_in ON way_in.code = dossier.code
LEFT JOIN custody AS way_home ON way_home.code = dossier.code || '-KQ'
LEFT JOIN LATERAL (
    SELECT clock, route, started_at, calendar, paused_since
    FROM dossier_clock
    WHERE dossier_clock.dossier = asked.subject AND clock IN ('C6', 'C7') AND stopped_at IS NULL
    ORDER BY clock
    LIMIT 1
) AS running ON true
LEFT JOIN LATERAL (
    SELECT COALESCE(due_extended, due) AS due
    FROM dossier_clock
    WHERE dossier_clock.dossier = asked.subject AND clock = 'C3' AND due_before IS NOT NULL
) AS moved ON true
LEFT JOIN (SELECT digest, confidence_percent, least FROM estimate_run ORDER BY day DESC LIMIT 1) AS made ON true
CROSS JOIN LATERAL (
    SELECT array_agg(organisation.code) AS codes, array_agg(kind) AS kinds, array_agg(heard.synced_at) AS synced_at,
        array_agg(province.name) AS provinces
    FROM organisation
    LEFT JOIN administrative_unit AS unit ON unit.code = organisation.unit_code
    LEFT JOIN administrative_unit AS province ON province.code = COALESCE(unit.province_code, unit.code)
    CROSS JOIN LATERAL (
        SELECT max(device_epoch.last_contact) AS synced_at
        FROM device
        JOIN device_epoch ON device_epoch.device = device.code
        WHERE device.organisation = organisation.code
    ) AS heard
    WHERE organisation.code = ANY(own.claims || way_in.claims || way_home.claims)
) AS party
