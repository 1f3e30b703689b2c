-- The register's number and name were found (TT 01/2018 Mẫu 06; TT 03/2025 Phụ lục I Mẫu 07); its columns are configured.
INSERT INTO form_template (form, valid_from, layout, citation, status, words)
SELECT form, valid_from, layout, citation, status, words || jsonb_build_object(
    'state', 'CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM', 'motto', 'Độc lập - Tự do - Hạnh phúc', 'number', 'Số',
    'sign_here', '(Ký, ghi rõ họ tên)')
FROM (VALUES
    ('report', DATE '2016-12-16', 'report', 'Trình bày do hệ thống cấu hình', 'configured', jsonb_build_object(
        'title', 'Báo cáo',
        'restated', 'Bản đã công bố giữ nguyên. Nếu tính lại hôm nay, các số liệu sau sẽ khác vì có dữ liệu đến sau:')),
    ('register', DATE '2019-01-06', 'register',
     'TT 01/2018/TT-VPCP, Mẫu số 06; các cột do hệ thống cấu hình', 'configured', jsonb_build_object(
        'title', 'Sổ theo dõi hồ sơ', 'model', 'Mẫu số 06', 'columns', jsonb_build_array(
        'STT', 'Mã hồ sơ', 'Tên thủ tục', 'Số bộ', 'Tên cá nhân, tổ chức', 'Địa chỉ, số điện thoại', 'Cơ quan giải quyết',
        'Tiếp nhận', 'Hẹn trả', 'Trả kết quả', 'Cách nhận', 'Ký nhận', 'Ghi chú'))),
    ('register', DATE '2025-09-15', 'register',
     'TT 03/2025/TT-VPCP, Phụ lục I, Mẫu số 07; các cột do hệ thống cấu hình', 'configured', jsonb_build_object(
        'title', 'Sổ theo dõi hồ sơ', 'model', 'Mẫu số 07', 'columns', jsonb_build_array(
        'STT', 'Mã hồ sơ', 'Tên thủ tục', 'Số bộ', 'Tên cá nhân, tổ chức', 'Địa chỉ, số điện thoại', 'Cơ quan giải quyết',
        'Tiếp nhận', 'Hẹn trả', 'Trả kết quả', 'Cách nhận', 'Ký nhận', 'Ghi chú')))
) AS given (form, valid_from, layout, citation, status, words);
