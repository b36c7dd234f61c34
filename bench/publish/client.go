//go:build linux

package main

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"sync"
	"time"
)

// publish publishes for a time, and returns how long each publication took. The client
// writes requests that are ready, and reads no more of the answers than it must: it
// takes as little of the processor as it can.
func (h *hub) publish(o options, lasts time.Duration) ([]time.Duration, error) {
	requests := make([][]byte, o.topics)
	for i := range requests {
		requests[i] = h.request(o, fmt.Sprint("list-items:", i))
	}
	took, failed := make([][]time.Duration, o.inFlight), make([]error, o.inFlight)
	until := time.Now().Add(lasts)
	var workers sync.WaitGroup
	for w := range o.inFlight {
		workers.Go(func() { took[w], failed[w] = h.work(o, requests, w, until) })
	}
	workers.Wait()
	return slices.Concat(took...), errors.Join(failed...)
}

// keyMark is what stands in a request where its Idempotency-Key goes.
var keyMark = []byte("KKKKKKKKKKKKKKKKKKKKKKKKKK")

func (h *hub) request(o options, topic string) []byte {
	body, key := h.body(topic, payload), ""
	if o.keys {
		key = "Idempotency-Key: " + string(keyMark) + "\r\n"
	}
	return fmt.Appendf(nil, "POST /api/publish HTTP/1.1\r\nHost: %s\r\n%s\r\n%sContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
		h.addr, h.header, key, len(body), body)
}

// work publishes on one connection, to the topics in turn.
func (h *hub) work(o options, requests [][]byte, first int, until time.Time) (took []time.Duration, err error) {
	c, err := net.Dial("tcp", h.addr)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	in, own := bufio.NewReader(c), []byte(nil)
	for i := first; ; i++ {
		begun := time.Now()
		if begun.After(until) {
			return took, nil
		}
		request := requests[i%len(requests)]
		if o.keys {
			own = append(own[:0], request...)
			copy(own[bytes.Index(own, keyMark):], rand.Text())
			request = own
		}
		if _, err := c.Write(request); err != nil {
			return nil, err
		}
		if err := readAnswer(in); err != nil {
			return nil, err
		}
		took = append(took, time.Since(begun))
	}
}

var lengthHeader = []byte("content-length:")

// readAnswer reads an answer, which must say that all went well.
func readAnswer(in *bufio.Reader) error {
	length := -1
	for n := 0; ; n++ {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return err
		}
		if n == 0 && !bytes.HasPrefix(line, []byte("HTTP/1.1 200 ")) {
			return fmt.Errorf("answered %q", line)
		}
		if line = bytes.TrimSpace(line); len(line) == 0 {
			break
		}
		if len(line) > len(lengthHeader) && bytes.EqualFold(line[:len(lengthHeader)], lengthHeader) {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(line[len(lengthHeader):]))); err != nil {
				return err
			}
		}
	}
	if length < 0 {
		return errors.New("an answer says no length")
	}
	answer, err := in.Peek(length)
	if err != nil {
		return err
	}
	if bytes.Contains(answer, []byte(`"error"`)) {
		return fmt.Errorf("answered %s", answer)
	}
	_, err = io.CopyN(io.Discard, in, int64(length))
	return err
}
