package service

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"strings"
	"syscall"
	"time"
)

// unixPrefix begins an address that is a Unix socket's path.
const unixPrefix = "unix:"

// UnixPath returns the path of the Unix socket that an address names.
func UnixPath(addr string) (path string, ok bool) { return strings.CutPrefix(addr, unixPrefix) }

// maxUnixPath is the most bytes that the path of a Unix socket may have.
const maxUnixPath = 107

var (
	errAddress  = errors.New("host:port, such as 127.0.0.1:9000 or :9000, or unix:/path")
	errUnixPath = fmt.Errorf("unix: and the path of a file, with at most %d bytes", maxUnixPath)
)

// CheckAddress returns what an address would have to be, if [Listen] could not listen on it.
func CheckAddress(addr string) error {
	if path, ok := UnixPath(addr); ok {
		if path == "" || path[0] == '@' || len(path) > maxUnixPath {
			return errUnixPath
		}
		return nil
	}
	_, port, err := net.SplitHostPort(addr)
	if err != nil || port == "" {
		return errAddress
	}
	if _, err := net.LookupPort("tcp", port); err != nil {
		return errAddress
	}
	return nil
}

// probeTimeout is how long a socket that is there may take to show that it is in use.
const probeTimeout = time.Second

// Listen listens on a TCP address, or on the Unix socket of unix:/path, whose file gets
// the mode. The file of a process that ended without removing it is replaced.
func Listen(ctx context.Context, addr string, mode fs.FileMode) (net.Listener, error) {
	path, ok := UnixPath(addr)
	if !ok {
		// Pings are the hub's own, so the kernel's keep-alive would only cost.
		l, err := (&net.ListenConfig{KeepAlive: -1}).Listen(ctx, "tcp", addr)
		if errors.Is(err, syscall.EADDRINUSE) {
			return nil, fmt.Errorf("another process listens on %s: stop it, or choose another address", addr)
		}
		return l, err
	}
	if err := removeStale(ctx, path); err != nil {
		return nil, err
	}
	l, err := new(net.ListenConfig).Listen(ctx, "unix", path)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(path, mode); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return localListener{l}, nil
}

// removeStale removes a socket that nobody listens on. Only a refused connection proves
// that: a socket whose process is busy, or whose mode keeps this user out, is in use.
func removeStale(ctx context.Context, path string) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case info.Mode().Type() != fs.ModeSocket:
		return fmt.Errorf("%s is there already, and is no socket: choose another path", path)
	}
	conn, err := (&net.Dialer{Timeout: probeTimeout}).DialContext(ctx, "unix", path)
	switch {
	case err == nil:
		return errors.Join(fmt.Errorf("another process listens on %s: stop it, or choose another path", path), conn.Close())
	case errors.Is(err, fs.ErrNotExist):
		return nil // it has just gone
	case !errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Errorf("another process may listen on %s: stop it, or choose another path: %w", path, err)
	}
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// localListener is of a Unix socket. Its peers are of this machine and count as
// 127.0.0.1, so that a proxy on the socket is named as one on the machine is.
type localListener struct{ net.Listener }

// Accept implements [net.Listener].
func (l localListener) Accept() (net.Conn, error) {
	nc, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return localConn{nc}, nil
}

type localConn struct{ net.Conn }

var localAddr = net.TCPAddrFromAddrPort(netip.MustParseAddrPort("127.0.0.1:0"))

// RemoteAddr implements [net.Conn].
func (localConn) RemoteAddr() net.Addr { return localAddr }
