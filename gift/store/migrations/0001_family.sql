-- +goose Up
-- Times are microseconds since 1970 in UTC, dates are YYYY-MM-DD, money is two
-- columns that are null together, and small lists that are only ever read with
-- their row are JSON.

CREATE TABLE family (
    id       INTEGER PRIMARY KEY CHECK (id = 1),
    name     TEXT NOT NULL,
    currency TEXT NOT NULL
);

CREATE TABLE persons (
    id           TEXT PRIMARY KEY,
    name         TEXT NOT NULL,
    sort_name    TEXT NOT NULL,
    relationship TEXT NOT NULL,
    birthdate    TEXT,
    anniversary  TEXT,
    notes        TEXT NOT NULL,
    interests    TEXT NOT NULL,
    sizes        TEXT NOT NULL,
    constraints  TEXT NOT NULL,
    photo_url    TEXT NOT NULL,
    color        TEXT NOT NULL,
    version      INTEGER NOT NULL,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    -- What this person's own account may not notice: how many versions changed
    -- only what is kept from it, and when it last changed in its eyes.
    unseen       INTEGER NOT NULL DEFAULT 0,
    seen_at      INTEGER NOT NULL
);
CREATE INDEX persons_by_name ON persons (sort_name, id);

CREATE TABLE users (
    id            TEXT PRIMARY KEY,
    name          TEXT NOT NULL,
    email         TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    admin         BOOLEAN NOT NULL,
    person_id     TEXT UNIQUE REFERENCES persons (id),
    created_at    INTEGER NOT NULL
);

CREATE TABLE invites (
    id         TEXT PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    person_id  TEXT REFERENCES persons (id) ON DELETE SET NULL,
    created_by TEXT NOT NULL REFERENCES users (id),
    expires_at INTEGER NOT NULL,
    used_at    INTEGER
);
CREATE INDEX invites_by_person ON invites (person_id);

CREATE TABLE sessions (
    id         TEXT PRIMARY KEY,
    user_id    TEXT NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER
);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE refresh_tokens (
    hash       TEXT PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    expires_at INTEGER NOT NULL,
    used_at    INTEGER
);
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id);

CREATE TABLE occasions (
    id              TEXT PRIMARY KEY,
    name            TEXT NOT NULL,
    type            TEXT NOT NULL,
    date            TEXT NOT NULL,
    description     TEXT NOT NULL,
    budget_amount   INTEGER,
    budget_currency TEXT,
    recurrence_rule TEXT NOT NULL,
    version         INTEGER NOT NULL,
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL
);

CREATE TABLE occasion_people (
    occasion_id     TEXT NOT NULL REFERENCES occasions (id) ON DELETE CASCADE,
    person_id       TEXT NOT NULL REFERENCES persons (id) ON DELETE CASCADE,
    place           INTEGER NOT NULL, -- among the people; -1 once they are none of them any more
    budget_amount   INTEGER,
    budget_currency TEXT,
    -- As in persons: what the person's own account may not notice.
    unseen          INTEGER NOT NULL DEFAULT 0,
    seen_at         INTEGER NOT NULL,
    PRIMARY KEY (occasion_id, person_id)
);
CREATE INDEX occasion_people_by_person ON occasion_people (person_id);

CREATE TABLE lists (
    id                 TEXT PRIMARY KEY,
    name               TEXT NOT NULL,
    type               TEXT NOT NULL,
    visibility         TEXT NOT NULL,
    hidden_from_person BOOLEAN NOT NULL,
    owner_id           TEXT NOT NULL REFERENCES users (id),
    person_id          TEXT REFERENCES persons (id) ON DELETE SET NULL,
    occasion_id        TEXT REFERENCES occasions (id) ON DELETE SET NULL,
    description        TEXT NOT NULL,
    version            INTEGER NOT NULL,
    created_at         INTEGER NOT NULL,
    updated_at         INTEGER NOT NULL
);
CREATE INDEX lists_by_age ON lists (created_at, id);
CREATE INDEX lists_by_person ON lists (person_id);
CREATE INDEX lists_by_occasion ON lists (occasion_id);

CREATE TABLE gifts (
    id               TEXT PRIMARY KEY,
    -- Who created it, until they delete it.
    creator_id       TEXT REFERENCES users (id),
    name             TEXT NOT NULL,
    url              TEXT NOT NULL,
    price_amount     INTEGER,
    price_currency   TEXT,
    sale_amount      INTEGER,
    sale_currency    TEXT,
    image_url        TEXT NOT NULL,
    source           TEXT NOT NULL,
    description      TEXT NOT NULL,
    notes            TEXT NOT NULL,
    priority         TEXT NOT NULL,
    quantity         INTEGER NOT NULL,
    additional_links TEXT NOT NULL,
    person_ids       TEXT NOT NULL,
    version          INTEGER NOT NULL,
    created_at       INTEGER NOT NULL,
    updated_at       INTEGER NOT NULL
);
CREATE INDEX gifts_by_age ON gifts (created_at, id);

CREATE TABLE list_items (
    id                TEXT PRIMARY KEY,
    list_id           TEXT NOT NULL REFERENCES lists (id),
    gift_id           TEXT NOT NULL REFERENCES gifts (id),
    status            TEXT NOT NULL,
    position          TEXT NOT NULL,
    assignee_id       TEXT REFERENCES users (id),
    notes             TEXT NOT NULL,
    price_amount      INTEGER,
    price_currency    TEXT,
    discount_amount   INTEGER,
    discount_currency TEXT,
    quantity          INTEGER NOT NULL,
    surprise          BOOLEAN NOT NULL,
    version           INTEGER NOT NULL,
    created_at        INTEGER NOT NULL,
    updated_at        INTEGER NOT NULL,
    -- The item as a wish: a name and a time of its own, new each time it becomes
    -- one, so that neither tells the wisher that the item was there before.
    wish_id           TEXT NOT NULL UNIQUE,
    wished_at         INTEGER NOT NULL,
    -- Whether planners had it as a surprise before it became a wish.
    planned           BOOLEAN NOT NULL,
    UNIQUE (list_id, gift_id)
);
CREATE INDEX list_items_by_place ON list_items (list_id, status, position, id);
CREATE INDEX list_items_by_gift ON list_items (gift_id);

CREATE TABLE mutations (
    seq          INTEGER PRIMARY KEY,
    user_id      TEXT NOT NULL,
    id           TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    result       TEXT NOT NULL,
    at           INTEGER NOT NULL,
    UNIQUE (user_id, id)
);

-- +goose Down
DROP TABLE mutations;
DROP TABLE list_items;
DROP TABLE gifts;
DROP TABLE lists;
DROP TABLE occasion_people;
DROP TABLE occasions;
DROP TABLE refresh_tokens;
DROP TABLE sessions;
DROP TABLE invites;
DROP TABLE users;
DROP TABLE persons;
DROP TABLE family;
