//go:build cgo && unix && server

package postgres

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/quernsql/quern/adapters/ansi"
)

// list gives the first column of a query's rows.
func (s *server) list(t *testing.T, query string) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	for line := range strings.Lines(s.run(t, query)) {
		out[strings.TrimSuffix(line, "\n")] = true
	}
	if len(out) == 0 {
		t.Fatalf("%s gives nothing", query)
	}
	return out
}

// serverKnowsTheWords compares our lists with the server's. A server may be older than they are:
// newer are the words it may lack.
func serverKnowsTheWords(t *testing.T, s *server) {
	const own = "from pg_proc p where pronamespace = 'pg_catalog'::regnamespace and prokind = "
	for _, tc := range []struct {
		name, query string
		ours        map[string]bool
		newer       string
		// all says that ours must have all of the server's.
		all bool
	}{
		{"keywords", "select word from pg_get_keywords() where catcode <> 'U'", keywords, "json json_array json_arrayagg json_exists json_object json_objectagg json_query json_scalar json_serialize json_table json_value merge_action system_user", true},
		{"aggregates", "select distinct proname " + own + "'a' and not exists (select 1 from pg_aggregate a where a.aggfnoid = p.oid and aggkind = 'h')", aggregateNames, "any_value json_arrayagg json_objectagg", true},
		{"window functions", "select distinct proname " + own + "'w'", windowNames, "", true},
		{"functions", "select distinct proname " + own + "'f'", functionNames(), "array_reverse array_sample array_shuffle array_sort casefold crc32 date_add date_subtract erf erfc json_scalar json_serialize random_normal to_bin to_oct uuidv4 uuidv7 xmltext", false},
		{"functions that read", "select distinct proname " + own + "'f'", readerNames, "", false},
		{"functions of rows", "select distinct proname " + own + "any ('{f,a,w}')", rowFunctions, "any_value", false},
	} {
		theirs := s.list(t, tc.query)
		newer := ansi.Words(tc.newer)
		for _, word := range slices.Sorted(maps.Keys(tc.ours)) {
			if !theirs[word] && !newer[word] {
				t.Errorf("%s: the server has no %q", tc.name, word)
			}
		}
		for _, word := range slices.Sorted(maps.Keys(theirs)) {
			if tc.all && !tc.ours[word] {
				t.Errorf("%s: %q is missing", tc.name, word)
			}
		}
	}
}

// serverSpellsTypesAlike makes a column of every type that can be named.
func serverSpellsTypesAlike(t *testing.T, s *server) {
	var written []string
	for name := range nativeTypes {
		written = append(written, name)
	}
	for name := range nativeNames {
		written = append(written, name)
	}
	for name := range fixedTypes {
		written = append(written, fixedTypes[name])
	}
	slices.Sort(written)
	written = slices.Compact(written)
	var script strings.Builder
	for _, name := range written {
		fmt.Fprintf(&script, "create table typed (a %s);\nselect format_type(atttypid, atttypmod) from pg_attribute where attrelid = 'typed'::regclass and attnum = 1;\n\\echo -\ndrop table typed;\n", name)
	}
	answers := strings.Split(s.run(t, script.String()), "-\n")
	for i, name := range written {
		want := strings.TrimSpace(answers[i])
		if got, ok := (Dialect{}).NativeType(name); !ok || got != want {
			t.Errorf("NativeType(%q) = %q; the server says %q", name, got, want)
		}
	}
}

// serverReadsLiteralsBack compares literals and names with what the server makes of them.
func serverReadsLiteralsBack(t *testing.T, s *server) {
	texts := []string{"it's", `a\b'c`, `\`, `\\n`, "äöü $1 :x %s", `"`, "--", "/*", ""}
	for _, conforming := range []string{"on", "off"} {
		script := "set escape_string_warning = off;\nset standard_conforming_strings = " + conforming + ";\n"
		want := ""
		for _, text := range texts {
			script += "select encode(convert_to(" + (Dialect{}).Literal(text) + ", 'UTF8'), 'hex');\n"
			want += fmt.Sprintf("%x\n", text)
		}
		if got := s.run(t, script); got != want {
			t.Errorf("standard_conforming_strings %s: the server reads\n%swant\n%s", conforming, got, want)
		}
	}
	for _, literal := range literals {
		if _, text := literal.value.(string); text || literal.value == nil {
			continue
		}
		if out := s.describe(t, []string{"select " + literal.want + " as x"})[0]; out.refusal != "" {
			t.Errorf("%s: %s", literal.want, out.refusal)
		}
	}
	names := []string{"orders2", "Orders", "select", "1st", `a"b`, "ünï", "with space", "json", "merge_action", "a$b", "_x", "x.y", "end", "Größe"}
	for _, name := range names {
		quoted := style.Identifier(name)
		script := "create table " + quoted + " (" + quoted + " int);\nselect relname from pg_class where oid = " +
			(Dialect{}).Literal(quoted) + "::regclass;\ndrop table " + quoted + ";\n"
		if got := strings.TrimSuffix(s.run(t, script), "\n"); got != name {
			t.Errorf("%s is read as %q, want %q", quoted, got, name)
		}
	}
}
