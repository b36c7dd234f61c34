package main

import (
	"database/sql"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/familygifting/tidings/gift/demo"
	"github.com/familygifting/tidings/realtime"
)

// TestADatabaseOfTheVersionBefore starts a dashboard on a database that the version
// before left behind: its log goes on where it was, so that open pages resume, and
// its members go on working.
// Guarantees: S5
func TestADatabaseOfTheVersionBefore(t *testing.T) {
	dir := t.TempDir()
	topics, before := leaveBehind(t, filepath.Join(dir, databaseFile))
	d := open(t, dir)
	heads, err := d.server.events.Heads(t.Context(), topics)
	if err != nil {
		t.Fatal(err)
	}
	for i, head := range heads {
		if head.Position != before[i] {
			t.Errorf("%s stands at %+v; want %+v", topics[i], head.Position, before[i])
		}
	}
	m := d.login(demo.Logins()[0])
	if response, body := m.send(http.MethodPost, "/lists", `{"name":"New","type":"ideas"}`, ""); response.StatusCode != http.StatusCreated {
		t.Errorf("a new list: %s %s", response.Status, body)
	}
}

// leaveBehind makes the database, and returns where its topics stand.
func leaveBehind(t *testing.T, path string) (topics []realtime.Topic, positions []realtime.Position) {
	t.Helper()
	script, err := os.ReadFile("testdata/version-1.sql")
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.Exec(string(script)); err != nil {
		t.Fatal(err)
	}
	rows, err := db.Query(`SELECT topic, value, seq FROM tidings_topics JOIN tidings_meta ON key = 'epoch'`)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var topic realtime.Topic
		var p realtime.Position
		if err := rows.Scan(&topic, &p.Epoch, &p.Seq); err != nil {
			t.Fatal(err)
		}
		topics, positions = append(topics, topic), append(positions, p)
	}
	if err := rows.Err(); err != nil || len(topics) < 10 {
		t.Fatal(len(topics), errors.Join(err, errors.New("the log of the version before has few topics")))
	}
	return topics, positions
}
