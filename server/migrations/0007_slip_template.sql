-- How slips look, where a manager changed what the centre's file says; one row at most.
CREATE TABLE slip_template (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    -- As JSON, checked before it was saved.
    template TEXT NOT NULL,
    -- The account that saved it.
    saved_by TEXT NOT NULL,
    -- Milliseconds since the Unix epoch, by the centre's clock.
    saved_at INTEGER NOT NULL
) STRICT;
