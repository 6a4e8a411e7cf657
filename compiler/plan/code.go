package plan

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/fingerprint"
	"github.com/quernsql/quern/compiler/increment"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/sqltoken"
	"github.com/quernsql/quern/compiler/template"
)

// Code is what of a node decides about its rows, besides what it reads.
type Code struct {
	// Text is the normal form of the query; a seed has none.
	Text string
	// Config are the settings that change rows, or how they are kept.
	Config map[string]string
	// Digest is that of both.
	Digest fingerprint.Digest
	// Volatile are functions in the query whose value differs from run to run.
	Volatile []string
	// Ordered says that the rows may depend on the order of those that are read.
	Ordered bool
}

func (b *builder) code(n *link.Node) Code {
	c := Code{Config: map[string]string{}}
	set := func(key, value string) {
		if value != "" {
			c.Config[key] = value
		}
	}
	query, ok := b.p.Canonical(n.ID)
	if ok {
		c.Text = fingerprint.Normal(query.Code)
		c.Volatile = b.volatile(n)
		c.Ordered = b.isOrdered(n, query)
		if query.Schema {
			set("target schema", b.p.Schema())
		}
	}
	set("settings", b.opts.Settings)
	switch n.Kind {
	case link.Model:
		set("materialized", n.Model.Materialized.String())
		b.hookCode(n, &c)
		set(namesRead, b.namesRead(n, isView(n) || namesInTexts(c.Text) || namesInTexts(query.Text)))
		if source := b.p.Landing(n); source != nil {
			set("new_files_only", source.Source.Format)
		}
		if n.Model.Materialized == project.Snapshot {
			snapshotConfig(n.Model.Snapshot, set)
		}
		if c := n.Model.Incremental; n.Model.Materialized == project.Incremental && c.Strategy == increment.Microbatch {
			set("event_time", c.EventTime.Name)
			set("begin", c.Batches.Size.Start(c.Batches.Begin).Format(time.RFC3339))
			set("batch_size", c.Batches.Size.String())
		}
		if n.Model.Materialized == project.External {
			e := n.Model.External
			set("format", e.Format)
			set("location", b.p.Nodes[n.Index].Location)
			set("partition_by", strings.Join(e.PartitionBy, ", "))
			for _, key := range slices.Sorted(maps.Keys(e.Options)) {
				set("options."+key, e.Options[key])
			}
		}
	case link.Seed:
		load := b.p.Load(n.Seed, b.p.Nodes[n.Index].Relation)
		set("file", b.opts.Seeds[n.ID])
		set("format", load.Format)
		set("delimiter", load.Delimiter)
		set("quote", load.Quote)
		set("null_values", strings.Join(load.NullValues, "\x00"))
		set("header", strconv.FormatBool(!load.NoHeader))
		for _, key := range slices.Sorted(maps.Keys(load.ColumnTypes)) {
			set("column_types."+key, load.ColumnTypes[key])
		}
	default:
	}
	parts := []string{c.Text}
	for _, key := range slices.Sorted(maps.Keys(c.Config)) {
		parts = append(parts, key, c.Config[key])
	}
	c.Digest = fingerprint.Of(parts...)
	return c
}

// changedConfig names the settings that differ.
func changedConfig(a, b map[string]string) []string {
	var out []string
	for key, value := range a {
		if b[key] != value {
			out = append(out, key)
		}
	}
	for key := range b {
		if _, ok := a[key]; !ok {
			out = append(out, key)
		}
	}
	slices.Sort(out)
	return out
}

// namesRead is the setting that says under which names a node reads what it reads: they are part of the text of
// views in the target. Of what a table reads it has the views alone, whose names may be in those of columns: tables
// get another data version where they move.
const namesRead = "names of what it reads"

func (b *builder) namesRead(n *link.Node, all bool) string {
	var names []string
	for _, id := range b.reads(n) {
		node := b.g.ByID[id]
		if !all && (node.Kind != link.Model || !isView(node)) {
			continue
		}
		name := b.p.Nodes[node.Index].Relation.Fold().String()
		if node.Source != nil && node.Source.Files != "" {
			name = b.p.SourcePattern(node.Index)
		}
		names = append(names, string(id)+" "+name)
	}
	return strings.Join(names, ", ")
}

// namesInTexts reports whether the names of relations are in the texts of a query, and so among its rows.
func namesInTexts(canonical string) bool {
	for _, tok := range sqltoken.Code(canonical) {
		if tok.Kind == sqltoken.String && strings.Contains(tok.Text(canonical), check.Placeholder) {
			return true
		}
	}
	return false
}

