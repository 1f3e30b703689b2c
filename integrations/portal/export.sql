-- A page of dossiers (those behind the instant and code $1, $2, up to $3, $4) as rows of DongBoHoSoMC, in the order of
-- their registration, joined by $7: the same bytes that `rules.outward` and its writer of JSON give. Whose applicant the
-- actor may not see is left out ($5 sees every one; $6 its organisations, as agency or as the office of a program, $8).
-- The server writes the JSON, since to make it of rows takes a client several times as long. Where a dossier's
-- own row tells that a table bears on it, that table is looked at for no other.
WITH page AS MATERIALIZED (
    SELECT
        d.code, d.procedure, d.procedure_version, d.service_mode, d.channel, d.status, d.registered_at, d.received_at,
        d.completed_at, d.ended_at, d.closed_at, d.due_now, COALESCE(d.unit, d.authority) AS unit,
        COALESCE(d.office, d.desk) AS office, d.code || '-KQ' AS result
    FROM dossier AS d
    WHERE (d.registered_at, d.code) > ($1::timestamptz, $2::text)
    AND (d.registered_at, d.code) <= ($3::timestamptz, $4::text)
    AND (
        $5::boolean OR ARRAY[d.desk, d.authority, d.unit] && $6::text[]
        OR ($8::boolean AND d.office = ANY ($6::text[]))
    )
),
codes AS MATERIALIZED (
    SELECT
        COALESCE(array_agg(code), '{}') AS dossiers,
        COALESCE(array_agg(result) FILTER (WHERE status IN (9, 10)), '{}') AS results,
        COALESCE(array_agg(code) FILTER (WHERE due_now IS NOT NULL), '{}') AS due
    FROM page
),
paper AS (
    SELECT
        dossier,
        string_agg(
            '{"TepDinhKemId":"' || number || '","TenTepDinhKem":' || portal_text(COALESCE(name, '-'))
            || ',"IsDeleted":"False","MaThanhPhanHoSo":"","DuongDanTaiTepTin":"","DuocSoHoa":"1",'
            || '"DuocLayTuKhoDMQG":""}', ',' ORDER BY number
        ) FILTER (WHERE form = 'electronic') AS files,
        string_agg(
            '{"TenGiayTo":' || portal_text(COALESCE(name, '-')) || ',"SoLuong":"' || copies
            || CASE form WHEN 'original' THEN '","LoaiGiayTo":"0"}' ELSE '","LoaiGiayTo":"1"}' END, ',' ORDER BY number
        ) FILTER (WHERE form <> 'electronic') AS others
    FROM document_line
    WHERE dossier = ANY (ARRAY(SELECT unnest(dossiers) FROM codes))
    GROUP BY dossier
),
asked AS MATERIALIZED (
    SELECT s.row, s.dossier, s.at, s.answered_at, s.reason, s.items, s.procedure, s.procedure_version
    FROM supplement_request AS s
    WHERE s.dossier = ANY (ARRAY(SELECT unnest(dossiers) FROM codes))
),
supplement AS (
    SELECT
        asked.dossier,
        (array_agg(asked.at ORDER BY asked.at DESC, asked.row DESC))[1] AS at,
        (array_agg(asked.answered_at ORDER BY asked.at DESC, asked.row DESC))[1] AS answered_at,
        string_agg(
            '{"HoSoBoSungId":"' || asked.row || '","NguoiYeuCauBoSung":"","NoiDungBoSung":' || portal_text(asked.reason)
            || ',"NgayBoSung":"' || portal_at(asked.at)
            || '","NguoiTiepNhanBoSung":"","ThongTinTiepNhan":"","NgayTiepNhanBoSung":"' || portal_at(asked.answered_at)
            || '","TrangThaiBoSung":"' || CASE WHEN asked.answered_at IS NULL THEN '0' ELSE '1' END
            || '","DanhSachGiayToBoSung":[' || COALESCE((
                SELECT string_agg(
                    '{"TenGiayTo":' || portal_text(c.name_vi) || ',"MaThanhPhanHoSo":' || portal_text(c.code) || '}',
                    ',' ORDER BY c.ordinal
                )
                FROM procedure_component AS c
                WHERE c.procedure = asked.procedure AND c.version = asked.procedure_version
                AND c.ordinal = ANY (asked.items)
            ), '') || '],"DanhSachLePhiBoSung":[],"NgayHenTraTruoc":"","NgayHenTraMoi":""}',
            ',' ORDER BY asked.at, asked.row
        ) AS json
    FROM asked
    GROUP BY asked.dossier
),
paid AS (
    SELECT
        e.dossier, bool_or(e.channel = 'online') AS online,
        string_agg(
            '{"TenPhiLePhi":"' || CASE e.line WHEN 'fee' THEN 'Phí' ELSE 'Lệ phí' END
            || '","MaPhiLePhi":"","HinhThucThu":"'
            || CASE
                WHEN e.at >= page.completed_at THEN '4'
                WHEN EXISTS (SELECT FROM asked WHERE asked.dossier = e.dossier AND asked.at <= e.at) THEN '2'
                ELSE '1'
            END
            || '","Gia":"' || e.amount - back.amount || '","LoaiPhiLePhi":""}', ',' ORDER BY e.at, e.id
        ) AS json
    FROM fee_entry AS e
    JOIN page ON page.code = e.dossier
    CROSS JOIN LATERAL (
        SELECT COALESCE(sum(r.amount), 0)::bigint AS amount
        FROM fee_entry AS r WHERE r.fee = e.id AND r.kind = 'fee.refunded' AND r.void_by IS NULL
    ) AS back
    WHERE e.dossier = ANY (ARRAY(SELECT unnest(dossiers) FROM codes)) AND e.kind = 'fee.collected'
    AND e.void_by IS NULL AND e.line <> 'fare' AND e.amount > back.amount
    GROUP BY e.dossier
),
person AS (
    SELECT dossier, name, COALESCE(phone, '') AS phone, email, identity_type, identity_number
    FROM applicant
    WHERE dossier = ANY (ARRAY(SELECT unnest(dossiers) FROM codes)) AND erased_at IS NULL AND name IS NOT NULL
),
held AS (
    SELECT code, phase, since
    FROM custody
    WHERE code = ANY (ARRAY(SELECT unnest(results) FROM codes)) AND phase IN ('delivered', 'returned')
),
scanned AS (
    SELECT DISTINCT k.subject AS dossier
    FROM file_key AS k JOIN file AS f ON f.key = k.id
    WHERE k.about = 'dossier' AND k.subject = ANY (ARRAY(SELECT unnest(dossiers) FROM codes)) AND f.kind = 'scan'
),
moved AS (
    SELECT c.dossier, COALESCE(c.due_extended, c.due) AS due
    FROM dossier_clock AS c
    WHERE c.dossier = ANY (ARRAY(SELECT unnest(due) FROM codes)) AND c.clock = 'C3' AND c.due_before IS NOT NULL
),
named AS MATERIALIZED (SELECT code, portal_text(name) AS name FROM organisation),
titled AS MATERIALIZED (SELECT code, version, portal_text(name_vi) AS name FROM procedure)
SELECT
    count(*) AS rows,
    convert_to(string_agg(
        '{"MaHoSo":' || portal_text(page.code) || ',"MaTTHC":' || portal_text(page.procedure)
        || ',"TenTTHC":' || COALESCE(titled.name, '""')
        || ',"MaLinhVuc":"","TenLinhVuc":"","SoBienNhan":"","KenhThucHien":"'
        || CASE
            WHEN page.service_mode <> 'return' THEN '3'
            ELSE CASE page.channel WHEN 'direct' THEN '1' WHEN 'online' THEN '2' WHEN 'post' THEN '3' ELSE '' END
        END
        || '","ChuHoSo":' || portal_text(person.name)
        || ',"LoaiDoiTuong":"'
        || CASE
            WHEN person.identity_type IS NULL THEN ''
            WHEN lower(person.identity_type) IN (
                'tax_code', 'business', 'business_code', 'enterprise', 'organisation', 'mst', 'dkkd'
            ) THEN '2'
            ELSE '1'
        END
        || '","MaDoiTuong":"","LoaiDinhDanh":' || portal_text(person.identity_type)
        || ',"SoDinhDanh":' || portal_text(person.identity_number)
        || ',"ThongTinKhac":"","Email":' || portal_text(person.email)
        || ',"Fax":"","SoDienThoai":' || portal_text(person.phone)
        || ',"TrichYeuHoSo":"","NgayNopHoSo":"' || portal_at(page.registered_at)
        || '","NgayTiepNhan":"' || portal_at(page.received_at)
        || '","NgayHenTra":"'
        || portal_at(CASE WHEN page.due_now IS NOT NULL THEN GREATEST(page.due_now, moved.due) END)
        || '","TrangThaiHoSo":"' || state.told
        || '","NgayTra":"'
        || portal_at(CASE state.told WHEN 10 THEN CASE held.phase
            WHEN 'delivered' THEN held.since ELSE page.closed_at END END)
        || '","ThongTinTra":"","HinhThuc":"' || CASE page.service_mode WHEN 'submit' THEN '0' ELSE '1' END
        || '","NgayKetThucXuLy":"'
        || portal_at(COALESCE(page.completed_at, CASE state.told WHEN 8 THEN page.ended_at END))
        || '","NgayTuChoi":"' || portal_at(CASE state.told WHEN 3 THEN page.ended_at END)
        || '","NgayYeuCauBoSung":"' || portal_at(supplement.at)
        || '","NgayCongDanBoSung":"' || portal_at(supplement.answered_at)
        || '","DonViXuLy":' || COALESCE(unit.name, '""')
        || ',"GhiChu":"","NoiNopHoSo":' || COALESCE(office.name, '""')
        || ',"HoSoCoThanhPhanSoHoa":"' || CASE WHEN scanned.dossier IS NULL THEN '0' ELSE '1' END
        || '","TaiKhoanDuocXacThucVoiVNeID":"","DuocThanhToanTrucTuyen":"'
        || CASE paid.online WHEN true THEN '1' WHEN false THEN '0' ELSE '' END
        || '","TaiLieuNop":[' || COALESCE(paper.files, '')
        || '],"DanhSachLePhi":[' || COALESCE(paid.json, '')
        || '],"DanhSachTepDinhKemKhac":[' || COALESCE(paper.others, '')
        || '],"DanhSachHoSoBoSung":[' || COALESCE(supplement.json, '')
        || '],"DanhSachGiayToKetQua":['
        || CASE WHEN page.completed_at IS NULL THEN '' ELSE
            '{"TenGiayTo":"","MaThanhPhanHoSo":"","GiayToId":' || portal_text(page.result)
            || ',"DuongDanTepTinKetQua":"","MaKetQua":""}' END
        || ']}',
        $7::text ORDER BY page.registered_at, page.code
    ), 'UTF8') AS json
FROM page
LEFT JOIN held ON held.code = page.result
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN page.status = 9 AND held.phase = 'delivered' THEN 10
        WHEN page.status = 10 AND held.phase = 'returned' THEN 9
        ELSE page.status
    END AS told
) AS state
LEFT JOIN titled ON titled.code = page.procedure AND titled.version = page.procedure_version
LEFT JOIN named AS unit ON unit.code = page.unit
LEFT JOIN named AS office ON office.code = page.office
LEFT JOIN moved ON moved.dossier = page.code
LEFT JOIN person ON person.dossier = page.code
LEFT JOIN paper ON paper.dossier = page.code
LEFT JOIN supplement ON supplement.dossier = page.code
LEFT JOIN paid ON paid.dossier = page.code
LEFT JOIN scanned ON scanned.dossier = page.code
