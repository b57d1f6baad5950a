-- The centre's list of appointments. Who booked is not in here.
CREATE TABLE bookings (
    -- What the journal knows a booking by; never given twice.
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    -- SHA-256 of the code on the citizen's appointment slip.
    code_hash BLOB NOT NULL UNIQUE CHECK (length(code_hash) = 32),
    service TEXT NOT NULL,
    -- The booked time, milliseconds since the Unix epoch. Removed when two days have passed and bookings are written or read anew.
    at INTEGER NOT NULL
) STRICT;