// isOrdered reports whether the rows of a query may depend on the order of those that it reads. Functions that
// init_sql made may hide it.
func (b *builder) isOrdered(n *link.Node, query check.Canonical) bool {
	return b.opts.Macros || fingerprint.IsOrdered(query.Text, fingerprint.Order{
		IsAggregate: b.opts.Dialect.IsAggregate, Inexact: b.readsInexact(n),
	})
}

// readsInexact reports whether a node reads columns whose values may be equal without being the same, or does not
// know which it reads. Of these a test counts those that are wrong, whichever of them it is.
func (b *builder) readsInexact(n *link.Node) bool {
	if n.Kind == link.Test {
		return false
	}
	for _, id := range b.reads(n) {
		columns := b.p.Nodes[b.g.ByID[id].Index].Columns
		if columns == nil {
			return true
		}
		for _, c := range columns {
			if fingerprint.IsInexact(c.Type) {
				return true
			}
		}
	}
	return false
}

// volatile gives the functions of a query whose value differs from run to run: those the engine found
// while it bound the query, and those that look like it.
func (b *builder) volatile(n *link.Node) []string {
	var out []string
	for _, i := range b.inlined(n) {
		if node := b.g.Nodes[i]; node.Kind == link.Model && node.Model.IgnoresVolatile() {
			if i == n.Index {
				return nil
			}
			continue
		}
		out = append(out, b.p.Nodes[i].Facts.Volatile...)
		for _, r := range []*template.Rendered{b.p.Nodes[i].SQL, b.p.Nodes[i].Where} {
			if r != nil {
				out = append(out, volatileIn(r.Text)...)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func volatileIn(text string) (out []string) {
	text = fingerprint.PlainSpaces(text)
	toks := sqltoken.Code(text)
	for i, tok := range toks {
		if tok.Kind != sqltoken.Word {
			continue
		}
		name := strings.ToLower(tok.Text(text))
		called := i+1 < len(toks) && toks[i+1].Text(text) == "("
		dotted := i > 0 && toks[i-1].Text(text) == "."
		if bare, ok := unstable[name]; ok && (called || bare && !dotted) {
			out = append(out, name)
		}
	}
	return out
}

// inlined gives a node and the ephemeral models whose text is part of its own.
func (b *builder) inlined(n *link.Node) []int {
	out := []int{n.Index}
	for k := 0; k < len(out); k++ {
		for _, i := range b.g.Nodes[out[k]].Parents {
			if b.g.Nodes[i].IsEphemeral() && !slices.Contains(out, i) {
				out = append(out, i)
			}
		}
	}
	return out
}

// reads gives the nodes whose rows a node reads, through ephemeral models: sources, seeds and models.
func (b *builder) reads(n *link.Node) []project.ID {
	var out []project.ID
	for _, i := range b.inlined(n) {
		for _, p := range b.g.Nodes[i].Parents {
			if parent := b.g.Nodes[p]; !parent.IsEphemeral() && parent.Kind != link.Test && parent.Kind != link.Exposure {
				out = append(out, parent.ID)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// unstable are functions of DuckDB and PostgreSQL whose value differs from run to run, or that read what is no
// relation, with whether they are called without parentheses, too.
var unstable = map[string]bool{
	"age": false, "clock_timestamp": false, "currval": false, "current_date": true, "current_localtime": false,
	"current_localtimestamp": false, "current_setting": false, "current_time": true, "current_timestamp": true,
	"gen_random_uuid": false, "get_current_time": false, "get_current_timestamp": false, "getenv": false,
	"getvariable": false, "localtime": true, "localtimestamp": true, "nextval": false, "now": false,
	"random": false, "setseed": false, "statement_timestamp": false, "timeofday": false, "today": false,
	"transaction_timestamp": false, "txid_current": false, "uuid": false, "uuidv4": false, "uuidv7": false,
}

// defineTest says what of a test decides about its verdict.
func (b *builder) defineTest(n *link.Node, a *Audit) {
	query, _ := b.p.Canonical(n.ID)
	a.Reads, a.Ordered = b.reads(n), b.isOrdered(n, query)
	if query.RunTime || len(b.volatile(n)) > 0 {
		return // it may come to something else without any change
	}
	schema, names := "", b.namesRead(n, namesInTexts(query.Text))
	if query.Schema {
		schema = b.p.Schema()
	}
	c := n.Test.Config
	a.Definition = fingerprint.Of(fingerprint.Normal(query.Code), schema, names, b.opts.Settings, a.Counts, fmt.Sprint(c.Severity),
		threshold(c.WarnIf), threshold(c.ErrorIf), strconv.FormatBool(c.StoreFailures))
}

func threshold(t project.Threshold) string { return fmt.Sprint(t.Op, " ", t.Value, " ", t.Percent) }
