CREATE TABLE banners (
    id INTEGER UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    name VARCHAR(40) NOT NULL
);

CREATE TABLE knights (
    knight_id CHAR(36) NOT NULL PRIMARY KEY,
    mail VARCHAR(320) NOT NULL,
    password_hash VARCHAR(1024) NOT NULL,
    is_active BOOLEAN NOT NULL DEFAULT TRUE,
    is_superuser BOOLEAN NOT NULL DEFAULT FALSE,
    is_verified BOOLEAN NOT NULL DEFAULT FALSE,
    handle VARCHAR(20) NOT NULL UNIQUE CHECK (handle <> 'nobody'),
    `rank` ENUM ('squire', 'knight') NOT NULL,
    arms JSON NOT NULL,
    knighted_at DATETIME(6),
    sworn_at TIMESTAMP(6) NULL,
    banner INTEGER UNSIGNED,
    UNIQUE uq_mail (mail),
    FOREIGN KEY (banner) REFERENCES banners (id)
);

CREATE TABLE horses (
    id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    name VARCHAR(40) NOT NULL,
    rider CHAR(36) NOT NULL,
    FOREIGN KEY (rider) REFERENCES knights (knight_id) ON DELETE CASCADE
);

CREATE TABLE duels (
    id INTEGER AUTO_INCREMENT PRIMARY KEY,
    winner CHAR(36),
    loser CHAR(36),
    FOREIGN KEY (winner) REFERENCES knights (knight_id) ON DELETE RESTRICT,
    FOREIGN KEY (loser) REFERENCES knights (knight_id)
);
