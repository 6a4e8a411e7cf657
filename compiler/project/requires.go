package project

import (
	"strconv"
	"strings"

	"github.com/quernsql/quern/compiler/diag"
)

// requirement compares the version of this Quern with `requires` and reports whether it will do. It
// is asked first: what another version knows must not show up as a list of unknown keys.
func (c *config) requirement(version string) bool {
	root := &c.doc.root
	for i := 0; i+1 < len(root.kids); i += 2 {
		n := &root.kids[i+1]
		if root.kids[i].text != "requires" || n.kind != scalarNode {
			continue
		}
		at := c.doc.text(n).Span
		for part := range strings.SplitSeq(n.text, ",") {
			op, wanted, ok := constraint(part)
			if !ok {
				c.doc.diags.Errorf(diag.InvalidValue, at, "%q is no version constraint", n.text).
					Hintf(`write comparisons with commas between them, as in ">=0.1, <1.0"`)
				return true
			}
			have, known := versionOf(version)
			if known && !holds(op, compareVersions(have, wanted)) {
				c.doc.diags.Errorf(diag.WrongVersion, at, "this project requires Quern %s, and this is %s", n.text, version).
					Hintf("install a version that will do, or change \"requires\"")
				return false
			}
		}
	}
	return true
}

func constraint(text string) (op string, version []int, ok bool) {
	text = strings.TrimSpace(text)
	for _, op = range []string{">=", "<=", "!=", ">", "<", "="} {
		if rest, found := strings.CutPrefix(text, op); found {
			version, ok = versionOf(strings.TrimSpace(rest))
			return op, version, ok
		}
	}
	version, ok = versionOf(text)
	return "=", version, ok
}

// versionOf reads the numbers of a version. What follows a hyphen or a plus says that it is not
// released yet or how it was built, and does not count.
func versionOf(text string) ([]int, bool) {
	text = strings.TrimPrefix(text, "v")
	if i := strings.IndexAny(text, "-+"); i >= 0 {
		text = text[:i]
	}
	parts := strings.Split(text, ".")
	out := make([]int, len(parts))
	for i, part := range parts {
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 {
			return nil, false
		}
		out[i] = n
	}
	return out, len(parts) <= 3
}

// compareVersions compares as many numbers as are wanted: 0.1 holds for every 0.1.x.
func compareVersions(have, wanted []int) int {
	for i, w := range wanted {
		h := 0
		if i < len(have) {
			h = have[i]
		}
		if h != w {
			return h - w
		}
	}
	return 0
}

func holds(op string, order int) bool {
	switch op {
	case ">=":
		return order >= 0
	case "<=":
		return order <= 0
	case "!=":
		return order != 0
	case ">":
		return order > 0
	case "<":
		return order < 0
	default:
		return order == 0
	}
}
