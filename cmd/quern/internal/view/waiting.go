package view

import (
	"fmt"
	"sync"
	"time"
)

// Waiting shows that a command waits for somebody: on a terminal with a line that goes on, elsewhere with
// a line at its beginning and one at its end.
type Waiting struct {
	v     *View
	begin time.Time
	stop  func() // of the live line; nil where there is none

	mu   sync.Mutex
	text string
}

// Waiting begins to show why a command waits, and for how long at most; End ends it.
func (v *View) Waiting(most time.Duration, text string) *Waiting {
	w := &Waiting{v: v, begin: v.opts.Now(), text: text}
	if v.opts.Quiet {
		return w
	}
	if v.opts.JSON || !v.err.tty {
		v.Note("waiting at most %s: %s", duration(most.Seconds()), clean(text))
		return w
	}
	w.stop = v.startLive(func(room, _ int) []liveLine {
		line := v.glyphs.cut(w.line(), room-1)
		return []liveLine{{v.err.paint(dim, line), columns(line)}}
	})
	return w
}

func (w *Waiting) line() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return fmt.Sprintf("waiting %s: %s", shortDuration(w.seconds()), clean(w.text))
}

// Say says anew why the command waits.
func (w *Waiting) Say(text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.text = text
}

// End ends the waiting, with or without what was waited for.
func (w *Waiting) End(got bool) {
	if w.stop != nil {
		w.stop()
	}
	if got {
		w.v.Note("going on after %s", shortDuration(w.seconds()))
	}
}

func (w *Waiting) seconds() float64 { return w.v.opts.Now().Sub(w.begin).Seconds() }
