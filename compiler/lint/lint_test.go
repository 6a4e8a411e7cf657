//go:build cgo

package lint_test

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/adapters/duckdb"
	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/internal/stagetest"
	"github.com/quernsql/quern/compiler/project"
)

// describer is DuckDB's as package check sees it.
type describer struct{ adapters.Describer }

func (d describer) Scratch(ctx context.Context) (check.Scratch, error) {
	return d.Describer.Scratch(ctx)
}

// said compiles files with DuckDB and gives what is said of them: code, place, the text that is marked.
func said(t *testing.T, files stagetest.Files) []string {
	t.Helper()
	dir := files.Write(t)
	_, diags := stagetest.CompileWith(t, dir, func(p *project.Project) check.Env {
		d := duckdb.Adapter().Describer(adapters.Config{Dir: dir, Settings: p.Target.Settings})
		t.Cleanup(func() { d.Close() })
		return check.Env{Dialect: duckdb.Dialect{}, Describer: describer{d}, Files: describer{d}}
	})
	out := []string{}
	for _, d := range diags {
		line := fmt.Sprintf("%s %s:%d [%s]", d.Code, d.Span.Path(), d.Span.Position().Line, d.Span.Text())
		if d.Severity == diag.Error {
			line += " " + d.Message
		}
		out = append(out, line)
	}
	return out
}

// shop are the models and the tests that queries of the tests below read.
var shop = stagetest.Files{
	"models/raw.yml": `sources:
  - name: raw
    tables:
      - name: orders
        columns_complete: true
        columns:
          - {name: id, type: int64, tests: [unique]}
          - {name: customer_id, type: int64}
          - {name: amount, type: "decimal(10,2)"}
          - {name: status, type: string}
          - {name: day, type: date}
      - name: customers
        columns_complete: true
        columns: [{name: id, type: int64, tests: [unique]}, {name: name, type: string}, {name: code, type: string}]
      - name: events
        columns_complete: true
        columns: [{name: customer_id, type: int32}, {name: seen, type: timestamp}, {name: tags, type: "string[]"}]
`,
	"models/orders.sql":    `select * from {{ source "raw" "orders" }}`,
	"models/customers.sql": `select * from {{ source "raw" "customers" }}`,
	"models/events.sql":    `select * from {{ source "raw" "events" }}`,
}

func query(text string) stagetest.Files {
	files := maps.Clone(shop)
	text = strings.ReplaceAll(text, "@orders", `{{ ref "orders" }}`)
	text = strings.ReplaceAll(text, "@customers", `{{ ref "customers" }}`)
	text = strings.ReplaceAll(text, "@events", `{{ ref "events" }}`)
	files["models/q.sql"] = text
	return files
}

func table(text string) string { return "/* ---\nmaterialized: table\n--- */\n" + text }

func TestLintsSpeak(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ sql, want string }{
		"unused query":                  {"with a as (select 1 as x), b as (select 2 as x)\nselect * from b", "W0380 models/q.sql:1 [a]"},
		"query that reads itself alone": {"with recursive a as (select 1 as x union all select x + 1 from a where x < 3) select 2 as y", "W0380 models/q.sql:1 [a]"},
		"unused query inside":           {"select x from (with a as (select 1 as x), b as (select 2 as x) select x from b)", "W0380 models/q.sql:1 [a]"},
		"unused query with columns":     {`with "A b" (x) as not materialized (select 1) select 2 as y`, `W0380 models/q.sql:1 ["A b"]`},
		"column of the query around":    {"select id from @orders where status in (select status from @customers)", "W0382 models/q.sql:1 [status]"},
		"group by a column":             {"select date_trunc('month', day) as day, count(*) as n\nfrom @orders group by day", "W0382 models/q.sql:2 [day]"},
		"group by a column of a join": {
			"select coalesce(o.status, '?') as status, count(*) as n\nfrom @orders as o join @customers c on c.id = o.customer_id group by status",
			"W0382 models/q.sql:2 [status]",
		},
		"comma":               {"select o.id, c.name\nfrom @orders o,\n  @customers c", "W0383 models/q.sql:3 [{{ ref \"customers\" }} c]"},
		"text and number":     {"select o.id from @orders o join @customers c on o.customer_id = c.code and c.id = o.id", "W0384 models/q.sql:1 [o.customer_id = c.code]"},
		"date and timestamp":  {"select o.id from @orders o join @events e on o.id = e.customer_id and e.seen = o.day", "W0384 models/q.sql:1 [e.seen = o.day]"},
		"time":                {"select id, current_timestamp as at from @orders", "W0386 models/q.sql:1 [current_timestamp]"},
		"chance":              {"select id from @orders where random() < 0.5", "W0386 models/q.sql:1 [random]"},
		"order":               {table("select id from @orders\norder by id desc"), "W0387 models/q.sql:5 [order by]"},
		"same name":           {"select o.id, c.name, c.id from @orders o join @customers c on c.id = o.customer_id", "W0388 models/q.sql:1 [c.id]"},
		"same name of a star": {"select * from @orders o join @customers c on c.id = o.customer_id", "W0388 models/q.sql:1 [*]"},
		"no name":             {"select id, (select max(id) from @customers) from @orders", `W0389 models/q.sql:1 [(select max(id) from {{ ref "customers" }})]`},
		"many to many":        {"select o.id from @orders o join @events e on e.customer_id = o.customer_id", `W0390 models/q.sql:1 [{{ ref "events" }}]`},
		"many to many, left":  {"select o.id from @orders o left join @events e using (customer_id)", `W0390 models/q.sql:1 [{{ ref "events" }}]`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := said(t, query(tc.sql))
			if len(got) != 1 || !strings.HasPrefix(got[0], tc.want) {
				t.Errorf("said %q, want %q", got, tc.want)
			}
		})
	}
}

