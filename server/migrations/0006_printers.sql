-- Printers on the network that the server drives.
CREATE TABLE printers (
    printer TEXT PRIMARY KEY,
    -- A name or an address.
    host TEXT NOT NULL,
    port INTEGER NOT NULL CHECK (port BETWEEN 1 AND 65535),
    -- Of the roll.
    paper_mm INTEGER NOT NULL CHECK (paper_mm IN (58, 80)),
    rendering TEXT NOT NULL CHECK (rendering IN ('image', 'text')),
    -- Milliseconds since the Unix epoch.
    added_at INTEGER NOT NULL
) STRICT;

-- The kiosks whose slips come out at one of them; all others print for themselves.
CREATE TABLE kiosk_printers (
    kiosk TEXT PRIMARY KEY,
    printer TEXT NOT NULL REFERENCES printers (printer) ON DELETE CASCADE
) STRICT;

-- Kiosks whose screen is closed to citizens until a manager opens it again.
CREATE TABLE locked_kiosks (
    kiosk TEXT PRIMARY KEY,
    locked_at INTEGER NOT NULL
) STRICT;
