//go:build cgo && unix && server

package postgres

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/quernsql/quern/compiler/lineage"
	"github.com/quernsql/quern/compiler/relation"
)

var statements = flag.Int("statements", 600, "how many random statements a server is asked about")

// serverAgreesOnRandomQueries asks a server about queries of which about half are wrong. What it
// takes must be taken here, with the names and types it gives; what it refuses for names must be
// refused here.
func serverAgreesOnRandomQueries(t *testing.T, s *server) {
	queries := make([]string, *statements)
	for i := range queries {
		g := &generator{Rand: rand.New(rand.NewPCG(uint64(i), 7))}
		queries[i], _ = g.query(3, nil)
	}
	accepted, refused := 0, 0
	var nulls []string
	for i, answer := range s.describe(t, queries) {
		q, err := (&scratch{tables: testCatalog()}).Describe(t.Context(), queries[i])
		switch {
		case answer.refusal == "" && err != nil:
			t.Errorf("%d: %s\nrefused here: %v", i, queries[i], err)
		case answer.refusal == "":
			agree(t, queries[i], q, answer)
			nulls = append(nulls, findNulls(queries[i], q))
			accepted++
		case err == nil && aboutNames(answer.refusal) && !strings.Contains(queries[i], "raw.events"):
			t.Errorf("%d: %s\naccepted here; server: %s", i, queries[i], answer.refusal)
		default:
			refused++
		}
	}
	if out := s.run(t, "set client_min_messages = error;\nset jit = off;\n"+strings.Join(nulls, " limit 1;\n")+";\n"); out != "" {
		for line := range strings.Lines(out) {
			if line = strings.TrimSpace(line); line != "1" {
				t.Errorf("a column is NULL: %s", line)
			}
		}
	}
	if accepted < *statements/4 || refused < *statements/10 {
		t.Errorf("%d accepted, %d refused: they prove little", accepted, refused)
	}
}

// findNulls gives a statement that fails where a column has a NULL that is said to have none.
func findNulls(query string, q *lineage.Query) string {
	var names, wrong []string
	for i, c := range q.Columns {
		name := "c" + decimal(i)
		names = append(names, name)
		if c.Nullable == relation.NeverNull {
			wrong = append(wrong, name+" is null")
		}
	}
	if len(wrong) == 0 {
		return "select 1"
	}
	return fmt.Sprintf("select %s from (%s) as q(%s) where %s", Dialect{}.Literal(query), query, strings.Join(names, ", "), strings.Join(wrong, " or "))
}

// aboutNames reports whether the server misses a column or relation, or finds several.
// Whether two outputs of one name are equal is not known here, and neither is whether there is a
// function id of rows.
func aboutNames(refusal string) bool {
	if strings.Contains(refusal, "42702") && !strings.Contains(refusal, "column reference") || strings.Contains(refusal, `"id" is ambiguous`) {
		return false
	}
	return slices.ContainsFunc([]string{"42703", "42P01", "42702", "42712", "42P09"}, func(state string) bool {
		return strings.Contains(refusal, state)
	})
}

// generator writes queries. It knows roughly what is in sight, and is careless on purpose.
type generator struct {
	*rand.Rand
	names int
	with  []visible
}

// visible is a relation in sight with its columns.
type visible struct {
	alias   string
	columns []string
}

var tableColumns = []visible{
	{"orders", []string{"id", "customer_id", "amount", "status", "day"}},
	{"customers", []string{"id", "name", "region"}},
	{"sales.items", []string{"order_id", "sku", "qty", "price"}},
	{"items", []string{"sku", "title"}},
	{"raw.events", []string{"id", "customer_id", "payload", "at"}},
}

// typedColumns are names whose columns mostly have these types, for expressions that need them.
var (
	numbers = []string{"id", "customer_id", "amount", "qty", "price", "order_id", "1", "1.5", "orders.amount", "2::bigint", "3::real", "4::smallint"}
	texts   = []string{"status", "name", "region", "sku", "title", "'x'"}
)

func (g *generator) chance(percent int) bool { return g.IntN(100) < percent }

