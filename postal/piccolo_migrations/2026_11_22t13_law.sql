-- Rules as dated rows. `valid_to` is exclusive. Status: found in the text cited, configured, or made for a test.

CREATE TABLE procedure (
    code text NOT NULL CHECK (code ~ '^[A-Z0-9][A-Z0-9.\-]{1,34}$'),
    version int4 NOT NULL CHECK (version > 0),
    name_vi text NOT NULL,
    name_en text NOT NULL,
    limit_value int4 NOT NULL CHECK (limit_value >= 0),
    limit_unit text NOT NULL CHECK (limit_unit IN ('gio', 'gio_lam_viec', 'ngay', 'ngay_lam_viec', 'thang')),
    convention text NOT NULL CHECK (convention IN ('end_of_day', 'same_hour')),
    calendar text NOT NULL REFERENCES calendar (code) ON DELETE RESTRICT,
    t0_reading text CHECK (t0_reading IN ('handover', 'complete', 'slip', 'authority')),
    eligible_submit boolean NOT NULL,
    eligible_return boolean NOT NULL,
    requires_presence boolean NOT NULL,
    state_secret boolean NOT NULL,
    territory_free boolean NOT NULL,
    fee int8 NOT NULL CHECK (fee >= 0),
    valid_from date NOT NULL,
    valid_to date CHECK (valid_to > valid_from),
    citation text NOT NULL,
    status text NOT NULL CHECK (status IN ('found', 'configured', 'test')),
    PRIMARY KEY (code, version)
);

CREATE TABLE transit_standard (
    zone text NOT NULL CHECK (zone IN ('inner', 'inter', 'metropolitan', 'interprovince')),
    with_slip boolean NOT NULL,
    days int4 NOT NULL CHECK (days >= 0),
    calendar text NOT NULL REFERENCES calendar (code) ON DELETE RESTRICT,
    valid_from date NOT NULL,
    valid_to date CHECK (valid_to > valid_from),
    citation text NOT NULL,
    status text NOT NULL CHECK (status IN ('found', 'configured', 'test')),
    PRIMARY KEY (zone, with_slip, valid_from)
);

CREATE TABLE rule_constant (
    name text NOT NULL,
    value jsonb NOT NULL,
    valid_from date NOT NULL,
    valid_to date CHECK (valid_to > valid_from),
    citation text NOT NULL,
    status text NOT NULL CHECK (status IN ('found', 'configured', 'test')),
    PRIMARY KEY (name, valid_from)
);

CREATE TABLE reason_code (
    code text NOT NULL CHECK (code ~ '^[A-Z][A-Z0-9_]{1,34}$'),
    applies_to text NOT NULL,
    name_vi text NOT NULL,
    name_en text NOT NULL,
    valid_from date NOT NULL,
    valid_to date CHECK (valid_to > valid_from),
    PRIMARY KEY (code, valid_from)
);

GRANT SELECT, INSERT, UPDATE ON TABLE procedure, transit_standard, rule_constant, reason_code TO postal_app;

INSERT INTO transit_standard (zone, with_slip, days, calendar, valid_from, citation, status)
SELECT zone, with_slip, days, 'VN-HC', DATE '2017-08-15', 'TT 17/2017/TT-BTTTT Đ7', 'found'
FROM (VALUES
    ('inner', false, 1), ('inner', true, 2), ('inter', false, 2), ('inter', true, 4),
    ('metropolitan', false, 3), ('metropolitan', true, 6), ('interprovince', false, 4), ('interprovince', true, 8)
) AS given (zone, with_slip, days);

