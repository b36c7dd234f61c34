package memlog_test

import (
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
			Log:      log,
			Append:   func(_ testing.TB, events ...realtime.Event) []realtime.Entry { return log.Append(events...) },
			Trim:     func(testing.TB) {}, // it trims as it appends
			NewEpoch: func(testing.TB) { log.NewEpoch() },
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

func TestOldNewsIsKept(t *testing.T) {
	log := memlog.New(memlog.Options{KeepAge: time.Hour})
	log.Append(realtime.Event{Topic: "list:a", Timestamp: time.Now().Add(-2 * time.Hour)})
	entries, err := log.Read(t.Context(), "list:a", 0, 10)
	if err != nil || len(entries) != 1 {
		t.Errorf("read %d entries, %v; want the one that has just come, whatever its timestamp", len(entries), err)
	}
}
