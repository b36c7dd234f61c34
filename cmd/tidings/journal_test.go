package main

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"weak"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/sqllog"
)

// publishOnce publishes an event under the key, and tells whether it took effect.
func publishOnce(t *testing.T, j journal, key string) bool {
	t.Helper()
	render := func([]realtime.Entry) []byte { return []byte(strings.Repeat("x", 1000)) }
	_, entries, err := j.commit(context.Background(), once{key: key, request: "r"}, []step{{event: realtime.Event{Topic: "list:a"}}}, render)
	if err != nil {
		t.Fatal(err)
	}
	return len(entries) > 0
}

// journals runs the test on fake time with each kind of log, as the flags have it.
func journals(t *testing.T, test func(t *testing.T, j journal), args ...string) {
	for name, log := range map[string]string{"memory": "memory", "sqlite": filepath.Join(t.TempDir(), "tidings.db")} {
		t.Run(name, func(t *testing.T) {
			c, _, err := parse(t, append(args, "--log="+log)...)
			if err != nil {
				t.Fatal(err)
			}
			synctest.Test(t, func(t *testing.T) {
				j, err := c.openJournal(context.Background())
				if err != nil {
					t.Fatal(err)
				}
				test(t, j)
				if err := j.close(); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// An Idempotency-Key is good for 24 hours, and then forgotten, even when nobody
// publishes any more.
// Guarantees: S9
func TestAnIdempotencyKeyIsGoodForADay(t *testing.T) {
	journals(t, func(t *testing.T, j journal) {
		publishOnce(t, j, "key")
		time.Sleep(24*time.Hour - 2*time.Minute)
		if publishOnce(t, j, "key") {
			t.Error("the key was forgotten before its time")
		}
		time.Sleep(4 * time.Minute)
		synctest.Wait()
		if j, ok := j.(*memoryJournal); ok {
			j.mu.Lock()
			if len(j.answers) != 0 || j.bytes != 0 {
				t.Errorf("%d answers with %d bytes are left", len(j.answers), j.bytes)
			}
			j.mu.Unlock()
		}
		if !publishOnce(t, j, "key") {
			t.Error("the key is known still")
		}
	})
}

// The log keeps as many events as --keep-count says, for as long as --keep-age
// says, and gives their room back within a minute though nobody publishes.
func TestTheLogKeepsWhatTheFlagsSay(t *testing.T) {
	const topic = realtime.Topic("list:a")
	journals(t, func(t *testing.T, j journal) {
		var payloads []weak.Pointer[byte]
		for range 5 {
			payload := json.RawMessage(`"` + strings.Repeat("x", 4096) + `"`)
			payloads = append(payloads, weak.Make(&payload[0]))
			_, _, err := j.commit(context.Background(), once{}, []step{{event: realtime.Event{Topic: topic, Payload: payload}}}, func([]realtime.Entry) []byte { return nil })
			if err != nil {
				t.Fatal(err)
			}
		}
		// held is how many events take room still.
		held := func() (n int) {
			if j, ok := j.(*sqliteJournal); ok {
				if err := j.readers.QueryRow(`SELECT COUNT(*) FROM tidings_events`).Scan(&n); err != nil {
					t.Fatal(err)
				}
				return n
			}
			runtime.GC()
			for _, p := range payloads {
				if p.Value() != nil {
					n++
				}
			}
			return n
		}
		check := func(floor realtime.Seq, events int) {
			t.Helper()
			synctest.Wait()
			heads, err := j.Heads(context.Background(), []realtime.Topic{topic})
			if err != nil || heads[0].Seq != 5 || heads[0].Floor != floor || held() != events {
				t.Errorf("%+v, %v, with %d events held; want the floor %d and %d events", heads, err, held(), floor, events)
			}
		}
		time.Sleep(time.Minute + time.Second)
		check(3, 2)
		time.Sleep(time.Hour - 2*time.Minute)
		check(3, 2)
		time.Sleep(2*time.Minute + time.Second)
		check(5, 0)
	}, "--keep-count=2", "--keep-age=1h")
}

// A topic that has neither history nor subscribers is forgotten within a minute of
// its last event's end; nobody gets its positions again.
// Guarantees: A30
func TestTopicsAreForgotten(t *testing.T) {
	journals(t, func(t *testing.T, j journal) {
		ctx := context.Background()
		publish := func(topic realtime.Topic) realtime.Seq {
			t.Helper()
			_, entries, err := j.commit(ctx, once{}, []step{{event: realtime.Event{Topic: topic}}}, told)
			if err != nil {
				t.Fatal(err)
			}
			return entries[0].Seq
		}
		known := func(want int) {
			t.Helper()
			synctest.Wait()
			if n, err := j.knownTopics(ctx); n != want || err != nil {
				t.Errorf("the log knows %d topics, %v; want %d", n, err, want)
			}
		}
		publish("list:read")
		publish("list:unread")
		time.Sleep(2 * time.Hour)
		known(2) // nobody has said that topics may be forgotten
		j.forgetUnused(func(topic realtime.Topic) bool { return topic == "list:read" })
		time.Sleep(time.Minute)
		known(1)
		if read, unread := publish("list:read"), publish("list:unread"); read != 2 || unread <= 1 {
			t.Errorf("they go on at %d and %d; want 2, and no position twice", read, unread)
		}
		known(2)
	}, "--keep-age=1h")
}

// What the hub has answered is on the disk: no crash takes it back.
// Guarantees: S11
func TestTheLogInAFileIsDurable(t *testing.T) {
	j, err := openSQLite(t.Context(), filepath.Join(t.TempDir(), "tidings.db"), "test", sqllog.Options{}, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = j.close() }()
	var mode string
	var synchronous int
	if err := errors.Join(j.writer.QueryRow(`PRAGMA journal_mode`).Scan(&mode), j.writer.QueryRow(`PRAGMA synchronous`).Scan(&synchronous)); err != nil {
		t.Fatal(err)
	}
	const full = 2 // each commit waits for the disk
	if mode != "wal" || synchronous != full {
		t.Errorf("journal_mode %s, synchronous %d; want wal, and %d", mode, synchronous, full)
	}
}
