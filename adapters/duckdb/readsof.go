//go:build cgo

package duckdb

import (
	"context"
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/lineage"
	"github.com/quernsql/quern/compiler/relation"
)

// readsOf tells from the syntax tree what a query reads. It is for the queries without a plan.
func (s *scratch) readsOf(ctx context.Context, query string) ([]lineage.Read, error) {
	text, err := s.oneText(ctx, &s.parser, parseSQL, query)
	if err != nil {
		return nil, err
	}
	var tree planTree
	if err := tree.parse(text); err != nil || tree.member(0, "error") == "true" {
		return nil, engine.Errorf("Serialization", "what the query reads cannot be told").
			WithHint("write the query as one SELECT")
	}
	r := &treeReader{planTree: &tree, scratch: s}
	r.walk(0)
	sortReads(r.reads)
	return slices.Compact(r.reads), nil
}

// treeReader collects the tables and table functions of a syntax tree.
type treeReader struct {
	*planTree
	scratch *scratch
	// ctes are the names that common table expressions give; which query may use them is left out,
	// so that one that hides a table of the same name hides it everywhere.
	ctes  []string
	reads []lineage.Read
}

func (r *treeReader) walk(n int32) {
	if m := r.get(n, "cte_map"); m > 0 {
		for e := r.first(m, "map"); e > 0; e = r.next(e) {
			r.ctes = append(r.ctes, strings.ToLower(r.member(e, "key")))
		}
	}
	switch r.member(n, "type") {
	case "BASE_TABLE":
		r.table(n)
	case "TABLE_FUNCTION":
		name := strings.ToLower(r.member(r.get(n, "function"), "function_name"))
		if name != "" && !generators[name] {
			r.reads = append(r.reads, lineage.Read{Function: strings.Clone(name)})
		}
	}
	for c := r.nodes[n].first; c > 0; c = r.next(c) {
		if kind := r.nodes[c].kind; kind == '{' || kind == '[' {
			r.walk(c)
		}
	}
}

func (r *treeReader) table(n int32) {
	name := relation.Name{
		Database: r.member(n, "catalog_name"), Schema: r.member(n, "schema_name"), Identifier: r.member(n, "table_name"),
	}
	if name.Database == "" && name.Schema == "" && slices.Contains(r.ctes, strings.ToLower(name.Identifier)) {
		return
	}
	if t := r.scratch.tables[whereIs(name)]; t != nil {
		name = t.name
	}
	r.reads = append(r.reads, lineage.Read{Relation: relation.Name{
		Database: strings.Clone(name.Database), Schema: strings.Clone(name.Schema),
		Identifier: strings.Clone(name.Identifier),
	}})
}
