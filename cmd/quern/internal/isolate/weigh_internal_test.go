package isolate

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// steps writes a text for each number and joins them.
func steps(n int, format string) string {
	parts := make([]string, n)
	for i := range parts {
		parts[i] = fmt.Sprintf(format, i, i+1)
	}
	return strings.Join(parts, ", ")
}

func TestWhatMultipliesIsSuspicious(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		query string
		want  bool
	}{
		"aliases of aliases":     {"select 1 as a0, " + steps(20, "a%[1]d + a%[1]d as a%[2]d"), true},
		"structs of aliases":     {"select 1 as a0, " + steps(14, "{'l': a%[1]d, 'r': a%[1]d} as a%[2]d"), true},
		"structs of parts":       {"with c0 as (select 1 as c), " + steps(20, "c%[2]d as (select {'l': c, 'r': c} as c from c%[1]d)") + " select * from c20", true},
		"columns of parts":       {"with c0 as (select 1 as c), " + steps(20, "c%[2]d as (select x.*, y.* from c%[1]d x, c%[1]d y)") + " select * from c20", true},
		"many columns":           {"select " + steps(5000, "o.amount_%[1]d + o.tax_%[1]d as total_%[1]d") + " from orders o", false},
		"one alias in many":      {"select a + b as total, " + steps(300, "total * %[1]d as t%[1]d") + " from orders", false},
		"a column named as it":   {"with " + steps(40, "c%[2]d as (select coalesce(status, status || status) as status from c%[1]d)") + " select * from c40", false},
		"columns behind a table": {"select " + steps(40, "o.status || o.status as status") + " from orders o", false},
	} {
		if got := suspicious(tc.query); got != tc.want {
			t.Errorf("%s: %v, want %v", name, got, tc.want)
		}
	}
}

// TestTheShowcaseIsNotSuspicious holds the limits against queries that people write.
func TestTheShowcaseIsNotSuspicious(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("../../../../models/*/*.sql")
	if err != nil || len(paths) < 15 {
		t.Fatalf("found %d models, error %v", len(paths), err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if suspicious(strings.NewReplacer("{{", "", "}}", "").Replace(string(text))) {
			t.Errorf("%s is bound in a process of its own", path)
		}
	}
}
