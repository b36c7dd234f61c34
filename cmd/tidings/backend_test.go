package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// fileOf returns the file of a name that a document holds as a block.
func fileOf(t *testing.T, path, name string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile("(?ms)^```\\w+ file=" + regexp.QuoteMeta(name) + "\n(.*?)^```$").FindSubmatch(text)
	if found == nil {
		t.Fatalf("%s has no %s", path, name)
	}
	return string(found[1])
}

// startBackend runs a file of docs/backend.md, and returns its URL.
func startBackend(t *testing.T, command, file, hub string) (url string) {
	t.Helper()
	folder := t.TempDir()
	write(t, filepath.Join(folder, file), fileOf(t, "../../docs/backend.md", file))
	write(t, filepath.Join(folder, "jwt-secret"), secret+"\n")
	write(t, filepath.Join(folder, "publish-key"), publishKey+"\n")
	ctx, cancel := context.WithCancel(context.Background())
	backend := exec.CommandContext(ctx, command, file)
	backend.Dir, backend.Env = folder, append(os.Environ(), "PORT=0", "HUB="+hub)
	out, err := backend.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := backend.Start(); err != nil {
		t.Fatalf("%s is needed: %v", command, err)
	}
	t.Cleanup(func() {
		cancel()
		_, _ = io.Copy(io.Discard, out) // until it has ended
		_ = backend.Wait()              // it was killed
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("%s ended: %v", file, err)
	}
	return strings.TrimSpace(strings.TrimPrefix(line, "listening on "))
}

// The backends of docs/backend.md log people in, and what they commit arrives: in order,
// with the id of the request that it came from.
func TestTheBackendsOfTheDocs(t *testing.T) {
	for command, file := range map[string]string{"python3": "backend.py", "node": "backend.mjs"} {
		t.Run(file, func(t *testing.T) {
			hub, _ := startWithTokens(t, io.Discard, "--jwt-audience=tidings")
			backend := startBackend(t, command, file, hub)
			status, answer := postTo(t, backend+"/login", `{"name":"anna"}`)
			var session struct {
				Token string `json:"access_token"`
			}
			if err := json.Unmarshal([]byte(answer), &session); err != nil || status != 200 {
				t.Fatalf("log-in: %d %s: %v", status, answer, err)
			}
			say, next := enter(t, hub, session.Token)
			say(`{"action":"subscribe","topic":"list-items:1"}`)
			expect(t, next, `"subscribed"`)
			if status, _ := postTo(t, backend+"/items", `{"list_id":"1","name":"Kite"}`); status != 401 {
				t.Errorf("without a log-in: %d", status)
			}
			for i := range 3 {
				body := fmt.Sprintf(`{"list_id":"1","name":"Kite %d"}`, i)
				if status, answer := postTo(t, backend+"/items", body, "Authorization", "Bearer "+session.Token, "Mutation-Id", fmt.Sprint("m", i)); status != 201 {
					t.Fatalf("%d %s", status, answer)
				}
			}
			for i := range 3 {
				event := next()
				for _, want := range []string{fmt.Sprintf(`"seq":%d`, i+1), fmt.Sprintf(`"Kite %d"`, i), fmt.Sprintf(`"mutation_id":"m%d"`, i), `"user_id":"anna"`} {
					if !strings.Contains(event, want) {
						t.Errorf("event %d is %s; want %s", i, event, want)
					}
				}
			}
		})
	}
}

// An event that was committed while the hub was away is sent when it is back.
func TestTheBackendsWaitForTheHub(t *testing.T) {
	for command, file := range map[string]string{"python3": "backend.py", "node": "backend.mjs"} {
		t.Run(file, func(t *testing.T) {
			log := "--log=" + filepath.Join(t.TempDir(), "events.db")
			hub, end := startWithTokens(t, io.Discard, log)
			backend := startBackend(t, command, file, hub)
			end()
			for _, name := range []string{"Kite", "Ball"} {
				if status, answer := postTo(t, backend+"/items", `{"list_id":"1","name":"`+name+`"}`, "Authorization", "Bearer "+token(t)); status != 201 {
					t.Fatalf("%d %s", status, answer)
				}
			}
			hub, _ = startWithTokens(t, io.Discard, log, "--addr="+strings.TrimPrefix(hub, "http://"))
			epoch := headOf(t, hub)
			say, next := enter(t, hub, token(t))
			say(`{"action":"subscribe","topic":"list-items:1","since":{"epoch":"` + epoch + `","seq":0}}`)
			expect(t, next, `"subscribed"`)
			expect(t, next, `"Kite"`)
			expect(t, next, `"Ball"`)
		})
	}
}

// headOf returns the epoch of a log.
func headOf(t *testing.T, hub string) string {
	t.Helper()
	say, next := enter(t, hub, token(t))
	say(`{"action":"subscribe","topic":"list-items:other"}`)
	found := regexp.MustCompile(`"epoch":"([^"]+)"`).FindStringSubmatch(next())
	if found == nil {
		t.Fatal("there is no epoch")
	}
	return found[1]
}
