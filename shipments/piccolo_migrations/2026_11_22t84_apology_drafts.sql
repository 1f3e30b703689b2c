-- Letters being drafted, and the text of those that were sent: ordinary data. The ledger holds a commitment to the
-- text, made with `salt`; nobody's name belongs in it.
CREATE TABLE apology_draft (
    dossier text NOT NULL,
    ordinal integer NOT NULL CHECK (ordinal > 0),
    authority text NOT NULL,
    desk text NOT NULL,
    due timestamptz NOT NULL,
    send_by timestamptz NOT NULL,
    reason text,
    due_new timestamptz,
    text_vi text NOT NULL,
    text_en text NOT NULL,
    drafted_at timestamptz NOT NULL,
    drafted_by text,
    edited_at timestamptz,
    edited_by text,
    sent_at timestamptz,
    row uuid,
    number text,
    salt bytea,
    PRIMARY KEY (dossier, ordinal)
);
COMMENT ON COLUMN apology_draft.drafted_by IS 'who began it; NULL where the system did, ahead of time';

CREATE INDEX apology_draft_open ON apology_draft (authority, send_by, dossier) WHERE sent_at IS NULL;

-- The form as it held on a day.
CREATE TABLE apology_form (
    valid_from date PRIMARY KEY,
    layout text NOT NULL CHECK (layout ~ '^[a-z0-9_]{1,40}$'),
    words jsonb NOT NULL,
    citation text NOT NULL,
    status text NOT NULL CHECK (status IN ('found', 'configured', 'test'))
);

GRANT SELECT, INSERT, UPDATE, DELETE ON apology_draft TO postal_app;
GRANT SELECT, INSERT ON apology_form TO postal_app;

INSERT INTO apology_form (valid_from, layout, citation, status, words)
SELECT valid_from, 'apology', citation, 'found', words || jsonb_build_object(
    'state', 'CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM', 'motto', 'Độc lập - Tự do - Hạnh phúc', 'number', 'Số',
    'sign_here', '(Ký, ghi rõ họ tên)', 'draft', 'DỰ THẢO')
FROM (VALUES
    (DATE '2018-11-23', 'TT 01/2018/TT-VPCP, Mẫu số 04; NĐ 61/2018/NĐ-CP Điều 19 khoản 9; trình bày do hệ thống cấu hình',
     jsonb_build_object('title', 'Phiếu xin lỗi và hẹn lại ngày trả kết quả', 'model', 'Mẫu số 04')),
    (DATE '2025-09-15', 'TT 03/2025/TT-VPCP, Phụ lục I, Mẫu số 04; trình bày do hệ thống cấu hình',
     jsonb_build_object('title', 'Văn bản xin lỗi và đề nghị gia hạn thời gian giải quyết', 'model', 'Mẫu số 04'))
) AS given (valid_from, citation, words);

INSERT INTO rule_constant (name, value, valid_from, citation, status) VALUES
    ('apology.draft_after_percent', '50', '2018-06-21',
     'Dự thảo văn bản xin lỗi không lập trước khi hết nửa thời hạn; được cấu hình', 'configured'),
    ('extension.max_working_days', '30', '2018-06-21',
     'Ngày hẹn lại cách ngày hẹn cũ không quá số ngày làm việc này; được cấu hình', 'configured'),
    ('apology.public_days', '90', '2018-06-21', 'Thời gian công khai văn bản xin lỗi; được cấu hình', 'configured');

INSERT INTO reason_code (code, applies_to, name_vi, name_en, valid_from) VALUES
    ('COMPLEX_CASE', 'extend', 'Hồ sơ phức tạp, cần xác minh thêm', 'The case is complex and needs more inquiry',
     '2018-06-21'),
    ('SYSTEM_FAULT', 'extend', 'Sự cố hệ thống, thiết bị', 'A fault of systems or equipment', '2018-06-21'),
    ('LAW_CHANGED', 'override', 'Quy định thay đổi trong khi giải quyết', 'The rules changed meanwhile',
     '2018-06-21'),
    ('NEW_FACTS', 'override', 'Phát sinh tình tiết mới', 'New facts came up', '2018-06-21'),
    ('COURT_OR_INSPECTION', 'override', 'Theo yêu cầu của tòa án, thanh tra', 'A court or an inspection asks for it',
     '2018-06-21');
