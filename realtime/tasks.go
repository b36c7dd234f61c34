package realtime

import "sync"

// work is what is under way on behalf of a hub: its goroutines, and the calls
// that may ask the Log or the Authorizer. It ends once.
type taskGroup struct {
	mu    sync.RWMutex // guards ended, and that nothing begins behind it
	ended bool
	wait  sync.WaitGroup
}

// begin returns whether something may begin; then done is to be called.
func (w *taskGroup) start() bool {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if !w.ended {
		w.wait.Add(1)
	}
	return !w.ended
}

func (w *taskGroup) done() { w.wait.Done() }

// end lets nothing begin any more, and waits for what has.
func (w *taskGroup) endAndWait() {
	w.mu.Lock()
	w.ended = true
	w.mu.Unlock()
	w.wait.Wait()
}

// spawn runs f in a goroutine, unless the hub has ended. It returns whether it
// does.
func (h *Hub) spawn(f func()) bool {
	if !h.tasks.start() {
		return false
	}
	go func() {
		defer h.tasks.done()
		f()
	}()
	return true
}
