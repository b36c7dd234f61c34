// Package stats sums up figures.
package stats

import "slices"

// Median returns the middle one of the values, or the higher one of two.
func Median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}
