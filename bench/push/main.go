//go:build linux

// Command push measures what a delivery costs the hub, beside the least that
// it could cost: a C program that does nothing but write(2) (floor/floor.c).
//
// Both are measured from outside and alike: by the kernel's account of the
// process (/proc/PID), with every delivery counted. The speed of the machine
// changes from minute to minute, so the two run in turn, and what counts is the
// ratio of their medians.
//
//	go run ./bench/push            # the table of bench/README.md
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"

	"github.com/familygifting/tidings/bench/internal/process"
	"github.com/familygifting/tidings/bench/internal/stats"
)

func main() {
	runs := flag.Int("runs", 7, "runs of each, in turn")
	rounds := flag.Int("publications", 100, "publications of a run")
	idle := flag.Int("idle", 10000, "subscribers when memory is measured")
	flag.Parse()
	if err := run(*runs, *rounds, *idle); err != nil {
		fmt.Fprintln(os.Stderr, "push:", err)
		os.Exit(1)
	}
}

func run(runs, publications, idle int) error {
	dir, err := os.MkdirTemp("", "push")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	floor := filepath.Join(dir, "floor")
	if out, err := exec.Command("gcc", "-O2", "-Wall", "-o", floor, "bench/push/floor/floor.c").CombinedOutput(); err != nil { //nolint:gosec // our own program
		return fmt.Errorf("building the floor: %w\n%s", err, out)
	}
	hub, err := process.Build(dir, "tidings")
	if err != nil {
		return err
	}
	servers := []struct {
		name  string
		start func() (*server, error)
	}{
		{"floor", func() (*server, error) { return startFloor(floor) }},
		{"hub, --dev", func() (*server, error) { return startHub(hub, dir, false) }},
		{"hub, JWT", func() (*server, error) { return startHub(hub, dir, true) }},
	}
	figures := map[string][]float64{}
	note := func(name, figure string, value float64) {
		figures[name+"/"+figure] = append(figures[name+"/"+figure], value)
	}
	for range runs {
		for _, s := range servers {
			one, err := measure(s.start, 1000, publications, 1)
			if err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
			eight, err := measure(s.start, 1000, publications, 8)
			if err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
			many, err := measure(s.start, idle, 0, 1)
			if err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
			note(s.name, "one", one.perDelivery)
			note(s.name, "eight", eight.perDelivery)
			note(s.name, "kb", many.idleKB)
			note(s.name, "connect", many.connect)
		}
		fmt.Fprint(os.Stderr, ".")
	}
	fmt.Fprintln(os.Stderr)
	for _, row := range []struct{ title, figure string }{
		{"CPU per delivery, 1,000 subscribers, one publication at a time, µs", "one"},
		{"the same, eight publications in flight, µs", "eight"},
		{fmt.Sprintf("RSS per idle subscriber, %d of them, KB", idle), "kb"},
		{"CPU to connect and subscribe, µs", "connect"},
	} {
		base := stats.Median(figures["floor/"+row.figure])
		fmt.Printf("| %s ", row.title)
		for _, s := range servers {
			values := figures[s.name+"/"+row.figure]
			fmt.Printf("| %.2f (%.2f–%.2f)", stats.Median(values), slices.Min(values), slices.Max(values))
			if s.name != "floor" && row.figure != "kb" { // the floor keeps nothing
				fmt.Printf(" = **%.2f**", stats.Median(values)/base)
			}
			fmt.Print(" ")
		}
		fmt.Println("|")
	}
	return nil
}
