package template

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/source"
)

// genericTests are the tests that uses in this file's cases refer to.
func genericTests() *project.Project {
	return newProject(map[string]string{
		"generic/relationships model column to field=id": `select * from {{ .model }} where {{ .column }} not in (select {{ ident .field }} from {{ ref .to }})`,
		"generic/among model tables":                     `{{ range .tables }}{{ ref . }} {{ end }}{{ ref "fixed" }} {{ source "raw" "t" }} {{ quiet }}`,
		"generic/expression model expression":            `select * from {{ .model }} where not ({{ .expression }})`,
		"macros/quiet":                                   `{{ var "region" }}`,
	})
}

// yamlUse gives a use of a test whose arguments stand in a file of YAML.
func yamlUse(test, column string, args map[string]any) *project.TestUse {
	file := source.NewFile("models/m.yml", "tests: use arg {{ ref \"deep\" }} > 1")
	use := &project.TestUse{Test: test, Column: column, Span: file.Span(7, 10)}
	for name, value := range args {
		arg := project.ArgValue{Name: name, Value: value, Span: file.Span(11, 14)}
		if name == "expression" {
			arg.Text = project.Text{Value: file.Text[15:], Span: file.Span(15, len(file.Text)), Exact: true}
		}
		use.Args = append(use.Args, arg)
	}
	return use
}

func TestTestReadsKnowsTheArguments(t *testing.T) {
	t.Parallel()
	parsed, diags := Parse(context.Background(), genericTests())
	if len(diags) > 0 {
		t.Fatal(messages(diags))
	}
	tests := []struct {
		name string
		use  *project.TestUse
		want []string
	}{
		{
			"an argument reaches ref",
			yamlUse("relationships", "customer_id", map[string]any{"to": "customers"}),
			[]string{"ref customers at models/m.yml:1:12(arg) in generic/relationships.sql:2:90(ref .to)"},
		},
		{
			"a list reaches ref, and what the test reads by itself has the place of the use",
			yamlUse("among", "", map[string]any{"tables": []any{"a", "b"}}),
			[]string{
				"ref fixed at models/m.yml:1:8(use) in generic/among.sql:2:49(fixed)",
				"ref a at models/m.yml:1:12(arg) in generic/among.sql:2:23(ref .)",
				"ref b at models/m.yml:1:12(arg) in generic/among.sql:2:23(ref .)",
				`source raw.t at models/m.yml:1:8(use) in generic/among.sql:2:76(t)`,
				"var region", "macro quiet",
			},
		},
		{
			"templates in an expression",
			yamlUse("expression", "", map[string]any{"expression": "x"}),
			[]string{"ref deep at models/m.yml:1:24(deep) in -"},
		},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			reads, diags := parsed.TestReads(parsed.GenericTests[tc.use.Test], tc.use)
			if len(diags) > 0 {
				t.Fatal(messages(diags))
			}
			if diff := cmp.Diff(tc.want, listed(reads)); diff != "" {
				t.Errorf("TestReads (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTestReadsRefusesWrongArguments(t *testing.T) {
	t.Parallel()
	parsed, _ := Parse(context.Background(), genericTests())
	tests := []struct {
		use  *project.TestUse
		want []string
	}{
		{
			yamlUse("relationships", "customer_id", map[string]any{"two": "customers"}),
			[]string{
				`models/m.yml:1:8: E0417: test "relationships" needs the argument "to"; write {relationships: {to: …}}`,
				`models/m.yml:1:12: E0417: test "relationships" has no argument "two"; did you mean "to"?`,
			},
		},
		{
			yamlUse("relationships", "", map[string]any{"to": "customers"}),
			[]string{`models/m.yml:1:8: E0417: test "relationships" needs a column; move it to the tests of a column`},
		},
		{
			yamlUse("among", "id", map[string]any{"tables": []any{}}),
			[]string{`models/m.yml:1:8: E0417: test "among" looks at a whole relation, not at a column; move it to the tests of the relation`},
		},
		{
			yamlUse("among", "", map[string]any{"tables": "a", "model": "b"}),
			[]string{`models/m.yml:1:12: E0417: test "among" has no argument "model"; it has "tables"`},
		},
		{
			yamlUse("among", "", map[string]any{"tables": int64(3)}),
			[]string{`models/m.yml:1:8: E0405: "ref" needs a name that is known without running the template; write the name in double quotes [generic/among.sql:2:23: the name is computed here]`},
		},
	}
	for _, tc := range tests {
		_, diags := parsed.TestReads(parsed.GenericTests[tc.use.Test], tc.use)
		if diff := cmp.Diff(tc.want, messages(diags)); diff != "" {
			t.Errorf("TestReads(%s) (-want +got):\n%s", tc.use.Test, diff)
		}
	}
}

func TestGenericTestsRender(t *testing.T) {
	t.Parallel()
	parsed, _ := Parse(context.Background(), genericTests())
	env := newEnv()
	env.Args = map[string]any{"model": "model.orders", "column": `"customer id"`, "to": "customers"}
	got, diags := parsed.Render(context.Background(), parsed.GenericTests["relationships"], env)
	if len(diags) > 0 {
		t.Fatal(messages(diags))
	}
	want := `select * from <model> where "customer id" not in (select "id" from <model.customers>)`
	if diff := cmp.Diff(want, show(got)); diff != "" {
		t.Errorf("Render (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]project.ID{"model.customers"}, got.Refs); diff != "" {
		t.Errorf("Refs (-want +got):\n%s", diff)
	}
}

// TestRenderedArguments puts the rendering of one text into another: its holes stay holes, and its
// bytes lead to where they were written.
func TestRenderedArguments(t *testing.T) {
	t.Parallel()
	parsed, _ := Parse(context.Background(), genericTests())
	file := source.NewFile("models/m.yml", `expression: x > {{ ref "deep" }}.y`)
	span := file.Span(12, len(file.Text))
	unit, _ := parsed.ParseText("test.t", project.Text{Value: span.Text(), Span: span, Exact: true})
	inner, diags := parsed.Render(context.Background(), unit, newEnv())
	if len(diags) > 0 {
		t.Fatal(messages(diags))
	}
	env := newEnv()
	env.Args = map[string]any{"model": "model.orders", "expression": inner}
	got, diags := parsed.Render(context.Background(), parsed.GenericTests["expression"], env)
	if len(diags) > 0 {
		t.Fatal(messages(diags))
	}
	if diff := cmp.Diff("select * from <model> where not (x > <model.deep>.y)", show(got)); diff != "" {
		t.Errorf("Render (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]project.ID{"model.deep"}, got.Refs); diff != "" {
		t.Errorf("Refs (-want +got):\n%s", diff)
	}
	f := got.Fill(func(Hole) Filling { return Filling{SQL: "t"} })
	spans := f.Locate(len(f.SQL)-2, len(f.SQL)-1)
	if len(spans) != 2 || placeOf(spans[1]) != "models/m.yml:1:34(y)" {
		t.Errorf("y leads to %v", spans)
	}
}
