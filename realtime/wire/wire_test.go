package wire_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/familygifting/tidings/realtime/wire"
)

// read returns the cases of a file under protocol/vectors.
func read(t testing.TB, name string, into any) {
	t.Helper()
	b, err := os.ReadFile("../../protocol/vectors/" + name)
	if err == nil {
		err = json.Unmarshal(b, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Every message of the vectors is what the encoder makes of the same values.
func TestMessageVectors(t *testing.T) {
	day := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	encoders := []func([]byte) []byte{
		wire.Hello{Session: "s1", Ping: 25 * time.Second}.Append,
		wire.Hello{Session: "s1", Ping: 25 * time.Second, Expires: day, Left: 15 * time.Minute}.Append,
		wire.Subscribed{Topic: "list-item:list-1", Canonical: "list-items:1", Epoch: "e", Seq: 41, Recovered: true, Ref: "r"}.Append,
		wire.Subscribed{Topic: "list-items:1", Canonical: "list-items:1", Epoch: "e"}.Append,
		wire.Error{Topic: "list-items:1", Ref: "r", Code: "forbidden", Message: "no such topic, or you may not read it"}.Append,
		wire.Error{Code: "rate_limited", Message: "too many messages", RetryAfter: 49*time.Millisecond + 1}.Append,
		wire.Resync{Topic: "list-items:1", Epoch: "f", Seq: 7, Reason: "epoch"}.Append,
		wire.Unsubscribed{Topic: "list-items:1", Code: wire.CodeRevoked}.Append,
		wire.Unsubscribed{Topic: "list-items:1", Code: wire.CodeClient, Ref: "r"}.Append,
		wire.Drain{ReconnectAfter: 1500 * time.Millisecond}.Append,
		wire.Signal{Topic: "list-items:1", UserID: "u1", Data: []byte(`{"card":"c1"}`)}.Append,
		wire.Signal{Topic: "list-items:1", UserID: "u1", Entity: "c1", Data: []byte(`{"dragging":true}`)}.Append,
		wire.Presence{Topic: "list-items:1", Members: []string{"u1", "u2"}, Count: 2}.Append,
		wire.Presence{Topic: "list-items:1", Joined: []string{"u3"}, Left: []string{"u1"}, Count: 2}.Append,
		wire.Presence{Topic: "list-items:1", Count: 101}.Append,
		wire.AppendPong,
		(&wire.Event{Topic: "list-items:1", Event: "UPDATED", EntityID: "456", Payload: []byte(`{"id":456}`), UserID: "789", Timestamp: day, ID: "i1", Epoch: "e", Seq: 42}).Append,
		(&wire.Event{
			Topic: "list-items:1", Event: "DELETED", EntityID: `4"5<6`, Timestamp: day.Add(123456 * time.Microsecond), ID: "i1", Epoch: "e", Seq: 42,
			Version: 7, MutationID: "m1", TraceID: "t1",
		}).Append,
	}
	var vectors []struct{ Kind, Frame string }
	read(t, "messages.json", &vectors)
	var frames []string
	for _, v := range vectors {
		if v.Kind != "ignored" { // no server sends it yet
			frames = append(frames, v.Frame)
		}
	}
	if len(frames) != len(encoders) {
		t.Fatalf("%d vectors, %d encoders", len(frames), len(encoders))
	}
	for i, encode := range encoders {
		if got := string(encode(nil)); got != frames[i] {
			t.Errorf("got  %s\nwant %s", got, frames[i])
		}
	}
}

func TestBatchFrames(t *testing.T) {
	var b wire.Batch
	var want []byte
	sizes := []int{0, 1, 125, 126, 65535, 65536, 70000, 5}
	for _, n := range sizes {
		text := bytes.Repeat([]byte("x"), n)
		b.Add(func(dst []byte) []byte { return append(dst, text...) })
		want = append(wire.AppendHeader(want, wire.OpText, n), text...)
	}
	if b.Len() != len(sizes) || !bytes.Equal(b.Frames(0), want) {
		t.Fatalf("%d messages of %d bytes; want %d of %d", b.Len(), len(b.Frames(0)), len(sizes), len(want))
	}
	for i, n := range sizes {
		if len(b.Text(i)) != n {
			t.Errorf("text %d has %d bytes; want %d", i, len(b.Text(i)), n)
		}
		if !bytes.HasSuffix(want, b.Frames(i)) {
			t.Errorf("frames from %d are no suffix", i)
		}
	}
}

func TestCloseReasonIsCutAtACharacter(t *testing.T) {
	frame := wire.AppendClose(nil, 3000, strings.Repeat("ü", 100))
	h, size, err := wire.ParseHeader(frame)
	if err != nil || h.Length != 125-1 || !strings.HasSuffix(string(frame[size+2:]), "ü") {
		t.Errorf("%d bytes, %q, %v; want a whole number of characters", h.Length, frame[size+2:], err)
	}
}

func TestUnmaskInPieces(t *testing.T) {
	mask := [4]byte{1, 2, 3, 4}
	whole := bytes.Repeat([]byte("abcdefg"), 9)
	masked := bytes.Clone(whole)
	for i := range masked {
		masked[i] ^= mask[i%4]
	}
	for cut := range len(masked) {
		b := bytes.Clone(masked)
		wire.Unmask(b[:cut], mask, 0)
		wire.Unmask(b[cut:], mask, int64(cut))
		if !bytes.Equal(b, whole) {
			t.Fatalf("cut at %d: %q", cut, b)
		}
	}
}

// looseTopic is one of topics, as the standard library reads it: an object of
// subscribe, or a string of unsubscribe.
type looseTopic struct {
	Topic string
	Since *struct {
		Epoch string
		Seq   uint64
	}
}

func (l *looseTopic) UnmarshalJSON(b []byte) error {
	if b[0] == '"' {
		return json.Unmarshal(b, &l.Topic)
	}
	type object looseTopic // without this method
	return json.Unmarshal(b, (*object)(l))
}

// Guarantees: A42
func FuzzParseRequest(f *testing.F) {
	var vectors []struct{ Frame string }
	read(f, "requests.json", &vectors)
	for _, v := range vectors {
		f.Add([]byte(v.Frame))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		req, err := wire.ParseRequest(b)
		if err != nil || !utf8.Valid(b) { // a transport lets only UTF-8 through
			return
		}
		// Whatever is understood is what the standard library reads, too.
		var loose struct {
			Action, Token, Topic, Ref, Entity string
			Topics                            []looseTopic
		}
		var alone looseTopic
		if err := errors.Join(json.Unmarshal(b, &loose), json.Unmarshal(b, &alone)); err != nil {
			t.Fatalf("%q was understood, but %v", b, err)
		}
		if string(req.Action) != loose.Action || req.Token != loose.Token || req.Ref != loose.Ref || req.Entity != loose.Entity {
			t.Fatalf("%q was read as %+v; want %+v", b, req, loose)
		}
		switch req.Action {
		case wire.ActionSubscribe, wire.ActionUnsubscribe:
			if loose.Topics == nil {
				loose.Topics = []looseTopic{alone}
			}
		default:
			if req.Topic != loose.Topic {
				t.Fatalf("%q was read as about %q; want %q", b, req.Topic, loose.Topic)
			}
		}
		if len(req.Topics) != len(loose.Topics) {
			t.Fatalf("%q was read as %d topics; want %d", b, len(req.Topics), len(loose.Topics))
		}
		for i, topic := range loose.Topics {
			if req.Topics[i].Topic != topic.Topic || (req.Topics[i].Since == nil) != (topic.Since == nil) {
				t.Fatalf("%q was read as %+v; want %+v", b, req, loose)
			}
			if topic.Since != nil && (req.Topics[i].Since.Epoch != topic.Since.Epoch || req.Topics[i].Since.Seq != topic.Since.Seq) {
				t.Fatalf("%q was read as %+v; want %+v", b, req.Topics[i].Since, topic.Since)
			}
		}
	})
}

// Guarantees: A42
func FuzzParseHeader(f *testing.F) {
	f.Add([]byte{0x81, 0x85, 1, 2, 3, 4})
	f.Add([]byte{0x82, 0xFE, 1, 2, 3, 4, 5, 6})
	f.Add([]byte{0x88, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 3, 4})
	f.Fuzz(func(t *testing.T, b []byte) {
		h, size, err := wire.ParseHeader(b)
		switch {
		case size > len(b) || size > 14 || h.Length < 0 && err == nil:
			t.Fatalf("%x: size %d, %+v, %v", b, size, h, err)
		case err == nil && size > 0 && !h.Masked && h.Fin:
			if again := wire.AppendHeader(nil, h.Op, int(h.Length)); !bytes.Equal(again, b[:size]) {
				t.Fatalf("%x was read as %+v, which is written %x", b[:size], h, again)
			}
		}
	})
}

// Any string that goes into a message comes out of it again.
func FuzzAppendString(f *testing.F) {
	f.Add("plain", "Zoë \"quoted\" \\ \x00 \u2028", "<&>")
	f.Fuzz(func(t *testing.T, entity, user, trace string) {
		b := (&wire.Event{Topic: "a:b", Event: "ADDED", EntityID: entity, UserID: user, TraceID: trace}).Append(nil)
		var got struct {
			Data struct {
				EntityID string `json:"entity_id"`
				UserID   string `json:"user_id"`
			}
			TraceID string `json:"trace_id"`
		}
		if err := json.Unmarshal(b, &got); err != nil {
			t.Fatalf("%s: %v", b, err)
		}
		valid := func(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }
		if len(got.Data.EntityID) < len(strings.ToValidUTF8(entity, "")) || valid(user) == user && got.Data.UserID != user || valid(trace) == trace && got.TraceID != trace {
			t.Fatalf("%q %q %q became %s", entity, user, trace, b)
		}
	})
}
