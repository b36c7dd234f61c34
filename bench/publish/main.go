//go:build linux

// Command publish measures how many publications a hub takes over HTTP on loopback, and
// what each costs it. It compares builds of tidings, and any other hub with an HTTP
// API, in turn in one run:
//
//	go run ./bench/publish                                  # a file, 64 in flight
//	go run ./bench/publish -base /tmp/tidings-before        # the same beside another build
//	go run ./bench/publish -log memory -in-flight 16 -centrifugo /tmp/centrifugo
//
// With a file every publication is durable before its answer. Hub and client share this
// machine's cores, and with whatever else runs there: what counts is the ratio of the
// medians, and of processor time rather than of speed where the machine is busy.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/familygifting/tidings/bench/internal/process"
	"github.com/familygifting/tidings/bench/internal/stats"
)

// options are those of a run.
type options struct {
	log      string
	inFlight int
	lasts    time.Duration
	rounds   int
	topics   int
	keys     bool
	dir      string
}

func main() {
	var o options
	flag.StringVar(&o.log, "log", "file", "the log to measure: file or memory")
	flag.IntVar(&o.inFlight, "in-flight", 64, "publications in flight, each on a connection of its own")
	flag.DurationVar(&o.lasts, "for", 3*time.Second, "how long a round lasts")
	flag.IntVar(&o.rounds, "rounds", 5, "rounds of each; of each figure the median counts")
	flag.IntVar(&o.topics, "topics", 64, "topics that are published to in turn")
	flag.BoolVar(&o.keys, "keys", false, "send an Idempotency-Key along")
	flag.StringVar(&o.dir, "dir", "", "directory for the file, on the disk to measure (default: a temporary one)")
	history := flag.Bool("history", true, "whether centrifugo keeps history, as tidings does")
	bin := flag.String("tidings", "", "the tidings to measure (default: built from here)")
	base := flag.String("base", "", "a tidings to compare it with")
	centrifugo := flag.String("centrifugo", "", "a centrifugo to compare it with; with a memory log alone")
	flag.Parse()
	if err := run(o, *bin, *base, *centrifugo, *history); err != nil {
		fmt.Fprintln(os.Stderr, "publish:", err)
		os.Exit(1)
	}
}

// subject is a hub under measurement, with its figures of each round.
type subject struct {
	name  string
	start func(dir string) (*hub, error)

	speed, cpu, p50, p99 []float64
}

func run(o options, bin, base, centrifugo string, history bool) error {
	temp, err := os.MkdirTemp(o.dir, "publish-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(temp) }()
	if bin == "" {
		if bin, err = process.Build(temp, "tidings"); err != nil {
			return err
		}
	}
	subjects := []*subject{{name: "tidings", start: tidings(bin, o.log)}}
	if base != "" {
		subjects = append(subjects, &subject{name: "base", start: tidings(base, o.log)})
	}
	if centrifugo != "" {
		subjects = append(subjects, &subject{name: "centrifugo", start: func(dir string) (*hub, error) { return startCentrifugo(centrifugo, dir, history) }})
	}
	for round := range o.rounds {
		for _, s := range subjects {
			if err := s.measure(o, filepath.Join(temp, fmt.Sprint(s.name, round))); err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
		}
	}
	report(subjects)
	return nil
}

// measure starts the hub and publishes for a round.
func (s *subject) measure(o options, dir string) (err error) {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	h, err := s.start(dir)
	if err != nil {
		return err
	}
	defer h.stop()
	if _, err := h.publish(o, o.lasts/4); err != nil { // to warm it up
		return err
	}
	before, err := process.CPU(h.pid())
	if err != nil {
		return err
	}
	begun := time.Now()
	took, err := h.publish(o, o.lasts)
	if err != nil {
		return err
	}
	elapsed := time.Since(begun)
	after, err := process.CPU(h.pid())
	if err != nil {
		return err
	}
	slices.Sort(took)
	n := float64(len(took))
	s.speed = append(s.speed, n/elapsed.Seconds())
	s.cpu = append(s.cpu, float64((after-before).Microseconds())/n)
	s.p50 = append(s.p50, took[len(took)/2].Seconds()*1000)
	s.p99 = append(s.p99, took[len(took)*99/100].Seconds()*1000)
	fmt.Fprintf(os.Stderr, "%-10s %7.0f/s, %6.1f µs of CPU each\n", s.name, n/elapsed.Seconds(), s.cpu[len(s.cpu)-1])
	return nil
}

// report prints the medians, and how the first subject compares.
func report(subjects []*subject) {
	fmt.Println("| | publications/s | CPU each, µs | p50, ms | p99, ms |\n|---|---|---|---|---|")
	for _, s := range subjects {
		fmt.Printf("| %s | %.0f | %.1f | %.2f | %.2f |\n", s.name, stats.Median(s.speed), stats.Median(s.cpu), stats.Median(s.p50), stats.Median(s.p99))
	}
	for _, s := range subjects[1:] {
		fmt.Printf("tidings beside %s: %.2f × the publications, %.2f × the CPU of each\n",
			s.name, stats.Median(subjects[0].speed)/stats.Median(s.speed), stats.Median(subjects[0].cpu)/stats.Median(s.cpu))
	}
}
