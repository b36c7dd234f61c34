package imports

import "slices"

// Packages from outside, in groups that rules ban.
var (
	sqlDrivers = []string{"database/sql/...", "modernc.org/sqlite/...", "github.com/pressly/..."}
	transports = []string{"net/http/...", "github.com/coder/websocket/...", "github.com/danielgtaylor/..."}
	testOnly   = []string{
		"testing/...", "go.uber.org/goleak/...", "pgregory.net/rapid/...", "github.com/google/go-cmp/...", "github.com/rogpeppe/...",
	}
)

// Rules say which way imports point in this house. The domain and the engine
// are strangers; technology stands at the edges; cmd wires them.
var Rules = []Rule{
	{
		Of:      []string{"realtime/wire"},
		Only:    []string{"internal/strictjson"},
		MustNot: slices.Concat(sqlDrivers, transports),
		Why:     "the wire is frames and bytes: it stands alone but for the one reader of JSON, so that every transport and client can use it",
	},
	{
		Of:      []string{"realtime"},
		Only:    []string{"realtime/wire", "internal/strictjson"},
		MustNot: slices.Concat(sqlDrivers, transports),
		Why:     "the engine knows topics and positions: logs and transports are adapters around it, and what a gift is it does not know",
	},
	{
		Of:   []string{"realtime/ws", "realtime/memlog", "realtime/sqllog", "realtime/jwtauth", "realtime/httpauth", "realtime/realtimetest"},
		Only: []string{"realtime", "realtime/wire", "internal/..."},
		Why:  "adapters meet only through the engine's types, so that each can be replaced alone",
	},
	{
		Of:      []string{"realtime/hublog"},
		Only:    []string{"realtime", "realtime/memlog", "realtime/sqllog", "realtime/jwtauth", "internal/..."},
		MustNot: transports,
		Why:     "a hub's storage puts the logs together with what else a hub keeps: how requests come it does not know",
	},
	{
		Of:      []string{"realtime/hubapi"},
		Only:    []string{"realtime", "realtime/hublog", "realtime/jwtauth", "realtime/httpauth", "internal/..."},
		MustNot: sqlDrivers,
		Why:     "a hub's HTTP side speaks to the storage's interface, never to a database",
	},
	{
		Of:      []string{"gift"},
		Only:    []string{},
		MustNot: slices.Concat(sqlDrivers, transports),
		Why:     "the domain holds types and rules: no SQL, no HTTP, no events",
	},
	{
		Of:      []string{"gift/store/..."},
		Only:    []string{"gift", "gift/store/...", "internal/..."},
		MustNot: transports,
		Why:     "storage knows no events and no HTTP: it calls the hooks it was built with",
	},
	{
		Of:      []string{"gift/api/..."},
		Only:    []string{"gift", "gift/api/...", "internal/..."},
		MustNot: sqlDrivers,
		Why:     "REST speaks to the domain's interfaces, never to a database or to sockets",
	},
	{
		Of:   []string{"internal/..."},
		Only: []string{"internal/..."},
		Why:  "what the doors of both servers need, such as the one reader of JSON, stands below both and knows neither",
	},
	{
		Of:      []string{"gift/feed"},
		Only:    []string{"gift", "realtime", "realtime/sqllog"},
		MustNot: transports,
		Why:     "feed is the one place that knows both gift and realtime: it turns changes into events and nothing else",
	},
	{
		Of:      []string{"gift/demo"},
		Only:    []string{"gift"},
		MustNot: slices.Concat(sqlDrivers, transports),
		Why:     "the sample family goes through the domain's front door, as a real one does",
	},
	{
		Of:   []string{"web"},
		Only: []string{},
		Why:  "it only embeds the built UI",
	},
	{
		Of:   []string{"protocol/..."},
		Only: []string{},
		Why:  "code is generated from the protocol's tables, so they stand on none",
	},
	{
		Of:   []string{"cmd/...", "test/...", "bench/..."},
		Only: []string{"..."},
		Why:  "programs see everything",
	},
	{
		Of:      []string{"..."},
		Except:  []string{"cmd/..."},
		MustNot: []string{"cmd/..."},
		Why:     "cmd wires everything, so nothing may hang on it",
	},
	{
		Of:      []string{"..."},
		Except:  []string{"realtime/realtimetest", "gift/store/storetest", "test/..."},
		MustNot: testOnly,
		Why:     "what is only for tests does not belong into a binary",
	},
}
