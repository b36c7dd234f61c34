package hublog

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/familygifting/tidings/internal/sqlitefile"
	"github.com/familygifting/tidings/realtime"
)

// said is what an answer says of entries.
func said(entries []realtime.Entry) string {
	var b strings.Builder
	for _, e := range entries {
		fmt.Fprintln(&b, e.ID, e.Topic, e.Epoch, e.Seq)
	}
	return b.String()
}

// What is remembered of publications has a bound, within which the latest stay.
// Guarantees: A30
func TestAnswersAreBounded(t *testing.T) {
	everyLog(t, Options{AnswerBytes: 20_000}, func(t *testing.T, log Log) {
		for i := range 200 {
			if !publishOnce(t, log, fmt.Sprint("key", i)) {
				t.Fatalf("publication %d was not taken", i)
			}
		}
		if publishOnce(t, log, "key199") {
			t.Error("the latest key was forgotten")
		}
		if !publishOnce(t, log, "key0") {
			t.Error("the oldest key is known still: the bound holds nothing")
		}
		switch log := log.(type) {
		case *memory:
			if log.bytes > 20_000 || len(log.answers) != len(log.keys) || len(log.keys) < 20 {
				t.Errorf("%d bytes of %d answers by %d keys", log.bytes, len(log.answers), len(log.keys))
			}
		case *file:
			var n, bytes int
			err := log.readers.QueryRow(`SELECT COUNT(*), SUM(LENGTH(key) + LENGTH(request) + LENGTH(answer)) FROM tidings_answers`).Scan(&n, &bytes)
			if err != nil || n < 50 || bytes/n+rowOverhead > 150 || bytes+n*rowOverhead > 20_000+150 { // and the one that exceeds it
				t.Errorf("%d answers with %d bytes, %v", n, bytes, err)
			}
		}
	})
}

// Publications that fail push no answers out, however many they are.
func TestAnAnswerThatIsUndoneLeavesNoTrace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tidings.db")
	synctest.Test(t, func(t *testing.T) {
		log, err := OpenFile(t.Context(), path, "test", Options{AnswerBytes: 20_000})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = log.Close() }()
		publishOnce(t, log, "key")
		undone := errors.New("undone")
		for i := range 500 {
			f := log.(*file)
			err := f.write(t.Context(), func(ctx context.Context, tx sqlitefile.Tx) error {
				return errors.Join(f.answers.add(ctx, tx, fmt.Sprint("other", i), answer{"r", make([]byte, 100)}), undone)
			})
			if !errors.Is(err, undone) {
				t.Fatal(err)
			}
		}
		publishOnce(t, log, "another")
		if publishOnce(t, log, "key") {
			t.Error("the key was forgotten")
		}
	})
}

// A log that keeps no answers takes a publication as often as it comes.
func TestNoAnswers(t *testing.T) {
	everyLog(t, Options{AnswerBytes: -1}, func(t *testing.T, log Log) {
		for i := range 2 {
			if !publishOnce(t, log, "key") {
				t.Errorf("publication %d was not taken: its key was remembered", i)
			}
		}
	})
}

// A repeated publication gets the answer of the first, byte by byte, though what is
// kept of it is small: a withdrawal among the events included.
// Guarantees: S9
func TestARepeatedPublicationIsAnsweredAlike(t *testing.T) {
	steps := []Step{
		{Events: []realtime.Event{{Topic: "list:a"}, {Topic: "list:b", ID: "mine"}}},
		{Withdrawal: &Withdrawal{Topic: "list:a", Users: []string{"ada"}}},
		{Events: []realtime.Event{{Topic: "list:a"}}},
	}
	everyLog(t, Options{}, func(t *testing.T, log Log) {
		ctx, calls := context.Background(), 0
		p := Publication{Key: "k", Request: "r", Steps: steps, Committed: func([]realtime.Entry) { calls++ }}
		first, err := log.Commit(ctx, p)
		if e := first.Entries; err != nil || len(e) != 3 || e[0].Generation != 0 || e[2].Generation != 1 || e[2].Seq != 2 {
			t.Fatalf("entries = %+v, %v; want three, around a withdrawal", e, err)
		}
		again, err := log.Commit(ctx, p)
		if err != nil || said(again.Entries) != said(first.Entries) {
			t.Errorf("again: %q, %v; want %q", said(again.Entries), err, said(first.Entries))
		}
		if synctest.Wait(); calls != 1 {
			t.Errorf("the entries were handed over %d times; want once", calls)
		}
		if _, err := log.Commit(ctx, Publication{Key: "k", Request: "other", Steps: steps}); !errors.Is(err, ErrKeyReused) {
			t.Errorf("the key for another request: %v; want %v", err, ErrKeyReused)
		}
		if _, err := log.Commit(ctx, Publication{Key: "k", Request: "r", Steps: steps[:1]}); err == nil {
			t.Error("an answer to other events was taken for this one's")
		}
		heads, err := log.Heads(ctx, []realtime.Topic{"list:a"})
		if err != nil || heads[0].Seq != 2 || heads[0].Generation != 1 {
			t.Errorf("heads = %+v, %v; want everything done once", heads, err)
		}
		if record := newRecord(steps, first.Entries); len(record) > 100 {
			t.Errorf("%d bytes are kept of three events", len(record))
		}
	})
}

