package main

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"strconv"
	"time"

	"github.com/familygifting/tidings/cmd/internal/service"
)

// serveCommand is "tidings serve". Its fields are the one table of all settings: the
// flags, their variables, the keys of --config and the tables of docs/hub.md are made
// of them.
type serveCommand struct {
	Config string `type:"existingfile" placeholder:"FILE" help:"YAML or JSON file with settings, by the names of their flags; flags and variables come first." group:"Settings"`

	Addr        string   `default:"127.0.0.1:9000" group:"Listening" help:"Address to listen on: host:port, or unix:/path for a Unix socket."`
	Dev         bool     `group:"Listening" help:"For development, on loopback only: anonymous subscribers, and the publish key \"dev\"."`
	DevAnywhere bool     `group:"Listening" help:"With --dev, as in a container: listen on any address. Everybody who reaches it may read and publish."`
	SocketMode  fileMode `default:"0660" group:"Listening" help:"Permissions of a Unix socket's file."`
	TLSCertFile string   `name:"tls-cert-file" type:"existingfile" placeholder:"FILE" group:"Listening" help:"PEM file with the certificate chain, for TLS; read again on SIGHUP."`
	TLSKeyFile  string   `name:"tls-key-file" type:"existingfile" placeholder:"FILE" group:"Listening" help:"PEM file with the private key of --tls-cert-file; read again on SIGHUP."`

	Log         string        `default:"memory" placeholder:"memory|FILE" group:"The log of events" help:"Where events are kept: in memory, or in a SQLite file."`
	KeepCount   int           `default:"${keep_count}" group:"The log of events" help:"Events of a topic that stay readable; in a file more for up to a minute."`
	KeepAge     time.Duration `default:"${keep_age}" group:"The log of events" help:"How long an event stays readable; in a file up to a minute longer."`
	AnswerBytes int           `default:"${answer_bytes}" group:"The log of events" help:"Bytes of answers that are kept by their Idempotency-Key, for 24 hours at most; the oldest go first."`

	PublishKey     []string `sep:"none" group:"Publishing" help:"Key that may publish and revoke. Repeat for several."`
	PublishKeyFile []string `sep:"none" type:"existingfile" placeholder:"FILE" group:"Publishing" help:"File with a publish key on each line; read again on SIGHUP."`
	MaxPayload     int      `default:"${max_payload}" group:"Publishing" help:"Bytes of an event's payload."`

	JWTIssuer        string        `name:"jwt-issuer" group:"Tokens" help:"Who must have issued a subscriber's token (iss)."`
	JWTAudience      string        `name:"jwt-audience" group:"Tokens" help:"Whom it must be meant for (aud)."`
	JWTLeeway        time.Duration `name:"jwt-leeway" default:"${jwt_leeway}" group:"Tokens" help:"How far the clocks of issuer and hub may differ; 0 for not at all."`
	JWTMaxLifetime   time.Duration `name:"jwt-max-lifetime" default:"24h" group:"Tokens" help:"How long a token may live, from iat to exp; 0 for any time, and revocations are remembered for ever."`
	JWTSecretFile    []string      `name:"jwt-secret-file" sep:"none" type:"existingfile" placeholder:"FILE" group:"Tokens" help:"File with a secret of HS256 on each line; read again on SIGHUP."`
	JWTPublicKeyFile []string      `name:"jwt-public-key-file" sep:"none" type:"existingfile" placeholder:"FILE" group:"Tokens" help:"PEM file with public keys: RS256, ES256 or EdDSA; read again on SIGHUP."`
	JWTKeySet        string        `name:"jwt-jwks-url" group:"Tokens" help:"URL of a JWK set with the issuer's keys."`
	JWTPrivateHTTP   bool          `name:"jwt-jwks-private-http" group:"Tokens" help:"Allow an http URL of a JWK set on a host in a private network; without it plain HTTP is for this machine alone."`
	JWTKeySetWait    time.Duration `name:"jwt-jwks-wait" default:"30s" group:"Tokens" help:"How long a JWK set that cannot be fetched is tried again at the start; 0 for once."`
	MaxRevocations   int           `default:"${max_revocations}" group:"Tokens" help:"Revocations that are remembered; each topic of one counts."`

	AllowedOrigin  []string      `group:"Pages and proxies" help:"Further origin whose pages may connect, such as https://app.example.com; a star stands for one label: https://*.example.com; alone for every origin."`
	TrustedProxies []string      `placeholder:"CIDR" group:"Pages and proxies" help:"Addresses of reverse proxies whose X-Forwarded-For is believed, such as 127.0.0.1."`
	IdleTimeout    time.Duration `default:"1m" group:"Pages and proxies" help:"How long an HTTP connection may wait for its next request."`
	ReadTimeout    time.Duration `default:"30s" group:"Pages and proxies" help:"How long an HTTP request may take to arrive whole."`

	authorizeFlags `embed:"" group:"Asking your server who may read"`

	engineFlags  `embed:"" group:"Sessions"`
	DrainDelay   time.Duration `default:"5s" group:"Stopping" help:"How long load balancers get to notice that /readyz is red before a shutdown begins; none with --dev."`
	DrainTimeout time.Duration `default:"20s" group:"Stopping" help:"Longest that a shutdown takes, the delay included."`

	MetricsToken string     `group:"Watching" help:"Bearer token for /metrics; without one only this machine may read them, and with --trusted-proxies nobody."`
	LogFormat    string     `enum:"text,json" default:"text" group:"Watching" help:"How to log: text or json."`
	LogLevel     slog.Level `default:"info" group:"Watching" help:"What to log: debug, info, warn or error."`
}

// fileMode is written in octal, as chmod takes it.
type fileMode fs.FileMode

// UnmarshalText implements [encoding.TextUnmarshaler].
func (m *fileMode) UnmarshalText(text []byte) error {
	n, err := strconv.ParseUint(string(text), 8, 9)
	if err != nil {
		return errFileMode
	}
	*m = fileMode(n)
	return nil
}

// healthcheckCommand asks a running hub, for containers that have no curl.
type healthcheckCommand struct {
	Config      string `type:"existingfile" placeholder:"FILE" help:"The file with the hub's settings, as for serve."`
	Addr        string `default:"127.0.0.1:9000" help:"Address that the hub listens on."`
	TLSCertFile string `name:"tls-cert-file" placeholder:"FILE" help:"Set where the hub speaks TLS, as for serve."`
}

// Run implements the command.
func (c *healthcheckCommand) Run() error {
	return service.Healthcheck(context.Background(), c.Addr, c.TLSCertFile != "")
}

var errFileMode = errors.New("must be permissions in octal, such as 0660")
