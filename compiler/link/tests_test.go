package link_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/source"
)

func TestTestNamesAreDerived(t *testing.T) {
	t.Parallel()
	where := use("not_null", "id")
	where.Config.Where = project.Text{Value: "id > 0"}
	named := use("not_null", "id")
	named.Config.Name = "ids_are_there"
	cases := []struct {
		name string
		use  project.TestUse
		want string
	}{
		{"plain", use("not_null", "id"), "not_null_orders_id"},
		{"of the relation", use("row_count", "", argument("min", int64(1))), "row_count_orders_ae8312"},
		{"arguments", use("between", "n", argument("min", int64(1)), argument("max", int64(2))), "between_orders_n_18f132"},
		{"order of arguments", use("between", "n", argument("max", int64(2)), argument("min", int64(1))), "between_orders_n_18f132"},
		{"where", where, "not_null_orders_id_54d12d"},
		{"own name", named, "ids_are_there"},
		{"odd column", use("not_null", "Order Id"), "not_null_orders_Order_Id_c5e057"},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			f := newFixture("orders:")
			f.generic("not_null", project.Argument{Name: "column"})
			f.generic("between", project.Argument{Name: "column"}, project.Argument{Name: "min"}, project.Argument{Name: "max"})
			f.generic("row_count", project.Argument{Name: "min"})
			f.project.Models[0].Tests = []project.TestUse{tc.use}
			g, diags := f.build()
			wantTexts(t, diags)
			if got := g.Nodes[len(g.Nodes)-1].Name; got != tc.want {
				t.Errorf("name %q, want %q", got, tc.want)
			}
		})
	}
}

func TestTestsOfDifferentThingsAreToldApart(t *testing.T) {
	t.Parallel()
	f := newFixture("a:", "a_b:")
	f.generic("unique", project.Argument{Name: "column"})
	f.project.Models[0].Tests = []project.TestUse{use("unique", "b_c")}
	f.project.Models[1].Tests = []project.TestUse{use("unique", "c")}
	g, diags := f.build()
	wantTexts(t, diags)
	want := []string{
		"model.a", "model.a_b",
		"test.unique_a_b_c_570164 <- model.a_b",
		"test.unique_a_b_c_6dcce4 <- model.a",
	}
	if diff := cmp.Diff(want, edges(g)); diff != "" {
		t.Errorf("graph (-want +got):\n%s", diff)
	}
}

func TestTestsOfOneNameAreRefused(t *testing.T) {
	t.Parallel()
	named := func(name string) project.TestUse {
		u := use("unique", "id")
		u.Config.Name = name
		return u
	}
	cases := []struct {
		name          string
		first, second project.TestUse
		want          string
	}{
		{
			"the same test", use("unique", "id"), use("unique", "id"),
			`the same test stands twice: "unique_orders_id"; take one of them out, or give one a name: config: {name: …}`,
		},
		{
			"one name", named("ids"), named("ids"),
			`two tests are called "ids"; give one of them another name: config: {name: …}`,
		},
		{
			"names that differ in case", named("ids"), named("Ids"),
			`two tests are called "ids" and "Ids", which differ only in case; give one of them another name`,
		},
		{
			"the name of a file", use("unique", "id"), named("totals_agree"),
			`two tests are called "totals_agree"; give one of them another name: config: {name: …}`,
		},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			f := newFixture("orders:")
			f.generic("unique", project.Argument{Name: "column"})
			f.singular("totals_agree", "orders")
			f.project.Models[0].Tests = []project.TestUse{tc.first, tc.second}
			_, diags := f.build()
			if len(diags) != 1 || diags[0].Code != diag.DuplicateName || diags[0].Message+"; "+diags[0].Hint != tc.want {
				t.Errorf("diagnostics %q, want %q", texts(diags), tc.want)
			}
		})
	}
}

