package plan

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"path/filepath"
	"strings"

	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/source"
	"github.com/quernsql/quern/compiler/template"
)

// step makes the step of a node, or of a test that runs by itself.
func (b *builder) step(w *work) *Step {
	n := w.node
	s := &Step{ID: n.ID, Kind: n.Kind, Span: n.Properties().NameSpan}
	// shown is what stands for the node while its own tests run.
	var shown template.Filling
	switch n.Kind {
	case link.Seed:
		shown = b.seed(n, s)
	case link.Model:
		shown = b.model(n, s)
	default:
		s.Action, s.Span = Test, n.Test.Span
		s.Reason = w.audits[0].why
	}
	others := b.besides(n, w.nodes()...)
	bound := maps.Clone(others)
	if n.Kind != link.Test {
		bound[n.ID] = shown
		s.Code, s.Reads = b.code(n), b.reads(n)
		b.labels(n, s)
		b.member(n, s)
		if s.Materialized == project.Incremental {
			b.growth(n, s)
		}
		if s.Materialized == project.Snapshot {
			b.history(n, s)
		}
	}
	for _, a := range w.audits {
		if a.through != nil {
			b.inline(a.through, bound)
		}
		audit := b.audit(a, bound, others)
		if a.through != nil {
			audit.Through = bound[a.through.ID].Inner
		}
		s.Audits = append(s.Audits, audit)
	}
	b.statements(s)
	return s
}

func (b *builder) fill(id project.ID, bound map[project.ID]template.Filling) check.FillOptions {
	return check.FillOptions{Node: id, Relations: bound, RunTime: b.opts.RunTime}
}

// candidate gives the reserved name of a relation, shortened where the engine's names are.
func (b *builder) candidate(name relation.Name) relation.Name {
	limit := b.opts.Dialect.MaxIdentifier()
	if limit > 0 && len(name.Identifier)+len(check.CandidateSuffix) > limit {
		sum := sha256.Sum256([]byte(name.Identifier))
		tail := "_" + hex.EncodeToString(sum[:4])
		keep := max(limit-len(check.CandidateSuffix)-len(tail), 0)
		name.Identifier = strings.ToValidUTF8(name.Identifier[:min(keep, len(name.Identifier))], "") + tail
	}
	name.Identifier += check.CandidateSuffix
	return name
}

func (b *builder) seed(n *link.Node, s *Step) template.Filling {
	seed := n.Seed
	s.Relation = b.p.Nodes[n.Index].Relation
	s.Candidate = b.candidate(s.Relation)
	s.File = seed.Path
	s.Load = b.p.Load(seed, s.Candidate)
	return template.Filling{SQL: b.opts.Dialect.Relation(s.Candidate)}
}

func (b *builder) model(n *link.Node, s *Step) template.Filling {
	m := n.Model
	s.Materialized = m.Materialized
	s.Relation = b.p.Nodes[n.Index].Relation
	s.Candidate = b.candidate(s.Relation)
	s.Query = b.p.Query(n.ID, b.fill(n.ID, b.besides(n, n)))
	b.hooks(n, s)
	if m.Materialized == project.External {
		return b.external(n, s)
	}
	if isView(n) {
		return check.Subquery(s.Query)
	}
	return template.Filling{SQL: b.opts.Dialect.Relation(s.Candidate)}
}

// external exports beside the published file, so that the file itself changes in one step.
func (b *builder) external(n *link.Node, s *Step) template.Filling {
	config := n.Model.External
	s.Location = b.p.Nodes[n.Index].Location
	s.Export = &engine.Export{
		Query: s.Query.SQL, Path: Staged(s.Location), Format: config.Format,
		PartitionBy: config.PartitionBy, Options: config.Options,
	}
	s.LocationAt, s.PartitionAt = cmp.Or(config.Location.Span, s.Span), config.PartitionAt
	// The name of the staged file says nothing of its compression.
	if packing := check.Packing(s.Location); packing != "" && len(config.PartitionBy) == 0 && config.Options["compression"] == "" {
		s.Export.Options = maps.Clone(config.Options)
		if s.Export.Options == nil {
			s.Export.Options = map[string]string{}
		}
		s.Export.Options["compression"] = packing
	}
	return template.Filling{SQL: b.opts.Dialect.Relation(s.Candidate)}
}

