package diag_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/source"
)

// found is a list with every shape a diagnostic has: notes with and without a place, a label, a range
// over lines, wide characters before the column, and one without a place.
func found() diag.List {
	var l diag.List
	model := source.NewFile("models/a b.sql", "select 'grüße, 🌾' as g,\n  amout\nfrom orders\n")
	parent := source.NewFile("models/orders.sql", "select 1 as amount")
	at := strings.Index(model.Text, "as g")
	l.Warnf(diag.SyntaxError, model.Span(at, at+4), "100%% odd: one, two\nthree")
	l.Errorf(diag.ColumnNotFound, model.Span(strings.Index(model.Text, "amout"), strings.Index(model.Text, "\nfrom")), `column "amout" not found in "orders"`).
		Hintf(`did you mean "amount"?`).
		Notef(parent.Span(12, 18), "it is made here").
		Notef(source.Span{}, "names tell upper from lower case")
	l.Errorf(diag.TableNotFound, model.Span(0, len(model.Text)), "all of it").Label = "here"
	l.Errorf(diag.UnknownTarget, source.Span{}, `there is no target "prd"`)
	l.Errorf("", source.NewFile("a,b:c%.yml", "x").Span(0, 1), "no code")
	return l
}

func TestGitHub(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	if err := (diag.GitHub{Prefix: "warehouse"}).Write(&b, found()); err != nil {
		t.Fatal(err)
	}
	want := `::error title=TARGET::there is no target "prd"
::error file=warehouse/a%2Cb%3Ac%25.yml,line=1,col=1,endLine=1,endColumn=2,title=quern::no code
::error file=warehouse/models/a b.sql,line=1,endLine=4,title=E0302%3A a table does not exist::all of it%0Ahere
::warning file=warehouse/models/a b.sql,line=1,col=19,endLine=1,endColumn=23,title=E0303%3A the SQL cannot be parsed::100%25 odd: one, two%0Athree
::error file=warehouse/models/a b.sql,line=2,col=3,endLine=2,endColumn=8,title=E0301%3A a column does not exist::column "amout" not found in "orders"%0Ahint: did you mean "amount"?%0Anote: it is made here (warehouse/models/orders.sql:1:13)%0Anote: names tell upper from lower case
`
	want = strings.Replace(want, "TARGET", string(diag.UnknownTarget)+"%3A "+diag.Title(diag.UnknownTarget), 1)
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("GitHub (-want +got):\n%s", diff)
	}
	b.Reset()
	if err := (diag.GitHub{}).Write(&b, nil); err != nil || b.Len() > 0 {
		t.Errorf("nothing wrong is %q, %v", b.String(), err)
	}
}

// object is a value of a SARIF document; its methods say what the schema asks for.
type object struct {
	t    *testing.T
	at   string
	data map[string]any
}

// allowed checks that all keys are among those of the schema, and that the required ones are there.
func (o object) allowed(required, optional string) object {
	o.t.Helper()
	for _, key := range strings.Fields(required) {
		if _, ok := o.data[key]; !ok {
			o.t.Errorf("%s has no %q", o.at, key)
		}
	}
	known := strings.Fields(required + " " + optional)
	for key := range maps.Keys(o.data) {
		if !slices.Contains(known, key) {
			o.t.Errorf("%s has %q, which the schema does not know", o.at, key)
		}
	}
	return o
}

func (o object) in(key string) object {
	o.t.Helper()
	data, ok := o.data[key].(map[string]any)
	if !ok {
		o.t.Fatalf("%s.%s is %T, want an object", o.at, key, o.data[key])
	}
	return object{o.t, o.at + "." + key, data}
}

func (o object) has(key string) bool { return o.data[key] != nil }

