CREATE TABLE banners (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL
);

CREATE TABLE knights (
    knight_id CHAR(36) NOT NULL PRIMARY KEY,
    mail VARCHAR(320) NOT NULL UNIQUE,
    password_hash VARCHAR(1024) NOT NULL,
    is_active BOOLEAN NOT NULL DEFAULT TRUE,
    is_superuser BOOLEAN NOT NULL DEFAULT FALSE,
    is_verified BOOLEAN NOT NULL DEFAULT FALSE,
    handle VARCHAR(20) NOT NULL UNIQUE CHECK (length(handle) <= 20 AND handle <> 'nobody'),
    "rank" TEXT NOT NULL CHECK ("rank" IN ('squire', 'knight')),
    arms TEXT NOT NULL,
    knighted_at TIMESTAMP,
    sworn_at DATETIME,
    banner INTEGER REFERENCES banners (id)
);

CREATE UNIQUE INDEX knights_by_mail ON knights (lower(mail));

CREATE TABLE horses (
    id INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    rider CHAR(36) NOT NULL REFERENCES knights (knight_id) ON DELETE CASCADE
);

CREATE TABLE duels (
    id INTEGER NOT NULL PRIMARY KEY,
    winner CHAR(36) REFERENCES knights (knight_id) ON DELETE RESTRICT,
    loser CHAR(36) REFERENCES knights (knight_id) DEFERRABLE INITIALLY DEFERRED
);
