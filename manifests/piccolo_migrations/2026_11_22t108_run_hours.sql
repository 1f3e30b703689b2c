INSERT INTO rule_constant (name, value, valid_from, citation, status) VALUES
    ('oversight.run_hours', '24', '1990-01-01',
     'Chuyến thư đi quá số giờ này mà chưa đến điểm dừng tiếp theo thì trang mạng lưới báo trễ', 'configured');
