// Command echo serves the bare WebSocket transport with an echo, for any
// conformance suite.
package main

import (
	"flag"
	"log"
	"net/http"
	"time"

	"github.com/familygifting/tidings/test/conformance"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:9001", "address to listen on")
	limit := flag.Int("max-message", conformance.MaxMessage, "largest message in bytes")
	flag.Parse()
	log.Printf("echo at ws://%s/", *addr)
	server := &http.Server{Addr: *addr, Handler: conformance.Echo(*limit), ReadHeaderTimeout: 5 * time.Second}
	log.Fatal(server.ListenAndServe())
}
