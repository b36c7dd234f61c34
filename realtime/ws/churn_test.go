package ws_test

import (
	"context"
	"flag"
	"net/http"
	"os"
	"runtime"
	"sync"
	"testing"

	"github.com/coder/websocket"

	"github.com/familygifting/tidings/realtime"
)

// churnWaves is how many waves of 400 connections come and go: a few in passing,
// 250 by hand, which are 100,000 connections:
//
//	go test ./realtime/ws -run TestChurn -v -churn 250
var churnWaves = flag.Int("churn", 3, "waves of 400 connections in TestChurnLeavesNothingBehind")

// heapSlack is what the heap may differ by from one look to the next.
const heapSlack = 2 << 20

// Connections that come and go, politely or not, leave nothing behind.
// Guarantees: A47
func TestChurnLeavesNothingBehind(t *testing.T) { churn(t, setup{}) }

func TestChurnOfTheUpgradeListenerLeavesNothingBehind(t *testing.T) {
	churn(t, setup{upgradeListener: true})
}

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
	goroutines, fds, bytes := runtime.NumGoroutine(), descriptors(t), heap()
	for range *churnWaves {
		wave()
	}
	waitFor(t, func() bool {
		return runtime.NumGoroutine() <= goroutines && descriptors(t) <= fds && heap() <= bytes+heapSlack
	})
	t.Logf("%d connections: goroutines %d before, %d after; descriptors %d, %d; heap %d, %d bytes",
		400**churnWaves, goroutines, runtime.NumGoroutine(), fds, descriptors(t), bytes, heap())
}

// descriptors counts what the process has open.
func descriptors(t *testing.T) int {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}
