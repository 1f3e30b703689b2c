-- A projection: each feedback, petition or call on the hotline, folded from its records. Limits are those that were
-- reckoned when it came in, so that a later calendar changes no past verdict. `organisation` answers for it now;
-- a report of violations names none, since the body that controls procedures alone sees it.
CREATE TABLE feedback (
    code text PRIMARY KEY,
    channel text NOT NULL CHECK (channel IN ('online', 'hotline', 'letter', 'in_person')),
    category text NOT NULL CHECK (category IN ('delay', 'attitude', 'procedure', 'fee', 'loss', 'suggestion', 'other',
                                               'violation')),
    state text NOT NULL CHECK (state IN ('received', 'accepted', 'supplement', 'refused', 'answered', 'published')),
    received_at timestamptz NOT NULL,
    taken_by text,
    organisation text,
    parties text[] NOT NULL,
    dossier text,
    authority text,
    office text,
    refuse_due timestamptz NOT NULL,
    supplement_due timestamptz NOT NULL,
    resolve_due timestamptz NOT NULL,
    accepted_at timestamptz,
    supplement_at timestamptz,
    refused_at timestamptz,
    answered_at timestamptz,
    publish_due timestamptz,
    published_at timestamptz,
    reason text,
    outcome text,
    person text,
    late text[] NOT NULL,
    flags text[] NOT NULL
);

CREATE INDEX feedback_received ON feedback (received_at DESC, code DESC);
CREATE INDEX feedback_organisation ON feedback (organisation, received_at DESC);
CREATE INDEX feedback_dossier ON feedback (dossier) WHERE dossier IS NOT NULL;
CREATE INDEX feedback_open ON feedback (resolve_due) WHERE state IN ('received', 'accepted', 'supplement');

-- What people wrote and were told, and how they are reached. Personal data: erasable, and only here. The ledger holds
-- commitments made with `salt`, by the row of the record.
CREATE TABLE feedback_text (
    row_id uuid PRIMARY KEY,
    feedback text NOT NULL,
    part text NOT NULL CHECK (part IN ('said', 'asked', 'supplement', 'answer')),
    text text,
    name text,
    phone text,
    address text,
    email text,
    salt bytea,
    created_at timestamptz NOT NULL,
    erased_at timestamptz
);

CREATE INDEX feedback_text_feedback ON feedback_text (feedback, created_at);

-- The hash of the code by which whoever wrote follows it.
CREATE TABLE feedback_follower (
    feedback text PRIMARY KEY,
    hash bytea NOT NULL UNIQUE
);

-- What a person decided to publish: without personal data, for everybody.
CREATE TABLE feedback_publication (
    feedback text PRIMARY KEY,
    row_id uuid NOT NULL,
    title text NOT NULL,
    question text NOT NULL,
    answer text NOT NULL,
    published_at timestamptz NOT NULL
);

CREATE INDEX feedback_publication_newest ON feedback_publication (published_at DESC, feedback DESC);

GRANT SELECT, INSERT, UPDATE, DELETE ON feedback TO postal_app;
GRANT SELECT, INSERT, UPDATE ON feedback_text TO postal_app;
GRANT SELECT, INSERT ON feedback_publication TO postal_app;
GRANT SELECT, INSERT, DELETE ON feedback_follower TO postal_app;

INSERT INTO rule_constant (name, value, valid_from, citation, status) VALUES
    ('feedback.wait_counts', 'false', '2022-06-23',
     'Cấu hình: thời gian chờ người gửi bổ sung không tính vào hạn giải quyết', 'configured');

INSERT INTO reason_code (code, applies_to, name_vi, name_en, valid_from) VALUES
    ('FEEDBACK_NO_CONTACT', 'feedback_refusal', 'Không có địa chỉ, cách liên hệ',
     'No address or other way to answer', '2022-06-23'),
    ('FEEDBACK_NO_CONTENT', 'feedback_refusal', 'Nội dung không rõ, không có cơ sở xem xét',
     'Nothing in it that could be looked into', '2022-06-23'),
    ('FEEDBACK_ANSWERED_BEFORE', 'feedback_refusal', 'Đã trả lời cùng nội dung', 'Answered before', '2022-06-23'),
    ('FEEDBACK_COMPLAINT', 'feedback_refusal', 'Thuộc khiếu nại, tố cáo: đã hướng dẫn gửi nơi có thẩm quyền',
     'A legal complaint or denunciation: the sender was told where to turn', '2022-06-23'),
    ('FEEDBACK_NOT_OURS', 'feedback_refusal', 'Không thuộc phạm vi tiếp nhận', 'Not a matter of this service',
     '2022-06-23'),
    ('FEEDBACK_ACCEPTED', 'feedback', 'Đúng: đã khắc phục', 'Justified, and put right', '2022-06-23'),
    ('FEEDBACK_EXPLAINED', 'feedback', 'Đã giải thích, làm rõ', 'Explained', '2022-06-23'),
    ('FEEDBACK_UNFOUNDED', 'feedback', 'Không đúng: đã trả lời', 'Not justified', '2022-06-23'),
    ('FEEDBACK_PROPOSED', 'feedback', 'Đã kiến nghị sửa quy định', 'A change of the rules was proposed',
     '2022-06-23');
