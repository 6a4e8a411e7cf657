package plan

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/increment"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/scd"
	"github.com/quernsql/quern/compiler/source"
)

// Refusal says why rows cannot come into a table that is there.
type Refusal struct {
	Code          diag.Code
	At            source.Span
	Message, Hint string
}

// ColumnsRefused is that of rows whose columns the table of an incremental model cannot take.
func ColumnsRefused(s *Step, e *increment.SchemaError) Refusal {
	hint := "build it anew with " + FullRefresh + ", or set on_schema_change: append_new_columns, sync_all_columns or ignore"
	if e.Needed != "" || e.Loses != "" {
		hint = "build it anew with " + FullRefresh
	}
	at := s.Growth.SchemaAt
	if needed := s.Growth.NeededAt[strings.ToLower(e.Needed)]; e.Needed != "" && !needed.IsZero() {
		at = needed
	}
	return Refusal{diag.ColumnsChange, at, fmt.Sprintf("no new rows come into %q: %s", s.ID.Name(), e), hint}
}

// HistoryRefused is that of rows whose columns a snapshot cannot keep together with those that it has.
func HistoryRefused(s *Step, conflicts []scd.Conflict) Refusal {
	messages := make([]string, len(conflicts))
	for i, c := range conflicts {
		messages[i] = c.Message
	}
	at := cmp.Or(s.History.At["materialized"], s.Span)
	if named := s.History.Columns[strings.ToLower(conflicts[0].Column)]; !named.IsZero() {
		at = named
	}
	message := fmt.Sprintf("the snapshot %q cannot go on: %s", s.ID.Name(), strings.Join(messages, ";\n"))
	return Refusal{diag.SnapshotRefused, at, message, conflicts[0].Hint}
}

// columnChanges tells what an update does about columns that the table and the new rows do not have alike. It stops
// the plan where the rows cannot come in for certain.
func (s *settler) columnChanges(step *Step) {
	shape := s.existing[step.Relation.Fold()]
	if step.Action != Update || shape.Fields == nil || !step.brings() {
		return
	}
	columns, known := s.columns(step)
	if !known {
		if s.isOtherQuery(step) {
			step.decidedThere()
		}
		return
	}
	words, refusal := s.changes(step, shape.Fields, columns)
	switch {
	case words == nil && refusal == nil:
	case !s.readsAsCompiled(step.Reads):
		step.decidedThere()
	case refusal == nil:
		step.Columns = words
		step.tell(words...)
	case s.surely(step):
		s.diags.Errorf(refusal.Code, refusal.At, "%s", refusal.Message).Hintf("%s", refusal.Hint)
	default:
		step.tell("then " + strings.ReplaceAll(refusal.Message, "\n", " "))
	}
}

// brings reports whether an update has rows to bring in at all, as far as that is known.
func (s *Step) brings() bool {
	return !s.LoadsNothing() && (s.Growth == nil || s.Growth.Known.Batches == nil || len(s.Growth.Batches) > 0)
}

// tell adds to a step's reason what becomes of its columns.
func (s *Step) tell(words ...string) {
	between := ", "
	if s.History != nil {
		between = "; "
	}
	s.Reason += "; " + strings.Join(words, between)
	for _, word := range words {
		s.Because = append(s.Because, Cause{What: "column", Node: s.ID, Detail: word})
	}
}

// decidedThere tells that nobody knows yet which columns the new rows have.
func (s *Step) decidedThere() { s.tell("what becomes of its columns is decided when it runs") }

// isOtherQuery reports whether what gives the new rows is not what gave the last ones.
func (s *settler) isOtherQuery(step *Step) bool {
	known := step.Former
	return known != nil && (known.Code != step.Code.Digest || step.Growth != nil && (known.Growth == nil || known.Growth.Code != step.Growth.Known.Code))
}

// columns gives those of the rows that come in, where the compiler knows all of them with their types.
func (s *settler) columns(step *Step) ([]relation.Column, bool) {
	node := s.p.Nodes[s.g.ByID[step.ID].Index]
	columns := node.Columns
	if node.Grows != nil {
		columns = node.Grows
	}
	if step.History != nil {
		columns = columns[:max(len(columns)-len(step.History.Spec.Added()), 0)]
	}
	untyped := slices.ContainsFunc(columns, func(c relation.Column) bool { return c.Type == "" })
	return columns, len(columns) > 0 && node.Unchecked == "" && !untyped
}

