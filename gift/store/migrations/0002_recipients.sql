-- +goose Up
-- A card says whom it is for, and where planners would buy it. Two cards of a
-- list may hold the same gift, since each may be hidden from those who see the
-- other: SQLite drops a UNIQUE only with its table.

CREATE TABLE cards (
    id                TEXT PRIMARY KEY,
    list_id           TEXT NOT NULL REFERENCES lists (id),
    gift_id           TEXT NOT NULL REFERENCES gifts (id),
    status            TEXT NOT NULL,
    position          TEXT NOT NULL,
    recipient_ids     TEXT NOT NULL, -- sorted
    assignee_id       TEXT REFERENCES users (id),
    notes             TEXT NOT NULL,
    price_amount      INTEGER,
    price_currency    TEXT,
    discount_amount   INTEGER,
    discount_currency TEXT,
    link              TEXT NOT NULL,
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
    planned           BOOLEAN NOT NULL
);

INSERT INTO cards SELECT i.id, i.list_id, i.gift_id, i.status, i.position,
    CASE WHEN l.person_id IS NULL THEN '[]' ELSE '["' || l.person_id || '"]' END,
    i.assignee_id, i.notes, i.price_amount, i.price_currency, i.discount_amount, i.discount_currency, '',
    i.quantity, i.surprise, i.version, i.created_at, i.updated_at, i.wish_id, i.wished_at, i.planned
    FROM list_items i JOIN lists l ON l.id = i.list_id;

DROP TABLE list_items;
ALTER TABLE cards RENAME TO list_items;
CREATE INDEX list_items_by_place ON list_items (list_id, status, position, id);
CREATE INDEX list_items_by_gift ON list_items (gift_id);

-- +goose Down
-- There is none: what is hidden from some would become visible. Use the copy
-- that was made before.
