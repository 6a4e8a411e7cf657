package increment

import (
	"slices"
	"strings"
	"time"
)

// Size is how long the windows of a microbatch are.
type Size uint8

// The sizes. Windows begin at whole hours, days, months and years of UTC.
const (
	Hour Size = iota + 1
	Day
	Month
	Year
)

// String gives the word of the key batch_size.
func (s Size) String() string { return [...]string{"", "hour", "day", "month", "year"}[s] }

// Start gives the start of the window that an instant is in.
func (s Size) Start(t time.Time) time.Time {
	t = t.UTC()
	year, month, day, hour := t.Year(), time.January, 1, 0
	if s <= Month {
		month = t.Month()
	}
	if s <= Day {
		day = t.Day()
	}
	if s == Hour {
		hour = t.Hour()
	}
	return time.Date(year, month, day, hour, 0, 0, 0, time.UTC)
}

// Add gives the start of the window that is n windows after the one that starts at t.
func (s Size) Add(t time.Time, n int) time.Time {
	switch s {
	case Hour:
		return t.Add(time.Duration(n) * time.Hour)
	case Day:
		return t.AddDate(0, 0, n)
	case Month:
		return t.AddDate(0, n, 0)
	default:
		return t.AddDate(n, 0, 0)
	}
}

// Window is a span of time without its end.
type Window struct{ Start, End time.Time }

// String gives the start and the end.
func (w Window) String() string {
	return w.Start.UTC().Format("2006-01-02T15:04") + " to " + w.End.UTC().Format("2006-01-02T15:04")
}

// Window gives the window that an instant is in.
func (s Size) Window(t time.Time) Window {
	start := s.Start(t)
	return Window{Start: start, End: s.Add(start, 1)}
}

// Cover gives the windows that hold the instants from one up to another, without the latter, oldest first.
func (s Size) Cover(from, to time.Time) []Window {
	var out []Window
	for start := s.Start(from); start.Before(to); start = s.Add(start, 1) {
		out = append(out, Window{Start: start, End: s.Add(start, 1)})
	}
	return out
}

// Batches says which windows a model has.
type Batches struct {
	Size Size
	// Begin is an instant of the first window.
	Begin time.Time
	// Lookback is how many windows before the current one are built again with it.
	Lookback int
}

// Due gives the windows to build at an instant, oldest first: the current one, those of the lookback, and every
// earlier one that is not complete. Done gives when a window that starts at an instant was last built, and the
// zero time where it was not; a window is complete when it was built after its end.
func (b Batches) Due(now time.Time, done func(start time.Time) time.Time) []Window {
	current := b.Size.Start(now)
	again := b.Size.Add(current, -b.Lookback)
	return slices.DeleteFunc(b.All(now), func(w Window) bool {
		at := done(w.Start)
		return w.Start.Before(again) && !at.IsZero() && !at.Before(w.End)
	})
}

// Missing gives the windows up to an instant that were never built, oldest first.
func (b Batches) Missing(now time.Time, done func(start time.Time) time.Time) []Window {
	return slices.DeleteFunc(b.All(now), func(w Window) bool { return !done(w.Start).IsZero() })
}

// From gives the same windows but those before an instant.
func (b Batches) From(t time.Time) Batches {
	if begin := b.Size.Start(t); begin.After(b.Begin) {
		b.Begin = begin
	}
	return b
}

// All gives the windows from the first one to the current one.
func (b Batches) All(now time.Time) []Window {
	return b.Size.Cover(b.Begin, b.Size.Window(now).End)
}

// Earliest is an instant that every type of an event's time can hold.
var Earliest = time.Date(1700, 1, 1, 0, 0, 0, 0, time.UTC)

// Within gives the condition that a column of the given type is in a window. A type without a zone holds UTC.
func Within(column, typ string, w Window) string {
	return column + " >= " + Instant(w.Start, typ) + " and " + column + " < " + Instant(w.End, typ)
}

// Instant writes an instant as a literal that can be compared with columns of a type.
func Instant(t time.Time, typ string) string {
	text := t.UTC().Format("2006-01-02 15:04:05.999999")
	if hasZone(typ) {
		return "timestamp with time zone '" + text + "+00'"
	}
	return "timestamp '" + text + "'"
}

// hasZone reports whether a type, as an engine spells it, is that of an instant and not of a clock's reading.
func hasZone(typ string) bool {
	typ = strings.ToLower(typ)
	return strings.HasPrefix(typ, "timestamp") && strings.HasSuffix(typ, "with time zone")
}

// IsTime reports whether a column of a type can say when something happened.
func IsTime(typ string) bool {
	typ = strings.ToLower(typ)
	return typ == "date" || strings.HasPrefix(typ, "timestamp")
}
