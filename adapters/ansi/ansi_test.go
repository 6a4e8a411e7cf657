package ansi_test

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/adapters/ansi"
	"github.com/quernsql/quern/compiler/relation"
)

var style = ansi.Style{
	Text: ansi.Text, NaN: "nan", Infinity: "inf", MinusInfinity: "-inf", Keywords: ansi.Words("select\n\tuser"), Schema: "home",
}

func TestRelationIsQuotedWhereItMustBe(t *testing.T) {
	t.Parallel()
	folding := style
	folding.Folds = true
	cases := []struct {
		name         relation.Name
		want, folded string
	}{
		{relation.Name{Identifier: "orders"}, "orders", "orders"},
		{relation.Name{Schema: "Staging", Identifier: "orders_1"}, "Staging.orders_1", `"Staging".orders_1`},
		{relation.Name{Schema: "user", Identifier: "Select"}, `"user"."Select"`, `"user"."Select"`},
		{relation.Name{Schema: "with space", Identifier: "1st"}, `"with space"."1st"`, `"with space"."1st"`},
		{relation.Name{Schema: "s", Identifier: `a"b.c`}, `s."a""b.c"`, `s."a""b.c"`},
		{relation.Name{Schema: "ünï", Identifier: ""}, `"ünï".""`, `"ünï".""`},
		{relation.Name{Database: "other", Schema: "s", Identifier: "t"}, "other.s.t", "other.s.t"},
		{relation.Name{Database: "other", Identifier: "t"}, "other.home.t", "other.home.t"},
	}
	for _, tc := range cases {
		if got := style.Relation(tc.name); got != tc.want {
			t.Errorf("Relation(%#v) = %s, want %s", tc.name, got, tc.want)
		}
		if got := folding.Relation(tc.name); got != tc.folded {
			t.Errorf("folding: Relation(%#v) = %s, want %s", tc.name, got, tc.folded)
		}
	}
}

func TestLiteral(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		value any
		want  string
	}{
		{nil, "NULL"},
		{true, "true"},
		{7, "7"},
		{int64(-7), "-7"},
		{2.5, "2.5"},
		{1.0, "1.0"},
		{1e21, "1e+21"},
		{math.NaN(), "nan"},
		{math.Inf(1), "inf"},
		{math.Inf(-1), "-inf"},
		{"it's", "'it''s'"},
		{[]int{1}, "'[1]'"},
	} {
		if got := style.Literal(tc.value); got != tc.want {
			t.Errorf("Literal(%#v) = %s, want %s", tc.value, got, tc.want)
		}
	}
}

func TestComment(t *testing.T) {
	t.Parallel()
	name := relation.Name{Schema: "user", Identifier: "t"}
	for _, tc := range []struct {
		kind               relation.Kind
		column, text, want string
	}{
		{relation.Table, "", "it's\na table", "comment on table \"user\".t is 'it''s\na table'"},
		{relation.View, "", "", `comment on view "user".t is null`},
		{relation.View, `a"b`, "ünï", `comment on column "user".t."a""b" is 'ünï'`},
		{relation.Table, "c", "", `comment on column "user".t."c" is null`},
	} {
		if got := style.Comment(tc.kind, name, tc.column, tc.text); got != tc.want {
			t.Errorf("Comment = %s, want %s", got, tc.want)
		}
	}
}

func TestTypeNames(t *testing.T) {
	t.Parallel()
	got := ansi.TypeNames(`
		BIGINT: bigint, int8
		DOUBLE: double, double precision
	`)
	want := map[string]string{"bigint": "BIGINT", "int8": "BIGINT", "double": "DOUBLE", "double precision": "DOUBLE"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("TypeNames (-want +got):\n%s", diff)
	}
}