// Staged gives the file or folder that is written before the one an external model publishes changes.
func Staged(location string) string {
	folder, base := filepath.Split(location)
	return filepath.Join(folder, "."+base+".candidate")
}

// inline binds a view, and the views it reads, to their queries.
func (b *builder) inline(view *link.Node, bound map[project.ID]template.Filling) {
	if _, ok := bound[view.ID]; ok {
		return
	}
	for _, i := range view.Parents {
		b.inlineParent(b.g.Nodes[i], bound)
	}
	bound[view.ID] = check.Subquery(b.p.Query(view.ID, b.fill(view.ID, bound)))
}

func (b *builder) inlineParent(n *link.Node, bound map[project.ID]template.Filling) {
	switch {
	case !isView(n):
	case n.IsEphemeral():
		for _, i := range n.Parents {
			b.inlineParent(b.g.Nodes[i], bound)
		}
	case b.of[n.Index] >= 0:
		b.inline(n, bound)
	}
}

// audit makes a test ready: on what bound has for nodes, and on what is published but for the others that are not
// published yet.
func (b *builder) audit(a *audit, bound, others map[project.ID]template.Filling) *Audit {
	t := a.node.Test
	out := &Audit{
		ID: a.node.ID, Name: a.node.Name, Tested: t.Tested, Column: t.Column,
		Blocking: a.blocking, WarnIf: t.Config.WarnIf, ErrorIf: t.Config.ErrorIf,
		Limit: t.Config.Limit, StoreFailures: t.Config.StoreFailures, Span: t.Span,
		Where: t.Config.Where.Span,
	}
	if t.Tested != "" {
		out.Of = t.Tested.Name()
	}
	if t.Generic != nil && t.Generic.Counts.Value != "" {
		out.Counts = b.opts.Dialect.Quote(t.Generic.Counts.Value)
		out.CountsSpan = t.Generic.Counts.Span
	}
	out.Query = b.p.Query(a.node.ID, b.fill(a.node.ID, bound))
	percent := t.Tested != "" && (t.Config.WarnIf.Percent || t.Config.ErrorIf.Percent)
	if percent {
		out.Total = b.p.Fill(total, b.fill(a.node.ID, bound))
	}
	b.defineTest(a.node, out)
	if len(bound) == 0 {
		return out
	}
	published := maps.Clone(others)
	if a.through != nil { // the view may be published later, and as another one
		b.inline(a.through, published)
		out.Published.Through = published[a.through.ID].Inner
	}
	out.Published.Query = b.p.Query(a.node.ID, b.fill(a.node.ID, published))
	if percent {
		out.Published.Total = b.p.Fill(total, b.fill(a.node.ID, published))
	}
	return out
}

// total counts the rows of the relation under test.
var total = &template.Rendered{
	Text:  "select count(*) from ",
	Holes: []template.Hole{{Offset: len("select count(*) from "), Kind: template.HoleModel, At: []source.Span{}}},
}

// statements tells people what the step sends.
func (b *builder) statements(s *Step) {
	d := b.opts.Dialect
	add := func(text string) { s.Statements = append(s.Statements, text) }
	switch {
	case s.Load != nil:
		add("create table " + d.Relation(s.Candidate) + " from " + s.Load.Format + " file " + d.Literal(s.Load.Path))
	case s.Export != nil:
		add("write " + s.Export.Format + " " + d.Literal(s.Export.Path) + " from " + s.Export.Query)
	case s.Member != nil && s.Member.View != nil:
		add(d.CreateView(s.Candidate, s.Query.SQL))
	case s.Query != nil && s.Materialized.IsTable():
		add(d.CreateTableAs(s.Candidate, s.Query.SQL))
	}
	if len(s.Post) > 0 && s.Materialized.IsTable() {
		b.publishHooked(s)
		return
	}
	for _, a := range s.Audits {
		if a.Query != nil {
			add(a.Query.SQL)
		}
	}
	switch {
	case s.Kind == link.Test:
	case s.Export != nil:
		add("rename " + d.Literal(s.Export.Path) + " to " + d.Literal(s.Location))
		add(d.CreateView(s.Relation, "select * from "+d.FileScan(d.Pattern(s.Location), s.Export.Format)))
	case s.Load != nil || s.Materialized.IsTable():
		add(b.publishes(s))
	default:
		add(d.CreateView(s.Relation, s.Text().SQL))
		s.Statements = append(s.Statements, texts(s.Post)...)
	}
}
