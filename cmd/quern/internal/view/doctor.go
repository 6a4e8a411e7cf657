package view

import (
	"encoding/json"
	"fmt"
	"strings"
)

// The ends of a check.
const (
	CheckOK      = "ok"
	CheckFailed  = "failed"
	CheckSkipped = "skipped"
)

// Health is what the doctor found.
type Health struct {
	Version  int      `json:"version"`
	OK       bool     `json:"ok"`
	Versions Versions `json:"versions"`
	Checks   []Check  `json:"checks"`
}

// Check is one thing that was looked at.
type Check struct {
	Name   string `json:"name"`
	Status string `json:"status"`
	// Detail says what was found, Hint what to do about it.
	Detail  string  `json:"detail"`
	Hint    string  `json:"hint"`
	Seconds float64 `json:"seconds"`
}

// Health shows what the doctor found.
func (v *View) Health(h Health) error {
	h = h.complete()
	if v.IsJSON() {
		return v.Object(h)
	}
	v.print(v.out, v.healthText(v.out, h))
	return nil
}

// HealthReport gives the text and the JSON for a file, without secrets.
func (v *View) HealthReport(h Health) (text string, object []byte, err error) {
	h = h.complete()
	object, err = json.MarshalIndent(h, "", "  ")
	if err != nil {
		return "", nil, err
	}
	return v.MaskText(v.healthText(&screen{size: func() (int, int) { return 0, 0 }}, h)), v.secrets.mask(object), nil
}

// Count writes a number and its noun, as "1 row" or "1,826 rows".
func Count(n int, noun string) string { return count(int64(n), noun) }

// MaskText gives a text without secrets.
func (v *View) MaskText(text string) string { return v.secrets.maskText(text) }

func (h Health) complete() Health {
	h.Version, h.Versions.Version = 1, 1
	h.OK = true
	for _, c := range h.Checks {
		h.OK = h.OK && c.Status != CheckFailed
	}
	return h
}

func (v *View) healthText(s *screen, h Health) string {
	marks := map[string]string{
		CheckOK:      s.paint(green, v.glyphs.ok),
		CheckFailed:  s.paint(red, v.glyphs.fail),
		CheckSkipped: s.paint(dim, v.glyphs.skip),
	}
	nameWidth, statusWidth := 0, 0
	for _, c := range h.Checks {
		nameWidth, statusWidth = max(nameWidth, columns(c.Name)), max(statusWidth, len(c.Status))
	}
	var b strings.Builder
	for _, c := range h.Checks {
		b.WriteString(marks[c.Status] + " " + padRight(c.Name, nameWidth) + "  " + padRight(c.Status, statusWidth) + "  ")
		lines := strings.Split(c.Detail, "\n")
		for i, line := range lines {
			lines[i] = clean(line)
		}
		b.WriteString(strings.Join(lines, "\n    "))
		if c.Seconds > 0 {
			b.WriteString(s.paint(dim, fmt.Sprintf(" (%.1f ms)", 1000*c.Seconds)))
		}
		b.WriteByte('\n')
		if c.Hint != "" {
			b.WriteString("    hint: " + clean(c.Hint) + "\n")
		}
	}
	if h.OK {
		b.WriteString("all is well\n")
	} else {
		b.WriteString("something is wrong: see the failed lines\n")
	}
	return b.String()
}
