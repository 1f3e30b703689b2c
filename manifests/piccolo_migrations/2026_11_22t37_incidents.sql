-- Projections: one incident a piece, and the claims for it.
CREATE TABLE incident (
    piece text PRIMARY KEY,
    cause text NOT NULL CHECK (cause IN ('lost', 'damaged')),
    state text NOT NULL CHECK (state IN ('open', 'found', 'closed')),
    source text NOT NULL CHECK (source IN ('hand', 'scan', 'discrepancy')),
    opened_at timestamptz NOT NULL,
    opened_row uuid NOT NULL,
    opened_by text,
    reopened integer NOT NULL,
    found_at timestamptz,
    found_row uuid,
    found_after_payment boolean NOT NULL,
    outcome text,
    closed_at timestamptz,
    closed_by text,
    liable text,
    liable_at timestamptz,
    fare bigint CHECK (fare >= 0),
    amount bigint CHECK (amount >= 0),
    pay_due timestamptz,
    paid bigint CHECK (paid >= 0),
    paid_at timestamptz,
    reissues jsonb NOT NULL
);

CREATE INDEX incident_opened ON incident (opened_at DESC, piece DESC);

CREATE TABLE claim (
    code text PRIMARY KEY,
    piece text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('loss', 'late', 'damage', 'other')),
    state text NOT NULL CHECK (state IN ('open', 'refused_late', 'answered')),
    lodged_at timestamptz NOT NULL,
    lodged_by text,
    claimant text,
    window_from text,
    last_day text,
    window_citation text,
    answer_due timestamptz,
    answer_citation text,
    outcome text,
    answered_at timestamptz,
    answered_by text
);

CREATE INDEX claim_piece ON claim (piece);
CREATE INDEX claim_lodged ON claim (lodged_at DESC, code DESC);

-- Personal data: erasable, and only here. The ledger holds a commitment made with `salt`.
CREATE TABLE claimant (
    claim text PRIMARY KEY,
    name text,
    phone text,
    address text,
    statement text,
    salt bytea,
    created_at timestamptz NOT NULL,
    erased_at timestamptz
);

GRANT SELECT, INSERT, UPDATE, DELETE ON incident, claim TO postal_app;
GRANT SELECT, INSERT, UPDATE ON claimant TO postal_app;

INSERT INTO rule_constant (name, value, valid_from, citation, status) VALUES
    ('compensation.floor_fares', '4', '2011-08-15', 'NĐ 47/2011/NĐ-CP Đ25 k1a (đã gồm hoàn trả cước)', 'found'),
    ('compensation.late_fares', '1', '2011-08-15', 'NĐ 47/2011/NĐ-CP Đ25 k2', 'found'),
    ('compensation.real_damage', '1', '2011-01-01', 'Luật Bưu chính 49/2010/QH12 Đ40 k2; TT 02/2012/TT-BTTTT Đ8',
     'found'),
    ('compensation.reissue', '1', '2016-12-16', 'QĐ 45/2016/QĐ-TTg Đ14 k3', 'found'),
    ('compensation.pay_days', '30', '2011-08-15', 'NĐ 47/2011/NĐ-CP Đ26 k1', 'found'),
    ('claim.window_months.loss', '6', '2011-01-01', 'Luật Bưu chính 49/2010/QH12 Đ38 k2a', 'found'),
    ('claim.window_months.loss', '6', '2017-08-15',
     'TT 17/2017/TT-BTTTT Đ8 k1a; Luật Bưu chính 49/2010/QH12 Đ38 k2a', 'found'),
    ('claim.window_months.damage', '1', '2011-01-01', 'Luật Bưu chính 49/2010/QH12 Đ38 k2b', 'found'),
    ('claim.answer_months', '2', '2011-01-01', 'Luật Bưu chính 49/2010/QH12 Đ38 k3a', 'found'),
    ('claim.answer_days.province', '5', '2017-08-15', 'TT 17/2017/TT-BTTTT Đ8 k1b', 'found'),
    ('claim.answer_days.interprovince', '7', '2017-08-15', 'TT 17/2017/TT-BTTTT Đ8 k1b', 'found'),
    ('fare.inner', '26000', '2017-08-15',
     'Thông báo cước Khánh Hòa (vnpost.vn), nội tỉnh, đến 100 g, một chiều; đối chiếu chứng từ', 'configured'),
    ('fare.inter', '30000', '2017-08-15',
     'Thông báo cước Khánh Hòa (vnpost.vn), nội tỉnh, đến 100 g, một chiều; đối chiếu chứng từ', 'configured');

INSERT INTO reason_code (code, applies_to, name_vi, name_en, valid_from) VALUES
    ('INCIDENT_COMPENSATED', 'incident', 'Đã bồi thường', 'Compensated', '1990-01-01'),
    ('INCIDENT_REISSUED', 'incident', 'Đã cấp lại giấy tờ', 'Papers were issued anew', '1990-01-01'),
    ('INCIDENT_FOUND', 'incident', 'Đã tìm thấy', 'Found again', '1990-01-01'),
    ('INCIDENT_NOT_LIABLE', 'incident', 'Không thuộc trách nhiệm bồi thường', 'Nobody is liable', '1990-01-01'),
    ('INCIDENT_IN_ERROR', 'incident', 'Lập nhầm', 'Opened in error', '1990-01-01'),
    ('CLAIM_GRANTED', 'claim', 'Chấp nhận khiếu nại', 'The claim is granted', '1990-01-01'),
    ('CLAIM_PARTLY', 'claim', 'Chấp nhận một phần', 'The claim is granted in part', '1990-01-01'),
    ('CLAIM_REJECTED', 'claim', 'Không chấp nhận khiếu nại', 'The claim is rejected', '1990-01-01'),
    ('CLAIM_WITHDRAWN', 'claim', 'Người khiếu nại rút đơn', 'Withdrawn by the claimant', '1990-01-01');
