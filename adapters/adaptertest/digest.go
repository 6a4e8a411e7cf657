package adaptertest

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/relation"
)

// digest gives the digest of a relation, which must be the same when it is asked for again.
func (x *target) digest(t *testing.T, name relation.Name) engine.Digest {
	t.Helper()
	var digests [2]engine.Digest
	for i := range digests {
		var err error
		if digests[i], err = x.session.Digest(t.Context(), name); err != nil {
			t.Fatalf("Digest %s: %v", name, err)
		}
	}
	if diff := cmp.Diff(digests[0], digests[1]); diff != "" {
		t.Errorf("Digest of %s, asked for twice (-first +second):\n%s", name, diff)
	}
	if digests[0].Columns == "" || digests[0].Content == "" {
		t.Errorf("Digest of %s lacks a part: %+v", name, digests[0])
	}
	return digests[0]
}

// base is a table with which others are compared.
const base = `select cast(1 as integer) as a, cast(2 as integer) as b, cast('x' as varchar) as c
	union all select 1, 2, 'x' union all select 3, null, 'y' union all select 4, 5, null union all select 0, 0, ''`

// sameRows hold the rows of base, and otherRows do not, by what is different.
var (
	sameRows = map[string]string{
		"order":      "select * from (" + base + ") as q order by a desc, c",
		"other text": "select a + 0 as a, coalesce(b, null) as b, c || '' as c from (" + base + ") as q",
	}
	otherRows = map[string]string{
		"a duplicate for another row": strings.Replace(base, "1, 2, 'x'", "3, null, 'y'", 1),
		"a duplicate more":            base + " union all select 1, 2, 'x'",
		"two equal rows more":         base + " union all select 9, 9, 'z' union all select 9, 9, 'z'",
		"a row less":                  "select distinct * from (" + base + ") as q",
		"a NULL in another column":    strings.Replace(base, "3, null", "null, 3", 1),
		"a NULL in another row":       strings.Replace(strings.Replace(base, "3, null", "3, 5", 1), "4, 5", "4, null", 1),
		"NULL for nothing":            strings.Replace(base, "''", "null", 1),
		"zero for NULL":               strings.Replace(base, "3, null", "3, 0", 1),
		"one value":                   strings.Replace(base, "4, 5", "4, 6", 1),
		"values changed over":         strings.Replace(base, "4, 5", "5, 4", 1),
		"values of two rows":          strings.Replace(strings.Replace(base, "3, null, 'y'", "3, null, ''", 1), "0, 0, ''", "0, 0, 'y'", 1),
		"no rows":                     "select * from (" + base + ") as q where 1 = 0",
		"a type":                      "select a, cast(b as bigint) as b, c from (" + base + ") as q",
		"a name":                      "select a, b as bb, c from (" + base + ") as q",
		"names changed over":          "select a as b, b as a, c from (" + base + ") as q",
		"columns changed over":        "select b, a, c from (" + base + ") as q",
		"a column less":               "select a, b from (" + base + ") as q",
	}
)

func digests(t *testing.T, x *target) {
	x.table(t, x.name("base"), base, 5)
	want := x.digest(t, x.name("base"))
	if want.Rows != 5 {
		t.Errorf("%d rows, want 5", want.Rows)
	}
	view := x.name("v")
	for what, query := range sameRows {
		x.view(t, view, query)
		if diff := cmp.Diff(want, x.digest(t, view)); diff != "" {
			t.Errorf("%s (-table +view):\n%s", what, diff)
		}
	}
	for what, query := range otherRows {
		x.view(t, view, query)
		if got := x.digest(t, view); got == want {
			t.Errorf("%s: the digest does not change", what)
		}
	}
	_, err := x.session.Digest(t.Context(), x.name("gone"))
	typed(t, "Digest of a relation that is not there", err)
	if got := x.digest(t, x.name("base")); got != want {
		t.Errorf("after the others: %+v, want %+v", got, want)
	}
}

