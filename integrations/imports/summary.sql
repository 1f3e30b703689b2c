SELECT
    id, organisation, kind, format, profile, profile_version, profile_body, file_name, size, wrapped, actor, dry_run,
    state, failure, headings, warnings, place, read_whole, rows_read, rows_misread, rows_done, rows_new,
    rows_unchanged, rows_changed, rows_refused, next_subject,
    CASE WHEN isfinite(next_at) THEN next_at ELSE '0001-01-02T00:00:00Z' END AS next_at, next_row,
    made_at, finished_at, expires_at, erased_at
FROM import_job
