package api

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"github.com/familygifting/tidings/gift"
)

// Limits of a password, in characters.
const (
	MinPassword = 10
	MaxPassword = 200
)

// Cost of a hash with Argon2id: OWASP's first choice for 19 MiB.
const (
	hashMemory  = 19 * 1024 // KiB
	hashTime    = 2         // passes
	hashThreads = 1
	hashSalt    = 16 // bytes
	hashKey     = 32 // bytes
)

// Bounds for what a stored hash may ask of us.
const (
	maxHashMemory = 1 << 20 // KiB
	maxHashTime   = 16
)

// passwords hashes, a few at a time: each hash takes 19 MiB and a core.
type passwords struct {
	queue *hashQueue
	// derive is Argon2id, but in tests.
	derive func(password string, h phcHash) []byte
	// decoy is compared when there is no account, so that its absence takes as
	// long as a wrong password.
	decoy string
	// began hears of every hash, for tests.
	began func()
}

// newPasswords allows one hash per core at the same time.
func newPasswords() *passwords {
	return &passwords{
		queue:  newHashQueue(runtime.GOMAXPROCS(0)),
		derive: derive,
		decoy:  encodeHash(hashMemory, hashTime, hashThreads, make([]byte, hashSalt), make([]byte, hashKey)),
		began:  func() {},
	}
}

// hash returns the PHC string of a password.
func (p *passwords) hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, hashSalt)
	_, _ = rand.Read(salt) // never fails: crypto/rand crashes the program instead
	h := phcHash{memory: hashMemory, time: hashTime, threads: hashThreads, salt: salt, key: make([]byte, hashKey)}
	var key []byte
	err := p.inQueue(ctx, newcomer, func() { key = p.derive(password, h) })
	return encodeHash(hashMemory, hashTime, hashThreads, salt, key), err
}

// newcomer is who sets a password. They hold an invite, or the setup link.
var newcomer = requester{key: "newcomer", known: true}

// derive computes the key of a password.
func derive(password string, h phcHash) []byte {
	return argon2.IDKey([]byte(password), h.salt, h.time, h.memory, h.threads, uint32(len(h.key))) //nolint:gosec // decodeHash bounds it
}

// matches reports whether a password belongs to a PHC string. The decoy, and
// what is no PHC string of ours, match nothing.
func (p *passwords) matches(ctx context.Context, who requester, password, phc string) (bool, error) {
	h, err := decodeHash(phc)
	if err != nil {
		return false, err
	}
	var key []byte
	err = p.inQueue(ctx, who, func() { key = p.derive(password, h) })
	return err == nil && subtle.ConstantTimeCompare(key, h.key) == 1 && phc != p.decoy, err
}

// inQueue runs f when its turn has come, or gives up with ctx.
func (p *passwords) inQueue(ctx context.Context, who requester, f func()) error {
	if err := p.queue.acquire(ctx, who); err != nil {
		return err
	}
	defer p.queue.release(who)
	p.began()
	f()
	return nil
}

// phcHash is a decoded PHC string.
type phcHash struct {
	memory, time uint32
	threads      uint8
	salt, key    []byte
}

func encodeHash(memory, time uint32, threads uint8, salt, key []byte) string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, memory, time, threads,
		b64.EncodeToString(salt), b64.EncodeToString(key))
}

func decodeHash(phc string) (h phcHash, err error) {
	parts := strings.Split(phc, "$")
	if len(parts) != 6 || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return h, fmt.Errorf("not an argon2id hash of version %d", argon2.Version)
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.memory, &h.time, &h.threads); err != nil {
		return h, fmt.Errorf("parameters of a hash: %w", err)
	}
	if h.memory == 0 || h.memory > maxHashMemory || h.time == 0 || h.time > maxHashTime || h.threads == 0 {
		return h, fmt.Errorf("parameters of a hash are out of bounds: %s", parts[3])
	}
	if h.salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil {
		return h, fmt.Errorf("salt of a hash: %w", err)
	}
	if h.key, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil {
		return h, fmt.Errorf("key of a hash: %w", err)
	}
	if len(h.key) != hashKey {
		return h, fmt.Errorf("key of a hash has %d bytes instead of %d", len(h.key), hashKey)
	}
	return h, nil
}

// checkPassword says what a new password lacks.
func checkPassword(password string) error {
	if n := utf8.RuneCountInString(password); n < MinPassword || n > MaxPassword {
		return gift.Invalid("password", "a password has %d to %d characters", MinPassword, MaxPassword)
	}
	return nil
}

// HashPassword checks a new password and returns its PHC string.
func HashPassword(ctx context.Context, password string) (string, error) {
	if err := checkPassword(password); err != nil {
		return "", err
	}
	return newPasswords().hash(ctx, password)
}