func TestArgumentsOfTestsAreChecked(t *testing.T) {
	t.Parallel()
	const at = "models/m.yml:1:1: "
	cases := []struct {
		name string
		use  project.TestUse
		want string
	}{
		{"unknown test", use("not_nul", "id"), `E0206 unknown test "not_nul"; did you mean "not_null"?`},
		{"a test to write", use("positive", "id"), `E0206 unknown test "positive"; write it as tests/generic/positive.sql`},
		{"missing", use("relationships", "id", argument("to", "orders")), `E0207 test "relationships" needs the argument "field"; write - relationships: {to: …, field: …}`},
		{"unknown", use("between", "id", argument("mni", int64(1))), `E0207 test "between" has no argument "mni"; did you mean "min"?`},
		{"unknown, nothing near", use("between", "id", argument("values", int64(1))), `E0207 test "between" has no argument "values"; it takes min, max`},
		{"none taken", use("not_null", "id", argument("min", int64(1))), `E0207 test "not_null" has no argument "min"; it takes none`},
		{"wrong value", use("accepted_values", "id", argument("values", "a")), `E0207 the argument "values" of test "accepted_values" must be a list of single values, not text; write - accepted_values: {values: […]}`},
		{"nothing to compare with", use("between", "id"), `E0207 test "between" has nothing to compare with; give it min or max`},
		{"empty list", use("accepted_values", "id", argument("values", []any{})), `E0207 the argument "values" of test "accepted_values" must be a list of single values, not an empty list; write - accepted_values: {values: […]}`},
		{"a null", use("accepted_values", "id", argument("values", []any{"a", nil})), `E0207 the argument "values" of test "accepted_values" must be a list of single values, not a list with a null; write - accepted_values: {values: […]}`},
		{"names", use("unique_combination", "", argument("columns", []any{"a", int64(1)})), `E0207 the argument "columns" of test "unique_combination" must be a list of names, not a list; write - unique_combination: {columns: […]}`},
		{"column by hand", use("not_null", "id", argument("column", "id")), `E0207 "column" is no argument to write: it follows from where the test stands; take it out, and put the test on the right model or column`},
		{"needs a column", use("not_null", ""), `E0208 test "not_null" is of a column, not of a whole relation; move it to the "tests:" of a column`},
		{"takes no column", use("unique_combination", "id", argument("columns", []any{"a"})), `E0208 test "unique_combination" is of a whole relation, not of a column; move it from the column to the "tests:" beside "columns:"`},
	}
	optional := func(name string) project.Argument { return project.Argument{Name: name, HasDefault: true} }
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			f := newFixture("orders:")
			column := project.Argument{Name: "column"}
			f.generic("not_null", column)
			f.generic("between", column, optional("min"), optional("max"))
			f.generic("relationships", column, project.Argument{Name: "to"}, project.Argument{Name: "field"})
			f.generic("accepted_values", column, project.Argument{Name: "values"})
			f.generic("unique_combination", project.Argument{Name: "columns"})
			f.project.Models[0].Tests = []project.TestUse{tc.use}
			g, diags := f.build()
			wantTexts(t, diags, at+tc.want)
			for _, n := range g.Nodes {
				if n.Kind == link.Test && !n.Broken {
					t.Errorf("%s is not broken", n.ID)
				}
			}
		})
	}
}

func TestAssertsAreTests(t *testing.T) {
	t.Parallel()
	f := newFixture("orders:")
	file := source.NewFile("models/orders.sql", "amount >= 0\ncount(*) > 0\namount >= 0")
	text := func(start, end int) project.Text {
		return project.Text{Value: file.Text[start:end], Span: file.Span(start, end), Exact: true}
	}
	f.project.Models[0].Asserts = []project.Text{text(0, 11), text(12, 24), text(25, 36)}
	g, diags := f.build()
	wantTexts(t, diags,
		`models/orders.sql:3:1: E0201 the same test stands twice: "assert_orders_32e629"; take one of them out, or give one a name: config: {name: …}`,
		`  models/orders.sql:1:1: the first is here`)
	want := []string{"model.orders", "test.assert_orders_32e629 <- model.orders", "test.assert_orders_33ae10 <- model.orders"}
	if diff := cmp.Diff(want, edges(g)); diff != "" {
		t.Errorf("graph (-want +got):\n%s", diff)
	}
	if test := g.ByID["test.assert_orders_32e629"].Test; test.Assert.Value != "amount >= 0" || !test.Blocks() {
		t.Errorf("assert %q blocks %v", test.Assert.Value, test.Blocks())
	}
}

// Enough nodes for several goroutines give what one gives: the same names, in the same order.
func TestManyNodesAreLinkedInParallel(t *testing.T) {
	t.Parallel()
	const models = 3000
	lines := make([]string, models, models+2)
	for i := range lines {
		lines[i] = fmt.Sprintf("m%04d:", i)
		if i > 0 {
			lines[i] += fmt.Sprintf(" m%04d m%04d", i/2, max(0, i-7))
		}
	}
	lines = append(lines, "x0: m000", "x1: m000")
	f := newFixture(lines...)
	f.generic("unique", project.Argument{Name: "column"})
	for i, m := range f.project.Models {
		m.Tests = []project.TestUse{use("unique", "id")}
		if i%1000 == 999 {
			m.Tests = append(m.Tests, use("uniqe", "id"))
		}
	}
	g, diags := link.Build(f.project, f.parsed)
	checkGraph(t, g)
	if len(g.Nodes) != 2*(models+2) {
		t.Errorf("linked %d nodes", len(g.Nodes))
	}
	var messages []string
	for _, d := range diags {
		messages = append(messages, d.Message)
	}
	want := []string{
		`unknown test "uniqe"`, `unknown test "uniqe"`, `unknown test "uniqe"`,
		`unknown model "m000"`, `unknown model "m000"`,
	}
	if diff := cmp.Diff(want, messages); diff != "" {
		t.Errorf("diagnostics (-want +got):\n%s", diff)
	}
}
