package hublog

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"weak"

	"github.com/familygifting/tidings/internal/sqlitefile"
	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/jwtauth"
)

// publishOnce publishes an event under the key, and reports whether it took effect.
func publishOnce(t *testing.T, log Log, key string) (took bool) {
	t.Helper()
	p := Publication{
		Key: key, Request: "r", Steps: oneEvent("list:a"),
		Committed: func([]realtime.Entry) { took = true },
	}
	if _, err := log.Commit(context.Background(), p); err != nil {
		t.Fatal(err)
	}
	synctest.Wait() // it is called behind the commit
	return took
}

// oneEvent appends an event to the topic.
func oneEvent(topic realtime.Topic) []Step { return []Step{{Events: []realtime.Event{{Topic: topic}}}} }

// appendEvent appends an event, and returns its entry.
func appendEvent(t *testing.T, log Log, e realtime.Event) realtime.Entry {
	t.Helper()
	r, err := log.Commit(context.Background(), Publication{Steps: []Step{{Events: []realtime.Event{e}}}})
	if err != nil || len(r.Entries) != 1 {
		t.Fatalf("entries = %+v, %v", r.Entries, err)
	}
	return r.Entries[0]
}

// everyLog runs the test on fake time with each kind of log.
func everyLog(t *testing.T, opts Options, test func(t *testing.T, log Log)) {
	opts.Logger = slog.New(slog.DiscardHandler)
	for name, open := range map[string]func(t *testing.T) (Log, error){
		"memory": func(*testing.T) (Log, error) { return NewMemory(opts), nil },
		"file": func(t *testing.T) (Log, error) {
			return OpenFile(context.Background(), filepath.Join(t.TempDir(), "tidings.db"), "test", opts)
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				log, err := open(t)
				if err != nil {
					t.Fatal(err)
				}
				test(t, log)
				if err := log.Close(); err != nil {
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
	everyLog(t, Options{}, func(t *testing.T, log Log) {
		publishOnce(t, log, "key")
		time.Sleep(24*time.Hour - 2*time.Minute)
		if publishOnce(t, log, "key") {
			t.Error("the key was forgotten before its time")
		}
		time.Sleep(4 * time.Minute)
		synctest.Wait()
		if m, ok := log.(*memory); ok {
			m.mu.Lock()
			if len(m.answers) != 0 || m.bytes != 0 {
				t.Errorf("%d answers with %d bytes are left", len(m.answers), m.bytes)
			}
			m.mu.Unlock()
		}
		if !publishOnce(t, log, "key") {
			t.Error("the key is known still")
		}
	})
}

// The log keeps as many events as its options say, for as long as they
// say, and gives their room back within a minute though nobody publishes.
func TestTheLogKeepsWhatItsOptionsSay(t *testing.T) {
	const topic = realtime.Topic("list:a")
	everyLog(t, Options{KeepCount: 2, KeepAge: time.Hour}, func(t *testing.T, log Log) {
		var payloads []weak.Pointer[byte]
		for range 5 {
			payload := json.RawMessage(`"` + strings.Repeat("x", 4096) + `"`)
			payloads = append(payloads, weak.Make(&payload[0]))
			appendEvent(t, log, realtime.Event{Topic: topic, Payload: payload})
		}
		// held is how many events take room still.
		held := func() (n int) {
			if f, ok := log.(*file); ok {
				if err := f.readers.QueryRow(`SELECT COUNT(*) FROM tidings_events`).Scan(&n); err != nil {
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
			heads, err := log.Heads(context.Background(), []realtime.Topic{topic})
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
	})
}

// A topic that has neither history nor subscribers is forgotten within a minute of
// its last event's end; nobody gets its positions again.
// Guarantees: A30
func TestTopicsAreForgotten(t *testing.T) {
	everyLog(t, Options{KeepAge: time.Hour}, func(t *testing.T, log Log) {
		ctx := context.Background()
		publish := func(topic realtime.Topic) realtime.Seq {
			t.Helper()
			return appendEvent(t, log, realtime.Event{Topic: topic}).Seq
		}
		known := func(want int) {
			t.Helper()
			synctest.Wait()
			if n, err := log.CountTopics(ctx); n != want || err != nil {
				t.Errorf("the log knows %d topics, %v; want %d", n, err, want)
			}
		}
		publish("list:read")
		publish("list:unread")
		time.Sleep(2 * time.Hour)
		known(2) // nobody has said that topics may be forgotten
		log.ForgetUnused(func(topic realtime.Topic) bool { return topic == "list:read" })
		time.Sleep(time.Minute)
		known(1)
		if read, unread := publish("list:read"), publish("list:unread"); read != 2 || unread <= 1 {
			t.Errorf("they go on at %d and %d; want 2, and no position twice", read, unread)
		}
		known(2)
	})
}

// What the hub has answered is on the disk: no crash takes it back.
// Guarantees: S11
func TestTheLogInAFileIsDurable(t *testing.T) {
	log, err := OpenFile(t.Context(), filepath.Join(t.TempDir(), "tidings.db"), "test", Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = log.Close() }()
	var mode string
	var synchronous int
	err = log.(*file).write(t.Context(), func(ctx context.Context, tx sqlitefile.Tx) error {
		return errors.Join(tx.QueryRowContext(ctx, `PRAGMA journal_mode`).Scan(&mode), tx.QueryRowContext(ctx, `PRAGMA synchronous`).Scan(&synchronous))
	})
	if err != nil {
		t.Fatal(err)
	}
	const full = 2 // each commit waits for the disk
	if mode != "wal" || synchronous != full {
		t.Errorf("journal_mode %s, synchronous %d; want wal, and %d", mode, synchronous, full)
	}
}

// A database of another program is refused, and left as it is.
func TestTheFileOfAnotherProgram(t *testing.T) {
	path := filepath.Join(t.TempDir(), "app.db")
	db, err := sqlitefile.Open("", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), `CREATE TABLE gifts (id TEXT)`); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	before, _ := os.ReadFile(path)
	_, opening := OpenFile(t.Context(), path, "test", Options{})
	for what, err := range map[string]error{"OpenFile": opening, "NewEpoch": NewEpoch(t.Context(), path, "test")} {
		if err == nil || !strings.Contains(err.Error(), "another program") {
			t.Errorf("%s: %v", what, err)
		}
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
		t.Errorf("it has changed (%v)", err)
	}
}

// Entries are handed over in the order of the commits, each once.
func TestEntriesComeInTheOrderOfTheCommits(t *testing.T) {
	everyLog(t, Options{}, func(t *testing.T, log Log) {
		const publications = 100
		came := make(chan realtime.Seq, 2*publications)
		var publishers sync.WaitGroup
		for range publications {
			publishers.Go(func() {
				_, err := log.Commit(context.Background(), Publication{
					Steps:     oneEvent("list:a"),
					Committed: func(entries []realtime.Entry) { came <- entries[0].Seq },
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		publishers.Wait()
		synctest.Wait()
		close(came)
		want := realtime.Seq(1)
		for seq := range came {
			if seq != want {
				t.Fatalf("got %d; want %d", seq, want)
			}
			want++
		}
		if want != publications+1 {
			t.Errorf("%d came of %d", want-1, publications)
		}
	})
}

// Revocations are kept beside the log, and go when they say nothing any more.
func TestRevocationsAreKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tidings.db")
	now := time.Unix(1_800_000_000, 0)
	for i, want := range []int{0, 2, 1} {
		log, err := OpenFile(t.Context(), path, "test", Options{})
		if err != nil {
			t.Fatal(err)
		}
		store := log.Revocations()
		records, err := store.Load(t.Context())
		if err != nil || len(records) != want {
			t.Errorf("start %d: %+v, %v; want %d", i, records, err, want)
		}
		if i == 0 {
			err = store.Save(t.Context(), []jwtauth.Record{{Subject: jwtauth.Subject{User: "ada"}, At: now}, {Subject: jwtauth.Subject{Session: "s", Topic: "a:*"}, At: now.Add(-time.Hour)}})
		} else {
			err = store.Forget(t.Context(), now)
		}
		if err := errors.Join(err, log.Close()); err != nil {
			t.Fatal(err)
		}
	}
}
