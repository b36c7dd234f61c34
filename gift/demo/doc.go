// Package demo seeds a sample family, so that a newcomer sees a dashboard that
// is lived in: people with and without accounts, occasions that are coming up,
// lists in every visibility that matters, and gifts in every column.
package demo
