-- Two invitations are asked where the recipient was not met; where there is no such address, the recipient has moved or
-- refuses, the same article lets the papers go back at once. Reasons in the form in which scans state them.
INSERT INTO rule_constant (name, value, valid_from, citation, status) VALUES
    ('delivery.return_at_once', '["wrong_address", "moved", "refused"]', '2011-01-01',
     'Luật Bưu chính 49/2010/QH12 Đ17', 'found');