// A key that comes from many at once, so that they may share a commit, takes effect once,
// and all get the same answer.
func TestAKeyFromManyAtOnce(t *testing.T) {
	everyLog(t, Options{}, func(t *testing.T, log Log) {
		const publishers = 50
		var took atomic.Int32
		results := make([]string, publishers)
		var all sync.WaitGroup
		for i := range publishers {
			all.Go(func() {
				r, err := log.Commit(context.Background(), Publication{
					Key: "k", Request: "r", Steps: oneEvent("list:a"), Committed: func([]realtime.Entry) { took.Add(1) },
				})
				if err != nil {
					t.Error(err)
				}
				results[i] = said(r.Entries)
			})
		}
		all.Wait()
		synctest.Wait()
		if took.Load() != 1 {
			t.Errorf("it took effect %d times", took.Load())
		}
		for i, got := range results {
			if got != results[0] || got == "" {
				t.Errorf("answer %d is %q; want %q", i, got, results[0])
			}
		}
	})
}

// Nothing of a publication is done when one of its steps cannot be.
// Guarantees: A31
func TestACommitIsWhole(t *testing.T) {
	everyLog(t, Options{}, func(t *testing.T, log Log) {
		ctx := context.Background()
		p := Publication{Key: "k", Request: "r", Steps: []Step{
			oneEvent("list:a")[0], {Withdrawal: &Withdrawal{Topic: "list:a", Users: []string{"ada", "ada"}}},
		}}
		if _, err := log.Commit(ctx, p); err == nil || !strings.Contains(err.Error(), "users[1]") {
			t.Errorf("commit = %v; want the duplicate user named", err)
		}
		heads, err := log.Heads(ctx, []realtime.Topic{"list:a"})
		if err != nil || heads[0].Seq != 0 || heads[0].Generation != 0 {
			t.Errorf("heads = %+v, %v; want nothing done", heads, err)
		}
		p.Steps = p.Steps[:1]
		if r, err := log.Commit(ctx, p); err != nil || len(r.Entries) != 1 {
			t.Errorf("the key, once more: %+v, %v; want it free", r, err)
		}
	})
}

// FuzzRecord reads what may stand in a file in place of an answer.
func FuzzRecord(f *testing.F) {
	steps := []Step{{Events: []realtime.Event{{Topic: "list:a"}, {Topic: "list:b", ID: "mine"}}}}
	f.Add(newRecord(steps, []realtime.Entry{
		{Event: realtime.Event{ID: "x"}, Position: realtime.Position{Epoch: "e", Seq: 7}}, {Position: realtime.Position{Epoch: "e", Seq: 300}},
	}))
	f.Add([]byte{recordForm, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1})
	f.Fuzz(func(t *testing.T, record []byte) {
		if len(record) == 0 {
			return
		}
		entries, err := readRecord(record, steps)
		if err == nil && len(entries) != 2 {
			t.Errorf("%d entries of %d events", len(entries), 2)
		}
	})
}

// A log that the version before kept goes on: what was published with a key is not
// taken once more, and gets its answer.
func TestALogOfTheVersionBefore(t *testing.T) {
	script, err := os.ReadFile("../sqllog/testdata/version-1.sql")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "tidings.db")
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Exec(string(script))
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second start finds nothing to do
		log, err := OpenFile(t.Context(), path, "test", Options{})
		if err != nil {
			t.Fatal(err)
		}
		// The body is the one that was published then.
		request := sha256.Sum256([]byte(`{"topic":"list-items:1","event":"ADDED","data":{"entity_id":"a","payload":{"name":"Ünïcode \"x\""},"user_id":"ada","timestamp":"2026-11-01T10:00:00Z"},"version":1,"mutation_id":"m1"}`))
		r, err := log.Commit(t.Context(), Publication{
			Key: "k1", Request: string(request[:]), Steps: oneEvent("list-items:1"),
			Committed: func([]realtime.Entry) { t.Error("it was taken once more") },
		})
		if answer := string(r.Answer); err != nil || len(r.Entries) != 0 || !strings.HasPrefix(answer, `{"id":"`) || !strings.HasSuffix(answer, `"seq":1}`) {
			t.Errorf("k1 = %s, %v, %v; want the answer of then", answer, r.Entries, err)
		}
		if err := log.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
