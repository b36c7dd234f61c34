package service_test

import (
	"net"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/familygifting/tidings/cmd/internal/service"
)

// A process that is too busy to take connections still has its socket.
func TestListenLeavesTheSocketOfABusyProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hub.sock")
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = unix.Close(fd) }()
	if err := unix.Bind(fd, &unix.SockaddrUnix{Name: path}); err != nil {
		t.Fatal(err)
	}
	if err := unix.Listen(fd, 0); err != nil {
		t.Fatal(err)
	}
	for {
		waits, err := net.Dial("unix", path)
		if err != nil {
			break // nothing is accepted, so the queue is full
		}
		defer func() { _ = waits.Close() }()
	}
	if _, err := service.Listen(t.Context(), "unix:"+path, 0o600); err == nil || !strings.Contains(err.Error(), "another process may listen on "+path) {
		t.Errorf("got %v", err)
	}
}

// An address that is taken is named, and so is the way out.
func TestListenWhereAnotherProcessDoes(t *testing.T) {
	l, err := service.Listen(t.Context(), "127.0.0.1:0", 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	addr := l.Addr().String()
	if _, err := service.Listen(t.Context(), addr, 0); err == nil || err.Error() != "another process listens on "+addr+": stop it, or choose another address" {
		t.Errorf("got %v", err)
	}
}
