package adaptertest

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/relation"
)

// log gives a statement that adds a generation to the table "log".
func (x *target) log(generation int) string {
	return fmt.Sprintf("insert into %s select %d -- it's the end", x.Relation(x.name("log")), generation)
}

// failing gives a statement that fails when it runs.
func (x *target) failing() string {
	return "insert into " + x.Relation(x.name("log")) + " select cast('no number' as integer)"
}

// logged checks what the log holds.
func (x *target) logged(t *testing.T, want ...int64) {
	t.Helper()
	got := make([]int64, 0, len(want))
	for _, row := range x.rows(t, "select generation"+x.from(x.name("log"))+" order by generation") {
		got = append(got, row[0].(int64))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("log (-want +got):\n%s", diff)
	}
}

func publishWith(t *testing.T, x *target) {
	publish := func(with []string, p ...engine.Publication) error { return x.session.Publish(t.Context(), p, with...) }
	must := func(with []string, p ...engine.Publication) {
		t.Helper()
		if err := publish(with, p...); err != nil {
			t.Fatalf("Publish: %v", err)
		}
	}
	x.table(t, x.name("log"), "select 0 as generation", 1)
	table, view := x.name("t"), x.name("v")

	fresh := x.build(t, table, 1, 5)
	fresh.Fresh = true
	must([]string{x.log(1), x.log(2)}, fresh)
	x.published(t, table, 1)
	x.logged(t, 0, 1, 2)

	wrong := x.build(t, table, 3, 5)
	wrong.Fresh = true
	must([]string{x.log(3)}, wrong)
	x.published(t, table, 3)

	must([]string{x.log(4)}, x.build(t, table, 4, 5), engine.Publication{To: view, Kind: relation.View, Query: "select 4 as generation"})
	x.published(t, table, 4)
	x.published(t, view, 4)

	// A table in the place of a view is no short way.
	must([]string{x.log(5)}, x.build(t, view, 5, 5))
	x.published(t, view, 5)

	must([]string{x.log(6), x.log(7)})
	x.logged(t, 0, 1, 2, 3, 4, 5, 6, 7)

	typed(t, "statements that fail", publish([]string{x.log(8), x.failing()}))
	x.logged(t, 0, 1, 2, 3, 4, 5, 6, 7)
	must(nil)
}

// publishWithFails checks that a publication that fails leaves nothing, wherever it fails.
func publishWithFails(t *testing.T, x *target) {
	table, view, log := x.name("t"), x.name("v"), x.name("log")
	x.table(t, log, "select 0 as generation", 1)
	x.publish(t, x.build(t, table, 1, 5))
	x.view(t, view, "select 1 as generation")
	candidates := []engine.Publication{x.build(t, table, 2, 5), x.build(t, view, 2, 5)}
	gone := engine.Publication{To: x.name("u"), Kind: relation.Table, From: candidate(x.name("u"))}
	fresh, wrongView := gone, engine.Publication{To: view, Kind: relation.View, Query: "select nope"}
	fresh.Fresh = true
	newTable := x.build(t, x.name("new"), 2, 5)
	newTable.Fresh = true
	before := x.shapes(t, table.Schema)
	for what, publications := range map[string][]engine.Publication{
		"a table": candidates[:1], "a table for a view": candidates[1:], "both": candidates, "a new table": {newTable},
		"a view": {{To: view, Kind: relation.View, Query: "select 2 as generation"}}, "nothing": nil,
	} {
		for _, with := range [][]string{{x.failing()}, {x.log(1), x.failing()}, {x.log(1), "selct"}, {x.log(1), x.failing(), x.log(2)}} {
			e := typed(t, what, x.session.Publish(t.Context(), publications, with...))
			if e.Position != -1 {
				t.Errorf("%s: the error is at %d of a query that is not wrong", what, e.Position)
			}
		}
	}
	for _, publications := range [][]engine.Publication{{gone}, {fresh}, {candidates[0], gone}, {candidates[0], wrongView}} {
		typed(t, "a publication that cannot be", x.session.Publish(t.Context(), publications, x.log(1)))
	}
	x.logged(t, 0)
	if diff := cmp.Diff(before, x.shapes(t, table.Schema)); diff != "" {
		t.Errorf("relations after publications that failed (-before +after):\n%s", diff)
	}
	for _, name := range []relation.Name{table, view} {
		if got := x.one(t, "select max(generation)"+x.from(name)); got != int64(1) {
			t.Errorf("%s holds generation %v after publications that failed", name, got)
		}
	}
	if err := x.session.Publish(t.Context(), candidates, x.log(2)); err != nil {
		t.Fatalf("Publish after failures: %v", err)
	}
	x.published(t, table, 2)
	x.published(t, view, 2)
	x.logged(t, 0, 2)
}

func refusePublishWith(t *testing.T, x *target) {
	x.table(t, x.name("log"), "select 0 as generation", 1)
	typed(t, "Publish with a statement without transactions",
		x.session.Publish(t.Context(), []engine.Publication{x.build(t, x.name("t"), 1, 3)}, x.log(1)))
	x.logged(t, 0)
}