INSERT INTO rule_constant (name, value, valid_from, citation, status) VALUES
    ('intake.cutoff_hour', '15', '2018-06-21',
     'NĐ 61/2018/NĐ-CP Đ18 k2; NĐ 118/2025/NĐ-CP Đ18 k2 (sửa đổi bởi NĐ 309/2026/NĐ-CP)', 'found'),
    ('intake.supplement_notice_days', '3', '2018-06-21', 'NĐ 61/2018/NĐ-CP Đ19 k4', 'found'),
    ('supplement.max', '1', '2018-06-21',
     'NĐ 61/2018/NĐ-CP Đ11 k2c; NĐ 118/2025/NĐ-CP Đ17 k2a (sửa đổi bởi NĐ 309/2026/NĐ-CP)', 'found'),
    ('apology.days_before_due', '1', '2018-06-21', 'NĐ 61/2018/NĐ-CP Đ19 k9', 'found'),
    ('apology.working_days', 'true', '2018-06-21', 'NĐ 61/2018/NĐ-CP Đ19 k9: "01 ngày"; cách hiểu được cấu hình',
     'configured'),
    ('extension.max', '1', '2018-06-21', 'NĐ 61/2018/NĐ-CP Đ19 k9', 'found'),
    ('delivery.min_invitations', '2', '2017-08-15', 'TT 17/2017/TT-BTTTT Đ5; Luật Bưu chính 49/2010 Đ17', 'found'),
    ('delivery.invitation_gap_days', '2', '2017-08-15', 'TT 17/2017/TT-BTTTT Đ5; Luật Bưu chính 49/2010 Đ17',
     'found'),
    ('clock.t0_reading', '"slip"', '1990-01-01',
     'Cách tính được cấu hình; NĐ 118/2025/NĐ-CP Đ17 k3 (sửa đổi bởi NĐ 309/2026/NĐ-CP)', 'configured'),
    ('intake.next_morning_minutes', '60', '2018-06-21',
     '"đầu giờ ngày làm việc tiếp theo" được hiểu là trong giờ làm việc đầu tiên', 'configured'),
    ('pickup.wait_days', '1', '2018-06-21', 'Bưu điện đến nhận chậm nhất ngày làm việc tiếp theo', 'configured'),
    ('clock.near_due_percent', '20', '1990-01-01', 'Sắp đến hạn khi còn không quá 20% thời hạn', 'configured'),
    ('lead_time.target_days', '15', '2018-06-21', 'Mục tiêu từ tay đến tay', 'configured'),
    ('intake.default_calendar', '"VN-HC"', '1990-01-01', 'Lịch mặc định của cơ quan', 'configured');

INSERT INTO reason_code (code, applies_to, name_vi, name_en, valid_from) VALUES
    ('WRONG_ADDRESS', 'attempt', 'Sai địa chỉ', 'Wrong address', '2017-08-15'),
    ('NOT_AT_HOME', 'attempt', 'Không có nhà', 'Nobody at home', '2017-08-15'),
    ('RESCHEDULED', 'attempt', 'Hẹn lại', 'Another day was agreed', '2017-08-15'),
    ('REFUSED', 'attempt', 'Từ chối nhận', 'Refused by the recipient', '2017-08-15'),
    ('MOVED', 'attempt', 'Chuyển nơi ở', 'Moved away', '2017-08-15'),
    ('NO_IDENTITY_PAPER', 'attempt', 'Không xuất trình giấy tờ', 'No identity paper shown', '2017-08-15'),
    ('NO_AUTHORISATION', 'attempt', 'Người nhận thay không có giấy ủy quyền', 'Proxy without authorisation',
     '2017-08-15'),
    ('FEE_NOT_PAID', 'attempt', 'Không nộp phí', 'Fee not paid', '2017-08-15'),
    ('FORCE_MAJEURE', 'attempt', 'Thiên tai, giao thông', 'Disaster or traffic', '2017-08-15'),
    ('OLD_PAPERS_MISSING', 'attempt', 'Giấy tờ cần thu hồi chưa có', 'Papers to be recovered are missing',
     '2017-08-15'),
    ('PAPERS_MISSING', 'supplement', 'Thiếu thành phần hồ sơ', 'A paper of the list is missing', '2018-06-21'),
    ('PAPERS_INVALID', 'supplement', 'Giấy tờ không hợp lệ', 'A paper is not valid', '2018-06-21'),
    ('NOT_COMPETENT', 'reject', 'Không thuộc thẩm quyền', 'Another authority is competent', '2018-06-21'),
    ('NOT_ELIGIBLE', 'reject', 'Không đủ điều kiện', 'The conditions are not met', '2018-06-21'),
    ('AWAITING_OTHER_BODY', 'extend', 'Chờ ý kiến cơ quan phối hợp', 'Another body has not answered', '2018-06-21'),
    ('WORKLOAD', 'extend', 'Khối lượng công việc', 'Workload', '2018-06-21'),
    ('WITHDRAWN_BY_CITIZEN', 'stop', 'Công dân rút hồ sơ', 'Withdrawn by the citizen', '2018-06-21'),
    ('DAMAGED', 'refuse', 'Bưu gửi hư hỏng', 'The piece is damaged', '2017-08-15'),
    ('COUNT_MISMATCH', 'refuse', 'Số lượng không khớp', 'The count differs', '2017-08-15'),
    ('MISROUTED', 'refuse', 'Sai nơi nhận', 'Brought to the wrong place', '2017-08-15'),
    ('WRONG_PIECE', 'correct', 'Quét nhầm bưu gửi', 'The wrong piece was scanned', '2017-08-15'),
    ('WRONG_KIND', 'correct', 'Chọn nhầm thao tác', 'The wrong action was chosen', '2017-08-15'),
    ('DISPUTE_SETTLED', 'correct', 'Xác nhận sau tranh chấp', 'Settled after a dispute', '2017-08-15'),
    ('OTHER', 'any', 'Lý do khác', 'Another reason', '2017-08-15');

