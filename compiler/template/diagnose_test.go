package template

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestMistakesAreExplained shows what each mistake in a template is answered with. The template
// begins on line 2 of models/m.sql.
func TestMistakesAreExplained(t *testing.T) {
	t.Parallel()
	tests := []struct{ text, want string }{
		// another tool's language
		{`x {{ ref('orders') }}`, `2:6: E0416: "ref" is called as in Jinja; templates are Go's; write {{ ref "orders" }}`},
		{`{{ source('raw', "orders") }}`, `2:4: E0416: "source" is called as in Jinja; templates are Go's; write {{ source "raw" "orders" }}`},
		{`{{ config(materialized='table') }}`, `2:4: E0416: "config" is called as in Jinja; templates are Go's; configuration stands in the front matter: /* --- … --- */ at the top of the file`},
		{`{{ is_incremental() }}`, `2:4: E0416: "is_incremental" is called as in Jinja; templates are Go's; write {{ if incremental }}`},
		{"x\n {% if true %}", `3:2: E0416: this "if" is written in Jinja; templates are Go's; write {{ if … }} … {{ end }}`},
		{"{%- set x = 1 -%}", `2:1: E0416: this "set" is written in Jinja; templates are Go's; write {{ $name := … }}`},
		{"x\n  -- {{ ref('a') }}", `3:9: E0416: "ref" is called as in Jinja; templates are Go's; write {{ ref "a" }} [:0:0: templates are read in comments of SQL too; {{/* … */}} is a comment of the template]`},
		{"{# note #}", `2:1: E0416: this comment is written in Jinja; write {{/* … */}}, or -- for a comment in SQL`},
		{`{{ if var('x') == 'y' }}{{ end }}`, `2:10: E0401: "(" is not expected here; operators are functions: {{ if eq $a "x" }}, {{ if gt $n 3 }}, {{ add $n 1 }}`},
		{`{{ if var("x") }}{{ end }}`, `2:10: E0401: "(" is not expected here; a function is called without parentheses around its arguments: {{ name "argument" }}`},
		{`{{ ref 'orders' }}`, `2:8: E0401: text stands in single quotes; write {{ ref "orders" }}`},
		{`{{ ref “orders” }}`, `2:8: E0401: "“" is not expected here; text is put in straight double quotes`},
		// text with braces
		{`'a{{1,2}}'`, `2:6: E0401: "," is not expected here; text with braces is written {{ "{{1,2}}" }}`},
		{`{{"a": 1}}`, `2:6: E0401: a colon stands alone; text with braces is written {{ "{{\"a\": 1}}" }}`},
		{`{{}}`, `2:1: E0401: something is missing here; text with braces is written {{ "{{}}" }}`},
		// what is not closed
		{`x {{ ref "a"`, `2:3: E0401: this action is not closed; end it with }}`},
		{"x {{ ref \"a\"\nwhere y = {{ var \"region\" }}", `2:3: E0401: this action is not closed; end it with }}`},
		{"{{ ref \"a }}\nfrom x", `2:8: E0401: this text has no closing quote; close it with a double quote on the same line`},
		{"{{ ref `a }}", "2:8: E0401: this text has no closing quote; close it with `"},
		{`{{ (upper "a" }}`, `2:4: E0401: this parenthesis is not closed; close it with )`},
		{`{{ upper "a") }}`, `2:13: E0401: this parenthesis closes nothing; remove it, or open one before`},
		{`{{ if true }}{{ range list }}{{ end }}`, `2:1: E0401: this "if" has no end; close it with {{ end }}`},
		{`x{{ end }}`, `2:2: E0401: this end closes nothing; remove it, or open an if, with or range before it`},
		{`{{ if true }}{{ else }}b{{ else }}c{{ end }}`, `2:25: E0401: this else belongs to no if, with or range; each has at most one else at its end`},
		{`{{/* note }}`, `2:1: E0401: this comment is not closed; end it with */}}`},
		{`{{/* note */ this }}`, `2:1: E0401: a comment has to fill its action; write {{/* text */}}`},
		{`{{ /* note */}}`, `2:4: E0401: "/" is not expected here; a comment begins right after the braces: {{/* … */}}`},
		// small words
		{`{{ break }}`, `2:1: E0401: this stands outside of a range; break and continue work inside of {{ range … }} only`},
		{`{{ if }}{{ end }}`, `2:1: E0401: something is missing here; put a value or a function between the braces`},
		{`{{ "a" | "b" }}`, `2:10: E0401: what stands after a | has to be a function; write {{ value | function }}`},
		{`{{ "a" "b" }}`, `2:4: E0401: "\"a\"" is a value, not a function: it takes no arguments; put the function's name first, then its arguments`},
		{`{{ list 1, 2 }}`, `2:10: E0401: "," is not expected here; arguments have spaces between them, not commas`},
		{`{{ $a, $b := list }}`, `2:6: E0401: too many variables are declared at once; a range declares two at most, everything else one`},
		{`{{ 1x }}`, `2:4: E0401: this is no number; put text in double quotes`},
		{`{{ 3i }}`, `2:4: E0401: complex numbers cannot be used; put text in double quotes`},
		{`{{ 99999999999999999999 }}`, `2:4: E0401: this number is too large; put it in double quotes to use it as text`},
		{`{{ "\q" }}`, "2:4: E0401: this text holds an unknown escape; write \\\\ for a backslash, or put the text in `…`"},
		{`{{ nil }}`, `2:4: E0401: nil has no value to print`},
		{`{{ ($x := 1) }}`, `2:4: E0401: a variable cannot be declared inside parentheses; declare it in an action of its own before`},
		// variables and arguments
		{`é {{ $x }}`, `2:6: E0401: variable "$x" is not declared; declare it before with {{ $x := … }}; for one of quern.yml write {{ var "x" }}`},
		{`{{ if true }}{{ $v := 1 }}{{ else }}{{ $v }}{{ end }}`, `2:40: E0401: variable "$v" is not declared in this branch; declare it before the if, and assign it inside with =`},
		{`{{ .column }}`, `2:4: E0406: ".column" has no value: a model has no arguments; only macros and generic tests have arguments; for a variable write {{ var "column" }}`},
		{`{{ . }}`, `2:4: E0406: "." has a value only inside with and range; write .name for an argument`},
		{`{{ $ }}`, `2:4: E0406: "$" has no value by itself; write $.name for an argument, $name for a variable`},
		// functions
		{`{{ reff "a" }}`, `2:4: E0402: unknown function or macro "reff"; did you mean "ref"?`},
		{`{{ cent "a" }}`, `2:4: E0402: unknown function or macro "cent"; did you mean "cents"?`},
		{`{{ m }}`, `2:4: E0402: unknown function or macro "m"; for the model write {{ ref "m" }}`},
		{`{{ xyzzy }}`, `2:4: E0402: unknown function or macro "xyzzy"; a macro is a file below macros/ that is called by its name; text is put in double quotes`},
		{`{{ now }}`, `2:4: E0402: unknown function or macro "now"; the clock cannot be read in a template; for the build's instant write {{ run_time }}`},
		{`{{ predict }}`, `2:4: E0411: "predict" is not available in this version`},
		{`{{ predict "churn" "f" }}`, `2:4: E0411: "predict" is not available in this version`},
		{`{{ define "x" }}a{{ end }}`, `2:1: E0411: templates cannot be defined or called inside a template; write a macro: a file below macros/ is a function of its name`},
		{`{{ template "x" }}`, `2:1: E0411: templates cannot be defined or called inside a template; write a macro: a file below macros/ is a function of its name`},
		{`{{ block "x" . }}{{ end }}`, `2:1: E0411: templates cannot be defined or called inside a template; write a macro: a file below macros/ is a function of its name`},
		{`{{ ref }}`, `2:4: E0403: "ref" takes 1 argument, not 0; write {{ ref "orders" }}`},
		{`{{ ref "a" "b" }}`, `2:12: E0403: "ref" takes 1 argument, not 2; write {{ ref "orders" }}`},
		{`{{ source "a" }}`, `2:4: E0403: "source" takes 2 arguments, not 1; write {{ source "raw" "orders" }}`},
		{`{{ this 1 }}`, `2:9: E0403: "this" takes no arguments, not 1; write {{ this }}`},
		{`{{ cents }}`, `2:4: E0403: "cents" takes 1 to 2 arguments, not 0; write {{ cents column [digits] }}`},
		{`{{ cents "a" 2 3 }}`, `2:16: E0403: "cents" takes 1 to 2 arguments, not 3; write {{ cents column [digits] }}`},
		{`{{ upper }}`, `2:4: E0403: "upper" takes 1 argument, not 0`},
		{`{{ ref 1 }}`, `2:8: E0404: "ref" takes a name in double quotes, not 1; write {{ ref "orders" }}`},
		{`{{ ref "" }}`, `2:8: E0404: "ref" takes a name, and this one is empty; write {{ ref "orders" }}`},
		{`{{ target "nam" }}`, `2:11: E0404: a target has no "nam"; did you mean "name"?`},
		{`{{ columns "o" "omit" "x" }}`, `2:16: E0404: "columns" has no option "omit"; its options are "exclude" and "prefix"`},
		{`{{ columns "o" "exclude" }}`, `2:16: E0403: an option of "columns" has no value; write {{ columns "orders" "exclude" "id" "prefix" "o." }}`},
		// names that have to be known
		{`{{ ref (print "a" "b") }}`, `2:4: E0405: "ref" needs a name that is known without running the template; write the name in double quotes, or list every name it can be under depends_on`},
		{`{{ $t := "a" }}{{ $t = "b" }}{{ ref $t }}`, `2:33: E0405: "ref" needs a name that is known without running the template; write the name in double quotes, or list every name it can be under depends_on`},
		{`{{ computed "a" }}`, `2:4: E0405: "ref" needs a name that is known without running the template; write the name in double quotes, or list every name it can be under depends_on [macros/computed.sql:2:4: the name is computed here]`},
		{`{{ passed (upper "a") }}`, `2:4: E0405: "ref" needs a name that is known without running the template; write the name in double quotes, or list every name it can be under depends_on [macros/passed.sql:2:4: the name is computed here]`},
		{`{{ var (lower "X") }}`, `2:4: E0405: "var" needs a name that is known without running the template; write the name in double quotes`},
		{`{{ var "regoin" }}`, `2:9: E0409: variable "regoin" is not declared; did you mean "region"?`},
		{`{{ var "zzzzzz" }}`, `2:9: E0409: variable "zzzzzz" is not declared; declare it under vars in quern.yml`},
		{`{{ env_var "DB_PASSWORD" }}`, `2:13: E0410: the environment variable "DB_PASSWORD" may not be read in a template; secrets belong under targets in quern.yml, where they are masked`},
		{`{{ env_var "token" "x" }}`, `2:13: E0410: the environment variable "token" may not be read in a template; secrets belong under targets in quern.yml, where they are masked`},
		// values, while rendering
		{`{{ env_var "NOPE" }}`, `2:12: E0410: the environment variable "NOPE" is not set; set it, or give a default: {{ env_var "NOPE" "…" }}`},
		{`{{ ref "missing" }}`, `2:8: E0203: no model or seed is called "missing"`},
		{`{{ source "raw" "missing" }}`, `2:17: E0203: no source is called "raw.missing"`},
		{`{{ columns "unknown" }}`, `2:12: E0414: the columns of "unknown" are not known; write them out, or declare them under columns`},
		{`{{ columns "o" "exclude" "amout" }}`, `2:26: E0412: there is no column "amout" to exclude; did you mean "amount"?`},
		{"x\n{{ index (list 1) 3 }}", `3:19: E0412: index 3 is out of range: it can be 0 only`},
		{`{{ index (list 1 2) -1 }}`, `2:21: E0412: index -1 is out of range: it can be 0 to 1`},
		{`{{ slice "abc" 2 1 }}`, `2:4: E0412: the slice ends before it begins`},
		{`{{ upper 3 }}`, `2:10: E0412: "upper" cannot take this argument: it is a number, not text`},
		{`{{ repeat 1.5 "x" }}`, `2:11: E0412: "repeat" cannot take this argument: it is 1.5, not a whole number`},
		{`{{ index (dict) "a" }}`, `2:4: E0412: there is nothing to print: the value is nil; write {{ literal … }} to print it as NULL`},
		{`{{ (dict).a }}`, `2:4: E0412: the dictionary has no key "a"`},
		{`{{ ("x").a }}`, `2:4: E0412: ".a" cannot be read of text; only dictionaries have named values`},
		{`{{ range "abc" }}{{ end }}`, `2:10: E0412: a range needs a list, not text`},
		{`{{ range $i, $x := 3 }}{{ end }}`, `2:20: E0412: a range over a number has one variable only`},
		{`{{ eq 1 "x" }}`, `2:9: E0412: a number cannot be compared with text`},
		{`{{ len 3 }}`, `2:8: E0412: a number has no length`},
		{`{{ div 1 0 }}`, `2:4: E0412: "div" stopped: integer divide by zero`},
		{`{{ fail "no tables" }}`, `2:4: E0412: no tables`},
		{`{{ printf "%d" "x" }}`, `2:11: E0412: the format does not fit its arguments: it gives "%!d(string=x)"`},
		{`{{ regexMatch "(" "x" }}`, "2:4: E0412: \"regexMatch\" stopped: error parsing regexp: missing closing ): `(`"},
		{`{{ quote (ref "a") }}`, `2:11: E0415: a function changed the text of a relation; print {{ ref … }}, {{ source … }} and {{ this }} as they are; to compare or change a name, use the name itself`},
		{`{{ this | trunc 1 }}`, `2:4: E0415: a function changed the text of a relation; print {{ ref … }}, {{ source … }} and {{ this }} as they are; to compare or change a name, use the name itself`},
		{`{{ literal this }}`, `2:12: E0415: a function changed the text of a relation; print {{ ref … }}, {{ source … }} and {{ this }} as they are; to compare or change a name, use the name itself`},
		{`{{ printf "%c" 0 }}`, `2:4: E0415: a function changed the text of a relation; print {{ ref … }}, {{ source … }} and {{ this }} as they are; to compare or change a name, use the name itself`},
		{`{{ "\x007\x01" }}`, `2:4: E0415: a function changed the text of a relation; print {{ ref … }}, {{ source … }} and {{ this }} as they are; to compare or change a name, use the name itself`},
		// inside macros: the call, and a note in the macro
		{"\n  {{ wrong 3 }}", `3:6: E0412: "upper" cannot take this argument: it is a number, not text [macros/wrong.sql:3:12: in macro "wrong"]`},
		{`{{ outer 3 }}`, `2:4: E0412: "upper" cannot take this argument: it is a number, not text [macros/outer.sql:2:4: in macro "outer"] [macros/wrong.sql:3:12: in macro "wrong"]`},
	}
	for _, tc := range tests {
		t.Run(tc.text, func(t *testing.T) {
			t.Parallel()
			_, diags := render(t, map[string]string{
				"models/m":                     tc.text,
				"macros/cents column digits=2": `{{ .column }}{{ .digits }}`,
				"macros/computed x":            `{{ ref (upper .x) }}`,
				"macros/passed x":              `{{ ref .x }}`,
				"macros/wrong x":               "{{ if true }}\n  {{ upper .x }}{{ end }}",
				"macros/outer x":               `{{ wrong .x }}`,
			})
			if diff := cmp.Diff([]string{"models/m.sql:" + tc.want}, messages(diags)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestMistakesInMacrosStandInTheMacro checks what is wrong whoever calls the macro.
func TestMistakesInMacrosStandInTheMacro(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		files map[string]string
		want  []string
	}{
		{
			"unknown argument",
			map[string]string{"macros/cents column": `{{ .colum }} {{ $.column }} {{ .other }}`},
			[]string{
				`macros/cents.sql:2:4: E0406: macro "cents" has no argument "colum"; did you mean "column"?`,
				`macros/cents.sql:2:32: E0406: macro "cents" has no argument "other"; it has "column"; arguments are declared under args in the front matter`,
			},
		},
		{
			"no call of a broken macro is reported again",
			map[string]string{"macros/bad": `{{ nothing }}`, "macros/caller": `{{ bad }}`, "models/m": `{{ caller }}`},
			[]string{`macros/bad.sql:2:4: E0402: unknown function or macro "nothing"; a macro is a file below macros/ that is called by its name; text is put in double quotes`},
		},
		{
			"calling itself",
			map[string]string{"macros/a": `{{ a }}`, "models/m": `{{ a }}`},
			[]string{`macros/a.sql:2:4: E0407: macro "a" calls itself: a → a; a macro cannot be recursive: write a range, or divide it`},
		},
		{
			"calling each other",
			map[string]string{"macros/a": `{{ b }}`, "macros/b": `x {{ c 1 }}`, "macros/c x": `{{ if .x }}{{ a }}{{ end }}`, "macros/d": `{{ a }}`},
			[]string{`macros/c.sql:2:15: E0407: macro "a" calls itself: a → b → c → a; a macro cannot be recursive: write a range, or divide it`},
		},
		{
			"names in use",
			map[string]string{"macros/index": `1`, "macros/ref": `1`, "macros/range": `1`, "macros/upper": `1`, "macros/predict": `1`},
			[]string{
				`macros/index.sql:1:1: E0408: a macro cannot be called "index": that is the name of a function; rename the file`,
				`macros/predict.sql:1:1: E0408: a macro cannot be called "predict": that is the name of a function; rename the file`,
				`macros/range.sql:1:1: E0408: a macro cannot be called "range": that is a keyword of templates; rename the file`,
				`macros/ref.sql:1:1: E0408: a macro cannot be called "ref": that is the name of a function; rename the file`,
			},
		},
		{
			"an undeclared variable is reported once",
			map[string]string{"macros/v": `{{ var "nope" }}`, "models/m": `{{ v }}{{ v }}`, "models/n": `{{ v }}`},
			[]string{`macros/v.sql:2:9: E0409: variable "nope" is not declared; declare it under vars in quern.yml`},
		},
		{
			"an argument of a generic test",
			map[string]string{"generic/low model column min": `select * from {{ .model }} where {{ .colum }} < {{ .min }}`},
			[]string{`generic/low.sql:2:37: E0406: test "low" has no argument "colum"; did you mean "column"?`},
		},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, diags := Parse(context.Background(), newProject(tc.files))
			if diff := cmp.Diff(tc.want, messages(diags)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
