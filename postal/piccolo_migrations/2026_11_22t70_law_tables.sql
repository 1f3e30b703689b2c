-- Which decision made a rule, and who answers for a procedure (nobody named: the national level).
ALTER TABLE procedure ADD COLUMN issuer text REFERENCES organisation (code) ON DELETE RESTRICT;
ALTER TABLE procedure ADD COLUMN decision text;
ALTER TABLE procedure ADD COLUMN decided_on date;
ALTER TABLE transit_standard ADD COLUMN decision text;
ALTER TABLE transit_standard ADD COLUMN decided_on date;
ALTER TABLE rule_constant ADD COLUMN decision text;
ALTER TABLE rule_constant ADD COLUMN decided_on date;

-- Thành phần hồ sơ: valid as long as its version of the procedure.
CREATE TABLE procedure_component (
    procedure text NOT NULL,
    version int4 NOT NULL,
    ordinal int2 NOT NULL CHECK (ordinal > 0),
    code text NOT NULL CHECK (code ~ '^[A-Z0-9][A-Z0-9.\-]{0,39}$'),
    name_vi text NOT NULL,
    name_en text NOT NULL,
    form text NOT NULL CHECK (form IN ('original', 'copy', 'electronic')),
    copies int2 NOT NULL CHECK (copies > 0),
    required boolean NOT NULL,
    to_return boolean NOT NULL,
    PRIMARY KEY (procedure, version, ordinal),
    UNIQUE (procedure, version, code),
    FOREIGN KEY (procedure, version) REFERENCES procedure (code, version) ON DELETE RESTRICT
);

-- Quy trình nội bộ: hours are working hours.
CREATE TABLE procedure_step (
    procedure text NOT NULL,
    version int4 NOT NULL,
    ordinal int2 NOT NULL CHECK (ordinal > 0),
    name_vi text NOT NULL,
    name_en text NOT NULL,
    hours int4 NOT NULL CHECK (hours > 0),
    unit_kind text NOT NULL CHECK (unit_kind IN ('post_office', 'desk', 'unit', 'authority', 'ministry')),
    role text NOT NULL,
    PRIMARY KEY (procedure, version, ordinal),
    FOREIGN KEY (procedure, version) REFERENCES procedure (code, version) ON DELETE RESTRICT
);

-- Danh mục thủ tục tiếp nhận, trả kết quả qua bưu chính: a decision replaces the one before it as a whole.
CREATE TABLE postal_list (
    scope text NOT NULL CHECK (scope ~ '^[A-Z0-9][A-Z0-9.\-]{0,34}$'),
    version int4 NOT NULL CHECK (version > 0),
    decision text NOT NULL,
    decided_on date NOT NULL,
    valid_from date NOT NULL,
    valid_to date CHECK (valid_to > valid_from),
    citation text NOT NULL,
    status text NOT NULL CHECK (status IN ('found', 'configured', 'test')),
    PRIMARY KEY (scope, version)
);
COMMENT ON COLUMN postal_list.scope IS 'a province, or VN for the whole country';

CREATE TABLE postal_list_entry (
    scope text NOT NULL,
    version int4 NOT NULL,
    procedure text NOT NULL CHECK (procedure ~ '^[A-Z0-9][A-Z0-9.\-]{1,34}$'),
    eligible_submit boolean NOT NULL,
    eligible_return boolean NOT NULL,
    requires_presence boolean NOT NULL,
    state_secret boolean NOT NULL,
    reason text NOT NULL,
    PRIMARY KEY (scope, version, procedure),
    FOREIGN KEY (scope, version) REFERENCES postal_list (scope, version) ON DELETE RESTRICT,
    CHECK (NOT (state_secret AND (eligible_submit OR eligible_return))),
    CHECK (NOT (requires_presence AND eligible_submit))
);

-- How codes of dossiers are written; a pattern matches the whole code.
CREATE TABLE code_pattern (
    name text NOT NULL CHECK (name ~ '^[a-z][a-z0-9_]{1,39}$'),
    pattern text NOT NULL CHECK (length(pattern) <= 200),
    valid_from date NOT NULL,
    valid_to date CHECK (valid_to > valid_from),
    citation text NOT NULL,
    status text NOT NULL CHECK (status IN ('found', 'configured', 'test')),
    decision text,
    decided_on date,
    PRIMARY KEY (name, valid_from)
);

-- Who changed what by which decision; appended and never changed.
CREATE TABLE law_change (
    id uuid PRIMARY KEY,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    organisation text,
    what text NOT NULL CHECK (what IN ('procedure', 'constant', 'transit', 'list', 'pattern')),
    subject text NOT NULL,
    version int4,
    action text NOT NULL CHECK (action IN ('added', 'replaced', 'ended')),
    effective date NOT NULL,
    decision text NOT NULL,
    decided_on date NOT NULL,
    open_dossiers int8 NOT NULL CHECK (open_dossiers >= 0),
    before jsonb,
    after jsonb
);
CREATE INDEX law_change_subject ON law_change (what, subject, id);

