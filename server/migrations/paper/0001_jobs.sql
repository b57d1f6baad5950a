-- Every slip that was to be printed, and what became of it. A number and a service; nothing about the citizen.
CREATE TABLE jobs (
    -- Never given twice.
    job INTEGER PRIMARY KEY AUTOINCREMENT,
    -- Who asked, and the name of the request: together they stand for one slip.
    asker TEXT NOT NULL,
    request TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('issue', 'reprint', 'test')),
    -- Absent of a test.
    number TEXT,
    service TEXT,
    -- Where it comes out: a printer on the network, or the one that hangs on a kiosk.
    printer TEXT,
    kiosk TEXT,
    state TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'printed', 'failed', 'abandoned')),
    -- What was wrong with the printer.
    trouble TEXT,
    -- Why it was abandoned.
    why TEXT,
    -- Whether the server ended between sending it and learning what became of it.
    in_doubt INTEGER NOT NULL DEFAULT 0,
    -- Milliseconds since the Unix epoch, by the centre's clock.
    at INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    CHECK ((printer IS NULL) <> (kiosk IS NULL)),
    UNIQUE (asker, request)
) STRICT;

CREATE INDEX jobs_open ON jobs (state) WHERE state IN ('queued', 'sent');
CREATE INDEX jobs_by_time ON jobs (at);
