package view

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/quernsql/quern/compiler/run"
)

// emulator is the small part of a terminal that live lines use: line breaks, carriage return, cursor
// up, erase below, and wrapping at its width.
type emulator struct {
	width    int
	rows     [][]rune
	row, col int
}

func (e *emulator) Write(p []byte) (int, error) {
	text := string(p)
	for text != "" {
		if rest, ok := strings.CutPrefix(text, "\x1b["); ok {
			end := strings.IndexFunc(rest, func(r rune) bool { return r >= '@' })
			e.control(rest[:end], rest[end])
			text = rest[end+1:]
			continue
		}
		r := []rune(text)[0]
		text = text[len(string(r)):]
		e.put(r)
	}
	return len(p), nil
}

func (e *emulator) put(r rune) {
	switch r {
	case '\n':
		e.row, e.col = e.row+1, 0
	case '\r':
		e.col = 0
	default:
		if e.col == e.width {
			e.row, e.col = e.row+1, 0
		}
		for len(e.rows) <= e.row {
			e.rows = append(e.rows, nil)
		}
		for len(e.rows[e.row]) <= e.col {
			e.rows[e.row] = append(e.rows[e.row], ' ')
		}
		e.rows[e.row][e.col] = r
		e.col++
	}
}

func (e *emulator) control(args string, kind byte) {
	switch kind {
	case 'A':
		n, _ := strconv.Atoi(args)
		e.row -= n
	case 'J':
		e.rows = e.rows[:min(len(e.rows), e.row+1)]
		if e.row < len(e.rows) {
			e.rows[e.row] = e.rows[e.row][:min(e.col, len(e.rows[e.row]))]
		}
	}
}

func (e *emulator) String() string {
	var b strings.Builder
	for _, row := range e.rows {
		b.WriteString(strings.TrimRight(string(row), " ") + "\n")
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// Live lines come and go without a trace: what is left is what is written without them.
func TestLiveLinesLeaveNothingBehind(t *testing.T) {
	t.Parallel()
	for _, width := range []int{12, 25, 40, 80, 120} {
		t.Run(fmt.Sprint(width), func(t *testing.T) {
			t.Parallel()
			screen := &emulator{width: width}
			var still bytes.Buffer
			p, results := sampleRun()
			for _, to := range []io.Writer{screen, &still} {
				now := time.Date(2024, 3, 1, 6, 0, 0, 0, time.UTC)
				v := New(Options{
					Out: to, Err: to, Color: "always",
					Now:  func() time.Time { return now.Add(90 * time.Minute) },
					Size: func() (int, int) { return width, 10 },
				})
				r := v.Run(RunOptions{Command: "build", Plan: p, ShowRows: 3})
				if to != screen {
					r.Close()
				}
				for _, s := range p.Steps {
					r.Observe(run.NodeStarted{Time: now, ID: s.ID, Kind: s.Kind})
					v.redraw()
				}
				play(r, results)
				r.Close()
			}
			want := &emulator{width: width}
			_, _ = want.Write(still.Bytes())
			if screen.String() != want.String() {
				t.Errorf("the screen shows\n%s\nwant\n%s", screen, want)
			}
		})
	}
}

// While nodes are at work each has a line, and no line is wider than the terminal.
func TestLiveLinesFit(t *testing.T) {
	t.Parallel()
	begin := time.Date(2024, 3, 1, 6, 0, 0, 0, time.UTC)
	for _, width := range []int{5, 12, 25, 40, 80, 120} {
		v, _ := testView(width, Options{Now: func() time.Time { return begin.Add(75 * time.Second) }})
		p, _ := sampleRun()
		r, ok := v.Run(RunOptions{Plan: p}).(*report)
		if !ok {
			t.Fatal("Run gives no report")
		}
		r.Observe(run.RunStarted{Time: begin})
		for _, s := range p.Steps {
			r.Observe(run.NodeStarted{Time: begin, ID: s.ID, Kind: s.Kind})
		}
		lines := r.liveLines(width, 24)
		if len(lines) != len(p.Steps)+1 {
			t.Errorf("%d lines for %d nodes", len(lines), len(p.Steps))
		}
		for _, l := range lines {
			if l.width != columns(l.text) || l.width >= width {
				t.Errorf("a line of %d columns (said %d) on a terminal of %d: %q", columns(l.text), l.width, width, l.text)
			}
		}
		if width == 80 && lines[2].text != "▸ table  marts.flights                      1 m 15 s" {
			t.Errorf("line of a node: %q", lines[2].text)
		}
		if few := r.liveLines(width, 8); len(few) != 5 {
			t.Errorf("%d lines on a terminal of 8 rows, want 5", len(few))
		}
		r.Close()
	}
}
