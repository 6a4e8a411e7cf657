//go:build cgo

package cli_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/compiler/relation"
)

// columnEdits are queries that take the place of the first one of them.
var columnEdits = map[string]string{
	"same":      "select i::int as id, (i * 10)::int as amount, 'a' as word",
	"added":     "select i::int as id, (i * 10)::int as amount, 'a' as word, date '2024-01-01' as fresh",
	"dropped":   "select i::int as id, 'a' as word",
	"widened":   "select i::int as id, (i * 10)::bigint as amount, 'a' as word",
	"narrowed":  "select i::int as id, (i * 10)::smallint as amount, 'a' as word",
	"renamed":   "select i::int as id, (i * 10)::int as total, 'a' as word",
	"reordered": "select 'a' as word, i::int as id, (i * 10)::int as amount",
	"cased":     "select i::int as ID, (i * 10)::int as Amount, 'a' as WORD",
	"odd":       `select i::int as id, (i * 10)::int as amount, 'a' as word, {'a b': i::int} as "sel""ect", [1.5] as größe`,
}

// toldColumns is what quern plan says of columns, by model, mode and edit; none where it says nothing.
var toldColumns = map[string]map[string][]string{
	"ignore": {
		"added":    {`leaves out column "fresh"`},
		"dropped":  {`leaves column "amount" NULL in new rows`},
		"narrowed": {`casts column "amount" from SMALLINT to INTEGER`},
		"renamed":  {`leaves out column "total"`, `leaves column "amount" NULL in new rows`},
		"odd":      {`leaves out column "sel\"ect"`, `leaves out column "größe"`},
	},
	"append_new_columns": {
		"added":    {`adds column "fresh" (DATE)`},
		"dropped":  {`leaves column "amount" NULL in new rows`},
		"narrowed": {`casts column "amount" from SMALLINT to INTEGER`},
		"renamed":  {`adds column "total" (INTEGER)`, `leaves column "amount" NULL in new rows`},
		"odd":      {`adds column "sel\"ect" (STRUCT("a b" INTEGER))`, `adds column "größe" (DECIMAL(2,1)[])`},
	},
	"sync_all_columns": {
		"added":   {`adds column "fresh" (DATE)`},
		"dropped": {`drops column "amount"`},
		"widened": {`changes column "amount" from INTEGER to BIGINT`},
		"renamed": {`adds column "total" (INTEGER)`, `drops column "amount"`},
		"odd":     {`adds column "sel\"ect" (STRUCT("a b" INTEGER))`, `adds column "größe" (DECIMAL(2,1)[])`},
	},
}

// refusedColumns is why rows do not come in.
var refusedColumns = map[string]map[string]string{
	"ignore":             {"widened": `values of "amount" would be lost, since "amount" is BIGINT and was INTEGER`},
	"append_new_columns": {"widened": `values of "amount" would be lost, since "amount" is BIGINT and was INTEGER`},
	"sync_all_columns":   {"narrowed": `values of "amount" would be lost, since "amount" is SMALLINT and was INTEGER`},
	"fail": {
		"added": `"fresh" is new`, "dropped": `"amount" is gone`, "widened": `"amount" is BIGINT and was INTEGER`,
		"narrowed": `"amount" is SMALLINT and was INTEGER`, "renamed": `"total" is new, "amount" is gone`,
		"odd": `"sel\"ect" is new, "größe" is new`,
	},
}

// columnCases gives the names of models, each of a mode, an edit and a way that the columns come: of the model's own
// query, or of a table that it reads through a view.
func columnCases(wanted func(mode, edit string) bool) (names []string) {
	for _, mode := range []string{"fail", "ignore", "append_new_columns", "sync_all_columns"} {
		for edit := range columnEdits {
			if edit != "same" && wanted(mode, edit) {
				names = append(names, mode+"__"+edit+"__own", mode+"__"+edit+"__above")
			}
		}
	}
	slices.Sort(names)
	return names
}

func writeColumnCases(p *past, names []string, upTo int, edited bool) {
	p.write("quern.yml", "name: past\ntargets: {dev: {type: duckdb, path: dev.duckdb}}\n")
	for _, name := range names {
		parts := strings.Split(name, "__")
		query := columnEdits["same"]
		if edited {
			query = columnEdits[parts[1]]
		}
		from := fmt.Sprintf(" from range(1, %d) as r(i)", upTo)
		head := "/* ---\nmaterialized: incremental\nunique_key: id\non_code_change: keep\non_schema_change: " + parts[0] + "\n--- */\n"
		if parts[2] == "own" {
			p.write("models/"+name+".sql", head+query+from+"\n{{ if incremental }}where i > (select max(id) from {{ this }}){{ end }}\n")
			continue
		}
		p.write("models/base_"+name+".sql", "/* ---\nmaterialized: table\n--- */\n"+query+from+"\n")
		p.write("models/view_"+name+".sql", "select * from {{ ref \"base_"+name+"\" }}\n")
		p.write("models/"+name+".sql", head+"select * from {{ ref \"view_"+name+"\" }}\n{{ if incremental }}where id > (select max(id) from {{ this }}){{ end }}\n")
	}
}

