-- A family as schema 1 kept it, written by the program of that time.
BEGIN TRANSACTION;
CREATE TABLE family (
    id       INTEGER PRIMARY KEY CHECK (id = 1),
    name     TEXT NOT NULL,
    currency TEXT NOT NULL
);
INSERT INTO "family" VALUES(1,'The Byrons','EUR');
CREATE TABLE gift_migrations (
		id INTEGER PRIMARY KEY AUTOINCREMENT,
		version_id INTEGER NOT NULL,
		is_applied INTEGER NOT NULL,
		tstamp TIMESTAMP DEFAULT (datetime('now'))
	);
INSERT INTO "gift_migrations" VALUES(1,0,1,'2026-11-30 05:59:36');
INSERT INTO "gift_migrations" VALUES(2,1,1,'2026-11-30 05:59:36');
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
INSERT INTO "gifts" VALUES('dbbshxmjc14144ydr24m','vx83yvtv5e4ynwastnvx','Kite','',NULL,NULL,NULL,NULL,'','','','','medium',1,'[]','[]',1,1796018376683769,1796018376683769);
INSERT INTO "gifts" VALUES('wk280dzd9m0j5r0ssvn2','vx83yvtv5e4ynwastnvx','Ball','',NULL,NULL,NULL,NULL,'','','','','medium',1,'[]','[]',1,1796018376688664,1796018376688664);
INSERT INTO "gifts" VALUES('vw5zqg6f6frtxbzj0j5p','sk53q7d8d0nxfb91nr2e','Drum','',NULL,NULL,NULL,NULL,'','','','','medium',1,'[]','[]',1,1796018376690326,1796018376690326);
INSERT INTO "gifts" VALUES('5rttfmvqm6ph9vcxj0t4','vx83yvtv5e4ynwastnvx','Lamp','',NULL,NULL,NULL,NULL,'','','','','medium',1,'[]','[]',1,1796018376690751,1796018376690751);
CREATE TABLE invites (
    id         TEXT PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    person_id  TEXT REFERENCES persons (id) ON DELETE SET NULL,
    created_by TEXT NOT NULL REFERENCES users (id),
    expires_at INTEGER NOT NULL,
    used_at    INTEGER
);
INSERT INTO "invites" VALUES('qm4sq9ehdf70r4ygfwtk','t',NULL,'vx83yvtv5e4ynwastnvx',1796021976674527,1796018376675239);
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
INSERT INTO "list_items" VALUES('ndmjw4zhgrpscwgmjdf7','8m0dfcvksykrs3ep6qcm','dbbshxmjc14144ydr24m','purchased','V','sk53q7d8d0nxfb91nr2e','red',900,'EUR',NULL,NULL,1,1,2,1796018376683769,1796018376689163,'ndmjw4zhgrpscwgmjdf7',1796018376683769,0);
INSERT INTO "list_items" VALUES('gqvyp3x5vz72f7v6gc6r','8m0dfcvksykrs3ep6qcm','wk280dzd9m0j5r0ssvn2','idea','V001',NULL,'',NULL,NULL,NULL,NULL,1,1,1,1796018376688664,1796018376688664,'gqvyp3x5vz72f7v6gc6r',1796018376688664,0);
INSERT INTO "list_items" VALUES('5c7shh1e1bz1mmmg47ms','y8xdk972azjhm90zpt9g','dbbshxmjc14144ydr24m','idea','V',NULL,'',NULL,NULL,NULL,NULL,1,1,1,1796018376689736,1796018376689736,'5c7shh1e1bz1mmmg47ms',1796018376689736,0);
INSERT INTO "list_items" VALUES('45jmarpvextekngzbx8x','bqyb9ny8pnayrz6cf1ms','vw5zqg6f6frtxbzj0j5p','idea','V',NULL,'',NULL,NULL,NULL,NULL,1,0,1,1796018376690326,1796018376690326,'45jmarpvextekngzbx8x',1796018376690326,0);
INSERT INTO "list_items" VALUES('nea7am724ye0c7gchn4e','bqyb9ny8pnayrz6cf1ms','5rttfmvqm6ph9vcxj0t4','idea','V001',NULL,'',NULL,NULL,NULL,NULL,1,1,1,1796018376690751,1796018376690751,'nea7am724ye0c7gchn4e',1796018376690751,0);
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
INSERT INTO "lists" VALUES('8m0dfcvksykrs3ep6qcm','Shared','ideas','family',0,'vx83yvtv5e4ynwastnvx',NULL,NULL,'',1,1796018376680488,1796018376680488);
INSERT INTO "lists" VALUES('y8xdk972azjhm90zpt9g','About Ben','ideas','family',1,'vx83yvtv5e4ynwastnvx','c5mcqsg8hj9rv0z66nb2',NULL,'',1,1796018376682245,1796018376682245);
INSERT INTO "lists" VALUES('bqyb9ny8pnayrz6cf1ms','Ben''s wishes','wishlist','family',0,'sk53q7d8d0nxfb91nr2e','c5mcqsg8hj9rv0z66nb2',NULL,'',1,1796018376683386,1796018376683386);
CREATE TABLE mutations (
    seq          INTEGER PRIMARY KEY,
    user_id      TEXT NOT NULL,
    id           TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    result       TEXT NOT NULL,
    at           INTEGER NOT NULL,
    UNIQUE (user_id, id)
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
INSERT INTO "persons" VALUES('nxzxykh6rvg8er6hxn1f','Ada','ada','',NULL,NULL,'','[]','{}','[]','','#4f7a28',1,1796018376671912,1796018376671912,0,1796018376671912);
INSERT INTO "persons" VALUES('c5mcqsg8hj9rv0z66nb2','Ben','ben','',NULL,NULL,'','[]','{}','[]','','#4a5fc1',1,1796018376675412,1796018376675412,0,1796018376675412);
CREATE TABLE refresh_tokens (
    hash       TEXT PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    expires_at INTEGER NOT NULL,
    used_at    INTEGER
);
CREATE TABLE sessions (
    id         TEXT PRIMARY KEY,
    user_id    TEXT NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER
);
CREATE TABLE users (
    id            TEXT PRIMARY KEY,
    name          TEXT NOT NULL,
    email         TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    admin         BOOLEAN NOT NULL,
    person_id     TEXT UNIQUE REFERENCES persons (id),
    created_at    INTEGER NOT NULL
);
INSERT INTO "users" VALUES('vx83yvtv5e4ynwastnvx','Ada','ada@example.org','-',1,'nxzxykh6rvg8er6hxn1f',1796018376671912);
INSERT INTO "users" VALUES('sk53q7d8d0nxfb91nr2e','Ben','ben@example.org','-',0,'c5mcqsg8hj9rv0z66nb2',1796018376675412);
CREATE INDEX persons_by_name ON persons (sort_name, id);
CREATE INDEX invites_by_person ON invites (person_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id);
CREATE INDEX occasion_people_by_person ON occasion_people (person_id);
CREATE INDEX lists_by_age ON lists (created_at, id);
CREATE INDEX lists_by_person ON lists (person_id);
CREATE INDEX lists_by_occasion ON lists (occasion_id);
CREATE INDEX gifts_by_age ON gifts (created_at, id);
CREATE INDEX list_items_by_place ON list_items (list_id, status, position, id);
CREATE INDEX list_items_by_gift ON list_items (gift_id);
COMMIT;
