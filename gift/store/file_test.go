package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/familygifting/tidings/gift"
	"github.com/familygifting/tidings/gift/store"
	"github.com/familygifting/tidings/internal/sqlitefile"
)

// TestDurability: the settings that an acknowledged mutation's life depends on.
// Guarantees: S11
func TestDurability(t *testing.T) {
	s := open(t, store.Options{})
	settings := map[string]string{}
	err := s.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
		for _, name := range []string{"journal_mode", "synchronous", "foreign_keys", "busy_timeout"} {
			var value string
			if err := tx.QueryRowContext(ctx, "PRAGMA "+name).Scan(&value); err != nil {
				return err
			}
			settings[name] = value
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	const full = "2"
	want := map[string]string{"journal_mode": "wal", "synchronous": full, "foreign_keys": "1", "busy_timeout": fmt.Sprint(sqlitefile.BusyTimeout.Milliseconds())}
	for name := range want {
		if settings[name] != want[name] {
			t.Errorf("%s is %s, want %s", name, settings[name], want[name])
		}
	}
}

func TestReadersOnlyRead(t *testing.T) {
	s := open(t, store.Options{})
	if _, err := s.ReadDB().Exec(`DELETE FROM persons`); err == nil {
		t.Fatal("a reader wrote")
	}
}

func TestReopen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "gifts.db")
	s := openFile(t, path, store.Options{})
	user := setup(t, s)
	if err := create(t.Context(), s, gift.Call{Actor: user.ID}, "Kite"); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if got := giftNames(t, openFile(t, path, store.Options{}), user.ID); len(got) != 1 {
		t.Fatalf("got %v", got)
	}
}

// later is the program's migrations and one more.
func later(t *testing.T, statements string) fs.FS {
	t.Helper()
	files := fstest.MapFS{"9999_later.sql": {Data: []byte("-- +goose Up\n" + statements + "\n-- +goose Down\n")}}
	for _, name := range migrationNames(t) {
		content, err := os.ReadFile("migrations/" + name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: content}
	}
	return files
}

// migrationNames are this program's migrations, in order.
func migrationNames(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir("migrations")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// migrated opens an older file as a later program would.
func migrated(t *testing.T, path string, statements string) error {
	t.Helper()
	db, err := sqlitefile.Open("", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	return store.MigrateWith(t.Context(), db, path, later(t, statements))
}

// olderFile is a file of this program's schema with a gift in it.
func olderFile(t *testing.T) (path string, user gift.UserID) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "gifts.db")
	s := openFile(t, path, store.Options{})
	user = setup(t, s).ID
	if err := create(t.Context(), s, gift.Call{Actor: user}, "Kite"); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path, user
}

func TestOlderFileIsCopiedBeforeItIsMigrated(t *testing.T) {
	path, user := olderFile(t)
	if err := migrated(t, path, `ALTER TABLE gifts ADD COLUMN weight INTEGER;`); err != nil {
		t.Fatal(err)
	}
	if got := giftNames(t, openFile(t, store.SnapshotPath(path, int64(len(migrationNames(t)))), store.Options{}), user); len(got) != 1 {
		t.Fatalf("the copy has %v", got)
	}
}

func TestNewerFileIsRefused(t *testing.T) {
	path, _ := olderFile(t)
	if err := migrated(t, path, `ALTER TABLE gifts ADD COLUMN weight INTEGER;`); err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), path, store.Options{})
	if err == nil {
		_ = s.Close()
		t.Fatal("opened")
	}
	if !strings.Contains(err.Error(), "schema 9999") || !strings.Contains(err.Error(), path) {
		t.Fatalf("the message does not say what is wrong with which file: %v", err)
	}
}

func TestFailedMigrationLeavesTheFile(t *testing.T) {
	path, user := olderFile(t)
	for range 2 { // the second time finds the first one's copy
		if err := migrated(t, path, `DROP TABLE mutations; DROP TABLE no_such_table;`); err == nil {
			t.Fatal("migrated")
		}
	}
	s := openFile(t, path, store.Options{})
	call := gift.Call{Actor: user, MutationID: "m"}
	if err := create(t.Context(), s, call, "Ball"); err != nil {
		t.Fatal(err)
	}
}

func TestFurtherTablesAreMigrated(t *testing.T) {
	path := filepath.Join(t.TempDir(), "gifts.db")
	broken := func(context.Context, *sql.DB) error { return os.ErrInvalid }
	if _, err := store.Open(t.Context(), path, store.Options{Migrate: broken}); err == nil {
		t.Fatal("opened without them")
	}
	s := openFile(t, path, store.Options{Migrate: func(ctx context.Context, db *sql.DB) error {
		_, err := db.ExecContext(ctx, `CREATE TABLE further (n INTEGER)`)
		return err
	}})
	if _, err := s.ReadDB().Exec(`SELECT n FROM further`); err != nil {
		t.Fatal(err)
	}
}

