package memlog_test

import (
	"errors"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/memlog"
	"github.com/familygifting/tidings/realtime/realtimetest"
)

func TestLog(t *testing.T) {
	realtimetest.TestLog(t, func(*testing.T) realtimetest.Subject {
		log := memlog.New(memlog.Options{KeepCount: realtimetest.Keep})
		return realtimetest.Subject{
			Log: log,
			Commit: func(f func(realtimetest.Tx) error) error {
				return log.Commit(func(tx *memlog.Tx) error { return f(tx) })
			},
			Trim:     func(testing.TB) {}, // it trims as it appends
			NewEpoch: func(testing.TB) { log.NewEpoch() },
			ForgetTopics: func(_ testing.TB, inUse func(realtime.Topic) bool) {
				log.ForgetTopics(inUse)
			},
		}
	})
}

func TestKeepAge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := memlog.New(memlog.Options{KeepAge: time.Hour})
		log.Append(realtime.Event{Topic: "list:a"}, realtime.Event{Topic: "list:a"})
		time.Sleep(2 * time.Hour)
		log.Append(realtime.Event{Topic: "list:a"})
		heads, err := log.Heads(t.Context(), []realtime.Topic{"list:a"})
		if err != nil || heads[0].Floor != 2 || heads[0].Seq != 3 {
			t.Errorf("head = %+v, %v; want 3 above 2: the first two are too old", heads[0], err)
		}
	})
}

// An event is too old when its time has come, whether others follow it or not.
func TestKeepAgeOfAQuietTopic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := memlog.New(memlog.Options{KeepAge: time.Hour})
		log.Append(realtime.Event{Topic: "list:a"})
		time.Sleep(30 * time.Minute)
		log.Append(realtime.Event{Topic: "list:a"})
		for _, step := range []struct {
			after time.Duration
			floor realtime.Seq
		}{{30 * time.Minute, 0}, {time.Second, 1}, {time.Hour, 2}} {
			time.Sleep(step.after)
			heads, err := log.Heads(t.Context(), []realtime.Topic{"list:a"})
			if err != nil || heads[0].Floor != step.floor || heads[0].Seq != 2 {
				t.Errorf("head = %+v, %v; want 2 above %d", heads[0], err, step.floor)
			}
			if step.floor == 0 {
				continue
			}
			if _, err := log.Read(t.Context(), "list:a", step.floor-1, 10); !errors.Is(err, realtime.ErrTrimmed) {
				t.Errorf("reading from below %d: %v; want %v", step.floor, err, realtime.ErrTrimmed)
			}
		}
	})
}

// Trim gives the memory of quiet topics back.
func TestTrimFrees(t *testing.T) {
	freed := make(chan struct{})
	log := func() *memlog.Log {
		log := memlog.New(memlog.Options{KeepAge: time.Nanosecond})
		payload := make([]byte, 1<<20)
		runtime.AddCleanup(&payload[0], func(freed chan struct{}) { close(freed) }, freed)
		log.Append(realtime.Event{Topic: "list:a", Payload: payload})
		return log
	}()
	deadline := time.After(10 * time.Second)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		<-tick.C
		log.Trim()
		runtime.GC()
		select {
		case <-freed:
			heads, err := log.Heads(t.Context(), []realtime.Topic{"list:a"})
			if err != nil || heads[0].Floor != 1 || heads[0].Seq != 1 {
				t.Errorf("head = %+v, %v; want 1 above 1: positions count on", heads[0], err)
			}
			return
		case <-deadline:
			t.Fatal("the payload is held still")
		default:
		}
	}
}

func TestOldNewsIsKept(t *testing.T) {
	log := memlog.New(memlog.Options{KeepAge: time.Hour})
	log.Append(realtime.Event{Topic: "list:a", Timestamp: time.Now().Add(-2 * time.Hour)})
	entries, err := log.Read(t.Context(), "list:a", 0, 10)
	if err != nil || len(entries) != 1 {
		t.Errorf("read %d entries, %v; want the one that has just come, whatever its timestamp", len(entries), err)
	}
}
