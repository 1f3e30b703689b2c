-- One row a dossier that was in settlement in [$1, $2), for the agencies $4 (or all: $3), with what is counted of it.
-- What came after the period had not happened in it: a later end leaves it open, a later request is none.
WITH asked AS (
    SELECT
        dossier,
        count(*) FILTER (WHERE at < $2) AS before,
        count(*) FILTER (WHERE at >= $2) AS after,
        min(at) FILTER (WHERE at < $2 AND (answered_at IS NULL OR answered_at >= $2)) AS waiting_since
    FROM supplement_request
    GROUP BY dossier
),
taken AS (
    SELECT
        d.code, d.procedure, d.procedure_version, d.authority, d.desk, d.office, d.received_at, d.registered_at,
        d.service_mode, d.completed_at, channel.channel,
        coalesce(office.unit_code, '') AS commune,
        CASE WHEN d.ended_at < $2 THEN d.ended_at END AS ended_at,
        coalesce(asked.before, 0) AS requests,
        asked.waiting_since,
        clock.calendar_us, clock.working_us,
        CASE WHEN d.ended_at < $2 THEN clock.verdict_index END AS verdict_index,
        CASE WHEN coalesce(asked.before, 0) = 0 AND asked.after > 0 THEN coalesce(d.due_first, clock.due_index)
             ELSE coalesce(clock.due_index, d.due_first) END AS due
    FROM dossier AS d
    LEFT JOIN asked ON asked.dossier = d.code
    LEFT JOIN dossier_clock AS clock ON clock.dossier = d.code AND clock.clock = 'C3' AND clock.ordinal = 0
    LEFT JOIN figure_dossier AS channel ON channel.dossier = d.code
    LEFT JOIN organisation AS office ON office.code = d.desk
    WHERE d.received_at < $2
      AND (d.ended_at IS NULL OR d.ended_at >= $1)
      AND ($3::boolean OR d.authority = ANY ($4::text[]) OR d.desk = ANY ($4::text[]))
),
judged AS (
    SELECT
        taken.*,
        CASE
            WHEN requests > $5::integer THEN 'late'
            WHEN verdict_index IN ('early', 'on_time') THEN 'on_time'
            WHEN verdict_index IS NOT NULL THEN verdict_index
            WHEN due IS NULL THEN NULL
            WHEN coalesce(ended_at, waiting_since, $2) <= due THEN 'on_time'
            ELSE 'late'
        END AS standing
    FROM taken
),
counted AS (
    SELECT
        judged.code, judged.procedure, judged.procedure_version, judged.authority, judged.desk, judged.commune,
        judged.received_at, judged.ended_at, judged.calendar_us, judged.working_us,
        true AS handled,
        judged.received_at >= $1 AS received,
        judged.received_at < $1 AS carried,
        judged.ended_at IS NOT NULL AS done,
        judged.ended_at IS NOT NULL AND standing = 'on_time' AS done_on_time,
        judged.ended_at IS NOT NULL AND standing = 'late' AS done_late,
        judged.ended_at IS NULL AS open,
        judged.ended_at IS NULL AND standing = 'on_time' AS open_on_time,
        judged.ended_at IS NULL AND standing = 'late' AS open_late,
        standing IN ('on_time', 'late') IS TRUE AS judged,
        standing = 'on_time' IS TRUE AS on_time,
        standing = 'late' IS TRUE AS late,
        standing = 'undecided' IS TRUE AS undecided,
        judged.received_at >= $1 AND (channel = 'post' OR (channel IS NULL AND service_mode IN ('submit', 'both'))) AS by_post,
        judged.received_at >= $1 AND channel = 'online' IS TRUE AS online,
        judged.received_at >= $1 AND service_mode IN ('return', 'both') AS result_by_post,
        requests > 0 AS supplemented,
        requests > 1 AS supplemented_again,
        apologised.dossier IS NOT NULL AS apologised,
        silent.dossier IS NOT NULL AS unapologised,
        paid.dossier IS NOT NULL AS paid,
        paid.online IS TRUE AS paid_online,
        judged.ended_at IS NOT NULL AND completed_at < $2 IS TRUE AS completed,
        judged.ended_at IS NOT NULL AND completed_at < $2 IS TRUE AND files.result IS TRUE AS result_file,
        judged.ended_at IS NOT NULL AND completed_at < $2 IS TRUE AND files.result IS TRUE AND files.scan IS TRUE AS digitised,
        rating.dossier IS NOT NULL AS rated,
        rating.score = 'satisfied' IS TRUE AS satisfied,
        rating.score = 'dissatisfied' IS TRUE OR complaint.dossier IS NOT NULL AS complained,
        portal.dossier IS NOT NULL AS synchronised
    FROM judged
    LEFT JOIN (SELECT DISTINCT dossier FROM apology WHERE at >= $1 AND at < $2) AS apologised
        ON apologised.dossier = judged.code
    LEFT JOIN (SELECT DISTINCT dossier FROM overdue_without_apology($2)) AS silent ON silent.dossier = judged.code
    LEFT JOIN (
        SELECT dossier, bool_or(channel = 'online') AS online
        FROM fee_entry
        WHERE kind = 'fee.collected' AND void_by IS NULL AND at >= $1 AND at < $2
        GROUP BY dossier
    ) AS paid ON paid.dossier = judged.code
    LEFT JOIN (
        SELECT subject AS dossier, bool_or(kind = 'scan') AS scan, bool_or(kind = 'result') AS result
        FROM file_key JOIN file ON file.key = file_key.id
        WHERE about = 'dossier' AND file.created_at < $2
        GROUP BY subject
    ) AS files ON files.dossier = judged.code
    LEFT JOIN rating ON rating.dossier = judged.code AND rating.first_at >= $1 AND rating.first_at < $2
    LEFT JOIN (
        SELECT DISTINCT dossier FROM feedback
        WHERE dossier IS NOT NULL AND category <> 'violation' AND received_at >= $1 AND received_at < $2
    ) AS complaint ON complaint.dossier = judged.code
    LEFT JOIN (SELECT DISTINCT dossier FROM portal_receipt WHERE state = 'accepted' AND at < $2) AS portal
        ON portal.dossier = judged.code
)
