//go:build cgo

package scd_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/scd"
)

// row is what a source has of a key: NULL is "", instants are hours.
type row struct {
	key, value string
	at         int
}

// version is a row of the history as the rules say it, with no SQL.
type version struct {
	row
	from, to int
	open     bool
	deleted  bool
}

type history struct {
	scd.Settings
	versions []*version
}

// last gives the open version of a key, and where what is recorded of it ends.
func (h *history) last(key string) (open *version, end int) {
	end = -1
	for _, v := range h.versions {
		if v.key != key {
			continue
		}
		if v.open {
			open = v
			end = max(end, v.from)
		} else {
			end = max(end, v.to)
		}
	}
	return open, end
}

func (h *history) differs(v *version, r row) bool {
	if h.Strategy == scd.Check {
		return v.value != r.value || h.Check == nil && v.at != r.at
	}
	return r.at > v.at
}

// run brings rows in; it reports false where the run's instant is too early.
func (h *history) run(now int, rows []row) bool {
	var added []*version
	var ends []func()
	later := func(v *version, at int) {
		ends = append(ends, func() { v.to, v.open = at, false })
	}
	seen := map[string]bool{}
	ok := true
	for _, r := range rows {
		seen[r.key] = true
		open, end := h.last(r.key)
		if open != nil && !open.deleted && !h.differs(open, r) {
			continue
		}
		begin := r.at
		if h.Strategy == scd.Check {
			ok = ok && now >= end
			begin = now
		} else if begin < end {
			begin = max(now, end)
		}
		if open != nil {
			later(open, begin)
		}
		added = append(added, &version{row: r, from: begin, open: true})
	}
	for _, v := range h.versions {
		if h.Deletes == scd.Ignore || !v.open || v.deleted || seen[v.key] {
			continue
		}
		ok = ok && (h.Strategy != scd.Check || now >= v.from)
		end := max(now, v.from)
		later(v, end)
		if h.Deletes == scd.NewRecord {
			added = append(added, &version{row: v.row, from: end, open: true, deleted: true})
		}
	}
	if !ok {
		return false
	}
	for _, f := range ends {
		f()
	}
	h.versions = append(h.versions, added...)
	return true
}

var start = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)

func hour(n int) string { return start.Add(time.Duration(n) * time.Hour).Format("2006-01-02 15:04:05") }

func (h *history) lines() []string {
	var out []string
	for _, v := range h.versions {
		to := "."
		if !v.open {
			to = hour(v.to)
		}
		line := strings.Join([]string{orDot(v.key), orDot(v.value), hour(v.at), hour(v.from), to}, ",")
		if h.Deletes == scd.NewRecord {
			line += fmt.Sprint(",", v.deleted)
		}
		out = append(out, line)
	}
	slices.Sort(out)
	return out
}

func orDot(text string) string {
	if text == "" {
		return "."
	}
	return text
}

// TestRandomHistories compares what the statements make of random sources with what the rules say, run by run.
func TestRandomHistories(t *testing.T) {
	t.Parallel()
	for seed := range uint64(30) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			randomHistory(t, rand.New(rand.NewPCG(seed, 1)))
		})
	}
}

func randomHistory(t *testing.T, rng *rand.Rand) {
	t.Helper()
	s := scd.Settings{
		Key: []string{"key"}, Strategy: scd.Strategy(1 + rng.IntN(2)), Deletes: scd.Deletes(1 + rng.IntN(3)),
		ValidFrom: "valid_from", ValidTo: "valid_to", IsDeleted: "is_deleted",
	}
	if s.Strategy == scd.Timestamp {
		s.UpdatedAt = "at"
	} else if rng.IntN(2) == 0 {
		s.Check = []string{"value"}
	}
	h := &history{Settings: s}
	k := &keeper{session: open(t), Settings: s}
	now := 0
	for run := range 8 {
		now += rng.IntN(4) - rng.IntN(2)
		var rows []row
		text := "key:varchar,value:varchar,at:timestamp\n"
		for _, key := range []string{"a", "b", "c", ""} {
			if rng.IntN(4) == 0 {
				continue
			}
			r := row{key: key, value: []string{"", "x", "y"}[rng.IntN(3)], at: max(0, now+rng.IntN(5)-3)}
			rows = append(rows, r)
			text += orDot(r.key) + "," + orDot(r.value) + "," + hour(r.at) + "\n"
		}
		accepted := h.run(now, rows)
		out, err := k.run(t.Context(), start.Add(time.Duration(now)*time.Hour), query(t, []byte(text)))
		if err != nil {
			t.Fatal(err)
		}
		if accepted != (out.refused == nil) {
			t.Fatalf("run %d: the rules say %t, and it was refused with %q", run, accepted, out.refused)
		}
		lines := strings.Split(strings.TrimSpace(content(t, k)), "\n")[1:]
		for i, line := range lines {
			parts := strings.Split(line, ",")
			for c, cell := range parts {
				if len(cell) == len(time.DateOnly) {
					parts[c] = cell + " 00:00:00"
				}
			}
			lines[i] = strings.Join(parts, ",")
		}
		slices.Sort(lines)
		if diff := cmp.Diff(h.lines(), lines); diff != "" {
			t.Fatalf("run %d of %+v at hour %d with\n%s(-rules +table):\n%s", run, s, now, text, diff)
		}
	}
}
