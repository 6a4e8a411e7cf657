package state

import (
	"slices"
	"time"

	"github.com/quernsql/quern/compiler/fingerprint"
	"github.com/quernsql/quern/compiler/increment"
	"github.com/quernsql/quern/compiler/project"
)

// Growth is what is known of how an incremental model came to its rows.
type Growth struct {
	// Code is the digest of the query for new rows and of the settings that say how they come in.
	Code fingerprint.Digest `json:"code"`
	// History are the digests of the queries of what was read and of all above it, by the node that was read.
	History map[project.ID]fingerprint.Digest `json:"history,omitempty"`
	// Batches are the windows of a microbatch.
	Batches *Batches `json:"batches,omitempty"`
	// Loaded says which files were loaded, of a model that loads each once.
	Loaded *Loaded `json:"loaded,omitempty"`
}

// Batches are windows that were built: all from one instant up to another but the gaps.
type Batches struct {
	// First is where the windows of a table begin that begins later than its model says; else it is zero.
	First   time.Time `json:"first,omitzero"`
	From    time.Time `json:"from"`
	Through time.Time `json:"through"`
	// Open are the windows that have to be built again, since they failed, or were not over when they were built.
	Open []increment.Window `json:"open,omitempty"`
	// Gaps are spans of windows that were never built, while others before and after were.
	Gaps []increment.Window `json:"gaps,omitempty"`
}

// Beginning gives where the windows begin; zero where that is as the model says.
func (b *Batches) Beginning() time.Time {
	if b == nil {
		return time.Time{}
	}
	return b.First
}

// At tells when the window that starts at an instant was built, for increment.Batches: the zero time where it was
// not, its end where it is complete.
func (b *Batches) At(size increment.Size) func(start time.Time) time.Time {
	return func(start time.Time) time.Time {
		w := increment.Window{Start: start, End: size.Add(start, 1)}
		if b == nil || w.Start.Before(b.From) || w.End.After(b.Through) {
			return time.Time{}
		}
		switch {
		case overlap(b.Gaps, w):
			return time.Time{}
		case overlap(b.Open, w):
			return w.Start
		}
		return w.End
	}
}

func overlap(spans []increment.Window, w increment.Window) bool {
	return slices.ContainsFunc(spans, func(o increment.Window) bool { return w.Start.Before(o.End) && o.Start.Before(w.End) })
}

// Begin gives what is known when windows are about to be built again: they are open until they are done.
func (b Batches) Begin(due []increment.Window) Batches {
	for _, w := range due {
		if overlap(b.Gaps, w) {
			continue // it is missing until it is done
		}
		b = b.without(w)
		if b.covers(w) {
			b.Open = append(slices.Clip(b.Open), w)
		}
	}
	return b
}

// Did gives what is known when a window was built at an instant.
func (b Batches) Did(w increment.Window, at time.Time) Batches {
	b = b.without(w)
	if b.Through.IsZero() {
		b.From, b.Through = w.Start, w.End
	}
	if w.Start.After(b.Through) { // the windows between failed, or were not asked for
		b.Gaps = append(slices.Clip(b.Gaps), increment.Window{Start: b.Through, End: w.Start})
	}
	if w.End.Before(b.From) {
		b.Gaps = append(slices.Clip(b.Gaps), increment.Window{Start: w.End, End: b.From})
	}
	if b.Through.Before(w.End) {
		b.Through = w.End
	}
	if w.Start.Before(b.From) {
		b.From = w.Start
	}
	if at.Before(w.End) {
		b.Open = append(slices.Clip(b.Open), w)
	}
	return b
}

func (b Batches) covers(w increment.Window) bool {
	return !w.Start.Before(b.From) && !w.End.After(b.Through)
}

// without takes a window out of those that are open or missing, also out of the middle of longer spans.
func (b Batches) without(w increment.Window) Batches {
	b.Open, b.Gaps = without(b.Open, w), without(b.Gaps, w)
	return b
}

func without(spans []increment.Window, w increment.Window) []increment.Window {
	var out []increment.Window
	for _, o := range spans {
		if !o.Start.Before(w.End) || !w.Start.Before(o.End) {
			out = append(out, o)
			continue
		}
		if o.Start.Before(w.Start) {
			out = append(out, increment.Window{Start: o.Start, End: w.Start})
		}
		if w.End.Before(o.End) {
			out = append(out, increment.Window{Start: w.End, End: o.End})
		}
	}
	return out
}