func (g *generator) fresh() string {
	g.names++
	return fmt.Sprintf("%c%d", 'a'+rune(g.IntN(4)), g.IntN(g.names)%5)
}

func pick[T any](g *generator, list []T) T { return list[g.IntN(len(list))] }

// query gives a query and the names of its columns.
func (g *generator) query(depth int, outer []visible) (string, []string) {
	before := len(g.with)
	defer func() { g.with = g.with[:before] }()
	var b strings.Builder
	if depth > 1 && g.chance(25) {
		b.WriteString("with ")
		for i := range 1 + g.IntN(2) {
			if i > 0 {
				b.WriteString(", ")
			}
			name := g.fresh()
			sql, columns := g.query(depth-2, outer)
			aliases := ""
			if g.chance(30) {
				columns = slices.Clone(columns)
				columns[0] = g.fresh()
				aliases = "(" + columns[0] + ")"
			}
			fmt.Fprintf(&b, "%s%s as (%s)", name, aliases, sql)
			g.with = append(g.with, visible{name, columns})
		}
		b.WriteString(" ")
	}
	if depth > 1 && g.chance(6) {
		table := pick(g, tableColumns)
		a, b := table.columns[0], table.columns[1]
		name := g.fresh()
		return fmt.Sprintf("with recursive %s as (select %s, 1 as n from %s union all select %s.%s, n + 1 from %s join %s on %s.%s is null where n < 3) select %s, n from %s",
			name, a, table.alias, lastName(table.alias), pick(g, []string{a, b}), table.alias, name, name, a, a, name), []string{a, "n"}
	}
	if depth > 0 && g.chance(12) {
		left, columns := g.query(0, outer)
		right, _ := g.query(0, outer)
		op := pick(g, []string{"union", "union all", "intersect", "except"})
		b.WriteString(left + " " + op + " " + right)
		if g.chance(40) {
			b.WriteString(" order by " + pick(g, append(columns, "1", "id")))
		}
		return b.String(), columns
	}
	sql, columns := g.plain(depth, outer)
	b.WriteString(sql)
	return b.String(), columns
}

func (g *generator) plain(depth int, outer []visible) (string, []string) {
	from, in := g.from(depth, outer)
	all := append(slices.Clone(in), outer...)
	var targets, columns []string
	grouped := g.chance(20)
	var groups []string
	for range 1 + g.IntN(3) {
		e := g.column(all)
		name := lastName(e)
		switch {
		case grouped && g.chance(50):
			e, name = "count("+e+")", "count"
		case grouped:
			groups = append(groups, e)
		case g.chance(8) && len(in) > 0:
			of := pick(g, in)
			if of.alias == "" {
				e, name = "*", ""
			} else {
				e, name = of.alias+".*", ""
			}
		default:
			e, name = g.expression(depth, all)
		}
		if name != "" && g.chance(40) {
			name = g.fresh()
			e += " as " + name
		}
		if name == "" {
			name = "id"
		}
		targets, columns = append(targets, e), append(columns, name)
	}
	sql := "select "
	switch {
	case grouped:
	case g.chance(10):
		sql += "distinct "
	case g.chance(4):
		sql += "distinct on (" + columns[0] + ") "
	}
	sql += strings.Join(targets, ", ") + from
	if g.chance(35) {
		sql += " where " + g.condition(depth, all)
	}
	switch {
	case len(groups) > 0 && g.chance(25):
		sql += " group by " + pick(g, []string{"rollup", "cube", "grouping sets"}) + " (" + strings.Join(groups, ", ") + ")"
	case len(groups) > 0:
		sql += " group by " + strings.Join(groups, ", ")
	}
	if g.chance(25) && !grouped && !strings.Contains(sql, "distinct") {
		sql += " order by " + pick(g, []string{"1", g.column(all), columns[0], lastName(g.column(all))})
	}
	if g.chance(15) {
		sql += " limit 5"
	}
	return sql, columns
}

func lastName(e string) string { return e[strings.LastIndexByte(e, '.')+1:] }

