package template

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/source"
)

// newProject makes a project of files: models/NAME, macros/NAME ARG ARG=DEFAULT, generic/NAME ARG …,
// tests/NAME.
func newProject(files map[string]string) *project.Project {
	p := &project.Project{Vars: map[string]project.Var{
		"start_date": {Value: "2024-01-01"},
		"region":     {Value: "eu"},
	}}
	for key, text := range files {
		head, args, _ := strings.Cut(key, " ")
		folder, name, _ := strings.Cut(head, "/")
		front := "/* --- front matter --- */\n"
		file := source.NewFile(head+".sql", front+text)
		body := file.Span(len(front), len(file.Text))
		switch folder {
		case "models":
			p.Models = append(p.Models, &project.Model{ID: project.ID("model." + name), Name: name, File: file, Body: body})
		case "macros":
			p.Macros = append(p.Macros, &project.Macro{Name: name, File: file, Body: body, Args: arguments(file, args)})
		case "generic":
			p.GenericTests = append(p.GenericTests, &project.GenericTest{Name: name, File: file, Body: body, Args: arguments(file, args)})
		case "tests":
			p.Tests = append(p.Tests, &project.SingularTest{ID: project.ID("test." + name), Name: name, File: file, Body: body})
		}
	}
	return p
}

func arguments(file *source.File, text string) []project.Argument {
	var out []project.Argument
	for _, word := range strings.Fields(text) {
		name, value, hasDefault := strings.Cut(word, "=")
		arg := project.Argument{Name: name, HasDefault: hasDefault, Span: file.Span(0, 3)}
		if hasDefault {
			arg.Default = value
		}
		out = append(out, arg)
	}
	return out
}

// newEnv gives an environment in which every ref and source but those called "missing" exist.
func newEnv() *Env {
	return &Env{
		Resolve: func(name string) (project.ID, bool) { return project.ID("model." + name), name != "missing" },
		Source: func(name, table string) (project.ID, bool) {
			return project.ID("source." + name + "." + table), table != "missing"
		},
		Vars: map[string]project.Var{"start_date": {Value: "2024-01-01"}, "region": {Value: "eu"}},
		LookupEnv: func(name string) (string, bool) {
			return "value of " + name, name == "REGION"
		},
		Target:  TargetInfo{Name: "dev", Type: "duckdb", Schema: "main"},
		Literal: func(v any) string { return "'" + fmt.Sprint(v) + "'" },
		Quote:   func(s string) string { return `"` + s + `"` },
		Columns: func(id project.ID) ([]string, bool) { return []string{"id", "amount", "day"}, id != "model.unknown" },
	}
}

// show gives rendered text with its holes filled by their names.
func show(r *Rendered) string {
	return r.Fill(func(h Hole) Filling {
		switch h.Kind {
		case HoleThis:
			return Filling{SQL: "<this>"}
		case HoleModel:
			return Filling{SQL: "<model>"}
		case HoleRunTime:
			return Filling{SQL: "<run_time>"}
		case HoleTargetSchema:
			return Filling{SQL: "<schema>"}
		default:
			return Filling{SQL: "<" + string(h.Node) + ">"}
		}
	}).SQL
}

// messages gives diagnostics as file:line:column: code: message; hint, with notes below.
func messages(diags diag.List) []string {
	var out []string
	for _, d := range diags.Sorted() {
		at := d.Span.Position()
		line := fmt.Sprintf("%s:%d:%d: %s: %s", d.Span.Path(), at.Line, at.Column, d.Code, d.Message)
		if d.Hint != "" {
			line += "; " + d.Hint
		}
		for _, n := range d.Notes {
			at := n.Span.Position()
			line += fmt.Sprintf(" [%s:%d:%d: %s]", n.Span.Path(), at.Line, at.Column, n.Message)
		}
		out = append(out, line)
	}
	return out
}

func render(t *testing.T, files map[string]string) (*Rendered, diag.List) {
	t.Helper()
	parsed, diags := Parse(context.Background(), newProject(files))
	if diags.HasErrors() {
		return nil, diags
	}
	return parsed.Render(context.Background(), parsed.Models["m"], newEnv())
}

