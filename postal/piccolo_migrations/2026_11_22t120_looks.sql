-- The application only ever appends to the log. Of one sort of entries, what was shown to whom, it may let the oldest go,
-- and never those of the ninety days before the newest entry, so that a number that was set wrongly wipes out no trace.
CREATE FUNCTION audit_forget(before uuid, most integer) RETURNS bigint LANGUAGE sql SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
    WITH gone AS (
        DELETE FROM public.audit WHERE id IN (
            SELECT id FROM public.audit
            WHERE action = 'applicant.read' AND id < before
                AND at < (SELECT at FROM public.audit ORDER BY id DESC LIMIT 1) - interval '90 days'
            ORDER BY id LIMIT most
        ) RETURNING 1
    )
    SELECT count(*) FROM gone
$$;
REVOKE ALL ON FUNCTION audit_forget(uuid, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_forget(uuid, integer) TO postal_app;

-- No text says how long it is kept who looked. Five years is as long as the copies of the papers are kept.
INSERT INTO rule_constant (name, value, valid_from, valid_to, citation, status) VALUES
    ('retention.look_days', '1826', '1990-01-01', NULL,
     'Thời gian lưu nhật ký xem dữ liệu cá nhân của người nộp, được cấu hình', 'configured');
