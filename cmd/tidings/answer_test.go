package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/sqllog"
)

// told renders what an answer tells of entries.
func told(entries []realtime.Entry) []byte {
	var b strings.Builder
	for _, e := range entries {
		fmt.Fprintln(&b, e.ID, e.Topic, e.Epoch, e.Seq)
	}
	return []byte(b.String())
}

// What is remembered of publications has a bound, within which the latest stay.
// Guarantees: A30
func TestAnswersAreBounded(t *testing.T) {
	journals(t, func(t *testing.T, j journal) {
		for i := range 200 {
			if !publishOnce(t, j, fmt.Sprint("key", i)) {
				t.Fatalf("publication %d was not taken", i)
			}
		}
		if publishOnce(t, j, "key199") {
			t.Error("the latest key was forgotten")
		}
		if !publishOnce(t, j, "key0") {
			t.Error("the oldest key is known still: the bound holds nothing")
		}
		switch j := j.(type) {
		case *memoryJournal:
			if j.bytes > 20_000 || len(j.answers) != len(j.keys) || len(j.keys) < 20 {
				t.Errorf("%d bytes of %d answers by %d keys", j.bytes, len(j.answers), len(j.keys))
			}
		case *sqliteJournal:
			var n, bytes int
			err := j.readers.QueryRow(`SELECT COUNT(*), SUM(LENGTH(key) + LENGTH(request) + LENGTH(answer)) FROM tidings_answers`).Scan(&n, &bytes)
			if err != nil || n < 50 || bytes/n+rowOverhead > 150 || bytes+n*rowOverhead > 20_000+150 { // and the one that exceeds it
				t.Errorf("%d answers with %d bytes, %v", n, bytes, err)
			}
		}
	}, "--answer-bytes=20000")
}

// A repeated publication gets the answer of the first, byte by byte, though what is
// kept of it is small: a withdrawal among the events included.
// Guarantees: S9
func TestARepeatedPublicationIsAnsweredAlike(t *testing.T) {
	steps := []step{
		{event: realtime.Event{Topic: "list:a"}},
		{event: realtime.Event{Topic: "list:b", ID: "mine"}},
		{withdraw: &withdrawal{topic: "list:a", users: []string{"ada"}}},
		{event: realtime.Event{Topic: "list:a"}},
	}
	journals(t, func(t *testing.T, j journal) {
		ctx, key := context.Background(), once{key: "k", request: "r"}
		first, entries, err := j.commit(ctx, key, steps, told)
		if err != nil || len(entries) != 3 || entries[0].Generation != 0 || entries[2].Generation != 1 || entries[2].Seq != 2 {
			t.Fatalf("entries = %+v, %v; want three, around a withdrawal", entries, err)
		}
		again, none, err := j.commit(ctx, key, steps, told)
		if err != nil || len(none) != 0 || string(again) != string(first) {
			t.Errorf("again: %q, %v, %v; want %q and no entries", again, none, err, first)
		}
		if _, _, err := j.commit(ctx, once{key: "k", request: "other"}, steps, told); !errors.Is(err, errKeyReused) {
			t.Errorf("the key for another request: %v; want %v", err, errKeyReused)
		}
		if _, _, err := j.commit(ctx, key, steps[:2], told); err == nil {
			t.Error("an answer to other events was taken for this one's")
		}
		heads, err := j.Heads(ctx, []realtime.Topic{"list:a"})
		if err != nil || heads[0].Seq != 2 || heads[0].Generation != 1 {
			t.Errorf("heads = %+v, %v; want everything done once", heads, err)
		}
		if record := newRecord(steps, entries); len(record) > 100 {
			t.Errorf("%d bytes are kept of three events", len(record))
		}
	})
}

// Nothing of a commit is done when one of its steps cannot be.
// Guarantees: A31
func TestACommitIsWhole(t *testing.T) {
	journals(t, func(t *testing.T, j journal) {
		ctx, key := context.Background(), once{key: "k", request: "r"}
		bad := []step{{event: realtime.Event{Topic: "list:a"}}, {withdraw: &withdrawal{topic: "list:a", users: []string{"ada", "ada"}}}}
		if _, _, err := j.commit(ctx, key, bad, told); err == nil || !strings.Contains(err.Error(), "users[1]") {
			t.Errorf("commit = %v; want the duplicate user named", err)
		}
		heads, err := j.Heads(ctx, []realtime.Topic{"list:a"})
		if err != nil || heads[0].Seq != 0 || heads[0].Generation != 0 {
			t.Errorf("heads = %+v, %v; want nothing done", heads, err)
		}
		if _, entries, err := j.commit(ctx, key, bad[:1], told); err != nil || len(entries) != 1 {
			t.Errorf("the key, once more: %v, %v; want it free", entries, err)
		}
	})
}

// FuzzRecord reads what may stand in a file in place of an answer.
func FuzzRecord(f *testing.F) {
	steps := []step{{event: realtime.Event{Topic: "list:a"}}, {event: realtime.Event{Topic: "list:b", ID: "mine"}}}
	f.Add(newRecord(steps, []realtime.Entry{
		{Event: realtime.Event{ID: "x"}, Position: realtime.Position{Epoch: "e", Seq: 7}}, {Position: realtime.Position{Epoch: "e", Seq: 300}},
	}))
	f.Add([]byte{recordForm, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1})
	f.Fuzz(func(t *testing.T, record []byte) {
		if len(record) == 0 {
			return
		}
		entries, err := readRecord(record, steps)
		if err == nil && len(entries) != len(steps) {
			t.Errorf("%d entries of %d events", len(entries), len(steps))
		}
	})
}

// A log that the version before kept goes on: what was published with a key is not
// taken once more, and gets its answer.
func TestALogOfTheVersionBefore(t *testing.T) {
	script, err := os.ReadFile("../../realtime/sqllog/testdata/version-1.sql")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "tidings.db")
	db, err := sql.Open("sqlite", "file:"+file)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Exec(string(script))
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second start finds nothing to do
		j, err := openSQLite(t.Context(), file, "test", sqllog.Options{}, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		// The body is the one that was published then.
		request := hash([]byte(`{"topic":"list-items:1","event":"ADDED","data":{"entity_id":"a","payload":{"name":"Ünïcode \"x\""},"user_id":"ada","timestamp":"2026-11-01T10:00:00Z"},"version":1,"mutation_id":"m1"}`))
		body, entries, err := j.commit(t.Context(), once{"k1", request}, []step{{event: realtime.Event{Topic: "list-items:1"}}}, told)
		if err != nil || len(entries) != 0 || !strings.HasPrefix(string(body), `{"id":"`) || !strings.HasSuffix(string(body), `"seq":1}`) {
			t.Errorf("k1 = %s, %v, %v; want the answer of then", body, entries, err)
		}
		if err := j.close(); err != nil {
			t.Fatal(err)
		}
	}
}
