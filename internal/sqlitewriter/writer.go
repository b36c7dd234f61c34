package sqlitewriter

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"github.com/familygifting/tidings/internal/sqlitefile"
)

// Sizes of the writer.
const (
	// maxGroup is the most writes that share a commit: enough to hide an fsync, few
	// enough that none waits long for the others.
	maxGroup = 256
	// maxWaiting is how many writes may wait before callers wait to hand in theirs.
	maxWaiting = 1024
	// maxUnpublished is how many commits may wait for their after functions before the
	// writer waits for them.
	maxUnpublished = 64
)

// ErrClosed is what a write gets after [Writer.Close].
var ErrClosed = errors.New("the database is closed")

// Tx is what a write may do. The texts of its statements should be few: each stays
// prepared.
type Tx = sqlitefile.Tx

// Func is a write. Its context carries the caller's values, and does not end. after, if
// not nil, is called when the write is durable, and never if it failed.
type Func = func(ctx context.Context, tx Tx) (after func(), err error)

// The states of a job. The writer claims a waiting job; a caller whose context ends
// withdraws it. The first to do so has it.
const (
	jobWaiting int32 = iota
	jobClaimed
	jobWithdrawn
)

// job is one write on its way through the writer.
type job struct {
	ctx   context.Context
	run   Func
	state atomic.Int32

	// Owned by the writer until done is closed.
	after func()
	err   error
	done  chan struct{}
}

// Writer runs writes on the one connection that may write. All methods may be called
// from any goroutine.
type Writer struct {
	// Static after construction.
	conn   *sqlitefile.Conn
	logger *slog.Logger
	jobs   chan *job
	// published hands the after functions of each commit to the publisher.
	published chan []func()
	stopped   sync.WaitGroup

	mu     sync.RWMutex // held for reading while a job is handed in
	closed bool         // guarded by mu
}

// New starts a writer on the connection, which it closes at its end. The logger gets
// the panics of after functions.
func New(conn *sqlitefile.Conn, logger *slog.Logger) *Writer {
	w := &Writer{
		conn: conn, logger: logger,
		jobs:      make(chan *job, maxWaiting),
		published: make(chan []func(), maxUnpublished),
	}
	w.stopped.Go(w.loop)
	w.stopped.Go(w.publish)
	return w
}

// Write runs write in a transaction, and returns when that is durable, or undone.
func (w *Writer) Write(ctx context.Context, write Func) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	j := &job{ctx: ctx, run: write, done: make(chan struct{})}
	if err := w.enqueue(j); err != nil {
		return err
	}
	select {
	case <-j.done:
	case <-ctx.Done():
		if j.state.CompareAndSwap(jobWaiting, jobWithdrawn) {
			return ctx.Err()
		}
		<-j.done
	}
	return j.err
}

func (w *Writer) enqueue(j *job) error {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.closed {
		return ErrClosed
	}
	select {
	case w.jobs <- j:
		return nil
	case <-j.ctx.Done():
		return j.ctx.Err()
	}
}

// loop commits groups until Close.
func (w *Writer) loop() {
	defer close(w.published)
	for first := range w.jobs {
		w.commit(w.fill(first))
	}
}

// fill runs a group inside a new transaction: the first job, and what waits by the time
// that it is done. It returns the jobs that ran, and an error if the transaction is lost.
func (w *Writer) fill(first *job) ([]*job, error) {
	ctx := context.Background()
	if _, err := w.conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return claimed(first), fmt.Errorf("beginning to write: %w", err)
	}
	var group []*job
	for j, more := first, true; more; j, more = w.next(len(group)) {
		if !j.state.CompareAndSwap(jobWaiting, jobClaimed) {
			continue // withdrawn
		}
		group = append(group, j)
		if err := w.attempt(j); err != nil {
			return group, err
		}
	}
	return group, nil
}

func claimed(j *job) []*job {
	if j.state.CompareAndSwap(jobWaiting, jobClaimed) {
		return []*job{j}
	}
	return nil
}

// next returns a further job for a group, if there is room and one waits. Before it
// gives up it lets those run that are about to bring one: that takes less than the
// commit that it saves. To wait any longer costs more.
func (w *Writer) next(size int) (*job, bool) {
	if size >= maxGroup {
		return nil, false
	}
	if j, ok := w.waiting(); ok {
		return j, true
	}
	runtime.Gosched()
	return w.waiting()
}

// waiting returns a job that waits.
func (w *Writer) waiting() (*job, bool) {
	select {
	case j, open := <-w.jobs:
		return j, open
	default:
		return nil, false
	}
}

// attempt runs one job in a savepoint. An error means that the transaction is lost, not
// just the job.
func (w *Writer) attempt(j *job) error {
	ctx := context.WithoutCancel(j.ctx)
	if _, err := w.conn.ExecContext(ctx, "SAVEPOINT attempt"); err != nil {
		return fmt.Errorf("setting a savepoint: %w", err)
	}
	if j.after, j.err = contain(ctx, j.run, w.conn); j.err != nil {
		j.after = nil
		if _, err := w.conn.ExecContext(ctx, "ROLLBACK TO attempt"); err != nil {
			return fmt.Errorf("undoing a write (%w): %w", j.err, err)
		}
	}
	if _, err := w.conn.ExecContext(ctx, "RELEASE attempt"); err != nil {
		return fmt.Errorf("releasing a savepoint: %w", err)
	}
	return nil
}

// contain turns a panic into an error.
func contain(ctx context.Context, run Func, tx Tx) (after func(), err error) {
	defer func() {
		if p := recover(); p != nil {
			after, err = nil, fmt.Errorf("panic in a write: %v\n%s", p, debug.Stack())
		}
	}()
	return run(ctx, tx)
}

// commit makes a group durable, or undoes it, and answers its jobs.
func (w *Writer) commit(group []*job, err error) {
	ctx := context.Background()
	if err == nil {
		if _, err = w.conn.ExecContext(ctx, "COMMIT"); err != nil {
			err = fmt.Errorf("committing: %w", err)
		}
	}
	if err != nil {
		// Without effect, and an error, where SQLite has undone it already.
		_, _ = w.conn.ExecContext(ctx, "ROLLBACK")
	}
	afters := make([]func(), 0, len(group))
	for _, j := range group {
		if err != nil {
			j.after = nil
			if j.err == nil {
				j.err = err
			}
		}
		if j.after != nil {
			afters = append(afters, j.after)
		}
		close(j.done)
	}
	if len(afters) > 0 {
		w.published <- afters
	}
}

// publish runs the after functions in the order of the commits.
func (w *Writer) publish() {
	for afters := range w.published {
		for _, after := range afters {
			w.containAfter(after)
		}
	}
}

func (w *Writer) containAfter(after func()) {
	defer func() {
		if p := recover(); p != nil {
			w.logger.Error("panic after a commit", "panic", p, "stack", string(debug.Stack()))
		}
	}()
	after()
}

// Close finishes what waits, refuses what comes then, and closes the connection.
func (w *Writer) Close() error {
	w.mu.Lock()
	closed := w.closed
	if !closed {
		w.closed = true
		close(w.jobs)
	}
	w.mu.Unlock()
	w.stopped.Wait()
	if closed {
		return nil
	}
	return w.conn.Close()
}
