-- What opens attendant mode at a kiosk. One line at most.
CREATE TABLE attendant_pin (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    -- Argon2id in PHC form, with its own salt and parameters.
    pin TEXT NOT NULL,
    -- The account that set it.
    set_by TEXT NOT NULL,
    -- Milliseconds since the Unix epoch.
    set_at INTEGER NOT NULL
) STRICT;