// plannedColumns gives what a plan says of columns, by model, and the action.
func plannedColumns(t *testing.T, p *past) (words map[string][]string, actions map[string]string) {
	t.Helper()
	code, out := p.quern("plan", "--output", "json")
	if code != 0 {
		t.Fatalf("plan: %d: %s", code, out)
	}
	var planned struct {
		Steps []struct {
			ID, Action, Reason string
			Because            []struct{ What, Node, Detail string }
		}
	}
	for d := json.NewDecoder(strings.NewReader(out)); planned.Steps == nil; { // warnings come before it
		if err := d.Decode(&planned); err != nil {
			t.Fatal(err)
		}
	}
	words, actions = map[string][]string{}, map[string]string{}
	for _, step := range planned.Steps {
		name := strings.TrimPrefix(step.ID, "model.")
		actions[name] = step.Action
		for _, because := range step.Because {
			if because.What != "column" {
				continue
			}
			words[name] = append(words[name], because.Detail)
			if because.Node != step.ID || !strings.Contains(step.Reason, because.Detail) {
				t.Errorf("%s: %v is not in the reason %q", name, because, step.Reason)
			}
		}
	}
	return words, actions
}

// tableColumns gives the columns of tables as texts.
func tableColumns(p *past, names []string) map[string][]string {
	out := map[string][]string{}
	p.session("dev", func(s adapters.Session) {
		for _, name := range names {
			columns, err := s.Columns(p.t.Context(), relation.Name{Schema: "main", Identifier: name})
			if err != nil {
				p.t.Fatal(err)
			}
			for _, c := range columns {
				out[name] = append(out[name], c.Name+" "+c.Type)
			}
		}
	})
	return out
}

var (
	addsColumn    = regexp.MustCompile(`^adds column (".*") \((.*)\)$`)
	dropsColumn   = regexp.MustCompile(`^drops column (".*")$`)
	changesColumn = regexp.MustCompile(`^changes column (".*") from (.*) to (.*)$`)
)

// asTold gives the columns that a table has after what was said of them.
func asTold(t *testing.T, columns, words []string) []string {
	t.Helper()
	out := slices.Clone(columns)
	name := func(quoted string) (name string) {
		if err := json.Unmarshal([]byte(quoted), &name); err != nil {
			t.Fatal(err)
		}
		return name
	}
	for _, word := range words {
		if m := addsColumn.FindStringSubmatch(word); m != nil {
			out = append(out, name(m[1])+" "+m[2])
		} else if m := dropsColumn.FindStringSubmatch(word); m != nil {
			out = slices.DeleteFunc(out, func(c string) bool { return strings.HasPrefix(c, name(m[1])+" ") })
		} else if m := changesColumn.FindStringSubmatch(word); m != nil {
			out[slices.Index(out, name(m[1])+" "+m[2])] = name(m[1]) + " " + m[3]
		}
	}
	return out
}

func TestABuildDoesWithColumnsWhatThePlanSaid(t *testing.T) {
	t.Parallel()
	p := &past{t: t, dir: t.TempDir()}
	names := columnCases(func(mode, edit string) bool { return refusedColumns[mode][edit] == "" })
	writeColumnCases(p, names, 3, false)
	build := func() {
		t.Helper()
		if code, out := p.quern("build", "-q"); code != 0 {
			t.Fatalf("build: %d: %s", code, out)
		}
	}
	build()
	before := tableColumns(p, names)

	writeColumnCases(p, names, 4, true)
	words, actions := plannedColumns(t, p)
	for _, name := range names {
		parts := strings.Split(name, "__")
		if diff := cmp.Diff(toldColumns[parts[0]][parts[1]], words[name]); diff != "" {
			t.Errorf("the plan of %s says (-want +got):\n%s", name, diff)
		}
		if actions[name] != "update" {
			t.Errorf("%s: the plan says %s", name, actions[name])
		}
	}
	build()
	after := tableColumns(p, names)
	for _, name := range names {
		if diff := cmp.Diff(asTold(t, before[name], words[name]), after[name]); diff != "" {
			t.Errorf("%s (-told +is):\n%s", name, diff)
		}
	}

	words, actions = plannedColumns(t, p)
	for _, name := range names {
		if actions[name] != "skip" || words[name] != nil {
			t.Errorf("%s: after the build the plan says %s, %v", name, actions[name], words[name])
		}
	}
	writeColumnCases(p, names, 5, true)
	words, actions = plannedColumns(t, p)
	for _, name := range names {
		if actions[name] != "update" || words[name] != nil {
			t.Errorf("%s: with more rows the plan says %s, %v", name, actions[name], words[name])
		}
	}
	build()
	if diff := cmp.Diff(after, tableColumns(p, names)); diff != "" {
		t.Errorf("with more rows (-was +is):\n%s", diff)
	}
}

func TestAPlanStopsWhereColumnsCannotComeIn(t *testing.T) {
	t.Parallel()
	p := &past{t: t, dir: t.TempDir()}
	names := columnCases(func(mode, edit string) bool { return refusedColumns[mode][edit] != "" })
	writeColumnCases(p, names, 3, false)
	if code, out := p.quern("build", "-q"); code != 0 {
		t.Fatalf("build: %d: %s", code, out)
	}
	before := tableColumns(p, names)
	writeColumnCases(p, names, 4, true)
	for _, command := range []string{"plan", "build"} {
		code, out := p.quern(command)
		if code != 1 {
			t.Errorf("%s: exit code %d: %s", command, code, out)
		}
		for _, name := range names {
			parts := strings.Split(name, "__")
			start := fmt.Sprintf("error[E0611]: no new rows come into %q: ", name)
			_, rest, _ := strings.Cut(out, start)
			message, _, _ := strings.Cut(rest, "\n")
			if !strings.HasSuffix(message, refusedColumns[parts[0]][parts[1]]) {
				t.Errorf("%s says of %s: %q", command, name, message)
			}
		}
		if n := strings.Count(out, "error["); n != len(names) {
			t.Errorf("%s: %d errors, want %d", command, n, len(names))
		}
	}
	if diff := cmp.Diff(before, tableColumns(p, names)); diff != "" {
		t.Errorf("(-was +is):\n%s", diff)
	}
}
