package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/scd"
	"github.com/quernsql/quern/compiler/source"
	"github.com/quernsql/quern/compiler/state"
	"github.com/quernsql/quern/compiler/template"
)

// History says how a snapshot keeps the history of its rows. An Update brings in what its query gives now; a
// Create begins the history. Nothing else is ever done to it.
type History struct {
	// Spec lacks the columns, which are known when the rows are there.
	Spec scd.Spec
	// First is the query for the first rows of the table.
	First *template.Filled
	// At are the places of the snapshot's keys, Columns those of the columns that they name, in small letters.
	At, Columns map[string]source.Span
}

// history puts together how a snapshot keeps its rows.
func (b *builder) history(n *link.Node, s *Step) {
	c := n.Model.Snapshot
	h := &History{
		Spec: scd.Spec{
			Settings: c.Settings(), Dialect: b.opts.Dialect, Table: s.Relation, Candidate: s.Candidate,
			Run: b.opts.RunTime, Hidden: map[string]bool{},
		},
		At: maps.Clone(n.Model.KeysAt), Columns: map[string]source.Span{},
	}
	h.At["updated_at"] = c.UpdatedAt.Span
	if len(c.Key) > 0 {
		h.At["unique_key"] = c.Key[0].Span
	}
	for _, named := range slices.Concat(c.Check, c.Added(), c.Key, []project.ColumnName{c.UpdatedAt}) {
		if !named.Span.IsZero() {
			h.Columns[strings.ToLower(named.Name)] = named.Span
		}
	}
	for _, column := range n.Model.Columns {
		h.Spec.Hidden[strings.ToLower(column.Name)] = column.Sensitive
	}
	if s.Query != nil {
		h.First = around(h.Spec, s.Query)
	}
	s.History = h
}

// around puts a query into the one that gives the first rows of a table.
func around(spec scd.Spec, q *template.Filled) *template.Filled {
	before, after := spec.Around()
	r := &template.Rendered{
		Text:  before + after,
		Holes: []template.Hole{{Offset: len(before), At: []source.Span{}}},
	}
	return r.Fill(func(template.Hole) template.Filling { return template.Filling{SQL: q.SQL, Inner: q} })
}

// snapshotConfig gives the settings of a snapshot that decide about its rows.
func snapshotConfig(c *project.SnapshotConfig, set func(key, value string)) {
	s := c.Settings()
	set("unique_key", strings.Join(s.Key, ", "))
	set("strategy", s.Strategy.String())
	set("updated_at", s.UpdatedAt)
	if s.Strategy == scd.Check {
		set("check_cols", fmt.Sprintf("%q", s.Check))
	}
	set("hard_deletes", s.Deletes.String())
	set("columns", strings.Join(s.Added(), ", "))
}

// losesHistory stops a plan that would put something else in the place of a snapshot's history.
func (s *settler) losesHistory(step *Step) bool {
	known := s.snapshots()[step.Relation.Fold()]
	shape, there := s.existing[step.Relation.Fold()]
	if known == nil || step.History != nil || !there || shape.Object.Kind != relation.Table {
		return false
	}
	n := s.g.ByID[step.ID]
	d := s.diags.Errorf(diag.HistoryInTheWay, keptAt(n), "%s holds the history of the snapshot %q, and %q is kept as %s",
		step.Relation, known.ID.Name(), n.Name, project.Noun(step.KindOf()))
	d.Hintf("give %q another alias; quern state reset %s puts the history aside under another name", n.Name, known.ID.Name())
	if known.ID == step.ID {
		d.Hintf("make it a snapshot again, or give it another alias; quern state reset %s puts the history aside under another name", n.Name)
	}
	step.Reason = fmt.Sprintf("%q was %s and becomes %s", known.ID.Name(), project.Noun(known.Kind), project.Noun(step.KindOf()))
	return true
}

// keptAt is where it is said how a node is kept.
func keptAt(n *link.Node) source.Span {
	if n.Kind == link.Model {
		return n.Model.KeyAt()
	}
	return n.Properties().NameSpan
}

// snapshots gives, by their names, the relations that were a snapshot when somebody last built them.
func (s *settler) snapshots() map[relation.Name]*state.Relation {
	if s.recorded != nil || s.opts.State == nil {
		return s.recorded
	}
	s.recorded = map[relation.Name]*state.Relation{}
	for place, known := range s.opts.State.Relations {
		if known.IsSnapshot() {
			s.recorded[place.Name] = known
		}
	}
	for place, known := range s.opts.State.Relations {
		if is := s.recorded[place.Name]; is != nil && known.At.After(is.At) {
			delete(s.recorded, place.Name)
		}
	}
	return s.recorded
}

