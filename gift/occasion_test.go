package gift_test

import (
	"testing"

	"github.com/familygifting/tidings/gift"
)

func TestNextOccurrence(t *testing.T) {
	for _, c := range []struct {
		name        string
		date        gift.Date
		rule        string
		today, want gift.Date
	}{
		{"to come", "2030-05-05", "", "2026-11-22", "2030-05-05"},
		{"today", "2026-11-22", "", "2026-11-22", "2026-11-22"},
		{"over", "2026-11-21", "", "2026-11-22", ""},
		{"yearly, first to come", "2030-05-05", "yearly", "2026-11-22", "2030-05-05"},
		{"yearly, today", "2016-11-22", "yearly", "2026-11-22", "2026-11-22"},
		{"yearly, later this year", "2016-12-25", "yearly", "2026-11-22", "2026-12-25"},
		{"yearly, next year", "2016-11-21", "yearly", "2026-11-22", "2027-11-21"},
		{"leap day in another year", "2016-02-29", "yearly", "2027-01-01", "2027-02-28"},
		{"leap day in a leap year", "2016-02-29", "yearly", "2028-01-01", "2028-02-29"},
		{"leap day, the day after", "2016-02-29", "yearly", "2027-03-01", "2028-02-29"},
		{"the last day of a year", "2016-12-31", "yearly", "2026-12-31", "2026-12-31"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := gift.Occasion{Date: c.date, RecurrenceRule: c.rule}.Next(c.today)
			if (got == nil) != (c.want == "") || got != nil && *got != c.want {
				t.Fatalf("got %v, want %q", got, c.want)
			}
		})
	}
}
