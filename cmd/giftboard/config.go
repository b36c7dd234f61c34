package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/alecthomas/kong"
	"github.com/gofrs/flock"

	"github.com/familygifting/tidings/cmd/internal/service"
	"github.com/familygifting/tidings/internal/clientip"
	"github.com/familygifting/tidings/internal/localnet"
	"github.com/familygifting/tidings/internal/sqlitefile"
)

// dataFlags say where the data is.
type dataFlags struct {
	Data string `help:"Directory of the database and the server's secret." default:"./data" env:"GIFTBOARD_DATA" type:"path"`
}

// Names in the data directory.
const (
	databaseFile = "giftboard.db"
	// lockFile is empty. The process that holds its lock serves the directory.
	lockFile = "giftboard.lock"
)

func (f dataFlags) database() string { return filepath.Join(f.Data, databaseFile) }

// prepare makes the directory, for its owner alone.
func (f dataFlags) prepare() error {
	if err := os.MkdirAll(f.Data, 0o700); err != nil {
		return fmt.Errorf("create the data directory: %w", err)
	}
	return nil
}

// lock makes this process the only server of the directory, or says that there
// is another. The lock ends with the process, however that ends.
func (f dataFlags) lock() (*flock.Flock, error) {
	lock := flock.New(filepath.Join(f.Data, lockFile))
	switch alone, err := lock.TryLock(); {
	case err != nil:
		return nil, fmt.Errorf("lock the data directory: %w", err)
	case !alone:
		return nil, fmt.Errorf("another giftboard serves %s: stop it, or choose another --data", f.Data)
	}
	if err := f.checkLinks(); err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	return lock, nil
}

// checkLinks refuses a database that has a name (hard link) in another directory, which
// has another lock: SQLite would keep a write-ahead log in either. Restore gives it a
// second name in this one.
func (f dataFlags) checkLinks() error {
	file, err := os.Stat(f.database())
	if err != nil {
		return nil // there is none yet, or opening it says why not
	}
	entries, err := os.ReadDir(f.Data)
	if err != nil {
		return fmt.Errorf("read the data directory: %w", err)
	}
	elsewhere := sqlitefile.Links(file)
	for _, e := range entries {
		if info, err := e.Info(); err == nil && os.SameFile(file, info) {
			elsewhere--
		}
	}
	if elsewhere > 0 {
		return fmt.Errorf("%s has another name (hard link) in another directory, and two servers could ruin it: copy it (cp %[1]s COPY), and put the copy in its place", f.database())
	}
	return nil
}

// mustExist refuses to work on a directory without a database.
func (f dataFlags) mustExist() error {
	info, err := os.Stat(f.database())
	if err != nil {
		return fmt.Errorf("there is no database in %s: %w", f.Data, err)
	}
	if info.Size() == 0 {
		return fmt.Errorf("the database in %s is empty: put a backup back with giftboard restore", f.Data)
	}
	return nil
}

// serverFlags are the settings of a server. Each can also come from the
// environment, or from a file that a variable ending in _FILE names.
type serverFlags struct {
	dataFlags
	Addr           string        `help:"Address to listen on." default:":8000" env:"GIFTBOARD_ADDR"`
	PublicURL      string        `help:"Address people use, e.g. https://gifts.example.org. Invites carry it." env:"GIFTBOARD_PUBLIC_URL" placeholder:"URL"`
	InsecureLAN    bool          `help:"Allow passwords over plain http from other machines: everybody in the network can read them." env:"GIFTBOARD_INSECURE_LAN"`
	AllowedOrigins []string      `help:"Other origins whose pages may use the dashboard." env:"GIFTBOARD_ALLOWED_ORIGINS" placeholder:"ORIGIN"`
	TrustedProxies []string      `help:"Addresses of reverse proxies whose X-Forwarded-Proto and X-Forwarded-For are believed, e.g. 127.0.0.1. Default: none." env:"GIFTBOARD_TRUSTED_PROXIES" placeholder:"CIDR"`
	MaxPerAddress  int           `help:"Most connections that one network address may have, those of live updates aside; 0 for any number." default:"256" env:"GIFTBOARD_MAX_PER_ADDRESS"`
	MetricsToken   string        `help:"Bearer token for /metrics; without one only this machine may read them, and with --trusted-proxies nobody." env:"GIFTBOARD_METRICS_TOKEN" placeholder:"TOKEN"`
	LogFormat      string        `help:"How to log: text or json." enum:"text,json" default:"text" env:"GIFTBOARD_LOG_FORMAT"`
	LogLevel       slog.Level    `help:"What to log: debug, info, warn or error." default:"info" env:"GIFTBOARD_LOG_LEVEL"`
	DrainDelay     time.Duration `help:"How long load balancers get to notice that /readyz is red before it stops." default:"0s" env:"GIFTBOARD_DRAIN_DELAY"`
	DrainTimeout   time.Duration `help:"How long it may take to stop, the delay and open requests included." default:"20s" env:"GIFTBOARD_DRAIN_TIMEOUT"`
}