// record decides about the step of a snapshot: whether its history begins, goes on, or stays as it is. It is
// never built anew, whatever is asked for.
func (s *settler) record(step *Step) {
	n := s.g.ByID[step.ID]
	causes, reason := s.begins(step, n)
	if reason == "" {
		step.Action = Update
		if causes, reason = s.goesOn(step, n); reason == "" {
			s.ifChanged(step)
			s.columnChanges(step)
			return
		}
	}
	step.Reason, step.Because = reason, causes
	s.open[step.ID] = []project.ID{step.ID}
	s.columnChanges(step)
}

// begins says why the history of a snapshot begins; "" where it does not.
func (s *settler) begins(step *Step, n *link.Node) ([]Cause, string) {
	known := step.Former
	shape, there := s.existing[step.Relation.Fold()]
	switch {
	case s.existing != nil && !there:
		step.Action = Create
		if known != nil && known.Kind == step.KindOf() {
			s.diags.Warnf(diag.SnapshotAltered, n.Properties().NameSpan, "%s is missing: the history of %q begins anew", step.Relation, n.Name).
				Hintf("if you have a backup of it, restore it before the next build")
		}
		return step.because("missing", step.Relation.String()), s.missing(step)
	case there && shape.Object.Kind == relation.View:
		step.Action = Create
		return step.because("config", "materialized"), fmt.Sprintf("%q is a view and becomes a snapshot", n.Name)
	case there && known != nil && known.Kind != step.KindOf():
		s.diags.Errorf(diag.HistoryInTheWay, keptAt(n), "%s is kept as %s, and %q is a snapshot now: its table would be replaced",
			step.Relation, project.Noun(known.Kind), n.Name).
			Hintf("give the snapshot another alias, or rename the table that is there")
		return step.because("config", "materialized"), fmt.Sprintf("%q was %s and becomes %s", n.Name, project.Noun(known.Kind), project.Noun(step.KindOf()))
	case there && s.isOthers(step):
		s.diags.Errorf(diag.HistoryInTheWay, n.Model.KeyAt("alias"), "the history of %q would go on in the table of another: %s", n.Name, s.unrecorded(step)).
			Hintf("give it the name back that it had")
		return step.because("missing", "state"), s.unrecorded(step)
	}
	return nil, ""
}

// goesOn says why a snapshot has to look at its rows, whatever becomes of what is built before; "" where it
// need not.
func (s *settler) goesOn(step *Step, n *link.Node) ([]Cause, string) {
	known := step.Former
	switch {
	case s.opts.Force != "":
		return step.because("forced", s.opts.Force), "asked with " + s.opts.Force + "; a snapshot keeps its history"
	case known == nil:
		return step.because("missing", "state"), s.unrecorded(step) + "; the history that is there goes on"
	case known.Failed:
		return step.because("failed_before", ""), "it failed last time"
	case len(step.Code.Volatile) > 0:
		return step.because("volatile", step.Code.Volatile[0]), fmt.Sprintf("it calls %s, which gives something else in every build", step.Code.Volatile[0])
	}
	if causes, reason := changed(step, known); reason != "" {
		return causes, reason + "; what is recorded stays"
	}
	if why := s.altered(n, known); why != "" {
		s.diags.Warnf(diag.SnapshotAltered, n.Properties().NameSpan, "%s", why).
			Hintf("its history goes on from what is there, if its versions still follow each other")
		return step.because("altered", step.Relation.String()), why
	}
	return s.newInputs(step, known)
}

// recording tells what an update of a snapshot does.
func (s *settler) recording(step *Step) {
	d, spec := s.opts.Dialect, step.History.Spec
	step.Statements = []string{d.CreateTableAs(step.Candidate, step.Query.SQL)}
	add := func(text string) { step.Statements = append(step.Statements, text) }
	for _, fault := range spec.Faults() {
		add(fault.Query)
	}
	columns := s.p.Nodes[s.g.ByID[step.ID].Index].Columns
	if n := len(columns) - len(spec.Added()); n > 0 {
		spec.Stored, spec.Incoming = columns, columns[:n]
		if update, conflicts := spec.Update(); len(conflicts) == 0 {
			for _, fault := range update.Faults {
				add(fault.Query)
			}
			add(update.Count)
			for _, statement := range append(update.Remove, update.Apply...) {
				add(statement)
			}
			step.Statements = append(step.Statements, texts(step.Post)...)
			add(update.Invariant.Query)
		}
	}
	for _, a := range step.Audits {
		if a.Published.Query != nil {
			add(a.Published.Query.SQL)
		}
	}
}

// beginning tells what the first build of a snapshot does: all but the query is as for tables.
func (s *settler) beginning(step *Step) {
	if step.History.First == nil || len(step.Statements) == 0 {
		return
	}
	first := []string{s.opts.Dialect.CreateTableAs(step.Candidate, step.History.First.SQL)}
	for _, fault := range step.History.Spec.Faults() {
		first = append(first, fault.Query)
	}
	step.Statements = append(first, step.Statements[1:]...)
}
