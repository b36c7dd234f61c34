// Package crawl proves that nothing leaks on the dashboard. It builds the real
// API and hub over a family, lets somebody do what another may not know, and asks
// everything that can be asked, in the other's name, before and after: each
// endpoint, each topic from each position, and how much of the database it took.
// The answers must be the same bytes.
package crawl
