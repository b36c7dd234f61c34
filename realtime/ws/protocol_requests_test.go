package ws_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/familygifting/tidings/realtime"
)

// vectors reads a file under protocol/vectors.
func vectors(t testing.TB, name string, into any) {
	t.Helper()
	b, err := os.ReadFile("../../protocol/vectors/" + name)
	if err == nil {
		err = json.Unmarshal(b, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestR20RequestVectors(t *testing.T) {
	var cases []struct {
		Name, Frame, Names string
		Error              realtime.Code
	}
	vectors(t, "requests.json", &cases)
	e := newEnv(t, setup{})
	for _, v := range cases {
		t.Run(v.Name, func(t *testing.T) {
			c := e.login("anna")
			c.t = t
			c.send("%s", v.Frame)
			if v.Error == "" {
				if m := c.read(); m.Type == "error" {
					t.Errorf("refused: %s", m.raw)
				}
				return
			}
			if m := c.expectError(v.Error); !strings.Contains(m.Message, v.Names) {
				t.Errorf("%q does not name %q", m.Message, v.Names)
			}
			c.expectSilence() // nothing took effect, and the session goes on
		})
	}
}

func TestR21RefIsEchoed(t *testing.T) {
	e := newEnv(t, setup{})
	c := e.login("anna")
	ref := strings.Repeat("r", 64)
	c.subscribe("list:b")
	c.subscribe("list:c")
	for frame, kind := range map[string]string{
		`{"action":"subscribe","topics":[{"topic":"list:a"}],"ref":%q}`: "subscribed",
		`{"action":"subscribe","topic":"secret:a","ref":%q}`:            "error",
		`{"action":"subscribe","topic":"a","ref":%q}`:                   "error",
		`{"action":"unsubscribe","topic":"list:none","ref":%q}`:         "error",
		`{"action":"unsubscribe","topic":"list:b","ref":%q}`:            "unsubscribed",
		`{"action":"unsubscribe","topics":["list:c"],"ref":%q}`:         "unsubscribed",
		`{"action":"unsubscribe","topics":["list:none"],"ref":%q}`:      "error",
		`{"ref":%q,"action":"subscribe","topic":1}`:                     "error",
	} {
		c.send(frame, ref)
		if m := c.expect(kind); m.Ref != ref {
			t.Errorf("%s answered %s; want the ref", frame, m.raw)
		}
	}
}

// subscribeTo is a frame that asks for n topics.
func subscribeTo(n int) string { return frameOf("subscribe", `{"topic":"list:%d"}`, 0, n) }

// unsubscribeFrom is a frame that leaves as many topics.
func unsubscribeFrom(n int) string { return frameOf("unsubscribe", `"list:%d"`, 0, n) }

// frameOf is a frame with the topics from the first one on, each in this form.
func frameOf(action, form string, first, n int) string {
	topics := make([]string, n)
	for i := range topics {
		topics[i] = fmt.Sprintf(form, first+i)
	}
	return fmt.Sprintf(`{"action":%q,"topics":[%s],"ref":"r"}`, action, strings.Join(topics, ","))
}

// Guarantees: A39
func TestR22TopicsOfAFrame(t *testing.T) {
	e := newEnv(t, setup{})
	c := e.login("anna")
	c.send("%s", subscribeTo(501))
	if m := c.expectError(realtime.CodeTooManyTopics); m.Topic != "" || m.Ref != "r" {
		t.Errorf("got %s; want one answer for the frame", m.raw)
	}
	e.publish("list:0", 1)
	c.expectSilence()
	c.send("%s", subscribeTo(500))
	for range 500 {
		c.expect("subscribed")
	}
}

func TestR22TopicsOfAnUnsubscribe(t *testing.T) {
	e := newEnv(t, setup{})
	c := e.login("anna")
	c.send("%s", subscribeTo(500))
	for range 500 {
		c.expect("subscribed")
	}
	c.send("%s", unsubscribeFrom(501))
	if m := c.expectError(realtime.CodeTooManyTopics); m.Topic != "" || m.Ref != "r" {
		t.Errorf("got %s; want one answer for the frame", m.raw)
	}
	e.publish("list:0", 1)
	c.expectEvents("list:0", 1, 1) // none was ended
	c.send("%s", unsubscribeFrom(500))
	for i := range 500 {
		if m := c.expect("unsubscribed"); m.Topic != fmt.Sprintf("list:%d", i) {
			t.Fatalf("got %s; want list:%d", m.raw, i)
		}
	}
	e.publish("list:0", 1)
	c.expectSilence()
}

// Guarantees: A39
func TestR23TopicsOfASession(t *testing.T) {
	e := newEnv(t, setup{options: realtime.Options{MaxTopics: 2}})
	c := e.login("anna")
	c.send("%s", subscribeTo(3))
	c.expect("subscribed")
	c.expect("subscribed")
	if m := c.expectError(realtime.CodeTooManyTopics); m.Topic != "list:2" {
		t.Errorf("got %s; want it for list:2", m.raw)
	}
	c.subscribe("list:0") // one that it holds already
	c.send(`{"action":"unsubscribe","topic":"list:0"}`)
	c.expect("unsubscribed")
	c.subscribe("list:2")
}

// Guarantees: A39
func TestR24InboundRate(t *testing.T) {
	e := newEnv(t, setup{options: realtime.Options{InboundRate: 10, InboundBurst: 3}})
	c := e.login("anna") // takes one
	c.send(`{"action":"ping"}`)
	c.expect("pong")
	c.send(`{"action":"ping"}`)
	c.expect("pong")
	c.send(`{"action":"subscribe","topic":"list:a"}`)
	m := c.expectError(realtime.CodeRateLimited)
	if m.RetryAfterMS < 1 || m.RetryAfterMS > 100 {
		t.Errorf("retry_after_ms = %d; want 1 to 100", m.RetryAfterMS)
	}
	e.publish("list:a", 1) // the subscribe was not executed
	again := time.Now().Add(time.Duration(m.RetryAfterMS) * time.Millisecond)
	waitFor(t, func() bool { return time.Now().After(again) })
	c.expectSilence()
}

// A thousand topics come and go in few enough messages.
func TestR24AThousandTopicsLeft(t *testing.T) {
	e := newEnv(t, setup{options: realtime.Options{InboundRate: 0.001, InboundBurst: 5}})
	c := e.login("anna") // takes one
	for _, first := range []int{0, 500} {
		c.send("%s", frameOf("subscribe", `{"topic":"list:%d"}`, first, 500))
		for range 500 {
			c.expect("subscribed")
		}
	}
	for _, first := range []int{0, 500} {
		c.send("%s", frameOf("unsubscribe", `"list:%d"`, first, 500))
		for range 500 {
			c.expect("unsubscribed")
		}
	}
	waitFor(t, func() bool { return e.hub.Stats().Topics == 0 })
}

// Guarantees: A39
func TestR25RefusedTooOften(t *testing.T) {
	e := newEnv(t, setup{options: realtime.Options{InboundRate: 0.001, InboundBurst: 30, MaxStrikes: 10}})
	for name, test := range map[string]struct {
		login bool
		frame string
		code  realtime.CloseCode
	}{
		"form":        {true, `nonsense`, realtime.CloseBadRequest},
		"before auth": {false, `{"action":"ping"}`, realtime.CloseBadRequest},
		"rate":        {true, `{"action":"ping"}`, realtime.CloseRateLimited},
	} {
		t.Run(name, func(t *testing.T) {
			c := e.dial(nil)
			c.t = t
			if test.login {
				c.send(`{"action":"auth","token":"anna"}`)
			}
			for range 60 { // the rest is not read any more
				if c.trySend(test.frame) != nil {
					break
				}
			}
			c.expectClose(test.code)
		})
	}
}

func TestR26Ping(t *testing.T) {
	e := newEnv(t, setup{})
	c := e.login("anna")
	c.send(`{"action":"ping"}`)
	c.expect("pong")
}

func TestR30TopicVectors(t *testing.T) {
	var cases []struct {
		Topic string
		Valid bool
	}
	vectors(t, "topics.json", &cases)
	e := newEnv(t, setup{})
	c := e.login("anna")
	long := strings.Repeat("a", realtime.MaxTopicPart)
	for _, v := range append(cases, struct {
		Topic string
		Valid bool
	}{long + ":" + long, true}, struct {
		Topic string
		Valid bool
	}{long + "a:1", false}, struct {
		Topic string
		Valid bool
	}{"a:1" + long, false}) {
		topic, err := json.Marshal(v.Topic)
		if err != nil {
			t.Fatal(err)
		}
		c.send(`{"action":"subscribe","topic":%s}`, topic)
		m := c.read()
		if v.Valid != (m.Type == "subscribed") || !v.Valid && (m.Code != string(realtime.CodeInvalidTopic) || m.Topic != v.Topic) {
			t.Errorf("%q answered %s; valid: %v", v.Topic, m.raw, v.Valid)
		}
	}
}

func TestR31AliasAndCanonical(t *testing.T) {
	e := newEnv(t, setup{})
	c := e.login("anna")
	if m := c.subscribe("list-item:list-7"); m.Topic != "list-item:list-7" || m.Canonical != "list-items:7" {
		t.Errorf("got %s", m.raw)
	}
	e.publish("list-items:7", 1)
	c.expectEvents("list-items:7", 1, 1)
	c.send(`{"action":"unsubscribe","topic":"list-item:list-7"}`)
	if m := c.expect("unsubscribed"); m.Topic != "list-items:7" || m.Code != "client" {
		t.Errorf("got %s", m.raw)
	}
}

// Each of several topics is answered as one alone is, in their order.
func TestR46UnsubscribeFromSeveral(t *testing.T) {
	e := newEnv(t, setup{})
	c := e.login("anna")
	c.subscribe("list:a")
	c.subscribe("list-item:list-7")
	c.subscribe("list-item:list-8")
	c.subscribe("list:stays")
	c.send(`{"action":"unsubscribe","topics":["list:none","list:a","list-item:list-7","list","list-items:7","list-items:8","list-item:list-8"],"ref":"r"}`)
	for _, want := range []struct{ kind, topic, code string }{
		{"error", "list:none", "not_subscribed"},
		{"unsubscribed", "list:a", "client"},
		{"unsubscribed", "list-items:7", "client"}, // by its canonical name
		{"error", "list", "invalid_topic"},
		{"error", "list-items:7", "not_subscribed"}, // it has gone under its other name
		{"unsubscribed", "list-items:8", "client"},
		{"error", "list-item:list-8", "not_subscribed"},
	} {
		if m := c.read(); m.Type != want.kind || m.Topic != want.topic || m.Code != want.code || m.Ref != "r" {
			t.Errorf("got %s; want %v with the ref", m.raw, want)
		}
	}
	for _, topic := range []realtime.Topic{"list:a", "list-items:7", "list-items:8", "list:stays"} {
		e.publish(topic, 1)
	}
	c.expectEvents("list:stays", 1, 1)
	c.expectSilence()
	waitFor(t, func() bool { return e.hub.Stats().Topics == 1 })
}

// What is not understood in a part is not done in another.
func TestR20UnsubscribeWholeOrNotAtAll(t *testing.T) {
	e := newEnv(t, setup{})
	c := e.login("anna")
	c.subscribe("list:a")
	for frame, names := range map[string]string{
		`{"action":"unsubscribe","topics":["list:a","list:b","list:a"]}`: "topics[2]",
		`{"action":"unsubscribe","topics":["list:a",7]}`:                 "topics[1]",
		`{"action":"unsubscribe","topics":["list:a"],"topic":"list:a"}`:  "topics",
		`{"action":"unsubscribe","topics":["list:a"],"presence":true}`:   "presence",
	} {
		c.send("%s", frame)
		if m := c.expectError(realtime.CodeBadRequest); !strings.HasPrefix(m.Message, names+":") {
			t.Errorf("%s answered %s; want it to name %s", frame, m.raw, names)
		}
	}
	e.publish("list:a", 1)
	c.expectEvents("list:a", 1, 1)
}

// Guarantees: A18
func TestR32UnknownAndForbiddenAreAlike(t *testing.T) {
	e := newEnv(t, setup{})
	c := e.login("anna")
	c.send(`{"action":"subscribe","topic":"secret:1"}`)
	forbidden := c.expectError(realtime.CodeForbidden).raw
	c.send(`{"action":"subscribe","topic":"missing:1"}`)
	unknown := c.expectError(realtime.CodeForbidden).raw
	if strings.ReplaceAll(forbidden, "secret", "missing") != unknown {
		t.Errorf("told apart: %s and %s", forbidden, unknown)
	}
}

// The names of two topics never run together, whatever their parts.
// Guarantees: A19
func TestTopicsDoNotCrossMatch(t *testing.T) {
	e := newEnv(t, setup{})
	c := e.login("anna")
	c.subscribe("list-a:b-c")
	for _, other := range []realtime.Topic{"list:a-b-c", "list-a-b:c", "list-a:b", "list-a:b-c-d"} {
		e.publish(other, 1)
	}
	c.expectSilence()
}
