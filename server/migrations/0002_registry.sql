-- Who may sign in. No citizen is ever in here.
CREATE TABLE accounts (
    -- The name typed to sign in; also the officer's id in the journal.
    name TEXT PRIMARY KEY,
    -- The name that colleagues see.
    shown TEXT NOT NULL,
    -- officer, manager or administrator.
    role TEXT NOT NULL CHECK (role IN ('officer', 'manager', 'administrator')),
    -- Argon2id in PHC form, with its own salt and parameters.
    password TEXT NOT NULL,
    -- Milliseconds since the Unix epoch.
    changed_at INTEGER NOT NULL
) STRICT;

-- Who is signed in.
CREATE TABLE sessions (
    -- SHA-256 of the token: a stolen copy of this table opens nothing.
    token_hash BLOB PRIMARY KEY CHECK (length(token_hash) = 32),
    account TEXT NOT NULL REFERENCES accounts (name) ON DELETE CASCADE,
    started_at INTEGER NOT NULL,
    -- Written now and then, not at every request.
    used_at INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_by_account ON sessions (account);

-- Kiosks and displays that a manager approved.
CREATE TABLE devices (
    device TEXT PRIMARY KEY,
    -- kiosk or display.
    kind TEXT NOT NULL CHECK (kind IN ('kiosk', 'display')),
    -- The zone of a display.
    zone TEXT,
    -- SHA-256 of the token.
    token_hash BLOB NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    paired_at INTEGER NOT NULL,
    -- When a manager took it out of use; absent while it is in use.
    revoked_at INTEGER
) STRICT;
