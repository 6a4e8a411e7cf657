package view

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

const heldText = `the database "x.duckdb" is in use by another process: quern build (pid 4711)`

func TestWaitingIsALineAtItsBeginningAndOneAtItsEnd(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		quiet, got bool
		want       string
	}{
		"free":     {got: true, want: "waiting at most 10 m 00 s: " + heldText + "\ngoing on after 3.0 s\n"},
		"not free": {want: "waiting at most 10 m 00 s: " + heldText + "\n"},
		"quiet":    {quiet: true, got: true},
	} {
		var err bytes.Buffer
		now := time.Unix(0, 0)
		v := New(Options{Out: &bytes.Buffer{}, Err: &err, Quiet: tc.quiet, Now: func() time.Time { return now }})
		w := v.Waiting(10*time.Minute, heldText)
		w.Say("somebody else")
		now = now.Add(3 * time.Second)
		w.End(tc.got)
		v.Close()
		if got := err.String(); got != tc.want {
			t.Errorf("%s: got %q, want %q", name, got, tc.want)
		}
	}
}

func TestWaitingGoesOnInOneLineOfATerminal(t *testing.T) {
	t.Parallel()
	screen := &emulator{width: 40}
	now := time.Unix(0, 0)
	v := New(Options{
		Out: &bytes.Buffer{}, Err: screen, Now: func() time.Time { return now },
		Size: func() (int, int) { return 40, 10 },
	})
	text := func() string {
		v.mu.Lock() // the line is drawn again now and then
		defer v.mu.Unlock()
		return screen.String()
	}
	w := v.Waiting(10*time.Minute, heldText)
	v.redraw()
	first := text()
	if !strings.HasPrefix(first, "waiting 0.0 s: the database") || strings.Contains(strings.TrimRight(first, "\n "), "\n") {
		t.Errorf("while it waits: %q", first)
	}
	w.Say("another one holds it")
	v.redraw()
	if got := text(); !strings.HasPrefix(got, "waiting 0.0 s: another one holds it") {
		t.Errorf("with another holder: %q", got)
	}
	w.End(true)
	v.Close()
	if got := strings.TrimSpace(text()); got != "going on after 0.0 s" {
		t.Errorf("at the end: %q", got)
	}
}