// from gives a FROM clause and what it brings into sight.
func (g *generator) from(depth int, outer []visible) (string, []visible) {
	sql, in := g.item(depth, outer, nil)
	sql = " from " + sql
	for g.chance(40) && len(in) < 4 {
		switch g.IntN(6) {
		case 0:
			more, added := g.item(depth, outer, in)
			sql, in = sql+", "+more, append(in, added...)
		case 1:
			more, added := g.item(depth, outer, in)
			sql, in = sql+" cross join "+more, append(in, added...)
		case 2:
			more, added := g.item(depth, outer, in)
			name := pick(g, pick(g, in).columns)
			if len(added) > 0 {
				name = pick(g, append(slices.Clone(added[0].columns), name))
			}
			kind := pick(g, []string{"join", "left join", "right join", "full join"})
			sql, in = sql+" "+kind+" "+more+" using ("+name+")", append(in, added...)
		case 3:
			more, added := g.item(depth, outer, in)
			sql, in = sql+" natural "+pick(g, []string{"join", "left join"})+" "+more, append(in, added...)
		default:
			more, added := g.item(depth, outer, in)
			kind := pick(g, []string{"join", "left join", "right join"})
			both := append(slices.Clone(in), added...)
			sql, in = sql+" "+kind+" "+more+" on "+g.condition(0, both), both
		}
	}
	return sql, in
}

func (g *generator) item(depth int, outer, left []visible) (string, []visible) {
	switch {
	case depth > 0 && g.chance(20):
		lateral, seen := "", outer
		if g.chance(40) {
			lateral = "lateral "
			seen = append(slices.Clone(left), outer...)
		}
		sql, columns := g.query(depth-1, seen)
		alias := g.fresh()
		return fmt.Sprintf("%s(%s) as %s", lateral, sql, alias), []visible{{alias, columns}}
	case len(g.with) > 0 && g.chance(40):
		w := pick(g, g.with)
		return w.alias, []visible{w}
	case g.chance(8):
		alias := g.fresh()
		return "generate_series(1, 3) as " + alias, []visible{{alias, []string{alias}}}
	case g.chance(6) && len(left) > 0:
		alias := g.fresh()
		switch g.IntN(4) {
		case 0:
			return "unnest(array[1, 2]) with ordinality as " + alias, []visible{{alias, []string{alias, "ordinality"}}}
		case 1:
			return "unnest(tags) as " + alias + "(tag)", []visible{{alias, []string{"tag"}}}
		case 2:
			return "jsonb_each_text(to_jsonb(" + pick(g, left).alias + ")) as " + alias, []visible{{alias, []string{"key", "value"}}}
		default:
			return "jsonb_to_record('{}') as " + alias + "(a int, b text)", []visible{{alias, []string{"a", "b"}}}
		}
	case g.chance(6):
		alias, a, b := g.fresh(), g.fresh(), g.fresh()
		return fmt.Sprintf("(values (1, 'x'), (2, 'y')) as %s(%s, %s)", alias, a, b), []visible{{alias, []string{a, b}}}
	case g.chance(8) && depth > 0:
		one, two := pick(g, tableColumns), pick(g, tableColumns)
		alias := g.fresh()
		return fmt.Sprintf("(%s as x1 cross join %s as x2) as %s", one.alias, two.alias, alias),
			[]visible{{alias, append(slices.Clone(one.columns), two.columns...)}}
	}
	table := pick(g, tableColumns)
	name := table.alias
	if g.chance(2) {
		name = "nowhere"
	}
	if g.chance(35) {
		return name, []visible{{lastName(name), table.columns}}
	}
	alias := g.fresh()
	if g.chance(15) {
		columns := slices.Clone(table.columns)
		columns[0] = g.fresh()
		return fmt.Sprintf("%s as %s(%s)", name, alias, columns[0]), []visible{{alias, columns}}
	}
	return name + " as " + alias, []visible{{alias, table.columns}}
}

