package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/familygifting/tidings/gift"
)

// BenchmarkMove is one durable move over HTTP with sixteen in flight; see
// bench/moves for the same against the program itself.
func BenchmarkMove(b *testing.B) {
	const inFlight = 16
	ctx, cancel := context.WithCancel(b.Context())
	s, err := newServer(ctx, serverFlags{dataFlags: dataFlags{Data: b.TempDir()}, Addr: "127.0.0.1:0", DrainTimeout: time.Second}, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.serve(ctx) }()
	defer func() {
		cancel()
		if err := <-served; err != nil {
			b.Error(err)
		}
	}()
	board := newBenchBoard(b, s, inFlight)
	b.ResetTimer()
	var workers sync.WaitGroup
	for w := range inFlight {
		workers.Go(func() {
			for range b.N/inFlight + 1 {
				board.move(b, w)
			}
		})
	}
	workers.Wait()
}

// benchBoard is a board with a card for each worker.
type benchBoard struct {
	base, token string
	client      *http.Client
	items       []gift.ListItem
}

func newBenchBoard(b *testing.B, s *server, cards int) *benchBoard {
	board := &benchBoard{base: "http://" + s.listener.Addr().String() + "/api/v1",
		client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: cards}}}
	b.Cleanup(board.client.CloseIdleConnections)
	var login struct {
		AccessToken string `json:"access_token"`
	}
	board.post(b, "/setup", fmt.Sprintf(`{"token":%q,"family_name":"Bench","name":"Ada","email":"ada@example.org","password":"correct horse battery"}`, s.setupToken), &login)
	board.token = login.AccessToken
	var list gift.List
	board.post(b, "/lists", `{"name":"Bench","type":"ideas"}`, &list)
	board.items = make([]gift.ListItem, cards)
	for i := range board.items {
		board.post(b, "/list-items", fmt.Sprintf(`{"list_id":%q,"gift":{"name":"Gift %d"}}`, list.ID, i), &board.items[i])
	}
	return board
}

func (board *benchBoard) move(b *testing.B, i int) {
	item := &board.items[i]
	to := gift.StatusSelected
	if item.Status == to {
		to = gift.StatusIdea
	}
	board.post(b, "/list-items/"+string(item.ID)+"/move", fmt.Sprintf(`{"status":%q,"version":%d}`, to, item.Version), item)
}

func (board *benchBoard) post(b *testing.B, path, body string, into any) {
	r, err := http.NewRequest(http.MethodPost, board.base+path, bytes.NewReader([]byte(body)))
	if err != nil {
		b.Error(err)
		return
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+board.token)
	res, err := board.client.Do(r)
	if err != nil {
		b.Error(err)
		return
	}
	answer, err := io.ReadAll(res.Body)
	_ = res.Body.Close() // it was read to its end
	if err != nil || res.StatusCode >= 300 {
		b.Errorf("POST %s: %s: %s: %v", path, res.Status, answer, err)
		return
	}
	if err := json.Unmarshal(answer, into); err != nil {
		b.Error(err)
	}
}
