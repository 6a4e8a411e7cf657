package view

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// refresh is how often live lines are drawn again.
const refresh = 100 * time.Millisecond

// live is a block of lines at the bottom of a terminal that is drawn again and again. It is guarded
// by the view's mutex.
type live struct {
	s *screen
	// lines gives what to show on a terminal of that many columns and rows, without colours where
	// widths count.
	lines func(columns, rows int) []liveLine
	// drawn are the widths of the lines on the screen, the cursor being at the end of the last.
	drawn []int
}

// liveLine is a line with its colours, and its width without them.
type liveLine struct {
	text  string
	width int
}

// startLive shows lines below all other output until stop is called.
func (v *View) startLive(lines func(columns, rows int) []liveLine) (stop func()) {
	v.mu.Lock()
	v.live = &live{s: v.err, lines: lines}
	v.mu.Unlock()
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		ticker := time.NewTicker(refresh)
		defer ticker.Stop()
		for {
			select {
			case <-quit:
				return
			case <-ticker.C:
				v.redraw()
			}
		}
	}()
	return func() {
		close(quit)
		<-done
		v.mu.Lock()
		defer v.mu.Unlock()
		v.live.erase()
		v.live = nil
	}
}

// redraw shows the live lines as they are now.
func (v *View) redraw() {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.live != nil {
		v.live.write(v.live.eraseText() + v.live.drawText())
	}
}

func (l *live) erase() { l.write(l.eraseText()) }
func (l *live) draw()  { l.write(l.drawText()) }

func (l *live) write(text string) {
	if text == "" {
		return
	}
	_, _ = io.WriteString(l.s.w, text) // as in View.print
	_ = l.s.w.Flush()
}

// eraseText removes the block. A terminal that has become narrower since has wrapped its lines, so
// they take more rows now.
func (l *live) eraseText() string {
	if len(l.drawn) == 0 {
		return ""
	}
	columns := max(l.s.width(), 1)
	rows := -1
	for _, w := range l.drawn {
		rows += max((w+columns-1)/columns, 1)
	}
	l.drawn = nil
	up := ""
	if rows > 0 {
		up = fmt.Sprintf("\x1b[%dA", rows)
	}
	return "\r" + up + "\x1b[J"
}

func (l *live) drawText() string {
	var texts []string
	for _, line := range l.lines(l.s.size()) {
		texts = append(texts, line.text)
		l.drawn = append(l.drawn, line.width)
	}
	return strings.Join(texts, "\n")
}
