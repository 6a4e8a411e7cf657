package project

import (
	"math"
	"strconv"
	"strings"

	"github.com/quernsql/quern/compiler/diag"
)

// Reached compares a count, or a share in percent, with the threshold.
func (t Threshold) Reached(n float64) bool {
	switch t.Op {
	case ">":
		return n > t.Value
	case ">=":
		return n >= t.Value
	case "<":
		return n < t.Value
	case "<=":
		return n <= t.Value
	case "=":
		return n == t.Value
	case "!=":
		return n != t.Value
	default:
		return false
	}
}

// threshold reads a comparison such as ">0" or ">= 1.5%".
func (d *doc) threshold(n *node) Threshold {
	text := d.text(n)
	t := Threshold{Text: n.text, Span: text.Span}
	rest := strings.TrimSpace(n.text)
	for _, op := range []string{">=", "<=", "!=", ">", "<", "="} {
		if after, ok := strings.CutPrefix(rest, op); ok {
			t.Op, rest = op, strings.TrimSpace(after)
			break
		}
	}
	rest, t.Percent = strings.CutSuffix(rest, "%")
	v, err := strconv.ParseFloat(strings.TrimSpace(rest), 64)
	switch known := err == nil && v >= 0 && !math.IsInf(v, 0); {
	case known && t.Percent && v > 100:
		d.diags.Errorf(diag.InvalidValue, text.Span, "%q is no threshold: a share is at most 100%%", n.text).
			Hintf("write a share from 0%% to 100%%, or a count without %%")
		return Threshold{}
	case known && t.Op == "":
		d.diags.Errorf(diag.InvalidValue, text.Span, "%q is no threshold: it does not say how to compare", n.text).
			Hintf("write %q", ">"+strings.TrimSpace(n.text))
		return Threshold{}
	case !known:
		d.diags.Errorf(diag.InvalidValue, text.Span, "%q is no threshold", n.text).
			Hintf(`write a comparison with a count or a share, as in ">0" or ">1%%"`)
		return Threshold{}
	}
	t.Value = v
	return t
}

// thresholds refuses settings of a test that contradict each other.
func (d *doc) thresholds(c *TestConfig) {
	if c.Severity == SeverityWarn && c.ErrorIf.Op != "" {
		d.diags.Errorf(diag.InvalidValue, c.ErrorIf.Span, "a test of \"severity: warn\" never fails, so that \"error_if\" contradicts it").
			Hintf("leave out severity, or error_if")
		return
	}
	if c.WarnIf.Op != "" && c.ErrorIf.Op != "" && c.WarnIf.within(c.ErrorIf) {
		d.diags.Errorf(diag.InvalidValue, c.WarnIf.Span, "the warning can never show: whatever is %q also is %q, and fails", c.WarnIf.Text, c.ErrorIf.Text).
			Hintf("let warn_if begin before error_if does, or leave one of them out").
			Notef(c.ErrorIf.Span, "the test fails from here on")
	}
}

// within reports whether every number that reaches t reaches the other too, and there is one. Both
// change their answer only at their limits, so that it is enough to look around those.
func (t Threshold) within(other Threshold) bool {
	if t.Percent != other.Percent {
		return false
	}
	found := false
	for _, limit := range []float64{0, t.Value, other.Value} {
		for _, n := range []float64{math.Floor(limit) - 1, math.Floor(limit), limit, math.Floor(limit) + 1, math.Floor(limit) + 2} {
			if !t.Percent && n != math.Floor(n) || n < 0 || t.Percent && n > 100 || !t.Reached(n) {
				continue
			}
			if found = true; !other.Reached(n) {
				return false
			}
		}
		for _, n := range []float64{limit - 1e-6, limit + 1e-6} {
			if t.Percent && n >= 0 && n <= 100 && t.Reached(n) && !other.Reached(n) {
				return false
			}
		}
	}
	return found
}
