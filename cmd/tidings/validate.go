package main

import (
	"errors"
	"fmt"
	"math"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/familygifting/tidings/cmd/internal/service"
	"github.com/familygifting/tidings/realtime"
	"github.com/familygifting/tidings/realtime/hubapi"
	"github.com/familygifting/tidings/realtime/jwtauth"
)

const (
	// minInboundRate is the least --inbound-rate: a message in 1,000 seconds.
	// What is less is a mistake, or meant to be 0.
	minInboundRate = 0.001
	// longest is the most of every flag that is a time.
	longest = jwtauth.LongestLifetime
)

// Validate is called when the command line has been read. It refuses numbers out of
// range, and flags that contradict each other.
func (c *serveCommand) Validate() error {
	for name, value := range map[string]any{
		"--max-per-user": c.MaxPerUser, "--max-per-address": c.MaxPerAddress, "--max-topics-per-frame": c.MaxTopicsPerFrame,
		"--max-topics": c.MaxTopics, "--max-replay": c.MaxReplay, "--inbound-rate": c.InboundRate,
		"--max-strikes": c.MaxStrikes, "--token-grace": c.TokenGrace, "--answer-bytes": c.AnswerBytes,
		"--jwt-leeway": c.JWTLeeway, "--jwt-max-lifetime": c.JWTMaxLifetime, "--drain-delay": c.DrainDelay,
		"--authorize-cache-age": c.AuthorizeCacheAge, "--jwt-jwks-wait": c.JWTKeySetWait,
	} {
		if err := checkNumber(name, value); err != nil {
			return err
		}
	}
	for name, value := range map[string]any{
		"--max-message": c.MaxMessage, "--inbound-burst": c.InboundBurst, "--queue-bytes": c.QueueBytes,
		"--write-timeout": c.WriteTimeout, "--auth-timeout": c.AuthTimeout, "--ping-interval": c.PingInterval,
		"--pong-timeout": c.PongTimeout, "--presence-interval": c.PresenceInterval, "--head-interval": c.HeadInterval,
		"--hold-after": c.HoldAfter, "--max-authorizations": c.MaxAuthorizations,
		"--call-timeout": c.CallTimeout, "--drain-window": c.DrainWindow, "--drain-timeout": c.DrainTimeout,
		"--idle-timeout": c.IdleTimeout, "--read-timeout": c.ReadTimeout, "--keep-count": c.KeepCount,
		"--keep-age": c.KeepAge, "--max-payload": c.MaxPayload, "--max-revocations": c.MaxRevocations,
		"--authorize-timeout": c.AuthorizeTimeout, "--authorize-calls": c.AuthorizeCalls, "--authorize-cache": c.AuthorizeCache,
	} {
		if number(value) <= 0 {
			return fmt.Errorf("%s must be more than 0", name)
		}
		if err := checkNumber(name, value); err != nil {
			return err
		}
	}
	return errors.Join(c.checkTogether(), c.checkAuthorize(), c.checkTexts())
}

// checkTogether refuses flags that contradict each other.
func (c *serveCommand) checkTogether() error {
	switch {
	case c.InboundRate > 0 && c.InboundRate < minInboundRate:
		return fmt.Errorf("--inbound-rate must be 0, or at least %v", minInboundRate)
	case c.QueueBytes < realtime.MinQueueBytes:
		return fmt.Errorf("--queue-bytes must be at least %d", realtime.MinQueueBytes)
	case c.MaxPayload > hubapi.MostPayload:
		return fmt.Errorf("--max-payload must not be more than %d", hubapi.MostPayload)
	case c.DrainDelay >= c.DrainTimeout && !c.Dev:
		return errors.New("--drain-delay must be shorter than --drain-timeout, which it is part of")
	case c.TokenGrace > jwtauth.RevocationMargin:
		return fmt.Errorf("--token-grace must not be more than %s, or sessions outlive what is remembered of revocations", short(jwtauth.RevocationMargin))
	}
	if (c.TLSCertFile == "") != (c.TLSKeyFile == "") {
		return errors.New("--tls-cert-file and --tls-key-file must both be set, or neither")
	}
	if !c.Dev {
		if c.DevAnywhere {
			return errors.New("--dev-anywhere must stand beside --dev: without it nothing is for development")
		}
		return nil
	}
	for name, given := range map[string]bool{
		"--jwt-issuer": c.JWTIssuer != "", "--jwt-audience": c.JWTAudience != "", "--jwt-secret-file": len(c.JWTSecretFile) > 0,
		"--jwt-public-key-file": len(c.JWTPublicKeyFile) > 0, "--jwt-jwks-url": c.JWTKeySet != "",
	} {
		if given {
			return fmt.Errorf("%s must not stand beside --dev, which lets everybody in and looks at no token", name)
		}
	}
	return nil
}

func (c *serveCommand) checkTexts() error {
	if c.Log == "" {
		return errors.New("--log must be memory, or a file")
	}
	if err := service.CheckAddress(c.Addr); err != nil {
		return fmt.Errorf("--addr %q must be %w", c.Addr, err)
	}
	for _, text := range c.AllowedOrigin {
		if text != "*" && !isOrigin(text) && !isPattern(text) {
			return fmt.Errorf("--allowed-origin %q must be an origin as browsers send it, such as https://app.example.com: in small letters, with nothing behind the host but an unusual port, or a pattern such as https://*.example.com", text)
		}
	}
	return nil
}

// isOrigin reports whether a browser could send it as a page's Origin.
func isOrigin(text string) bool {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || text != strings.ToLower(u.Scheme+"://"+u.Host) {
		return false
	}
	if ip, err := netip.ParseAddr(u.Hostname()); err == nil && !ip.Is4In6() && ip.String() != u.Hostname() {
		return false // browsers write it in its shortest form
	}
	usual := map[string]string{"http": "80", "https": "443"}[u.Scheme]
	if strings.HasSuffix(u.Host, ":") || u.Port() != "" && u.Port() == usual {
		return false
	}
	return !strings.ContainsFunc(u.Host, func(r rune) bool { return r == '*' || r > '~' }) // others come in Punycode
}

// checkNumber refuses a number that is negative, or out of range.
func checkNumber(name string, value any) error {
	n := number(value)
	if !(n >= 0 && n <= math.MaxInt64) { // nor NaN
		return fmt.Errorf("%s must not be negative, and must be finite", name)
	}
	if d, ok := value.(time.Duration); ok && d > longest {
		return fmt.Errorf("%s must not be more than %s", name, short(longest))
	}
	return nil
}

// number is a flag's value, whatever its kind.
func number(value any) float64 {
	switch n := value.(type) {
	case int:
		return float64(n)
	case time.Duration:
		return float64(n)
	case float64:
		return n
	default:
		return math.NaN()
	}
}
