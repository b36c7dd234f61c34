package main

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/memlog"
)

// publishOnce publishes an event under the key, and tells whether it took effect.
func publishOnce(t *testing.T, j journal, key string) bool {
	t.Helper()
	render := func([]realtime.Entry) []byte { return []byte(strings.Repeat("x", 1000)) }
	_, entries, err := j.publish(context.Background(), once{key: key, request: "r"}, []realtime.Event{{Topic: "list:a"}}, render)
	if err != nil {
		t.Fatal(err)
	}
	return len(entries) > 0
}

// What is remembered of publications has a bound, within which the latest stay.
func TestAnswersInMemoryAreBounded(t *testing.T) {
	const bound = 20_000
	j := newMemoryJournal(memlog.Options{}, bound)
	defer func() { _ = j.close() }()
	for i := range 100 {
		if !publishOnce(t, j, fmt.Sprint("key", i)) {
			t.Fatalf("publication %d was not taken", i)
		}
		if j.bytes > bound || len(j.answers) != len(j.keys) {
			t.Fatalf("%d bytes of %d answers by %d keys; want at most %d bytes", j.bytes, len(j.answers), len(j.keys), bound)
		}
	}
	if publishOnce(t, j, "key99") {
		t.Error("the latest key was forgotten")
	}
	if !publishOnce(t, j, "key0") {
		t.Error("the oldest key is known still: the bound holds nothing")
	}
}

// Answers go when their time has come, even when nobody publishes any more.
func TestAnswersInMemoryAge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := newMemoryJournal(memlog.Options{}, 1<<20)
		defer func() { _ = j.close() }()
		publishOnce(t, j, "key")
		<-time.After(keepAnswers - trimInterval)
		if publishOnce(t, j, "key") {
			t.Error("the key was forgotten before its time")
		}
		<-time.After(2 * trimInterval)
		synctest.Wait()
		j.mu.Lock()
		defer j.mu.Unlock()
		if len(j.answers) != 0 || j.bytes != 0 {
			t.Errorf("%d answers with %d bytes are left", len(j.answers), j.bytes)
		}
	})
}
