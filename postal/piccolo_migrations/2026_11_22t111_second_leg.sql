-- The text says that the applicant pays for sending and getting, and that what must be carried again is paid by whose fault
-- it is. Which reason is whose fault no text tells: that is configured.
INSERT INTO rule_constant (name, value, valid_from, valid_to, citation, status) VALUES
    ('fare.second_leg.chosen', '"applicant"', '2016-12-16', NULL, 'QĐ 45/2016/QĐ-TTg Đ12 k3', 'found'),
    ('fare.second_leg.agency_faults', '["supplement_again"]', '2016-12-16', NULL,
     'QĐ 45/2016/QĐ-TTg Đ12 k4: theo lỗi của các bên; lý do nào là lỗi của cơ quan được cấu hình', 'configured'),
    ('fare.second_leg.post_faults', '["NOT_COMPETENT"]', '2016-12-16', NULL,
     'QĐ 45/2016/QĐ-TTg Đ12 k4: theo lỗi của các bên; lý do nào là lỗi của bưu chính được cấu hình', 'configured'),
    ('fare.second_leg.otherwise', '"applicant"', '2016-12-16', NULL,
     'QĐ 45/2016/QĐ-TTg Đ12 k4: theo lỗi của các bên; còn lại do người nộp, được cấu hình', 'configured'),

    -- A letter of apology proposes a new date this many working days after the promise.
    ('apology.propose_days', '2', '1990-01-01', NULL,
     'Ngày hẹn lại do dự thảo văn bản xin lỗi đề xuất, được cấu hình', 'configured');
