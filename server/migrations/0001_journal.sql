-- The journal: all that happened in the centre, in order. The state of the hall is a fold over it.
CREATE TABLE journal (
    -- The place of the entry, from 1 and without gaps. The key also fences a second writer: whoever comes late
    -- finds its place taken.
    seq INTEGER PRIMARY KEY CHECK (seq > 0),
    -- When it happened, milliseconds since the Unix epoch. Never earlier than the entry before.
    at INTEGER NOT NULL,
    -- The business day it belongs to, such as 2026-11-24.
    day TEXT NOT NULL,
    -- The event's type, copied out of the event so that it can be indexed.
    kind TEXT NOT NULL,
    -- The asker's name for the request that led to it; absent when time alone did.
    request TEXT,
    -- A digest of that request's content, to tell a repeated request from a reused name.
    fingerprint INTEGER,
    -- The event as JSON, byte for byte as it was hashed.
    event TEXT NOT NULL,
    -- SHA-256 over the hash of the entry before and every field above except kind.
    hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

-- The start finds the current day at once, however long the journal has grown.
CREATE INDEX journal_day_opened ON journal (seq) WHERE kind = 'day_opened';

-- Against mistakes, not against malice: that is what the hashes are for.
CREATE TRIGGER journal_is_never_changed BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_is_never_shortened BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

-- One row that the health check rewrites, so that a full or dead disk is found before a citizen finds it.
CREATE TABLE health (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    -- How often it was written.
    beats INTEGER NOT NULL
) STRICT;