// digestsOfNames look at relations and columns whose names want quotes, and at many columns.
func digestsOfNames(t *testing.T, x *target) {
	for _, n := range trickyNames {
		if limit := x.MaxIdentifier(); limit > 0 && len(n) > limit {
			continue
		}
		x.ensure(t, n)
		name := relation.Name{Schema: n, Identifier: n}
		x.table(t, name, "select 1 as "+x.Quote(n), 1)
		x.sameShape(t, name, relation.Table, 1)
	}
	wide := make([]string, 1500)
	for i := range wide {
		wide[i] = fmt.Sprintf("%d as c%d", i, i)
	}
	x.table(t, x.name("wide"), "select "+strings.Join(wide, ", "), 1)
	x.sameShape(t, x.name("wide"), relation.Table, 1)
	want := x.digest(t, x.name("wide"))
	wide[1499] = "0 as c1499"
	x.table(t, x.name("wide"), "select "+strings.Join(wide, ", "), 1)
	if got := x.digest(t, x.name("wide")); got == want {
		t.Error("the last of many columns does not count")
	}
}

func (x *target) shapes(t *testing.T, schema string) []engine.Shape {
	t.Helper()
	shapes, err := x.session.Shapes(t.Context(), "", schema)
	if err != nil {
		t.Fatalf("Shapes %q: %v", schema, err)
	}
	return shapes
}

func (x *target) definitions(t *testing.T, schema string) map[string]string {
	t.Helper()
	definitions, err := x.session.Definitions(t.Context(), "", schema)
	if err != nil {
		t.Fatalf("Definitions %q: %v", schema, err)
	}
	return definitions
}

// fields gives the names and types of a relation's columns.
func (x *target) fields(t *testing.T, name relation.Name) []relation.Column {
	t.Helper()
	columns, err := x.session.Columns(t.Context(), name)
	if err != nil {
		t.Fatalf("Columns of %s: %v", name, err)
	}
	for i, c := range columns {
		columns[i] = relation.Column{Name: c.Name, Type: c.Type}
	}
	return columns
}

// sameShape checks that the shape of a relation says what its digest does.
func (x *target) sameShape(t *testing.T, name relation.Name, kind relation.Kind, rows int64) {
	t.Helper()
	for _, got := range x.shapes(t, name.Schema) {
		if got.Object.Name != name {
			continue
		}
		want := engine.Shape{
			Object: relation.Object{Name: name, Kind: kind}, Columns: x.digest(t, name).Columns, Rows: rows,
			Definition: x.definitions(t, name.Schema)[strings.ToLower(name.Identifier)],
		}
		if kind == relation.Table {
			want.Fields = x.fields(t, name)
		}
		if (kind == relation.View) != (want.Definition != "") {
			t.Errorf("the definition of %s is %q", name, want.Definition)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("Shapes of %s (-want +got):\n%s", name, diff)
		}
		return
	}
	t.Errorf("Shapes does not give %s", name)
}

