-- A version of its own: what was printed before prints as it was. The layout shows `rate` where the words have it.
INSERT INTO form_template (form, valid_from, layout, citation, status, words)
SELECT form, DATE '2026-11-22', layout, citation || '; lời mời đánh giá do hệ thống cấu hình', status,
    words || jsonb_build_object('rate', 'Đánh giá sự phục vụ sau khi nhận kết quả')
FROM form_template
WHERE form = 'result_consignment' AND valid_from < DATE '2026-11-22'
ORDER BY valid_from DESC
LIMIT 1
ON CONFLICT (form, valid_from) DO NOTHING;
