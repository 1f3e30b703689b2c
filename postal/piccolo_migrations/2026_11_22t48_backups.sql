CREATE TABLE backup_made (
    at timestamptz PRIMARY KEY,
    rows bigint NOT NULL,
    bytes bigint NOT NULL
);
GRANT SELECT ON backup_made TO postal_app;

-- Rows that no month has room for, counted up to a bound: through the parent that would read every month, and no
-- partition is granted to anybody.
CREATE FUNCTION ledger_stray_rows(most bigint) RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public AS
    'SELECT count(*) FROM (SELECT FROM public.ledger_default LIMIT $1) AS found';
REVOKE ALL ON FUNCTION ledger_stray_rows(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger_stray_rows(bigint) TO postal_app;
