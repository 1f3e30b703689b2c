-- A page of dossiers as XES traces (those behind the instant and code $1, $2, up to $3, $4), in the order of their
-- registration, each with its steps in the order of our corrected clock: those of its papers, of its result, and of the
-- items made for either. One that the actor may not see ($5 sees everything; $6 its organisations) has no trace. Rows from
-- $7 on came after the export had begun. Steps of the case by name are for its agencies and inspectors, people for their
-- own organisation and inspectors. $8 and $9 are the pads of the keyed hash that hides people (HMAC, RFC 2104); without
-- them nobody has a name. The server writes the XML, since to make it of rows takes a client four times as long.
WITH page AS MATERIALIZED (
    SELECT
        code, procedure, authority, desk, office, service_mode, registered_at,
        $5::boolean OR ARRAY[desk, authority, unit] && $6::text[] AS knows_steps,
        COALESCE(unit = ANY ($6::text[]), false) AS is_unit
    FROM dossier
    WHERE (registered_at, code) > ($1::timestamptz, $2::text)
    AND (registered_at, code) <= ($3::timestamptz, $4::text)
),
carried AS MATERIALIZED (
    SELECT code, kind AS type, unnest(dossiers) AS paper
    FROM piece
    WHERE dossiers && (SELECT array_agg(page.code) || array_agg(page.code || '-KQ') FROM page) AND dossiers <> '{}'
),
subject AS MATERIALIZED (
    SELECT about.dossier, about.code, about.type, page.knows_steps
    FROM (
        SELECT code AS dossier, code, 'dossier' AS type FROM page
        UNION ALL
        SELECT code, code || '-KQ', 'result' FROM page
        UNION ALL
        (
            SELECT page.code, carried.code, carried.type FROM carried JOIN page ON page.code = carried.paper
            UNION
            SELECT page.code, carried.code, carried.type FROM carried JOIN page ON page.code || '-KQ' = carried.paper
        )
    ) AS about
    JOIN page ON page.code = about.dossier
    WHERE $5::boolean
    OR (page.is_unit AND about.type = 'dossier')
    OR EXISTS (
        SELECT FROM visibility
        WHERE visibility.piece = about.code AND visibility.organisation = ANY ($6::text[])
        OFFSET 0
    )
),
entry AS MATERIALIZED (
    SELECT
        subject.dossier, entry.id, entry.corrected_at AS at, entry.kind, entry.code, subject.type,
        COALESCE(entry.organisation, '') AS organisation,
        CASE WHEN $5::boolean OR entry.organisation = ANY ($6::text[]) THEN NULLIF(entry.person, '') END AS person,
        CASE WHEN subject.knows_steps THEN NULLIF(entry.body ->> 'step', '') END AS step,
        entry.body
    FROM subject
    CROSS JOIN LATERAL ledger_of(subject.code) AS entry
    WHERE entry.position < $7::bigint
    AND NOT EXISTS (SELECT FROM ledger_dispute WHERE ledger_dispute.id = entry.id)
),
-- What each was called and which roles they had, from one change to the next.
worker AS MATERIALIZED (
    SELECT
        one.person, one.organisation, change.at AS begin,
        lead(change.at, 1, 'infinity') OVER (PARTITION BY one.person, one.organisation ORDER BY change.at) AS end,
        'p-' || left(
            encode(sha256($9::bytea || sha256($8::bytea || convert_to(one.person, 'UTF8'))), 'hex'), 20
        ) AS name,
        (
            SELECT string_agg(DISTINCT role COLLATE "C", ',' ORDER BY role COLLATE "C")
            FROM assignment
            WHERE assignment.person = one.person AND assignment.organisation = one.organisation
            AND assignment.valid_from <= change.at
            AND (assignment.valid_to IS NULL OR change.at < assignment.valid_to)
        ) AS roles
    FROM (SELECT DISTINCT person, organisation FROM entry WHERE person IS NOT NULL) AS one
    CROSS JOIN LATERAL (
        SELECT '-infinity'::timestamptz AS at
        UNION
        SELECT moment.at
        FROM assignment, unnest(ARRAY[assignment.valid_from, assignment.valid_to]) AS moment (at)
        WHERE assignment.person = one.person AND assignment.organisation = one.organisation AND moment.at IS NOT NULL
    ) AS change
),
told AS (
    SELECT
        entry.dossier, entry.id, entry.at, worker.name, worker.roles, entry.type, entry.kind, entry.code, entry.step,
        COALESCE(entry.step, entry.kind) AS activity,
        COALESCE(NULLIF(entry.organisation, ''), 'UNKNOWN') AS organisation,
        NULLIF(entry.body ->> 'place', '') AS place,
        NULLIF(entry.body ->> 'manifest', '') AS manifest,
        NULLIF(entry.body ->> 'container', '') AS container,
        NULLIF(entry.body ->> 'counterparty', '') AS counterparty,
        NULLIF(entry.body ->> 'condition', '') AS condition,
        NULLIF(entry.body ->> 'reason', '') AS reason
    FROM entry
    LEFT JOIN worker ON worker.person = entry.person AND worker.organisation = entry.organisation
        AND worker.begin <= entry.at AND entry.at < worker.end
    OFFSET 0
),
-- Hardly a row holds a character that needs escaping, so each is asked once and not for each of its texts.
safe AS (
    SELECT
        dossier, id, at, name, roles, type, step,
        CASE WHEN odd THEN xml_text(activity) ELSE activity END AS activity,
        CASE WHEN odd THEN xml_text(kind) ELSE kind END AS kind,
        CASE WHEN odd THEN xml_text(code) ELSE code END AS code,
        CASE WHEN odd THEN xml_text(organisation) ELSE organisation END AS organisation,
        CASE WHEN odd THEN xml_text(place) ELSE place END AS place,
        CASE WHEN odd THEN xml_text(manifest) ELSE manifest END AS manifest,
        CASE WHEN odd THEN xml_text(container) ELSE container END AS container,
        CASE WHEN odd THEN xml_text(counterparty) ELSE counterparty END AS counterparty,
        CASE WHEN odd THEN xml_text(condition) ELSE condition END AS condition,
        CASE WHEN odd THEN xml_text(reason) ELSE reason END AS reason
    FROM told
    CROSS JOIN LATERAL (
        SELECT
            concat(activity, kind, code, organisation, place, manifest, container, counterparty, condition, reason)
            ~ '[&<>"\x01-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]' AS odd
        OFFSET 0
    ) AS judged
    OFFSET 0
),
events AS (
    SELECT
        dossier,
        string_agg(
            E'<event>\n<string key="concept:name" value="' || activity
            || E'"/>\n<string key="concept:instance" value="' || id::text
            || E'"/>\n<date key="time:timestamp" value="'
            || replace(to_char(at AT TIME ZONE interval '7 hours', 'YYYY-MM-DD"T"HH24:MI:SS.US'), '.000000', '')
            || E'+07:00"/>\n<string key="lifecycle:transition" value="complete"/>\n<string key="org:group" value="'
            || organisation || E'"/>\n'
            || COALESCE('<string key="org:resource" value="' || name || E'"/>\n', '')
            || COALESCE('<string key="org:role" value="' || roles || E'"/>\n', '')
            || '<string key="object" value="' || code
            || E'"/>\n<string key="object_type" value="' || type || E'"/>\n'
            || CASE WHEN step IS NULL THEN '' ELSE '<string key="kind" value="' || kind || E'"/>\n' END
            || COALESCE('<string key="place" value="' || place || E'"/>\n', '')
            || COALESCE('<string key="manifest" value="' || manifest || E'"/>\n', '')
            || COALESCE('<string key="container" value="' || container || E'"/>\n', '')
            || COALESCE('<string key="counterparty" value="' || counterparty || E'"/>\n', '')
            || COALESCE('<string key="condition" value="' || condition || E'"/>\n', '')
            || COALESCE('<string key="reason" value="' || reason || E'"/>\n', '')
            || E'</event>\n',
            '' ORDER BY at, id
        ) AS xml
    FROM safe
    GROUP BY dossier
)
SELECT
    convert_to(
        E'<trace>\n<string key="concept:name" value="' || xml_text(page.code) || E'"/>\n'
        || COALESCE('<string key="procedure" value="' || xml_text(NULLIF(page.procedure, '')) || E'"/>\n', '')
        || COALESCE('<string key="authority" value="' || xml_text(NULLIF(page.authority, '')) || E'"/>\n', '')
        || COALESCE('<string key="desk" value="' || xml_text(NULLIF(page.desk, '')) || E'"/>\n', '')
        || COALESCE('<string key="office" value="' || xml_text(NULLIF(page.office, '')) || E'"/>\n', '')
        || COALESCE('<string key="service_mode" value="' || xml_text(NULLIF(page.service_mode, '')) || E'"/>\n', '')
        || '<date key="registered_at" value="'
        || replace(
            to_char(page.registered_at AT TIME ZONE interval '7 hours', 'YYYY-MM-DD"T"HH24:MI:SS.US'), '.000000', ''
        )
        || E'+07:00"/>\n' || COALESCE(events.xml, '') || E'</trace>\n',
        'UTF8'
    ) AS trace
FROM page
JOIN subject AS own ON own.dossier = page.code AND own.code = page.code
LEFT JOIN events ON events.dossier = page.code
ORDER BY page.registered_at, page.code