func shapes(t *testing.T, x *target) {
	if got := x.shapes(t, "not_there"); len(got) != 0 {
		t.Errorf("Shapes of a schema that is not there: %v", got)
	}
	x.ensure(t, "landing")
	named := func(n string) relation.Name { return relation.Name{Schema: "landing", Identifier: n} }
	x.table(t, named("b"), base, 5)
	x.sameShape(t, named("b"), relation.Table, 5)
	x.view(t, named("d"), "select b, a"+x.from(named("b")))
	x.sameShape(t, named("d"), relation.View, -1)
	before := x.definitions(t, "landing")["d"]
	x.view(t, named("d"), "select b, a"+x.from(named("b"))+" where a > 1")
	narrowed := x.definitions(t, "landing")["d"]
	x.view(t, named("d"), "select b, a"+x.from(named("b")))
	if again := x.definitions(t, "landing")["d"]; again != before || narrowed == before {
		t.Errorf("the definitions of three views are %q, %q, %q", before, narrowed, again)
	}
	path := filepath.Join(t.TempDir(), "three.csv")
	if err := os.WriteFile(path, []byte("id,word\n1,a\n2,b\n3,c\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := x.session.Load(t.Context(), engine.Load{Into: named("C"), Path: path, Format: "csv"}); err != nil {
		t.Fatalf("Load: %v", err)
	}
	x.sameShape(t, named("C"), relation.Table, 3)
	x.table(t, named("empty"), "select 1 as id where 1 = 0", 0)
	x.sameShape(t, named("empty"), relation.Table, 0)
	for generation, rows := range []int{7, 2000, 3} {
		x.publish(t, x.build(t, named("b"), generation, rows))
		x.sameShape(t, named("b"), relation.Table, int64(rows))
	}
	if err := x.session.Exec(t.Context(), "insert into "+x.Relation(named("b"))+" select 4, 2"); err != nil {
		t.Fatalf("Exec: %v", err)
	}
	x.sameShape(t, named("b"), relation.Table, 4)
	if err := x.session.Exec(t.Context(), "delete from "+x.Relation(named("b"))+" where 1 = 1"); err != nil {
		t.Fatalf("Exec: %v", err)
	}
	x.sameShape(t, named("b"), relation.Table, 0)
	x.table(t, x.name("elsewhere"), "select 1 as id", 1)
	var got []relation.Object
	for _, s := range x.shapes(t, "landing") {
		got = append(got, s.Object)
	}
	if diff := cmp.Diff(x.list(t, "landing"), got); diff != "" {
		t.Errorf("relations (-List +Shapes):\n%s", diff)
	}
	if len(got) != 4 {
		t.Errorf("Shapes gives %d relations, want 4", len(got))
	}
}

// randomRows makes tables of small values, so that equal ones, and equal rows, are many.
func randomRows(r *rand.Rand) [][]string {
	rows := make([][]string, 1+r.IntN(40))
	for i := range rows {
		rows[i] = []string{randomValue(r, 0), randomValue(r, 1), randomValue(r, 2)}
	}
	return rows
}

func randomValue(r *rand.Rand, column int) string {
	values := [][]string{
		{"null", "0", "1", "-1", "2"},
		{"null", "''", "'a'", "'b'", "'0'"},
		{"null", "0.00", "0.01", "-0.01", "1.00"},
	}[column]
	return values[r.IntN(len(values))]
}

func (x *target) digestOf(t *testing.T, rows [][]string) engine.Digest {
	t.Helper()
	selects := make([]string, len(rows))
	for i, row := range rows {
		selects[i] = fmt.Sprintf("select cast(%s as integer) as a, cast(%s as varchar) as b, cast(%s as decimal(9,2)) as c",
			row[0], row[1], row[2])
	}
	x.table(t, x.name("random"), strings.Join(selects, " union all "), int64(len(rows)))
	return x.digest(t, x.name("random"))
}

func digestsOfRandomTables(t *testing.T, x *target) {
	const tables = 60
	for seed := range uint64(tables) {
		r := rand.New(rand.NewPCG(seed, 0))
		rows := randomRows(r)
		want := x.digestOf(t, rows)
		r.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		if diff := cmp.Diff(want, x.digestOf(t, rows)); diff != "" {
			t.Errorf("table %d in another order (-want +got):\n%s", seed, diff)
		}
		row, column := r.IntN(len(rows)), r.IntN(3)
		changed := slices.Clone(rows[row])
		for changed[column] == rows[row][column] {
			changed[column] = randomValue(r, column)
		}
		before := rows[row]
		rows[row] = changed
		if got := x.digestOf(t, rows); got == want {
			t.Errorf("table %d: %v for %v does not change the digest", seed, changed, before)
		}
	}
}