// Validate is called when the command line has been read.
func (f serverFlags) Validate() error {
	if f.DrainDelay < 0 || f.DrainDelay >= f.DrainTimeout {
		return errors.New("--drain-delay must be shorter than --drain-timeout, which it is part of, and not negative")
	}
	if f.MaxPerAddress < 0 {
		return errors.New("--max-per-address must not be negative")
	}
	return nil
}

// fromFile takes a flag's value from the file that NAME_FILE names, where NAME
// is the flag's environment variable.
func fromFile(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	for _, name := range flag.Envs {
		path, ok := os.LookupEnv(name + "_FILE")
		if !ok {
			continue
		}
		value, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("%s_FILE: %w", name, err)
		}
		return strings.TrimSpace(string(value)), nil
	}
	return nil, nil
}

// publicURL checks the address people use.
func (f serverFlags) publicURL() (*url.URL, error) {
	if f.PublicURL == "" {
		return nil, nil
	}
	u, err := url.Parse(f.PublicURL)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
		return nil, fmt.Errorf("--public-url %q: expected an address like https://gifts.example.org", f.PublicURL)
	}
	if u.Scheme == "http" && !f.InsecureLAN && !localnet.Loopback(u.Host) {
		return nil, fmt.Errorf("--public-url %q: passwords would cross the network unencrypted; use https, or add --insecure-lan if you trust everybody in your network", f.PublicURL)
	}
	return url.Parse(localnet.Origin(u))
}

// origins checks the other origins.
func (f serverFlags) origins() ([]string, error) {
	var origins []string
	for _, o := range f.AllowedOrigins {
		u, err := url.Parse(o)
		if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || u.Path != "" && u.Path != "/" {
			return nil, fmt.Errorf("--allowed-origins %q: expected an origin like https://app.example.org", o)
		}
		origins = append(origins, localnet.Origin(u))
	}
	return origins, nil
}

// proxies checks the addresses of reverse proxies.
func (f serverFlags) proxies() (clientip.Proxies, error) {
	proxies, err := clientip.ParseProxies(f.TrustedProxies)
	if err != nil {
		return nil, fmt.Errorf("--trusted-proxies %w", err)
	}
	return proxies, nil
}

// lanBase is the address of a listener for others in the local network, or "".
func lanBase(listener net.Addr) string {
	tcp, ok := listener.(*net.TCPAddr)
	if !ok {
		return ""
	}
	ip := tcp.IP
	if ip.IsUnspecified() {
		ip = lanIP()
	}
	if ip == nil || ip.IsLoopback() {
		return ""
	}
	return "http://" + net.JoinHostPort(ip.String(), fmt.Sprint(tcp.Port))
}

// lanIP is the IPv4 address by which others in the network reach this machine,
// or nil: that of the default route, since a machine may have bridges and
// tunnels besides. Without a route it is the first that is no loopback.
func lanIP() net.IP {
	// Connecting a UDP socket sends nothing; it asks the routing table. The
	// address is one of those kept for documentation (RFC 5737).
	if conn, err := net.Dial("udp4", "192.0.2.1:9"); err == nil {
		defer func() { _ = conn.Close() }()
		if local, ok := conn.LocalAddr().(*net.UDPAddr); ok && !local.IP.IsLoopback() {
			return local.IP
		}
	}
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		return nil
	}
	for _, addr := range addrs {
		if n, ok := addr.(*net.IPNet); ok && n.IP.To4() != nil && n.IP.IsGlobalUnicast() {
			return n.IP
		}
	}
	return nil
}

// localBase is the address of a listener for this machine.
func localBase(listener net.Addr) string {
	tcp, ok := listener.(*net.TCPAddr)
	if !ok {
		return "http://" + listener.String()
	}
	host := "localhost"
	if !tcp.IP.IsUnspecified() {
		host = tcp.IP.String()
	}
	return "http://" + net.JoinHostPort(host, fmt.Sprint(tcp.Port))
}

// logger returns the server's log.
func (f serverFlags) logger(s streams) *slog.Logger {
	return service.NewLogger(s.err, f.LogFormat, f.LogLevel)
}

var errNoPassword = errors.New("expected the password on standard input")
