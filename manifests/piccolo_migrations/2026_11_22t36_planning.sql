-- A projection: pieces that were on a draft and came off it as it was sealed, each with its reason.
CREATE TABLE manifest_exception (
    manifest text NOT NULL,
    piece text NOT NULL,
    reason text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (manifest, piece)
);

CREATE INDEX manifest_exception_piece ON manifest_exception (piece);

GRANT SELECT, INSERT, UPDATE, DELETE ON manifest_exception TO postal_app;

INSERT INTO reason_code (code, applies_to, name_vi, name_en, valid_from) VALUES
    ('NOT_READY', 'except', 'Chưa sẵn sàng giao', 'Not ready to be handed over', '1990-01-01'),
    ('NOT_AT_HAND', 'except', 'Không tìm thấy tại quầy', 'Not at hand at the desk', '1990-01-01'),
    ('PAPERS_INCOMPLETE', 'except', 'Giấy tờ chưa đủ', 'Papers are incomplete', '1990-01-01'),
    ('PACKAGE_DAMAGED', 'except', 'Bao gói hư hỏng', 'The packaging is damaged', '1990-01-01'),
    ('CITIZEN_COMES', 'except', 'Công dân đến nhận trực tiếp', 'The citizen comes for it', '1990-01-01'),
    ('NO_ROOM', 'except', 'Xe không đủ chỗ', 'No room in the vehicle', '1990-01-01');

INSERT INTO rule_constant (name, value, valid_from, citation, status) VALUES
    ('planning.travel_hours.inner', '4', '1990-01-01', 'Thời gian đường đi khi lập chuyến, cùng xã, phường',
     'configured'),
    ('planning.travel_hours.inter', '12', '1990-01-01', 'Thời gian đường đi khi lập chuyến, nội tỉnh', 'configured'),
    ('planning.travel_hours.metropolitan', '24', '1990-01-01',
     'Thời gian đường đi khi lập chuyến, liên tỉnh giữa các đô thị lớn', 'configured'),
    ('planning.travel_hours.interprovince', '48', '1990-01-01', 'Thời gian đường đi khi lập chuyến, liên tỉnh',
     'configured');
