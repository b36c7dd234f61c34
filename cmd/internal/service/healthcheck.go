package service

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// healthcheckTimeout is how long a server may take to say that it is ready.
const healthcheckTimeout = 3 * time.Second

// Healthcheck asks the server that listens on the address of this machine whether it
// is ready: a TCP address, or unix:/path.
func Healthcheck(ctx context.Context, addr string, overTLS bool) error {
	ctx, cancel := context.WithTimeout(ctx, healthcheckTimeout)
	defer cancel()
	network, to, host, err := target(addr)
	if err != nil {
		return err
	}
	scheme := "http"
	if overTLS {
		scheme = "https"
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, scheme+"://"+host+"/readyz", nil)
	if err != nil {
		return err
	}
	transport := &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, to)
		},
		// The certificate is for the name that others use, and nothing secret is sent.
		TLSClientConfig:   &tls.Config{InsecureSkipVerify: true},
		DisableKeepAlives: true,
	}
	res, err := (&http.Client{Transport: transport}).Do(r)
	if err != nil {
		return fmt.Errorf("the server does not answer: %w", err)
	}
	defer func() { _ = res.Body.Close() }() // only its status matters
	if res.StatusCode == http.StatusBadRequest && !overTLS {
		return errors.New("the server did not understand the request: if it speaks TLS, set --tls-cert-file as for serve")
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("the server is not ready: %s", res.Status)
	}
	return nil
}

// target is where to dial for an address that a server of this machine listens on, and
// the host to ask for.
func target(addr string) (network, to, host string, err error) {
	if path, ok := UnixPath(addr); ok {
		return "unix", path, "localhost", nil
	}
	name, port, err := net.SplitHostPort(addr)
	if err != nil {
		return "", "", "", fmt.Errorf("--addr: %w", err)
	}
	if ip := net.ParseIP(name); name == "" || ip != nil && ip.IsUnspecified() {
		name = "localhost"
	}
	host = net.JoinHostPort(name, port)
	return "tcp", host, host, nil
}