// changes says what becomes of columns, or why the rows cannot come in.
func (s *settler) changes(step *Step, stored, incoming []relation.Column) ([]string, *Refusal) {
	if step.History != nil {
		spec := step.History.Spec
		spec.Stored, spec.Incoming = s.spelled(stored), s.spelled(incoming)
		update, conflicts := spec.Update()
		if len(conflicts) > 0 {
			refusal := HistoryRefused(step, conflicts)
			return nil, &refusal
		}
		return update.Notes, nil
	}
	spec := step.Growth.Spec
	spec.Table, spec.Columns = s.spelled(stored), s.spelled(incoming)
	changes, err := spec.Changes(s.opts.Dialect)
	if e, ok := errors.AsType[*increment.SchemaError](err); ok {
		refusal := ColumnsRefused(step, e)
		return nil, &refusal
	}
	// What stays as it is was told when rows with these columns came in for the first time.
	told := step.Former != nil && step.Former.Incoming == engine.HashColumns(incoming)
	var words []string
	for _, change := range changes {
		if change.Alters || !told {
			words = append(words, change.Words)
		}
	}
	return words, nil
}

// spelled gives columns with types as the engine's catalog spells them.
func (s *settler) spelled(columns []relation.Column) []relation.Column {
	out := slices.Clone(columns)
	for i, c := range out {
		if native, ok := s.opts.Dialect.NativeType(c.Type); ok {
			out[i].Type = native
		}
	}
	return out
}

// surely reports whether a step that nobody refuses does what it does: its action is certain, or follows from other
// columns of what it reads, which are a change whatever the rows are.
func (s *settler) surely(step *Step) bool {
	return len(step.If) == 0 || slices.ContainsFunc(step.If, func(id project.ID) bool {
		on := s.steps[id]
		return on != nil && on.ID != step.ID && s.surely(on) && !s.isShaped(id) && s.isAsCompiled(id)
	})
}

// isShaped reports whether the relation of a node that is there has the columns that the compiler knows.
func (s *settler) isShaped(id project.ID) bool {
	node := s.p.Nodes[s.g.ByID[id].Index]
	shape, there := s.existing[node.Relation.Fold()]
	if !there || node.Columns == nil || node.Unchecked != "" {
		return false
	}
	return shape.Columns == engine.HashColumns(node.Columns) || shape.Columns == engine.HashColumns(s.spelled(node.Columns))
}

func (s *settler) readsAsCompiled(reads []project.ID) bool {
	return !slices.ContainsFunc(reads, func(id project.ID) bool { return !s.isAsCompiled(id) })
}

// isAsCompiled reports whether what a node gives when it is read has the columns that the compiler knows. It does not
// where it is not built, and is there with others, or keeps others by its own rules.
func (s *settler) isAsCompiled(id project.ID) bool {
	is, ok := s.compiled[id]
	if ok {
		return is
	}
	if s.compiled == nil {
		s.compiled = map[project.ID]bool{}
	}
	s.compiled[id] = false // of a model that reads itself
	n := s.g.ByID[id]
	step := s.steps[id]
	_, ofBase := s.opts.Base[id]
	switch {
	case n.Kind == link.Source && n.Source.Files != "":
		is = s.p.Nodes[n.Index].Unchecked == ""
	case n.Kind == link.Model && isView(n):
		is = s.readsAsCompiled(s.reads(n)) && (step != nil || ofBase || s.isShaped(id))
	case ofBase:
		is = n.Kind != link.Model || n.Model.Materialized == project.Table
	case step == nil || !step.Builds() || !s.surely(step):
		is = s.isShaped(id)
	case step.Action == Update && (step.History != nil || step.Growth.Spec.OnSchemaChange != increment.SyncAllColumns):
		is = s.isShaped(id)
	default:
		is = s.readsAsCompiled(step.Reads)
	}
	s.compiled[id] = is
	return is
}
