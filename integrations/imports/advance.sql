-- Note up to where the rows of an import were judged, and add what they came to.
UPDATE import_job
SET next_subject = $2, next_at = $3, next_row = $4,
    rows_done = rows_done + $5, rows_new = rows_new + $6, rows_unchanged = rows_unchanged + $7,
    rows_changed = rows_changed + $8, rows_refused = rows_refused + $9
WHERE id = $1
