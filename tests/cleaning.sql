-- Give a database back the state in which it was made, in milliseconds; only what was touched is done again.
CREATE SCHEMA clean;
CREATE TABLE clean.source (name text PRIMARY KEY, rows bigint, youngest bigint);

CREATE FUNCTION clean.measure(name text, OUT rows bigint, OUT youngest bigint) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('SELECT count(*), coalesce(max(xmin::text::bigint), 0) FROM public.%I', name) INTO rows, youngest;
END
$$;

CREATE FUNCTION clean.refill(name text) RETURNS void LANGUAGE plpgsql SET session_replication_role = replica AS $$
DECLARE
    kept boolean := to_regclass(format('clean.%I', name)) IS NOT NULL;
BEGIN
    EXECUTE format('DELETE FROM public.%I', name);
    IF kept THEN
        EXECUTE format('INSERT INTO public.%I OVERRIDING SYSTEM VALUE SELECT * FROM clean.%I', name, name);
    END IF;
    UPDATE clean.source SET (rows, youngest) = (SELECT * FROM clean.measure(source.name))
    WHERE source.name = refill.name;
END
$$;

CREATE FUNCTION clean.again() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM clean.refill(touched) FROM clean.touched();
    PERFORM setval(format('%I.%I', schemaname, sequencename)::regclass, coalesce(start_value, 1), false)
    FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL
    AND NOT EXISTS (SELECT FROM clean.sequence_kept WHERE sequence_kept.name = sequencename);
END
$$;

DO $$
DECLARE
    found record;
BEGIN
    CREATE TABLE clean.sequence_kept AS
        SELECT sequencename AS name FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL;
    FOR found IN SELECT relname FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
    LOOP
        INSERT INTO clean.source SELECT found.relname, m.rows, m.youngest FROM clean.measure(found.relname) AS m;
        IF (SELECT rows > 0 FROM clean.source WHERE name = found.relname) THEN
            EXECUTE format('CREATE TABLE clean.%I AS TABLE public.%I', found.relname, found.relname);
        END IF;
    END LOOP;
    -- One fixed statement over all tables: it is planned once for a connection, not once a table and test.
    EXECUTE (
        SELECT format(
            'CREATE FUNCTION clean.touched() RETURNS SETOF text LANGUAGE plpgsql AS $touched$ BEGIN RETURN QUERY %s; END $touched$',
            string_agg(
                CASE WHEN rows = 0 THEN format('SELECT %L WHERE EXISTS (SELECT FROM public.%I)', name, name)
                ELSE format(
                    'SELECT %L FROM clean.source WHERE name = %1$L AND (rows, youngest) IS DISTINCT FROM '
                    '(SELECT (count(*), coalesce(max(xmin::text::bigint), 0)) FROM public.%I)', name, name)
                END, ' UNION ALL ')
        ) FROM clean.source
    );
END
$$;
