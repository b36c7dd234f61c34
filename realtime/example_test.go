package realtime_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/coder/websocket"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/memlog"
	"github.com/familygifting/tidings/realtime/ws"
)

// guard is an Authorizer: the token is the user's name, and a user may read
// their own topic.
type guard struct{}

func (guard) Authenticate(_ context.Context, token string) (realtime.Identity, error) {
	return realtime.Identity{User: token}, nil
}

func (guard) Authorize(_ context.Context, who realtime.Identity, topic realtime.Topic) (realtime.Topic, error) {
	if topic != realtime.Topic("user:"+who.User) {
		return "", realtime.ErrForbidden
	}
	return topic, nil
}

// A hub in somebody's own server.
func Example() {
	log := memlog.New(memlog.Options{})
	hub := realtime.NewHub(log, guard{}, realtime.Options{})
	defer hub.Close()
	mux := http.NewServeMux()
	mux.Handle("/ws", ws.NewHandler(hub, ws.Options{}))
	server := httptest.NewServer(mux)
	defer server.Close()

	// Somebody connects, and subscribes.
	ctx := context.Background()
	client, _, err := websocket.Dial(ctx, server.URL+"/ws", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = client.CloseNow() }()
	ask := func(frame string) { _ = client.Write(ctx, websocket.MessageText, []byte(frame)) }
	ask(`{"action":"auth","token":"anna"}`)
	ask(`{"action":"subscribe","topics":[{"topic":"user:anna"},{"topic":"user:bert"}]}`)
	for range 3 { // hello, forbidden, subscribed
		_, _, _ = client.Read(ctx)
	}

	// Something happens.
	entries := log.Append(realtime.Event{Topic: "user:anna", Type: realtime.Added, EntityID: "1", Payload: []byte(`{"name":"A kite"}`)})
	hub.Deliver(entries)
	_, event, _ := client.Read(ctx)
	fmt.Printf("%.88s\n", event)
	// Output: {"topic":"user:anna","event":"ADDED","data":{"entity_id":"1","payload":{"name":"A kite"}
}

// A hub in a server of your own: the WebSocket is one more handler, and the code that
// changes data delivers the events.
func ExampleNewHub() {
	log := memlog.New(memlog.Options{})
	hub := realtime.NewHub(log, guard{}, realtime.Options{})
	defer hub.Drain(context.Background())

	mux := http.NewServeMux()
	mux.Handle("/ws", ws.NewHandler(hub, ws.Options{}))
	mux.HandleFunc("POST /kites", func(w http.ResponseWriter, _ *http.Request) {
		hub.Deliver(log.Append(realtime.Event{Topic: "user:anna", Type: realtime.Added, EntityID: "1", Payload: []byte(`{"name":"A kite"}`)}))
		w.WriteHeader(http.StatusCreated)
	})
	server := httptest.NewServer(mux) // or http.Server
	defer server.Close()

	answer, err := server.Client().Post(server.URL+"/kites", "", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = answer.Body.Close() }()
	fmt.Println(answer.Status)
	// Output: 201 Created
}

func ExampleParseTopic() {
	_, err := realtime.ParseTopic("list-items:undefined")
	fmt.Println(err)
	// Output: invalid_topic: topic "list-items:undefined": the identifier is a missing value: wait until the id is known, then subscribe
}

func ExamplePosition_Header() {
	p := realtime.Position{Epoch: "QX7", Seq: 41}
	fmt.Println("Tidings-Position:", p.Header("list-items:12"))
	// Output: Tidings-Position: "list-items:12";epoch="QX7";seq=41
}