// TestLintsKeepSilent has queries that look like what lints look for and are meant as they are.
func TestLintsKeepSilent(t *testing.T) {
	t.Parallel()
	for name, sql := range map[string]string{
		"query that a query reads":          "with a as (select 1 as x), b as (select * from a) select * from b",
		"query that a branch reads":         "with a as (select 1 as x) select 2 as y{{ if eq (target \"type\") \"postgres\" }} from a{{ end }}",
		"query named in a text":             "with a as (select 1 as x) select 'from a' as text",
		"on true":                           "select o.id, c.name from @orders o join @customers c on true",
		"query with another case":           "with Spare as (select 1 as x) select * from SPARE",
		"with of a type":                    "select id, cast(day as timestamp with time zone) as at from @orders",
		"recursion":                         "with recursive r(n) as (select 1 union all select n + 1 from r where n < 5) select n from r",
		"column of the inner query":         "select id from @orders where customer_id in (select id from @customers)",
		"qualified outer column":            "select id from @orders o where exists (select 1 from @customers c where c.id = o.customer_id)",
		"values":                            "select id from @orders where status in (select unnest(['a', 'b']))",
		"column named as the relation":      "select id from @customers where id in (select customer_id from @orders)",
		"group by another name":             "select date_trunc('month', day) as month, count(*) as n from @orders group by month",
		"group by a cast":                   "select day::varchar as day, cast(status as varchar) as status, count(*) as n from @orders group by day, status",
		"group by the column itself":        "select o.day as day, count(*) as n from @orders o group by day",
		"group by number":                   "select date_trunc('month', day) as day, count(*) as n from @orders group by 1, day",
		"group by all":                      "select date_trunc('month', day) as day, count(*) as n from @orders group by all",
		"cross join":                        "select o.id, c.name from @orders o cross join @customers c",
		"comma with a condition":            "select o.id, c.name from @orders o, @customers c where o.customer_id = c.id",
		"one row beside":                    "select o.id, m.latest from @orders o, (select max(day) as latest from @orders) m",
		"unnest beside":                     "select e.customer_id, t.tag from @events e, unnest(e.tags) as t(tag)",
		"values beside":                     "select o.id, v.x from @orders o cross join (values (1), (2)) v(x)",
		"join by inequality":                "select o.id from @orders o join @events e on e.seen >= o.day and e.seen < o.day + interval 1 day and e.customer_id = o.customer_id and o.id = o.id",
		"asof":                              "select o.id from @orders o asof join @events e on e.customer_id = o.customer_id and e.seen <= o.day",
		"integers of two sizes":             "select c.id from @customers c join @events e on e.customer_id = c.id",
		"a cast that is written":            "select o.id from @orders o join @customers c on o.customer_id = try_cast(c.code as bigint) and c.id = o.customer_id",
		"instant of the build":              "select id, {{ run_time }} as at from @orders",
		"order of a view":                   "select id from @orders order by id",
		"order with a limit":                table("select id from @orders order by id limit 10"),
		"order of a window":                 table("select id, row_number() over (order by id) as n from @orders"),
		"order of distinct on":              table("select distinct on (customer_id) customer_id, amount from @orders order by customer_id, amount desc"),
		"order inside":                      table("select list(id order by id) as ids from @orders"),
		"names of a join by using":          "select * from @orders join (select id as customer_id, name from @customers) c using (customer_id)",
		"a named subquery":                  "select id, (select max(id) from @customers) as latest from @orders",
		"a key on the right":                "select o.id, c.name from @orders o left join @customers c on c.id = o.customer_id",
		"a key on the left":                 "select c.id, e.seen from @customers c join @events e on e.customer_id = c.id",
		"grouped before":                    "with n as (select customer_id, count(*) as n from @events group by customer_id) select o.id, n.n from @orders o join n using (customer_id)",
		"grouped before, by an expression":  "select o.id, d.n from @orders o join (select seen::date as day, count(*) as n from @events group by 1) d on d.day = o.day",
		"distinct before":                   "select o.id from @orders o join (select distinct customer_id from @events) e using (customer_id)",
		"one of many":                       "select o.id from @orders o join (select * from @events qualify row_number() over (partition by customer_id order by seen desc) = 1) e using (customer_id)",
		"distinct after":                    "select distinct o.id from @orders o join @events e using (customer_id)",
		"one row, named before":             "with p as (select date '2025-01-01' as first) select o.id, p.first from @orders o, p where o.day >= p.first",
		"a series beside":                   "select o.id, r.range from @orders o, range(3) r",
		"a range of another relation":       "select o.id from @orders o, @customers c where o.amount between c.id and c.id + 1",
		"lateral":                           "select o.id, l.m from @orders o, lateral (select max(seen) as m from @events e where e.customer_id = o.customer_id) l",
		"the first row":                     "select o.id, l.m from @orders o, (select id as m from @customers order by id limit 1) l",
		"semi join":                         "select o.id from @orders o semi join @events e using (customer_id)",
		"in":                                "select o.id from @orders o where customer_id in (select customer_id from @events)",
		"union":                             "select id from @orders union all select id from @customers",
		"from first":                        "from @orders select id, status where amount > 0",
		"pivot":                             "select * from (pivot @orders on status in ('a', 'b') using sum(amount) group by day)",
		"lists and structs":                 "select [id, customer_id] as ids, {'a': id, 'b': status} as s from @orders",
		"distinct from":                     "select id is distinct from customer_id as other, status from @orders",
		"a name that is a word of the join": "select o.id from @orders o left join @customers c on c.id = o.customer_id where c.id is null",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := said(t, query(sql)); len(got) > 0 {
				t.Errorf("said %q of %s", got, sql)
			}
		})
	}
}

