//go:build linux

package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/familygifting/tidings/bench/internal/process"
)

// topic is the one that everything is about.
const topic = "list-items:1"

// event is a publication; the marker in it is what subscribers count.
var event = `{"topic":"` + topic + `","event":"UPDATED","data":{"entity_id":"456","payload":{"id":456,"status":"purchased","name":"` +
	string(marker) + strings.Repeat("x", 100) + `"},"user_id":"789","timestamp":"2026-01-01T00:00:00Z"}}`

const marker = '|'

// server is a process under measurement.
type server struct {
	cmd  *exec.Cmd
	addr string
	// sign, where there are tokens, makes one for the i-th subscriber.
	sign    func(i int) (string, error)
	hub     bool // whether subscribers speak the protocol
	publish func() error
	stop    func() error
}

// startFloor starts the floor on a socket that it inherits.
func startFloor(path string) (*server, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	inherited, err := listener.(*net.TCPListener).File()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(path, "3") //nolint:gosec // our own program
	cmd.ExtraFiles = []*os.File{inherited}
	cmd.Stderr = io.Discard
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	addr := listener.Addr().String()
	_ = listener.Close() // the floor has it now
	_ = inherited.Close()
	// As large as the hub's frame, which carries the position besides.
	frame := []byte{0x81, 126, 0, 0}
	frame = append(frame, event+strings.Repeat(" ", 90)...)
	binary.BigEndian.PutUint16(frame[2:], uint16(len(frame)-4))
	sized := append(binary.NativeEndian.AppendUint32(nil, uint32(len(frame))), frame...)
	return &server{
		cmd: cmd, addr: addr,
		publish: func() error { _, err := in.Write(sized); return err },
		stop:    func() error { _ = in.Close(); return cmd.Wait() },
	}, nil
}

// issuer is that of the subscribers' tokens.
const issuer = "bench"

// startHub starts the hub, with a memory log.
func startHub(path, dir string, withJWT bool) (*server, error) {
	s := &server{hub: true}
	key := "dev"
	args := []string{"serve", "--addr=127.0.0.1:0", "--max-per-address=0", "--ping-interval=1h"}
	if withJWT {
		key = "0123456789abcdef"
		secret := []byte("0123456789abcdef0123456789abcdef")
		file := filepath.Join(dir, "secret")
		if err := os.WriteFile(file, secret, 0o600); err != nil {
			return nil, err
		}
		s.sign = func(i int) (string, error) {
			return jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
				"iss": issuer, "iat": time.Now().Unix(),
				"sub": fmt.Sprint("u", i), "exp": time.Now().Add(time.Hour).Unix(), "topics": []string{topic},
			}).SignedString(secret)
		}
		args = append(args, "--jwt-secret-file="+file, "--jwt-issuer="+issuer, "--publish-key="+key)
	} else {
		args = append(args, "--dev")
	}
	var err error
	if s.cmd, s.addr, err = process.Start(path, args...); err != nil {
		return nil, err
	}
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	s.publish = func() error { return post(client, s.addr, key) }
	s.stop = func() error { _ = s.cmd.Process.Kill(); _ = s.cmd.Wait(); client.CloseIdleConnections(); return nil }
	return s, nil
}

func post(client *http.Client, addr, key string) error {
	r, err := http.NewRequest(http.MethodPost, "http://"+addr+"/api/publish", strings.NewReader(event))
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+key)
	response, err := client.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("publishing: %s %s", response.Status, body)
	}
	return err
}

func (s *server) cpu() (time.Duration, error) { return process.CPU(s.cmd.Process.Pid) }

func (s *server) rss() (float64, error) { return process.RSS(s.cmd.Process.Pid) }
