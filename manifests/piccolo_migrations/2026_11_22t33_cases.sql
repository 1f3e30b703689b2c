-- What a supervisor works with: who has a case, what settled or opened it again, and the swap that it was part of.
-- The release before writes the columns that it knows and leaves these alone.
ALTER TABLE discrepancy
    ADD COLUMN assignee text,
    ADD COLUMN changed_by uuid,
    ADD COLUMN swap uuid;

CREATE INDEX discrepancy_due ON discrepancy (deadline) WHERE state = 'open';
CREATE INDEX discrepancy_piece ON discrepancy (piece) WHERE state = 'open';

-- Words about a case; the ledger holds a commitment. Erasable, and no projection.
CREATE TABLE discrepancy_note (
    id uuid PRIMARY KEY,
    salt bytea NOT NULL,
    note text NOT NULL
);

GRANT SELECT, INSERT, DELETE ON discrepancy_note TO postal_app;

CREATE TABLE discrepancy_reason (
    code text NOT NULL,
    name_vi text NOT NULL,
    name_en text NOT NULL,
    classes text[] NOT NULL,
    requires text[] NOT NULL CHECK (requires <@ '{note,file,seal,scan}'),
    contradicted_by text[] NOT NULL,
    by_hand boolean NOT NULL,
    valid_from date NOT NULL,
    valid_to date CHECK (valid_to > valid_from),
    citation text NOT NULL,
    status text NOT NULL CHECK (status IN ('found', 'configured', 'test')),
    PRIMARY KEY (code, valid_from)
);

GRANT SELECT ON discrepancy_reason TO postal_app;

INSERT INTO discrepancy_reason VALUES
    ('found', 'Đã tìm thấy', 'Found', '{missing,misrouted,contested}', '{scan}', '{missing}', true, '1990-01-01', NULL,
     'Có lượt quét sau khi mở vụ việc', 'configured'),
    ('returned', 'Đã trả lại bên giao', 'Returned to the giver', '{extra,misrouted,damaged,contested,missing}', '{scan}', '{missing}',
     true, '1990-01-01', NULL, 'Có lượt quét sau khi mở vụ việc', 'configured'),
    ('forwarded', 'Đã chuyển tiếp đúng nơi', 'Forwarded to where it belongs', '{extra,misrouted,contested}', '{scan}', '{missing}',
     true, '1990-01-01', NULL, 'Có lượt quét sau khi mở vụ việc', 'configured'),
    ('accepted', 'Bên nhận chấp nhận', 'Accepted by the receiver', '{extra,damaged,misrouted,contested,missing}', '{}', '{missing}',
     true, '1990-01-01', NULL, 'Thỏa thuận của hai bên trên biên bản giao nhận', 'configured'),
    ('repacked', 'Đã lập biên bản, đóng gói lại', 'Recorded and repacked', '{damaged}', '{file}', '{missing}', true, '1990-01-01',
     NULL, 'Ảnh hiện trạng và biên bản mở, hư hỏng', 'configured'),
    ('recording_error', 'Ghi nhận nhầm', 'A recording error', '{missing,extra,misrouted,damaged,contested,matched,unverified}',
     '{note}', '{missing}', true, '1990-01-01', NULL, 'Giải trình bằng lời của bên ghi nhận', 'configured'),
    ('lost', 'Mất hẳn', 'Lost for good', '{missing,misrouted,contested}', '{note}',
     '{matched,unverified,damaged,misrouted,extra}', true, '1990-01-01', NULL,
     'Mở vụ việc mất bưu gửi, giải trình bằng lời', 'configured'),
    ('compensated', 'Đã bồi thường', 'Compensated', '{missing,misrouted,damaged,contested}', '{}',
     '{matched,unverified,misrouted,extra}', true, '1990-01-01', NULL,
     'Chứng từ ở hồ sơ bồi thường của bưu gửi', 'configured'),
    ('late_scan', 'Lượt quét đến muộn đã giải quyết', 'Settled by a scan that came late', '{}', '{}', '{}', false, '1990-01-01',
     NULL, 'Đối soát lại khi có dữ liệu muộn', 'configured'),
    ('swapped', 'Hoán đổi giữa hai bảng kê', 'Swapped between two manifests', '{}', '{}', '{}', false, '1990-01-01', NULL,
     'Hai vụ việc được giải quyết cùng lúc', 'configured');
