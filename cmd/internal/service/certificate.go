package service

import (
	"crypto/tls"
	"fmt"
	"sync/atomic"
)

// Certificate is that of two files, which can be read again while it is in use.
type Certificate struct {
	cert, key string
	current   atomic.Pointer[tls.Certificate]
}

// LoadCertificate reads the certificate chain and the private key, both PEM.
func LoadCertificate(cert, key string) (*Certificate, error) {
	c := &Certificate{cert: cert, key: key}
	return c, c.Read()
}

// Read reads the files again. On an error the certificate of before stays.
func (c *Certificate) Read() error {
	pair, err := tls.LoadX509KeyPair(c.cert, c.key)
	if err != nil {
		return fmt.Errorf("reading the certificate %s and its key %s: %w", c.cert, c.key, err)
	}
	c.current.Store(&pair)
	return nil
}

// Config is for a server over HTTP/1.1, which WebSockets need.
func (c *Certificate) Config() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		NextProtos: []string{"http/1.1"},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			return c.current.Load(), nil
		},
	}
}
