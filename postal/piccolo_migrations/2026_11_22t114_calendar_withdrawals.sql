-- A decision on a calendar may withdraw an earlier one. It is a decision like any other: a number, a date, a reason (its
-- title), a version of the calendar from its entry on; the one that it withdraws stays as it is.
ALTER TABLE calendar_decision
    ADD COLUMN withdraws uuid NULL REFERENCES calendar_decision (id) ON DELETE RESTRICT,
    ADD CONSTRAINT calendar_decision_withdrawn_once UNIQUE (withdraws),
    ADD CONSTRAINT calendar_decision_withdraws_another CHECK (withdraws <> id);
COMMENT ON COLUMN calendar_decision.withdraws IS 'the decision that no longer holds from the entry of this one on';