// column gives a reference, now and then a wrong one.
func (g *generator) column(in []visible) string {
	if len(in) == 0 || g.chance(3) {
		return pick(g, []string{"id", "status", "amount", "nope", "orders.id", "c.id", "sku", "ctid", "o"})
	}
	of := pick(g, in)
	name := pick(g, of.columns)
	if g.chance(35) {
		return name
	}
	return of.alias + "." + name
}

func (g *generator) expression(depth int, in []visible) (sql, name string) {
	c := g.column(in)
	if g.chance(35) {
		return g.typed(in)
	}
	switch g.IntN(16) {
	case 0:
		return c + "::text", lastName(c)
	case 1:
		return "coalesce(" + c + ", null)", "coalesce"
	case 2:
		return "case when " + g.condition(0, in) + " then " + c + " end", "case"
	case 3:
		return "count(*) over (partition by " + c + ")", "count"
	case 4:
		return "array[" + c + "]", "array"
	case 5:
		return c + " is null", "x"
	case 6:
		return "upper(" + c + "::text)", "upper"
	case 7:
		if depth > 0 {
			sub, columns := g.query(0, in)
			return "(" + sub + " limit 1)", columns[0]
		}
	case 8:
		if depth > 0 {
			sub, _ := g.query(0, in)
			return "exists (" + sub + ")", "exists"
		}
	case 9:
		return "to_jsonb(" + c + ") ->> 'x'", "x"
	case 10:
		return pick(g, []string{"1", "'a'", "null", "1.5", "true", "current_date"}), "x"
	}
	return c, lastName(c)
}

// typed gives an expression whose type follows from those of its parts.
func (g *generator) typed(in []visible) (sql, name string) {
	a, b := pick(g, numbers), pick(g, numbers)
	s, t := pick(g, texts), pick(g, texts)
	of := "o"
	if len(in) > 0 {
		of = pick(g, in).alias
	}
	switch g.IntN(19) {
	case 0:
		return a + " " + pick(g, []string{"+", "-", "*", "/"}) + " " + b, "x"
	case 1:
		return "coalesce(" + a + ", " + b + ")", "coalesce"
	case 2:
		return "case when " + a + " > 1 then " + a + " else " + b + " end", "case"
	case 3:
		return "greatest(" + a + ", " + b + ", 0)", "greatest"
	case 4:
		return pick(g, []string{"sum", "avg", "min", "max", "count"}) + "(" + a + ") over ()", "x"
	case 5:
		return pick(g, []string{"abs", "round", "ceil", "floor", "trunc"}) + "(" + a + ")", "x"
	case 6:
		return s + " || " + t, "x"
	case 7:
		return pick(g, []string{"upper", "lower", "length", "btrim", "reverse", "initcap"}) + "(" + s + ")", "x"
	case 8:
		return "coalesce(" + s + ", " + t + ", 'none')", "coalesce"
	case 9:
		return "day " + pick(g, []string{"+ 1", "- day", "- interval '1 day'", "+ interval '1 day'"}), "x"
	case 10:
		return of, of
	case 11:
		return "(" + of + ").id", "id"
	case 12:
		return "id(" + of + ")", "id"
	case 13:
		return "(" + of + ").*", "id"
	case 14:
		return "lag(" + a + ") over (order by " + s + ")", "lag"
	case 15:
		return a + pick(g, []string{"::numeric(10,2)", "::bigint", "::text", "::varchar(5)", "::double precision"}), "x"
	case 16:
		return "array[" + a + ", " + b + "]", "array"
	case 17:
		return "nullif(" + s + ", " + t + ")", "nullif"
	default:
		return "nullif(" + a + ", " + b + ")", "nullif"
	}
}

func (g *generator) condition(depth int, in []visible) string {
	c := g.column(in)
	switch g.IntN(6) {
	case 0:
		return c + "::text = " + g.column(in) + "::text"
	case 1:
		if depth > 0 {
			sub, _ := g.query(0, in)
			return "exists (" + sub + ")"
		}
	case 2:
		return c + " is not null and " + g.column(in) + " is null"
	case 3:
		return c + "::text in ('a', 'b')"
	}
	return c + " is not null"
}
