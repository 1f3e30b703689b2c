-- Printed forms as dated rows: `layout` names a template that ships with the program, `words` is what a text prescribes
-- or an office has chosen to print. Status: found in the text cited, configured, or made for a test.
CREATE TABLE form_template (
    form text NOT NULL CHECK (form ~ '^[a-z_]{1,40}$'),
    valid_from date NOT NULL,
    layout text NOT NULL CHECK (layout ~ '^[a-z0-9_]{1,40}$'),
    words jsonb NOT NULL,
    citation text NOT NULL,
    status text NOT NULL CHECK (status IN ('found', 'configured', 'test')),
    PRIMARY KEY (form, valid_from)
);

GRANT SELECT, INSERT, UPDATE ON form_template TO postal_app;

INSERT INTO form_template (form, valid_from, layout, citation, status, words)
SELECT form, valid_from, layout, citation, status, words || jsonb_build_object(
    'state', 'CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM', 'motto', 'Độc lập - Tự do - Hạnh phúc', 'number', 'Số',
    'sign_here', '(Ký, ghi rõ họ tên)')
FROM (VALUES
    ('manifest', DATE '2016-12-16', 'manifest', 'Trình bày do hệ thống cấu hình', 'configured', jsonb_build_object(
        'title', 'Bảng kê giao nhận')),
    ('paper', DATE '2016-12-16', 'paper', 'Trình bày do hệ thống cấu hình', 'configured', jsonb_build_object(
        'title', 'Bảng kê dùng khi mất mạng',
        'how', 'Quét lần lượt các mã QR để nạp danh sách vào máy không có mạng, rồi quét từng mã vạch; hoặc đánh dấu vào '
            || 'ô của từng dòng. Khi có mạng lại, nhập kết quả theo số dòng.')),
    ('handover', DATE '2016-12-16', 'handover',
     'QĐ 45/2016/QĐ-TTg Điều 7 khoản 3; TT 17/2017/TT-BTTTT Điều 5; trình bày do hệ thống cấu hình', 'found',
     jsonb_build_object('title', 'Biên bản giao nhận hồ sơ',
        'opening', 'Hai bên cùng kiểm đếm và giao nhận các hồ sơ thủ tục hành chính sau đây:',
        'closing', 'Biên bản lập thành hai bản có giá trị như nhau, mỗi bên giữ một bản.')),
    ('dossier_consignment', DATE '2017-08-15', 'consignment', 'TT 17/2017/TT-BTTTT Điều 9; QĐ 45/2016/QĐ-TTg Điều 6 khoản 4',
     'found', jsonb_build_object('title', 'Phiếu gửi hồ sơ',
        'papers', 'Danh mục tài liệu, giấy tờ có trong hồ sơ',
        'method', 'Nhận gửi hồ sơ tại điểm phục vụ bưu chính hoặc tại địa chỉ theo yêu cầu, phát tới cơ quan có thẩm quyền',
        'fare', 'Theo bảng giá niêm yết công khai; thanh toán theo chứng từ thu kèm theo',
        'rights', 'Người gửi được thay đổi địa chỉ nhận hoặc rút lại hồ sơ khi hồ sơ chưa phát (Luật Bưu chính 49/2010/QH12 Điều 16); '
            || 'được tra cứu miễn phí bằng số hiệu phiếu gửi; chịu trách nhiệm về nội dung hồ sơ. Bên cung ứng bảo đảm an toàn, '
            || 'bí mật và giao hồ sơ đúng thời gian toàn trình.',
        'liability', 'Mất, hư hỏng: bồi thường tối thiểu bằng 04 lần cước đã trả, gồm cả cước hoàn trả (NĐ 47/2011/NĐ-CP), và chi phí '
            || 'cấp lại giấy tờ theo QĐ 45/2016/QĐ-TTg Điều 14. Thời hiệu khiếu nại: 06 tháng kể từ ngày hết thời gian toàn trình '
            || '(TT 17/2017/TT-BTTTT Điều 8).')),
    ('result_consignment', DATE '2017-08-15', 'consignment', 'TT 17/2017/TT-BTTTT Điều 9; QĐ 45/2016/QĐ-TTg Điều 9 khoản 2',
     'found', jsonb_build_object('title', 'Phiếu gửi kết quả',
        'papers', 'Kết quả và danh mục tài liệu, giấy tờ kèm theo',
        'method', 'Nhận kết quả tại Bộ phận Một cửa, phát tới tay người nhận hoặc người được ủy quyền',
        'fare', 'Theo bảng giá niêm yết công khai; thanh toán theo chứng từ thu kèm theo',
        'rights', 'Người nhận xuất trình giấy tờ tùy thân; người được ủy quyền xuất trình thêm giấy ủy quyền. Hai bên cùng kiểm đếm '
            || 'trước khi ký. Kết quả được mời nhận ít nhất hai lần, cách nhau 02 ngày làm việc, trước khi hoàn về cơ quan.',
        'liability', 'Mất, hư hỏng: bồi thường tối thiểu bằng 04 lần cước đã trả, gồm cả cước hoàn trả (NĐ 47/2011/NĐ-CP), và chi phí '
            || 'cấp lại giấy tờ theo QĐ 45/2016/QĐ-TTg Điều 14. Thời hiệu khiếu nại: 06 tháng kể từ ngày hết thời gian toàn trình '
            || '(TT 17/2017/TT-BTTTT Điều 8).')),
    ('label', DATE '2016-12-16', 'label', 'UPU S10; trình bày do hệ thống cấu hình', 'configured', jsonb_build_object(
        'title', 'Bưu chính công ích', 'from', 'Người gửi', 'to', 'Người nhận')),
    ('control_sheet', DATE '2019-01-06', 'control_sheet', 'TT 01/2018/TT-VPCP, Mẫu số 05', 'found', jsonb_build_object(
        'title', 'Phiếu kiểm soát quá trình giải quyết hồ sơ', 'model', 'Mẫu số 05')),
    ('control_sheet', DATE '2025-09-15', 'control_sheet', 'TT 03/2025/TT-VPCP, Phụ lục I, Mẫu số 06', 'found',
     jsonb_build_object('title', 'Phiếu kiểm soát quá trình giải quyết hồ sơ', 'model', 'Mẫu số 06')),
    ('incident', DATE '2017-08-15', 'incident', 'TT 17/2017/TT-BTTTT Điều 11 khoản 2; trình bày do hệ thống cấu hình', 'found',
     jsonb_build_object('title', 'Biên bản sự cố bưu gửi',
        'duty', 'Bao bì hư hỏng, rách nát: kiểm kê, lập biên bản và gói bọc lại phù hợp với yêu cầu của dịch vụ.',
        'inventory', 'Kiểm kê bên trong', 'repacked', 'Gói bọc lại, niêm phong mới số'))
) AS given (form, valid_from, layout, citation, status, words);
