-- The clock of a dossier ($1) whose end is its arrival: the way home once it runs, else the whole; with the newest
-- histories. Nothing before any were made.
SELECT
    running.clock, running.route, running.procedure, running.started_at, running.calendar, running.paused_since,
    made.digest, made.confidence_percent, made.least
FROM dossier_clock AS running
CROSS JOIN (SELECT * FROM estimate_run ORDER BY day DESC LIMIT 1) AS made
WHERE running.dossier = $1
AND running.clock IN ('C6', 'C7')
AND running.stopped_at IS NULL
ORDER BY running.clock
LIMIT 1