func TestBackup(t *testing.T) {
	from := filepath.Join(t.TempDir(), "gifts.db")
	s := openFile(t, from, store.Options{})
	user := setup(t, s)
	call := gift.Call{Actor: user.ID}
	ctx, stop := context.WithCancel(t.Context())
	var writing sync.WaitGroup
	started := make(chan struct{})
	writing.Go(func() { // a backup is of one moment, whatever goes on
		for n := 0; ctx.Err() == nil; n++ {
			_ = create(ctx, s, call, "Kite")
			if n == 0 {
				close(started)
			}
		}
	})
	<-started
	path := filepath.Join(t.TempDir(), "copy.db")
	err := store.Backup(t.Context(), from, path)
	stop()
	writing.Wait()
	if err != nil {
		t.Fatal(err)
	}
	copied := openFile(t, path, store.Options{})
	if got := giftNames(t, copied, user.ID); len(got) == 0 {
		t.Fatal("the copy is empty")
	}
	for _, want := range []bool{true, false} { // only its first opening starts a new history
		if got := restored(t, copied); got != want {
			t.Fatalf("restored: got %v, want %v", got, want)
		}
	}
	if restored(t, s) {
		t.Fatal("the original counts as restored")
	}
}

func restored(t *testing.T, s *store.Store) (yes bool) {
	t.Helper()
	err := s.Write(t.Context(), func(ctx context.Context, tx store.Tx) (err error) {
		yes, err = store.Restored(ctx, tx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return yes
}

func TestBackupReplacesNothing(t *testing.T) {
	from, _ := olderFile(t)
	folder := t.TempDir()
	path := filepath.Join(folder, "precious")
	if err := os.WriteFile(path, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := store.Backup(t.Context(), from, path); err == nil {
		t.Fatal("replaced a file")
	}
	if got, _ := os.ReadFile(path); string(got) != "precious" {
		t.Fatalf("the file has %q", got)
	}
	if err := store.Backup(t.Context(), from, filepath.Join(folder, "no", "such", "folder")); err == nil {
		t.Fatal("backed up to nowhere")
	}
}

func TestBackupOfDamagedFile(t *testing.T) {
	from, _ := olderFile(t)
	damage(t, from)
	to := filepath.Join(t.TempDir(), "copy.db")
	if err := store.Backup(t.Context(), from, to); err == nil {
		t.Fatal("a damaged file was backed up")
	}
	left, err := filepath.Glob(to + "*")
	if err != nil || len(left) != 0 {
		t.Fatalf("left behind: %v, %v", left, err)
	}
}

// damage overwrites the pages behind the schema's.
func damage(t *testing.T, path string) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const page = 4096
	for i := 2 * page; i < len(content); i++ {
		content[i] = 0x5a
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// clock is a time that tests set.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// TestMutationsAreKept: the first answer for 30 days, and not for ever.
func TestMutationsAreKept(t *testing.T) {
	c := &clock{now: time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)}
	s := open(t, store.Options{Now: c.Now})
	call := gift.Call{Actor: setup(t, s).ID, MutationID: "m", RequestHash: "h"}
	count := func() int { return len(giftNames(t, s, call.Actor)) }
	other := func() { // housekeeping comes with other mutations
		if err := create(t.Context(), s, gift.Call{Actor: call.Actor}, "other"); err != nil {
			t.Fatal(err)
		}
	}
	for _, step := range []struct {
		pass  time.Duration
		gifts int
	}{{0, 1}, {store.MutationsKept - time.Hour, 2}, {2 * time.Hour, 4}} {
		c.pass(step.pass)
		if step.pass > 0 {
			other()
		}
		if err := create(t.Context(), s, call, "Kite"); err != nil {
			t.Fatal(err)
		}
		if got := count(); got != step.gifts {
			t.Fatalf("after %v: got %d gifts, want %d", step.pass, got, step.gifts)
		}
	}
}

// TestCleaningIsBounded: no mutation pays for all that has gathered.
func TestCleaningIsBounded(t *testing.T) {
	c := &clock{now: time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)}
	s := open(t, store.Options{Now: c.Now})
	user := setup(t, s).ID
	var callers sync.WaitGroup
	for n := range store.CleanAtOnce + 20 {
		callers.Go(func() {
			if err := create(t.Context(), s, gift.Call{Actor: user, MutationID: fmt.Sprint(n)}, "Kite"); err != nil {
				t.Error(err)
			}
		})
	}
	callers.Wait()
	left := func() (n int) {
		if err := s.ReadDB().QueryRow(`SELECT COUNT(*) FROM mutations`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	for _, want := range []int{20, 0} {
		c.pass(store.MutationsKept + time.Hour)
		if err := create(t.Context(), s, gift.Call{Actor: user}, "other"); err != nil {
			t.Fatal(err)
		}
		if got := left(); got != want {
			t.Fatalf("got %d left, want %d", got, want)
		}
	}
}

// TestAccess compares the access rule in SQL with the one in Go, case by case.
func TestAccess(t *testing.T) {
	s := open(t, store.Options{})
	ada := setup(t, s)
	if _, err := s.CreateInvite(t.Context(), ada.ID, "token", nil, time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	ben, err := s.AcceptInvite(t.Context(), "token", gift.NewAccount{Name: "Ben", Email: "ben@example.org"}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	dan, err := s.CreatePerson(t.Context(), gift.Call{Actor: ada.ID}, gift.PersonInput{Name: "Dan"})
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, owner := range []gift.User{ada, ben} {
		for _, visibility := range []gift.Visibility{gift.VisibilityPrivate, gift.VisibilityFamily, gift.VisibilityPublic} {
			for _, about := range []*gift.PersonID{nil, ada.PersonID, ben.PersonID, &dan.ID} {
				for _, hidden := range []bool{false, true} {
					l, err := s.CreateList(t.Context(), gift.Call{Actor: owner.ID}, gift.ListInput{
						Name: "x", Type: gift.ListIdeas, Visibility: visibility, PersonID: about, HiddenFromPerson: &hidden,
					})
					if gift.CodeOf(err) == gift.EINVALID {
						continue // hidden from its own owner
					}
					if err != nil {
						t.Fatal(err)
					}
					for _, u := range []gift.User{ada, ben} {
						got, _, err := s.ListAccess(t.Context(), u.ID, l.ID)
						if want := l.AccessFor(u.ID, u.PersonID); got != want || err != nil {
							t.Errorf("%+v for %s: got %s, %v; want %s", l, u.Name, got, err, want)
						}
						tried++
					}
				}
			}
		}
	}
	if tried != 2*(2*3*4*2-6) {
		t.Fatalf("tried %d cases", tried)
	}
	for _, c := range [][2]string{{string(ada.ID), "unknown"}, {"unknown", "unknown"}} {
		if got, _, err := s.ListAccess(t.Context(), gift.UserID(c[0]), gift.ListID(c[1])); got != gift.AccessNone || err != nil {
			t.Errorf("%v: got %s, %v", c, got, err)
		}
		if got, err := s.SeesGift(t.Context(), gift.UserID(c[0]), gift.GiftID(c[1])); got || err != nil {
			t.Errorf("%v: got %v, %v", c, got, err)
		}
	}
}

// TestReadsWaitForAReader: more reads than readers, and one that gives up.
func TestReadsWaitForAReader(t *testing.T) {
	s := open(t, store.Options{Readers: 1})
	user := setup(t, s)
	var readers sync.WaitGroup
	for range 20 {
		readers.Go(func() {
			if _, err := s.Users(t.Context(), user.ID); err != nil {
				t.Error(err)
			}
		})
	}
	readers.Wait()
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Users(over, user.ID); err == nil {
		t.Fatal("read for nobody")
	}
	if err := s.Ready(t.Context()); err != nil {
		t.Fatalf("the only reader is lost: %v", err)
	}
}

// TestOldLoginsGo: with their tokens, long after nobody can use them.
func TestOldLoginsGo(t *testing.T) {
	c := &clock{now: time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)}
	s := open(t, store.Options{Now: c.Now})
	user := setup(t, s).ID
	login := gift.Login{ID: "s", User: user, CreatedAt: c.now, ExpiresAt: c.now.Add(time.Hour)}
	if err := s.CreateLogin(t.Context(), login, gift.RefreshToken{Hash: "t", ExpiresAt: login.ExpiresAt}); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		pass time.Duration
		want gift.ErrorCode
	}{{store.MutationsKept, ""}, {2 * time.Hour, gift.ENOTFOUND}} {
		c.pass(step.pass)
		if err := create(t.Context(), s, gift.Call{Actor: user}, "housekeeping comes with mutations"); err != nil {
			t.Fatal(err)
		}
		_, byLogin := s.Login(t.Context(), "s")
		_, _, byToken := s.FindRefreshToken(t.Context(), "t")
		if gift.CodeOf(byLogin) != step.want || gift.CodeOf(byToken) != step.want {
			t.Fatalf("after %v: %v, %v", step.pass, byLogin, byToken)
		}
	}
}
