package realtime

import "sync"

// taskGroup counts what runs on behalf of a hub: its goroutines, and calls that may use
// the Log or the Authorizer. It ends once.
type taskGroup struct {
	mu    sync.RWMutex // guards ended; held for reading while a task is added
	ended bool
	wait  sync.WaitGroup
}

// start reports whether a task may start; the caller then calls done when it ends.
func (g *taskGroup) start() bool {
	g.mu.RLock()
	defer g.mu.RUnlock()
	if !g.ended {
		g.wait.Add(1)
	}
	return !g.ended
}

func (g *taskGroup) done() { g.wait.Done() }

// endAndWait lets no further task start, and waits for those that run.
func (g *taskGroup) endAndWait() {
	g.mu.Lock()
	g.ended = true
	g.mu.Unlock()
	g.wait.Wait()
}

// spawn runs f in a goroutine. It returns false if the hub has ended.
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
