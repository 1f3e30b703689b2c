-- Deadlines of these dossiers that decisions on calendars moved after a report was frozen, where either date lies in its
-- period or before: only those can make another figure of it.
, moves AS (
    SELECT
        move.dossier, move.clock, move.ordinal, move.decision, decision.number, decision.title, move.calendar,
        move.due_before, move.due_after, move.moved_at
    FROM counted
    JOIN deadline_move AS move ON move.dossier = counted.code
    JOIN calendar_decision AS decision ON decision.id = move.decision
    WHERE move.moved_at > {as_of} AND least(move.due_before, move.due_after) < $2
)
SELECT moves.*, count(*) OVER () AS total
FROM moves
ORDER BY moved_at, dossier, clock, ordinal, decision
LIMIT {limit}