func TestRenderGivesText(t *testing.T) {
	t.Parallel()
	macros := map[string]string{
		"macros/cents column digits=2": "\nround({{ .column }} / 100.0, {{ .digits }})\n",
		"macros/from table":            "from {{ ref .table }}",
		"macros/both table":            `{{ from .table }} natural join {{ ref "more" }}`,
		"macros/noted":                 "1 -- one\n",
		"macros/upper x":               "UPPER({{ .x }})",
	}
	tests := []struct{ name, text, want string }{
		{"text", "select 1", "select 1"},
		{"empty", "", ""},
		{"ref", `select * from {{ ref "orders" }}`, "select * from <model.orders>"},
		{"ref through a pipe", `from {{ "orders" | ref }} x`, "from <model.orders> x"},
		{"source", `from {{ source "raw" "orders" }}`, "from <source.raw.orders>"},
		{"source through a pipe", `from {{ "orders" | source "raw" }}`, "from <source.raw.orders>"},
		{"this", `{{ if incremental }}from {{ this }}{{ else }}all of {{ this }}{{ end }}`, "all of <this>"},
		{"var and env_var", `{{ var "region" }} {{ env_var "REGION" }} {{ env_var "NO" "us" }}`, "eu value of REGION us"},
		{"target", `{{ target "name" }} {{ target "type" }} {{ target "schema" }}.x`, "dev duckdb <schema>.x"},
		{"run time", `{{ run_time }}`, "<run_time>"},
		{"literal and ident", `{{ literal "a" }} {{ ident "b" }} {{ literal 1 }}`, `'a' "b" '1'`},
		{"columns", `{{ columns "o" }}`, `"id", "amount", "day"`},
		{"columns with options", `{{ columns "o" "exclude" "Amount" "prefix" "o." }}`, `o."id", o."day"`},
		{"columns in a range", `{{ range $i, $c := columns "o" "exclude" (list "id" "day") }}{{ $i }}{{ $c }}{{ end }}`, `0amount`},
		{"columns joined", `{{ columns "o" | join "+" }}`, `id+amount+day`},
		{"columns printed", `{{ columns "o" | printf "(%s)" }}`, `("id", "amount", "day")`},
		{"macro", `select {{ cents "a" }}, {{ cents "b" 3 }}`, "select round(a / 100.0, 2), round(b / 100.0, 3)"},
		{"macro with a ref", `{{ both "orders" }}`, "from <model.orders> natural join <model.more>"},
		{"macro through a function", `{{ both "orders" | trim }}!`, "from <model.orders> natural join <model.more>!"},
		{"macro that ends with a comment", `{{ noted }}+ 1`, "1 -- one\n+ 1"},
		{"macro shadows sprig", `{{ upper "x" }}`, "UPPER(x)"},
		{"range", `{{ range $i, $x := list "a" "b" }}{{ if $i }}, {{ end }}{{ $x }}{{ end }}`, "a, b"},
		{"range over refs", `{{ range list "a" "b" }}{{ ref . }} {{ end }}`, "<model.a> <model.b> "},
		{"range over a number", `{{ range 3 }}x{{ end }}{{ range $i := 2 }}{{ $i }}{{ end }}`, "xxx01"},
		{"range else", `{{ range list }}x{{ else }}none{{ end }}`, "none"},
		{"range with jumps", `{{ range $x := list 1 2 3 4 }}{{ if eq $x 2 }}{{ continue }}{{ end }}{{ if eq $x 4 }}{{ break }}{{ end }}{{ $x }}{{ end }}`, "13"},
		{"range over a dictionary", `{{ range $k, $v := dict "b" 1 "a" 2 }}{{ $k }}{{ $v }}{{ end }}`, "a2b1"},
		{"with", `{{ with "orders" }}{{ ref . }}{{ else }}no{{ end }}`, "<model.orders>"},
		{"else if", `{{ if false }}a{{ else if true }}b{{ else }}c{{ end }}`, "b"},
		{"variable", `{{ $x := "orders" }}{{ ref $x }}`, "<model.orders>"},
		{"variable that changes", `{{ $n := 1 }}{{ range 3 }}{{ $n = mul $n 2 }}{{ end }}{{ $n }}`, "8"},
		{"trim markers", "a  \n {{- \"b\" -}} \n c", "abc"},
		{"comment", `a{{/* no */}}b`, "ab"},
		{"braces", `{{ "{{1,2}}" }}`, "{{1,2}}"},
		{"dictionary", `{{ $d := dict "a" (dict "b" 2) }}{{ $d.a.b }}{{ (dict "x" 1).x }}`, "21"},
		{"relation in printf", `{{ printf "%s as o" (ref "a") }}`, "<model.a> as o"},
		{"relation in upper", `{{ ref "a" | lower }}`, "<model.a>"},
		{"relation compared", `{{ eq (ref "a") (ref "a") }}{{ eq (ref "a") (ref "b") }}`, "truefalse"},
		{"keys and values", `{{ keys (dict "b" 1 "a" 2) | join "," }} {{ values (dict "b" 1 "a" 2) | join "," }}`, "a,b 2,1"},
		{"whole numbers fit", `{{ repeat (add 1 1) "x" }}{{ round 1.25 1 }}`, "xx1.3"},
		{"other tools' braces", `'{%d}' {{ "{% if x %}{# y #}" }} {1: 2}`, `'{%d}' {% if x %}{# y #} {1: 2}`},
		{"multi-byte text", `'é{{ "ü" }}日'`, "'éü日'"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			files := map[string]string{"models/m": tc.text}
			for name, text := range macros {
				files[name] = text
			}
			got, diags := render(t, files)
			if len(diags) > 0 {
				t.Fatalf("Render(%s) reports %q", tc.text, messages(diags))
			}
			if diff := cmp.Diff(tc.want, show(got)); diff != "" {
				t.Errorf("Render(%s) (-want +got):\n%s", tc.text, diff)
			}
		})
	}
}
