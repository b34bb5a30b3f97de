CREATE TYPE knight_rank AS ENUM ('squire', 'knight');

CREATE TABLE banners (
    id SERIAL PRIMARY KEY,
    name TEXT NOT NULL
);

CREATE TABLE knights (
    knight_id UUID PRIMARY KEY,
    mail VARCHAR(320) NOT NULL CONSTRAINT uq_mail UNIQUE,
    password_hash VARCHAR(1024) NOT NULL,
    is_active BOOLEAN NOT NULL DEFAULT TRUE,
    is_superuser BOOLEAN NOT NULL DEFAULT FALSE,
    is_verified BOOLEAN NOT NULL DEFAULT FALSE,
    handle VARCHAR(20) NOT NULL UNIQUE CHECK (handle <> 'nobody'),
    rank knight_rank NOT NULL,
    arms JSONB NOT NULL,
    knighted_at TIMESTAMPTZ,
    sworn_at TIMESTAMP,
    banner INTEGER REFERENCES banners (id)
);

CREATE UNIQUE INDEX knights_by_mail ON knights (lower(mail)) WHERE handle <> '';

CREATE TABLE horses (
    id BIGSERIAL PRIMARY KEY,
    name TEXT NOT NULL,
    rider UUID NOT NULL REFERENCES knights (knight_id) ON DELETE CASCADE
);

CREATE TABLE duels (
    id SERIAL PRIMARY KEY,
    winner UUID REFERENCES knights (knight_id) ON DELETE RESTRICT,
    loser UUID REFERENCES knights (knight_id) DEFERRABLE INITIALLY DEFERRED
);
