-- What was published about each day. A later count of the same day is a further row beside it with its reason; nothing
-- that was published is ever changed.
CREATE TABLE daily_statistic (
    day date NOT NULL,
    revision integer NOT NULL CHECK (revision >= 0),
    taken_at timestamptz NOT NULL,
    reason text NULL,
    content text NOT NULL,
    digest text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
    log_size bigint NULL,
    checkpoint text NULL,
    PRIMARY KEY (day, revision),
    CHECK ((revision = 0) = (reason IS NULL))
);

CREATE FUNCTION daily_statistic_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'published statistics are append-only: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON daily_statistic
    FOR EACH ROW EXECUTE FUNCTION daily_statistic_is_append_only();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON daily_statistic EXECUTE FUNCTION daily_statistic_is_append_only();

GRANT SELECT, INSERT ON daily_statistic TO postal_app;

INSERT INTO rule_constant (name, value, valid_from, citation, status) VALUES
    ('statistics.min_cell', '3', '2018-06-21',
     'Số liệu công khai: ô từ 1 đến dưới 3 hồ sơ không hiện số; quy tắc được cấu hình', 'configured'),
    ('statistics.days_back', '31', '2018-06-21',
     'Số ngày quá khứ được chốt số liệu nếu hệ thống đã ngừng; được cấu hình', 'configured');
