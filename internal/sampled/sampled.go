// Package sampled logs what others can cause as often as they like: the first
// time at once, and then once a minute with how often it happened.
package sampled

import (
	"log/slog"
	"sync"
	"time"
)

// Interval is how long a reason stays quiet after its line.
const Interval = time.Minute

// Log writes sampled lines. Reasons must be few, and none may come from outside:
// each is remembered for good.
type Log struct {
	logger *slog.Logger     // static
	now    func() time.Time // static

	mu      sync.Mutex // guards reasons
	reasons map[string]*reason
}

// reason is what is known of one kind of line.
type reason struct {
	quietUntil time.Time
	unsaid     int // since the last line
}

// New returns a log whose lines have the level warning.
func New(logger *slog.Logger) *Log {
	return &Log{logger: logger, now: time.Now, reasons: make(map[string]*reason)}
}

// Say logs the message, unless one with this reason was logged within the
// [Interval]. A line carries its reason, and as "unsaid" how many before it were
// left out.
func (l *Log) Say(why, message string, attrs ...any) {
	unsaid, ok := l.due(why)
	if !ok {
		return
	}
	attrs = append([]any{"reason", why}, attrs...)
	if unsaid > 0 {
		attrs = append(attrs, "unsaid", unsaid)
	}
	l.logger.Warn(message, attrs...)
}

// due reports whether a line may be written, and counts it otherwise.
func (l *Log) due(why string) (unsaid int, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := l.reasons[why]
	if r == nil {
		r = new(reason)
		l.reasons[why] = r
	}
	if l.now().Before(r.quietUntil) {
		r.unsaid++
		return 0, false
	}
	unsaid, r.unsaid = r.unsaid, 0
	r.quietUntil = l.now().Add(Interval)
	return unsaid, true
}
