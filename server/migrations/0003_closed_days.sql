-- Days on which the centre stays closed, besides those of its file: holidays that are declared at short notice.
CREATE TABLE closed_days (
    -- The local date, such as 2026-12-25.
    date TEXT PRIMARY KEY CHECK (length(date) = 10),
    -- What the day is called.
    name_en TEXT NOT NULL,
    name_sw TEXT NOT NULL,
    -- The account that added it.
    added_by TEXT NOT NULL,
    -- Milliseconds since the Unix epoch, by the centre's clock.
    added_at INTEGER NOT NULL
) STRICT;
