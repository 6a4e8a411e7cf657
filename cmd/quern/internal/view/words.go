package view

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
)

// comma writes a number with commas between thousands.
func comma(n int64) string {
	text := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, text = "-", text[1:]
	}
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return sign + text
}

// count writes a number and its noun, as "1 row" or "1,826 rows".
func count(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return comma(n) + " " + noun + "s"
}

// percent writes a share as people read it: 2.3 %, 100 %, < 0.1 %. Only all of the rows are 100 %.
func percent(part, whole int64) string {
	share := 100 * float64(part) / float64(whole)
	switch {
	case part > 0 && share < 0.1:
		return "< 0.1 %"
	case part < whole && share >= 99.95:
		return "> 99.9 %"
	default:
		return strings.TrimSuffix(strconv.FormatFloat(share, 'f', 1, 64), ".0") + " %"
	}
}

// duration writes seconds as people read them: 0.12 s, 12.3 s, 2 m 05 s, 1 h 02 m.
func duration(seconds float64) string {
	switch {
	case seconds < 9.995:
		return fmt.Sprintf("%.2f s", max(seconds, 0))
	case seconds < 59.95:
		return fmt.Sprintf("%.1f s", seconds)
	case seconds < 3599.5:
		s := int(math.Round(seconds))
		return fmt.Sprintf("%d m %02d s", s/60, s%60)
	default:
		m := int(math.Round(seconds / 60))
		return fmt.Sprintf("%d h %02d m", m/60, m%60)
	}
}

// shortDuration writes the seconds of a whole run, or of a node that is still at work.
func shortDuration(seconds float64) string {
	if seconds < 59.95 {
		return fmt.Sprintf("%.1f s", max(seconds, 0))
	}
	return duration(seconds)
}

// cellText writes a value of a row; numeric says that it is aligned to the right.
func cellText(value any) (text string, numeric bool) {
	switch v := value.(type) {
	case nil:
		return "NULL", false
	case string:
		if v == "NULL" { // the word, and not the absence of a value
			return "'NULL'", false
		}
		return clean(v), false
	case bool:
		return strconv.FormatBool(v), false
	case int64:
		return strconv.FormatInt(v, 10), true
	case int:
		return strconv.Itoa(v), true
	case float64:
		return floatText(v), true
	case json.Number:
		return v.String(), true
	default:
		data, err := json.Marshal(v)
		if err != nil {
			return clean(fmt.Sprint(v)), false
		}
		return clean(string(data)), false
	}
}

func floatText(v float64) string {
	if a := math.Abs(v); a != 0 && (a >= 1e15 || a < 1e-6) {
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// clean gives text in one line in which nothing can move the cursor or change the direction of
// writing.
func clean(text string) string {
	if !strings.ContainsFunc(text, hidden) {
		return strings.ToValidUTF8(text, "\ufffd")
	}
	return strings.Map(func(r rune) rune {
		switch {
		case !hidden(r):
			return r
		case r == '\t':
			return ' '
		case r < 0x20:
			return '\u2400' + r
		default:
			return '\ufffd'
		}
	}, text)
}

func hidden(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029'
}