func TestKeysAreKnownFromAbove(t *testing.T) {
	t.Parallel()
	files := query("select e.seen, k.total from @events e join {{ ref \"kept\" }} k on k.customer = e.customer_id")
	files["models/kept.sql"] = "select customer, total from {{ ref \"totals\" }} where total > 0"
	files["models/totals.sql"] = "select customer_id as customer, sum(amount) as total from {{ ref \"orders\" }} group by customer_id"
	if got := said(t, files); len(got) > 0 {
		t.Errorf("said %q where rows are grouped above", got)
	}
	files["models/totals.sql"] = "select customer_id as customer, amount as total from {{ ref \"orders\" }}"
	if got := said(t, files); len(got) != 1 || !strings.HasPrefix(got[0], "W0390") {
		t.Errorf("said %q, want W0390", got)
	}
	files["models/keys.yml"] = "models: [{name: totals, columns: [{name: customer, tests: [unique]}]}]"
	if got := said(t, files); len(got) > 0 {
		t.Errorf("said %q where a test above looks after the key", got)
	}
	files["models/keys.yml"] = "models: [{name: kept, tests: [{unique_combination: {columns: [Customer, total]}}]}]"
	if got := said(t, files); len(got) != 1 || !strings.HasPrefix(got[0], "W0390") {
		t.Errorf("said %q of a key that has one more column, want W0390", got)
	}
}

func TestStarsIntoAContract(t *testing.T) {
	t.Parallel()
	const contract = "/* ---\ncontract: {enforced: true}\ncolumns: [{name: id, type: int64}, {name: name, type: string}, {name: code, type: string}]\n--- */\n"
	for sql, want := range map[string]int{
		"select * from @customers":                                                1,
		"select c.* from @customers c":                                            1,
		"with c as (select * from @customers) select * from c":                    1,
		"with c as (select id, name, code from @customers) select * from c":       0,
		"select id, name, code from @customers":                                   0,
		"select id, name, count(*)::varchar as code from @customers group by all": 0,
		"select * from {{ ref \"held\" }}":                                        0,
	} {
		files := query(contract + sql)
		files["models/held.sql"] = contract + "select id, name, code from {{ ref \"customers\" }}"
		got := said(t, files)
		if len(got) != want || want == 1 && !strings.HasPrefix(got[0], "W0381") {
			t.Errorf("said %q of %s", got, sql)
		}
	}
}

func TestViewsUponViews(t *testing.T) {
	t.Parallel()
	chain := func(depth int, tableAt int) stagetest.Files {
		files := stagetest.Files{"models/m0.sql": "select 1 as x"}
		for i := 1; i < depth; i++ {
			text := fmt.Sprintf("select x from {{ ref \"m%d\" }}", i-1)
			if i == tableAt {
				text = table(text)
			}
			files[fmt.Sprintf("models/m%d.sql", i)] = text
		}
		return files
	}
	for _, tc := range []struct {
		depth, tableAt int
		want           []string
	}{
		{199, 0, []string{}},
		{200, 0, []string{`W0385 models/m199.sql:1 [{{ ref "m198" }}]`}},
		{300, 150, []string{}},
		{410, 0, []string{
			`W0385 models/m199.sql:1 [{{ ref "m198" }}]`,
			`E0326 models/m399.sql:1 [{{ ref "m398" }}] "m399" stands upon 399 views, one upon the other; engines give up at about 500`,
		}},
	} {
		if diff := cmp.Diff(tc.want, said(t, chain(tc.depth, tc.tableAt))); diff != "" {
			t.Errorf("%d views, a table at %d (-want +got):\n%s", tc.depth, tc.tableAt, diff)
		}
	}
}