CREATE FUNCTION law_change_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'changes of law are append-only: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON law_change
    FOR EACH ROW EXECUTE FUNCTION law_change_is_append_only();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON law_change EXECUTE FUNCTION law_change_is_append_only();

-- A rule that stands is never edited: it ends on a day, and another one begins.
CREATE FUNCTION law_ends_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - 'valid_to' IS DISTINCT FROM to_jsonb(OLD) - 'valid_to' THEN
        RAISE EXCEPTION 'a rule of law is ended and replaced, never edited: % of %', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER ends_only BEFORE UPDATE ON procedure FOR EACH ROW EXECUTE FUNCTION law_ends_only();
CREATE TRIGGER ends_only BEFORE UPDATE ON transit_standard FOR EACH ROW EXECUTE FUNCTION law_ends_only();
CREATE TRIGGER ends_only BEFORE UPDATE ON rule_constant FOR EACH ROW EXECUTE FUNCTION law_ends_only();
CREATE TRIGGER ends_only BEFORE UPDATE ON postal_list FOR EACH ROW EXECUTE FUNCTION law_ends_only();
CREATE TRIGGER ends_only BEFORE UPDATE ON code_pattern FOR EACH ROW EXECUTE FUNCTION law_ends_only();

GRANT SELECT, INSERT ON TABLE procedure_component, procedure_step, postal_list_entry, law_change TO postal_app;
GRANT SELECT, INSERT, UPDATE ON TABLE postal_list, code_pattern TO postal_app;

INSERT INTO code_pattern (name, pattern, valid_from, citation, status) VALUES
    ('national_2018', '[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.[A-Y][0-9]{2}-[0-9]{6}-[0-9]{4,7}', '2018-11-23',
     'TT 01/2018/TT-VPCP Đ19', 'found'),
    ('ministry_2026', '[A-Y][0-9]{2}(?:\.[0-9]{2,3}){0,6}-[0-9]{8}-[0-9]{4,7}', '2026-01-01',
     'Mẫu của một bộ năm 2026; NĐ 309/2026/NĐ-CP Đ12 báo trước quy định thống nhất', 'found'),
    ('own', '[A-Z0-9][A-Z0-9.\-]{1,34}-[0-9]{8}-[0-9]{4,8}', '2018-01-01',
     'Hệ thống cấp cho cơ quan chưa có mã định danh', 'configured'),
    ('imported_log', '[A-Z][A-Z0-9]{1,15}-[0-9]{1,12}', '1990-01-01', 'Mã của nhật ký nhập vào', 'test');

-- Samples: names of papers and steps are configuration, not statements about these procedures.
INSERT INTO procedure_component (
    procedure, version, ordinal, code, name_vi, name_en, form, copies, required, to_return
)
SELECT procedure.code, procedure.version, given.ordinal, given.code, given.name_vi, given.name_en, given.form, 1,
       given.required, given.to_return
FROM procedure
CROSS JOIN (VALUES
    (1, 'TK', 'Tờ khai theo mẫu', 'Application form', 'original', true, false),
    (2, 'GTTT', 'Giấy tờ tùy thân của người yêu cầu', 'Identity paper of the applicant', 'copy', true, false),
    (3, 'UQ', 'Văn bản ủy quyền (nếu có)', 'Authorisation, if any', 'original', false, false)
) AS given (ordinal, code, name_vi, name_en, form, required, to_return)
WHERE procedure.citation = 'Dữ liệu mẫu';

INSERT INTO procedure_component (
    procedure, version, ordinal, code, name_vi, name_en, form, copies, required, to_return
)
VALUES
    ('1.012753', 1, 4, 'GCN', 'Giấy chứng nhận đã cấp', 'Land certificate issued before', 'original', 1, true, true),
    ('1.011606', 1, 4, 'BVTK', 'Bản vẽ thiết kế', 'Design drawings', 'copy', 2, true, false),
    ('2.000815', 1, 4, 'BC', 'Bản chính để đối chiếu', 'The original to compare with', 'original', 1, true, true);

INSERT INTO procedure_step (procedure, version, ordinal, name_vi, name_en, hours, unit_kind, role)
SELECT procedure.code, procedure.version, given.ordinal, given.name_vi, given.name_en,
       greatest(1, CASE WHEN procedure.limit_unit = 'gio_lam_viec' THEN procedure.limit_value
                        WHEN procedure.limit_unit = 'thang' THEN procedure.limit_value * 160
                        ELSE procedure.limit_value * 8 END * given.share / 8),
       given.unit_kind, given.role
FROM procedure
CROSS JOIN (VALUES
    (1, 'Tiếp nhận, chuyển hồ sơ', 'Receipt and passing on', 1, 'desk', 'desk'),
    (2, 'Thẩm định', 'Examination', 4, 'unit', 'specialist'),
    (3, 'Ký kết quả', 'Signing of the result', 2, 'authority', 'agency_head'),
    (4, 'Trả kết quả', 'Handing out the result', 1, 'desk', 'desk')
) AS given (ordinal, name_vi, name_en, share, unit_kind, role)
WHERE procedure.citation = 'Dữ liệu mẫu' AND procedure.limit_unit <> 'ngay';
