package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// nobody is a user without any right.
const nobody = 65534

// image is the guide's image, "FROM scratch": the program and a directory for its data,
// no other file, and nothing that may be written elsewhere.
type image struct {
	t    *testing.T
	root string
}

func newImage(t *testing.T) image {
	t.Helper()
	root := t.TempDir()
	build := exec.Command("go", "build", "-o", filepath.Join(root, "giftboard"), ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	data := filepath.Join(root, "data")
	if err := os.Mkdir(data, 0o700); err != nil {
		t.Fatal(err)
	}
	if os.Getuid() == 0 {
		if err := os.Chown(data, nobody, nobody); err != nil {
			t.Fatal(err)
		}
	}
	for dir := root; dir != os.TempDir() && dir != "/"; dir = filepath.Dir(dir) {
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(root, 0o555); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(root, 0o755) }) //nolint:gosec // to be removed
	return image{t, root}
}

// command runs a program in the image: as nobody, or, where the tests are no root
// themselves, in a namespace of users.
func (i image) command(args ...string) *exec.Cmd {
	cmd := exec.Command("/giftboard", args...)
	cmd.Dir, cmd.Env = "/", []string{"GIFTBOARD_ADDR=127.0.0.1:0", "GIFTBOARD_DATA=/data"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: i.root}
	if os.Getuid() == 0 {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: nobody, Gid: nobody}
		return cmd
	}
	cmd.SysProcAttr.Cloneflags = syscall.CLONE_NEWUSER
	cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
	cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	return cmd
}

// serve starts the server, and returns its line.
func (i image) serve() string {
	i.t.Helper()
	cmd := i.command("serve")
	logged := &bytes.Buffer{}
	cmd.Stderr = logged
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		i.t.Fatal(err)
	}
	i.t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_, _ = io.Copy(io.Discard, out)
		if err := cmd.Wait(); err != nil {
			i.t.Errorf("%v: %s", err, logged)
		}
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		i.t.Fatalf("it did not start: %v: %s", err, logged)
	}
	return line
}

// The guide's image runs with nothing around it: no temporary directory, no shell, no
// user but nobody. SQLite asks for temporary files only after some writes.
// Guarantees: F9
func TestTheImageOfTheGuide(t *testing.T) {
	i := newImage(t)
	line := i.serve()
	url := urlPattern.FindString(line)
	_, token, _ := strings.Cut(strings.TrimSpace(line), "/setup#")
	access := ""
	send := func(method, path, body string, want int) []byte {
		t.Helper()
		r, err := http.NewRequest(method, url+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer "+access)
		client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		res, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }() // it is read to its end
		answer, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode != want {
			t.Fatalf("%s: %d %s, %v; want %d", path, res.StatusCode, answer, err, want)
		}
		return answer
	}
	var login struct {
		AccessToken string `json:"access_token"`
	}
	setup := fmt.Sprintf(`{"token":%q,"family_name":"Lovelace","name":"Ada","email":"ada@example.org","password":"correct horse battery"}`, token)
	if err := json.Unmarshal(send(http.MethodPost, "/api/v1/setup", setup, http.StatusCreated), &login); err != nil {
		t.Fatal(err)
	}
	access = login.AccessToken
	var list struct{ ID string }
	if err := json.Unmarshal(send(http.MethodPost, "/api/v1/lists", `{"name":"Many","type":"ideas"}`, http.StatusCreated), &list); err != nil {
		t.Fatal(err)
	}
	for n := range 100 {
		body := fmt.Sprintf(`{"list_id":%q,"gift":{"name":"Gift %d"},"notes":%q}`, list.ID, n, strings.Repeat("n", 1000))
		send(http.MethodPost, "/api/v1/list-items", body, http.StatusCreated)
	}
	send(http.MethodDelete, "/api/v1/lists/"+list.ID, "", http.StatusNoContent) // it changes many pages, which could have to be undone
	for _, args := range [][]string{{"healthcheck", "--addr", strings.TrimPrefix(url, "http://")}, {"backup", "/data/copy.db"}} {
		if out, err := i.command(args...).CombinedOutput(); err != nil {
			t.Errorf("%v: %v: %s", args, err, out)
		}
	}
}
