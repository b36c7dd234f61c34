package ws_test

import (
	"context"
	"net/http"
	"os"
	"runtime"
	"sync"
	"testing"

	"github.com/coder/websocket"

	"github.com/familygifting/tidings/realtime"
)

// Connections that come and go, politely or not, leave nothing behind.
func TestChurnLeavesNothingBehind(t *testing.T) { churn(t, setup{}) }

func TestChurnOfTheShortcutLeavesNothingBehind(t *testing.T) { churn(t, setup{shortcut: true}) }

func churn(t *testing.T, s setup) {
	s.options = realtime.Options{Anonymous: true, MaxSessionsPerAddress: realtime.Unlimited}
	e := newEnv(t, s)
	transport := &http.Transport{DisableKeepAlives: true}
	visit := func(politely bool) {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		conn, _, err := websocket.Dial(ctx, e.http.URL+"/ws", &websocket.DialOptions{HTTPClient: &http.Client{Transport: transport}})
		if err != nil {
			t.Error(err)
			return
		}
		if err := conn.Write(ctx, websocket.MessageText, []byte(`{"action":"subscribe","topic":"list:a"}`)); err != nil {
			t.Error(err)
		}
		for range 2 { // hello, subscribed
			if _, _, err := conn.Read(ctx); err != nil {
				t.Error(err)
			}
		}
		if politely {
			_ = conn.Close(websocket.StatusNormalClosure, "")
		} else {
			_ = conn.CloseNow()
		}
	}
	wave := func() {
		var wg sync.WaitGroup
		for i := range 20 {
			wg.Go(func() {
				for range 20 {
					visit(i%2 == 0)
				}
			})
		}
		wg.Wait()
		waitFor(t, func() bool { s := e.hub.Stats(); return s.Sessions == 0 && s.Topics == 0 })
	}
	wave() // whatever is made once is made now
	waitFor(t, func() bool { return descriptors(t) <= 20 })
	goroutines, fds := runtime.NumGoroutine(), descriptors(t)
	for range 3 {
		wave()
	}
	waitFor(t, func() bool { return runtime.NumGoroutine() <= goroutines && descriptors(t) <= fds })
}

// descriptors counts what the process has open.
func descriptors(t *testing.T) int {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}