-- A realistic handful; limits and fees are examples of configuration, not statements about these procedures.
INSERT INTO procedure (
    code, version, name_vi, name_en, limit_value, limit_unit, convention, calendar, t0_reading, eligible_submit,
    eligible_return, requires_presence, state_secret, territory_free, fee, valid_from, valid_to, citation, status
)
SELECT code, version, name_vi, name_en, limit_value, limit_unit, convention, 'VN-HC', NULL, eligible_submit,
       eligible_return, requires_presence, state_secret, territory_free, fee, valid_from::date, valid_to::date,
       'Dữ liệu mẫu', status
FROM (VALUES
    ('1.004873', 1, 'Cấp giấy xác nhận tình trạng hôn nhân', 'Certificate of marital status', 3, 'ngay_lam_viec',
     'end_of_day', true, true, false, false, false, 15000, '2018-06-21', '2026-01-01', 'configured'),
    ('1.004873', 2, 'Cấp giấy xác nhận tình trạng hôn nhân', 'Certificate of marital status', 2, 'ngay_lam_viec',
     'end_of_day', true, true, false, false, false, 15000, '2026-01-01', NULL, 'configured'),
    ('2.000815', 1, 'Chứng thực bản sao từ bản chính', 'Certified copy', 8, 'gio_lam_viec', 'same_hour',
     true, true, false, false, true, 2000, '2018-06-21', NULL, 'configured'),
    ('1.000656', 1, 'Đăng ký khai tử', 'Registration of death', 1, 'ngay_lam_viec', 'end_of_day',
     true, true, false, false, false, 0, '2018-06-21', NULL, 'configured'),
    ('1.001193', 1, 'Đăng ký khai sinh', 'Registration of birth', 1, 'ngay_lam_viec', 'end_of_day',
     true, true, false, false, false, 0, '2018-06-21', NULL, 'configured'),
    ('2.001885', 1, 'Đăng ký hộ kinh doanh', 'Registration of a household business', 3, 'ngay_lam_viec',
     'end_of_day', true, true, false, false, true, 100000, '2018-06-21', NULL, 'configured'),
    ('1.012753', 1, 'Đăng ký đất đai, cấp giấy chứng nhận', 'Land registration and certificate', 20,
     'ngay_lam_viec', 'end_of_day', true, true, false, false, false, 100000, '2018-06-21', NULL, 'configured'),
    ('1.011606', 1, 'Cấp giấy phép xây dựng nhà ở riêng lẻ', 'Building permit of a single house', 15, 'ngay',
     'end_of_day', true, true, false, false, false, 75000, '2018-06-21', NULL, 'configured'),
    ('2.000488', 1, 'Cấp phiếu lý lịch tư pháp', 'Judicial record', 10, 'ngay_lam_viec', 'end_of_day',
     true, true, false, false, true, 200000, '2018-06-21', NULL, 'configured'),
    ('1.005384', 1, 'Thẩm định dự án nhiều cơ quan', 'Appraisal by several agencies', 1, 'thang', 'end_of_day',
     true, true, false, false, false, 0, '2018-06-21', NULL, 'configured'),
    ('1.000894', 1, 'Đăng ký kết hôn', 'Registration of marriage', 1, 'ngay_lam_viec', 'end_of_day',
     false, false, true, false, false, 0, '2018-06-21', NULL, 'configured'),
    ('1.001776', 1, 'Cấp thẻ cần thu sinh trắc học', 'Card that needs biometrics', 7, 'ngay_lam_viec', 'end_of_day',
     false, true, true, false, false, 30000, '2018-06-21', NULL, 'configured'),
    ('1.009999', 1, 'Thủ tục có tài liệu mật', 'Procedure with secret papers', 10, 'ngay_lam_viec', 'end_of_day',
     false, false, false, true, false, 0, '2018-06-21', NULL, 'test'),
    ('1.009998', 1, 'Thủ tục không nhận qua bưu chính', 'Procedure not on the postal list', 5, 'ngay_lam_viec',
     'end_of_day', false, false, false, false, false, 0, '2018-06-21', NULL, 'test')
) AS given (code, version, name_vi, name_en, limit_value, limit_unit, convention, eligible_submit, eligible_return,
          requires_presence, state_secret, territory_free, fee, valid_from, valid_to, status);
