package main

import (
	"bytes"
	"compress/gzip"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	otlp "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/familygifting/tidings/gift"
	"github.com/familygifting/tidings/gift/demo"
)

// spans takes what a server exports.
type spans struct {
	mu  sync.Mutex
	all []*otlp.Span
	raw bytes.Buffer
}

func (s *spans) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body := io.Reader(r.Body)
	if r.Header.Get("Content-Encoding") == "gzip" {
		unzipped, err := gzip.NewReader(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		body = unzipped
	}
	b, err := io.ReadAll(body)
	var request collector.ExportTraceServiceRequest
	if err == nil {
		err = proto.Unmarshal(b, &request)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.raw.Write(b)
	for _, resource := range request.ResourceSpans {
		for _, scope := range resource.ScopeSpans {
			s.all = append(s.all, scope.Spans...)
		}
	}
}

// of returns the spans of a trace by their names.
func (s *spans) of(trace string) map[string]*otlp.Span {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := map[string]*otlp.Span{}
	for _, span := range s.all {
		if hex.EncodeToString(span.TraceId) == trace {
			found[span.Name] = span
		}
	}
	return found
}

// One trace leads from the request by way of the commit to the frame, which
// carries its id.
func TestATraceLeadsFromTheRequestToTheFrame(t *testing.T) {
	var exported spans
	server := httptest.NewServer(&exported)
	defer server.Close()
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", server.URL)
	d := open(t, t.TempDir())
	clara, jonas := d.login(demo.Logins()[0]), d.login(demo.Logins()[1])
	list, _ := shared(t, clara, jonas)
	items, _ := get[[]gift.ListItem](jonas, "/list-items?list_id="+string(list))
	watch := jonas.connect()
	watch.send(fmt.Sprintf(`{"action":"subscribe","topic":"list-items:%s"}`, list))
	watch.next()
	to := gift.StatusReceived
	if items[0].Status == to {
		to = gift.StatusIdea
	}
	if res, body := clara.send(http.MethodPost, "/list-items/"+string(items[0].ID)+"/move", fmt.Sprintf(`{"status":%q,"version":%d}`, to, items[0].Version), "move-1"); res.StatusCode != 200 {
		t.Fatalf("%s: %s", res.Status, body)
	}
	frame := watch.next()
	d.stop() // sends what is left

	found := exported.of(frame.TraceID)
	request, commit, deliver := found["POST /api/v1/list-items/{id}/move"], found["commit"], found["deliver"]
	if request == nil || commit == nil || deliver == nil {
		t.Fatalf("the trace %q has %v; want the request, commit and deliver", frame.TraceID, found)
	}
	if !bytes.Equal(commit.ParentSpanId, request.SpanId) {
		t.Error("the commit is not part of the request")
	}
	if commit.StartTimeUnixNano < request.StartTimeUnixNano || deliver.StartTimeUnixNano < commit.StartTimeUnixNano || deliver.EndTimeUnixNano < commit.EndTimeUnixNano {
		t.Errorf("out of order: %v, %v, %v", request, commit, deliver)
	}
	said := map[string]string{}
	for _, a := range deliver.Attributes {
		said[a.Key] = a.Value.String()
	}
	if got := said["tidings.topic"]; got != fmt.Sprintf("string_value:%q", "list-items:"+string(list)+"~"+string(jonas.user)) || said["tidings.subscribers"] != "int_value:1" {
		t.Errorf("deliver says %v", said)
	}
	for _, m := range []*member{clara, jonas} {
		if bytes.Contains(exported.raw.Bytes(), []byte(m.token)) || bytes.Contains(exported.raw.Bytes(), []byte(m.cookie.Value)) {
			t.Error("a trace holds a token")
		}
	}
}
