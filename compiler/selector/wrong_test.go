package selector_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/selector"
)

func TestWhatIsWrongIsMarkedAndNamed(t *testing.T) {
	t.Parallel()
	const keys = "alias, database, enabled, error_if, format, group, location, materialized, owner, schema, severity, store_failures, tags, warn_if, where"
	cases := []struct{ text, want string }{
		{"order", `E0801 --select [order] nothing is called "order"; did you mean "orders"?`},
		{"customers 2+ordres+1", `E0801 --select [ordres] nothing is called "ordres"; did you mean "orders"?`},
		{"customers,name:ordres", `E0801 --select [ordres] nothing is called "ordres"; did you mean "orders"?`},
		{"Orders", `E0801 --select [Orders] nothing is called "Orders"; names tell upper from lower case: did you mean "orders"?`},
		{"model.order", `E0801 --select [model.order] nothing is called "model.order"; "quern ls" shows what there is`},
		{"nightly", `E0801 --select [nightly] nothing is called "nightly"; it is a tag: write tag:nightly`},
		{"raw", `E0801 --select [raw] nothing is called "raw"; it is a source: write source:raw`},
		{"nested", `E0801 --select [nested] nothing is called "nested"; it is a selector: write selector:nested`},
		{"finance", `E0801 --select [finance] nothing is called "finance"; it is a group: write group:finance`},
		{"marts", `E0801 --select [marts] nothing is called "marts"; it is a folder: write path:models/marts`},
		{"not_null", `E0801 --select [not_null] nothing is called "not_null"; it is a test: write test:not_null`},
		{"zebra", `E0801 --select [zebra] nothing is called "zebra"; "quern ls" shows what there is`},
		{"tag:nightyl", `E0801 --select [nightyl] nothing has the tag "nightyl"; did you mean "nightly"?`},
		{"tag:weekly", `E0801 --select [weekly] nothing has the tag "weekly"; there are nightly, staging`},
		{"path:models/stagin", `E0801 --select [models/stagin] there is no folder "models/stagin"; did you mean "models/staging"?`},
		{"models/marts/order.sql", `E0801 --select [models/marts/order.sql] there is no file "models/marts/order.sql"; did you mean "models/marts/orders.sql"?`},
		{"path:marts", `E0801 --select [marts] there is no folder "marts"; paths begin at the project folder: did you mean "models/marts"?`},
		{"x/y", `E0801 --select [x/y] there is no folder "x/y"; paths begin at the project folder, such as macros`},
		{"order.sql", `E0801 --select [order.sql] there is no file "order.sql"; did you mean "orders.sql"?`},
		{"source:rwa", `E0801 --select [rwa] unknown source "rwa"; did you mean "raw"?`},
		{"kind:modle", `E0801 --select [modle] unknown kind "modle"; did you mean "model"?`},
		{"kind:snapshot", `E0801 --select [snapshot] unknown kind "snapshot"; there are exposure, model, seed, source, test`},
		{"test:total", `E0801 --select [total] unknown test "total"; did you mean "totals"?`},
		{"group:finances", `E0801 --select [finances] unknown group "finances"; did you mean "finance"?`},
		{"exposure:bord", `E0801 --select [bord] unknown exposure "bord"; did you mean "board"?`},
		{"owner:anne", `E0801 --select [anne] nothing belongs to the owner "anne"; did you mean "ann"?`},
		{"selector:nightli", `E0801 --select [nightli] unknown selector "nightli"; did you mean "nightly"?`},
		{"config.materialised:table", `E0801 --select [config.materialised:table] no configuration has the key "materialised"; did you mean "materialized"?`},
		{"config.color:red", `E0801 --select [config.color:red] no configuration has the key "color"; keys are ` + keys},
		{"config.materialized:tabel", `E0801 --select [tabel] nothing has "tabel" as its materialized; did you mean "table"?`},
		{"config.schema:marts", `E0801 --select [marts] nothing has "marts" as its schema; did you mean "mart"?`},
		{"tga:x", `E0801 --select [tga:x] unknown method "tga:"; did you mean "tag"?`},
		{"resource_type:model", `E0801 --select [resource_type:model] unknown method "resource_type:"; write kind:`},
		{"tag.x:y", `E0801 --select [tag.x:y] unknown method "tag.x:"; methods are config.KEY, exposure, file, group, kind, name, owner, path, result, selector, source, tag, test`},
		{"state:modified+", `E0813 --select [state:modified] "state:" is not available in this version; select by name, path, tag or kind`},
		{"state:modified.body", `E0813 --select [state:modified.body] "state:" is not available in this version; select by name, path, tag or kind`},
		{"result:errors", `E0801 --select [errors] unknown result "errors"; did you mean "error"?`},
		{"result:success", `E0801 --select [success] unknown result "success"; there are error, fail, skipped, warn`},
		{"orders,", `E0811 --select [,] a comma needs something on both sides; a comma selects what fits both; take it out, or write what is missing`},
		{"orders, customers", `E0811 --select [, ] a comma needs something on both sides; a comma selects what fits both; take it out, or write what is missing`},
		{"tag:", `E0811 --select [tag:] "tag:" has no value; write what to select after the colon`},
		{"1+", `E0811 --select [1+] "1+" names nothing; write a name, or method:value`},
		{"@", `E0811 --select [@] "@" names nothing; write a name, or method:value`},
		{`owner:"Finance Team`, `E0811 --select ["Finance Team] a quote is not closed; put a " at the end of the value`},
		{"[a", `E0811 --select [[a] the pattern "[a" cannot be read; * stands for any text, ? for one character, [abc] or [a-z] for one of some`},
		{"selector:one", `E0812 selectors.yml [one] selector "one" selects itself: one → two → one; take one of these selectors out of another's selection`},
	}
	g := shop()
	for _, tc := range cases {
		t.Run(tc.text, func(t *testing.T) {
			t.Parallel()
			s, diags := selector.Select(g, selector.Options{Select: []string{tc.text}})
			if diff := cmp.Diff([]string{tc.want}, texts(diags)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if len(s.Nodes) > 0 {
				t.Errorf("selected %s all the same", ids(g, s))
			}
		})
	}
}

func TestEmptySelectionsWarn(t *testing.T) {
	t.Parallel()
	const (
		fits     = "what is named exists, but no node fits all of it"
		takesOut = "--exclude takes out everything that is selected"
	)
	cases := []struct {
		name string
		opts selector.Options
		want string
	}{
		{"intersection", selector.Options{Select: []string{"orders,tag:staging,kind:model"}}, `W0801 --select [orders,tag:staging,kind:model] nothing is selected; ` + fits},
		{"group without nodes", selector.Options{Select: []string{"group:empty"}}, `W0801 --select [group:empty] nothing is selected; ` + fits},
		{"folder without nodes", selector.Options{Select: []string{"path:macros"}}, `W0801 --select [path:macros] nothing is selected; ` + fits},
		{"value without nodes", selector.Options{Select: []string{"config.materialized:external"}}, `W0801 --select [config.materialized:external] nothing is selected; ` + fits},
		{"all excluded", selector.Options{Exclude: []string{"path:.", "kind:test"}}, `W0801 --exclude [path:. kind:test] nothing is selected; ` + takesOut},
		{"selector", selector.Options{Selector: "nightly", Exclude: []string{"tag:nightly"}}, `W0801 --exclude [tag:nightly] nothing is selected; ` + takesOut},
		{"pattern", selector.Options{Select: []string{"orders", "zebra_*"}}, `W0801 --select [zebra_*] "zebra_*" fits nothing; "quern ls" shows what there is`},
	}
	g := shop()
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, diags := selector.Select(g, tc.opts)
			if diff := cmp.Diff([]string{tc.want}, texts(diags)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestSeveralMistakesAreReportedTogether(t *testing.T) {
	t.Parallel()
	_, diags := selector.Select(shop(), selector.Options{
		Select: []string{"ordres", "tag:nightyl"}, Exclude: []string{"custmers"}, Selector: "nightli",
	})
	want := []string{
		`E0801 --select [ordres] nothing is called "ordres"; did you mean "orders"?`,
		`E0801 --select [nightyl] nothing has the tag "nightyl"; did you mean "nightly"?`,
		`E0811 --selector [nightli] --selector and --select cannot stand together; write the selector into the selection: --select "selector:nightli …"`,
		`E0801 --selector [nightli] unknown selector "nightli"; did you mean "nightly"?`,
		`E0801 --exclude [custmers] nothing is called "custmers"; did you mean "customers"?`,
	}
	if diff := cmp.Diff(want, texts(diags)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