func (o object) each(key string, check func(i int, item object)) int {
	o.t.Helper()
	list, ok := o.data[key].([]any)
	if !ok {
		o.t.Fatalf("%s.%s is %T, want an array", o.at, key, o.data[key])
	}
	for i, item := range list {
		data, ok := item.(map[string]any)
		if !ok {
			o.t.Fatalf("%s.%s[%d] is %T, want an object", o.at, key, i, item)
		}
		check(i, object{o.t, fmt.Sprintf("%s.%s[%d]", o.at, key, i), data})
	}
	return len(list)
}

func (o object) text(key string) string {
	o.t.Helper()
	text, ok := o.data[key].(string)
	if !ok || text == "" {
		o.t.Errorf("%s.%s is %v, want text", o.at, key, o.data[key])
	}
	return text
}

func (o object) number(key string) int {
	o.t.Helper()
	n, ok := o.data[key].(float64)
	if !ok || n != float64(int(n)) || n < 1 {
		o.t.Errorf("%s.%s is %v, want a number from 1 up", o.at, key, o.data[key])
	}
	return int(n)
}

// location checks a location against the schema.
func (o object) location() {
	o.t.Helper()
	o.allowed("physicalLocation", "id message")
	physical := o.in("physicalLocation").allowed("artifactLocation", "region")
	artifact := physical.in("artifactLocation").allowed("uri", "uriBaseId")
	if uri := artifact.text("uri"); strings.ContainsAny(uri, " \\") || strings.HasPrefix(uri, "/") {
		o.t.Errorf("%s is no relative URI reference: %q", artifact.at, uri)
	}
	if !physical.has("region") {
		return
	}
	r := physical.in("region").allowed("startLine startColumn endLine endColumn", "")
	if r.number("endLine") < r.number("startLine") ||
		r.number("endLine") == r.number("startLine") && r.number("endColumn") < r.number("startColumn") {
		o.t.Errorf("%s ends before it begins: %v", r.at, r.data)
	}
}

// TestSARIFSchema holds the document against what the schema of SARIF 2.1.0 requires and allows of
// the objects that are used.
func TestSARIFSchema(t *testing.T) {
	t.Parallel()
	for name, list := range map[string]diag.List{"found": found(), "nothing": nil} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b strings.Builder
			if err := (diag.SARIF{Version: "1.2.3", Prefix: "ware house", Fallback: "quern.yml"}).Write(&b, list); err != nil {
				t.Fatal(err)
			}
			doc := object{t, "$", map[string]any{}}
			if err := json.Unmarshal([]byte(b.String()), &doc.data); err != nil {
				t.Fatal(err)
			}
			doc.allowed("version runs", "$schema")
			if doc.text("version") != "2.1.0" || !strings.HasSuffix(doc.text("$schema"), "/sarif-schema-2.1.0.json") {
				t.Errorf("version %v, schema %v", doc.data["version"], doc.data["$schema"])
			}
			if n := doc.each("runs", func(_ int, run object) { checkRun(run, len(list)) }); n != 1 {
				t.Errorf("%d runs", n)
			}
		})
	}
}

