package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"github.com/familygifting/tidings/gift"
	"github.com/familygifting/tidings/internal/diskfault"
	"github.com/familygifting/tidings/internal/sampled"
)

// Sizes of the writer.
const (
	// maxBatch is the most mutations that share a commit: enough to hide an
	// fsync, few enough that none waits long for the others.
	maxBatch = 256
	// maxWaiting is how many mutations may wait before callers wait to enqueue.
	maxWaiting = 1024
	// maxUnpublished is how many commits may wait for their after functions
	// before the writer waits for them.
	maxUnpublished = 64
)

var errClosed = errors.New("the store is closed")

// The states of a job. The writer claims a waiting job; a caller whose context
// ends withdraws it. Whoever comes first has it.
const (
	jobWaiting int32 = iota
	jobClaimed
	jobWithdrawn
)

// job is one mutation on its way through the writer.
type job struct {
	ctx   context.Context
	run   func(ctx context.Context, tx Tx) (after func(), err error)
	state atomic.Int32

	// Owned by the writer until done is closed.
	after func()
	err   error
	done  chan struct{}
}

// writer runs mutations on the one connection that may write.
type writer struct {
	conn *conn
	log  *slog.Logger
	// faults are those of the disk.
	faults *sampled.Log
	jobs   chan *job
	// published hands the after functions of each commit to the publisher.
	published chan []func()
	stopped   sync.WaitGroup

	mu     sync.RWMutex // held for reading while enqueueing
	closed bool         // guarded by mu
}

func newWriter(c *conn, log *slog.Logger) *writer {
	w := &writer{
		conn: c, log: log, faults: sampled.New(log),
		jobs:      make(chan *job, maxWaiting),
		published: make(chan []func(), maxUnpublished),
	}
	w.stopped.Go(w.loop)
	w.stopped.Go(w.publish)
	return w
}

// do runs fn in a transaction and returns when that is durable, or undone. fn
// gets a context that does not end.
func (w *writer) do(ctx context.Context, fn func(ctx context.Context, tx Tx) (after func(), err error)) error {
	j := &job{ctx: ctx, run: fn, done: make(chan struct{})}
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
	return w.explain(j.err)
}

// explain finds words for what the disk is to blame for, and logs the rest of it.
func (w *writer) explain(err error) error {
	reason, ok := diskfault.Reason(err)
	if !ok {
		return err
	}
	w.faults.Say("disk", reason+": changes are refused until that is over, reads go on", "error", err)
	return gift.Errorf(gift.EFULL, "%s, so nothing was changed: ask who runs the server, and try again later", reason)
}

func (w *writer) enqueue(j *job) error {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.closed {
		return errClosed
	}
	select {
	case w.jobs <- j:
		return nil
	case <-j.ctx.Done():
		return j.ctx.Err()
	}
}

// loop commits batches until close.
func (w *writer) loop() {
	defer close(w.published)
	for first := range w.jobs {
		w.commit(w.fill(first))
	}
}

// fill runs a batch inside a new transaction: the first job and whatever waits
// by the time it is done. It returns the jobs that ran, and whether the
// transaction can be committed.
func (w *writer) fill(first *job) ([]*job, error) {
	ctx := context.Background()
	if _, err := w.conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return claimed(first), fmt.Errorf("beginning to write: %w", err)
	}
	var batch []*job
	for j, more := first, true; more; j, more = w.next(len(batch)) {
		if !j.state.CompareAndSwap(jobWaiting, jobClaimed) {
			continue // withdrawn
		}
		batch = append(batch, j)
		if err := w.attempt(j); err != nil {
			return batch, err
		}
	}
	return batch, nil
}

func claimed(j *job) []*job {
	if j.state.CompareAndSwap(jobWaiting, jobClaimed) {
		return []*job{j}
	}
	return nil
}

// next returns a further job for a batch, if there is room and one waits. Before
// it gives up it lets those run who are about to bring one: that takes less than
// the commit that it saves. Waiting any longer costs more.
func (w *writer) next(size int) (*job, bool) {
	if size >= maxBatch {
		return nil, false
	}
	if j, ok := w.waiting(); ok {
		return j, true
	}
	runtime.Gosched()
	return w.waiting()
}

// waiting returns a job that waits.
func (w *writer) waiting() (*job, bool) {
	select {
	case j, open := <-w.jobs:
		return j, open
	default:
		return nil, false
	}
}

// attempt runs one job in a savepoint. An error means that the transaction is
// lost, not just the job.
func (w *writer) attempt(j *job) error {
	ctx := context.WithoutCancel(j.ctx)
	if _, err := w.conn.ExecContext(ctx, "SAVEPOINT mutation"); err != nil {
		return fmt.Errorf("setting a savepoint: %w", err)
	}
	if j.after, j.err = contain(ctx, j.run, w.conn); j.err != nil {
		j.after = nil
		if _, err := w.conn.ExecContext(ctx, "ROLLBACK TO mutation"); err != nil {
			return fmt.Errorf("undoing a mutation (%w): %w", j.err, err)
		}
	}
	if _, err := w.conn.ExecContext(ctx, "RELEASE mutation"); err != nil {
		return fmt.Errorf("releasing a savepoint: %w", err)
	}
	return nil
}

// contain turns a panic into an error.
func contain(ctx context.Context, run func(context.Context, Tx) (func(), error), tx Tx) (after func(), err error) {
	defer func() {
		if p := recover(); p != nil {
			after, err = nil, fmt.Errorf("panic in a mutation: %v\n%s", p, debug.Stack())
		}
	}()
	return run(ctx, tx)
}

// commit makes a batch durable, or undoes it, and answers its jobs.
func (w *writer) commit(batch []*job, err error) {
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
	afters := make([]func(), 0, len(batch))
	for _, j := range batch {
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
func (w *writer) publish() {
	for afters := range w.published {
		for _, after := range afters {
			w.containAfter(after)
		}
	}
}

func (w *writer) containAfter(after func()) {
	defer func() {
		if p := recover(); p != nil {
			w.log.Error("panic after a commit", "panic", p, "stack", string(debug.Stack()))
		}
	}()
	after()
}

// close finishes what waits and then refuses.
func (w *writer) close() error {
	w.mu.Lock()
	if !w.closed {
		w.closed = true
		close(w.jobs)
	}
	w.mu.Unlock()
	w.stopped.Wait()
	return w.conn.close()
}