func checkRun(run object, wanted int) {
	t := run.t
	run.allowed("tool results columnKind", "")
	if run.text("columnKind") != "unicodeCodePoints" {
		t.Errorf("columns are counted as %v", run.data["columnKind"])
	}
	driver := run.in("tool").allowed("driver", "").in("driver").allowed("name", "semanticVersion informationUri rules")
	driver.text("name")
	var rules []string
	driver.each("rules", func(_ int, rule object) {
		rule.allowed("id", "name shortDescription help helpUri defaultConfiguration")
		rules = append(rules, rule.text("id"))
		rule.in("shortDescription").allowed("text", "").text("text")
		rule.in("help").allowed("text", "").text("text")
		if !strings.HasPrefix(rule.text("helpUri"), "https://") {
			t.Errorf("%s leads nowhere", rule.at)
		}
		rule.in("defaultConfiguration").allowed("level", "").text("level")
	})
	if !slices.IsSorted(rules) || len(slices.Compact(slices.Clone(rules))) != len(rules) {
		t.Errorf("rules %v are not sorted, or not each one once", rules)
	}
	n := run.each("results", func(_ int, result object) {
		result.allowed("message level locations", "ruleId ruleIndex relatedLocations")
		if !slices.Contains([]string{"none", "note", "warning", "error"}, result.text("level")) {
			t.Errorf("%s has the level %v", result.at, result.data["level"])
		}
		result.in("message").allowed("text", "").text("text")
		if result.has("ruleId") {
			if i, ok := result.data["ruleIndex"].(float64); !ok || rules[int(i)] != result.text("ruleId") {
				t.Errorf("%s: rule %v stands not at %v", result.at, result.data["ruleId"], result.data["ruleIndex"])
			}
		}
		if result.each("locations", func(_ int, at object) { at.location() }) != 1 {
			t.Errorf("%s has not one place", result.at)
		}
		if result.has("relatedLocations") {
			result.each("relatedLocations", func(i int, at object) {
				at.location()
				at.in("message").text("text")
				if at.number("id") != i+1 {
					t.Errorf("%s has the id %v", at.at, at.data["id"])
				}
			})
		}
	})
	if n != wanted {
		t.Errorf("%d results, want %d", n, wanted)
	}
}

// TestSARIFResult shows one result whole: columns count characters, not bytes or UTF-16 units.
func TestSARIFResult(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	file := source.NewFile("models/grüße.sql", "select '🌾' as a, amout from orders")
	at := strings.Index(file.Text, "amout")
	var l diag.List
	l.Errorf(diag.ColumnNotFound, file.Span(at, at+5), `column "amout" not found in "orders"`).
		Hintf(`did you mean "amount"?`).Notef(file.Span(0, 6), "<here>")
	if err := (diag.SARIF{Version: "1.2.3"}).Write(&b, l); err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Runs []struct {
			Tool struct {
				Driver struct{ Rules []json.RawMessage }
			}
			Results []json.RawMessage
		}
	}
	if err := json.Unmarshal([]byte(b.String()), &doc); err != nil {
		t.Fatal(err)
	}
	compact := func(raw json.RawMessage) string {
		var out strings.Builder
		var value any
		if err := json.Unmarshal(raw, &value); err != nil {
			t.Fatal(err)
		}
		enc := json.NewEncoder(&out)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(value); err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(out.String())
	}
	want := `{"level":"error","locations":[{"physicalLocation":{"artifactLocation":{"uri":"models/gr%C3%BC%C3%9Fe.sql","uriBaseId":"%SRCROOT%"},` +
		`"region":{"endColumn":23,"endLine":1,"startColumn":18,"startLine":1}}}],` +
		`"message":{"text":"column \"amout\" not found in \"orders\"\nhint: did you mean \"amount\"?"},` +
		`"relatedLocations":[{"id":1,"message":{"text":"<here>"},"physicalLocation":{"artifactLocation":{"uri":"models/gr%C3%BC%C3%9Fe.sql","uriBaseId":"%SRCROOT%"},` +
		`"region":{"endColumn":7,"endLine":1,"startColumn":1,"startLine":1}}}],` +
		`"ruleId":"E0301","ruleIndex":0}`
	if diff := cmp.Diff(want, compact(doc.Runs[0].Results[0])); diff != "" {
		t.Errorf("result (-want +got):\n%s", diff)
	}
	page := "https://github.com/quernsql/quern/blob/main/compiler/diag/CODES.md#e0301-a-column-does-not-exist"
	want = `{"defaultConfiguration":{"level":"error"},"help":{"text":"E0301: a column does not exist. An example is at ` + page + `"},` +
		`"helpUri":"` + page + `","id":"E0301","shortDescription":{"text":"a column does not exist"}}`
	if diff := cmp.Diff(want, compact(doc.Runs[0].Tool.Driver.Rules[0])); diff != "" {
		t.Errorf("rule (-want +got):\n%s", diff)
	}
}
