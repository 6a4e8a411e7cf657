package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/source"
)

// fillHint says how columns get into a contract.
const fillHint = `run "quern compile --write-columns", which writes what the model has`

// contract compares what a model under an enforced contract has with what it declares. A reader of what
// is missing would only repeat the error, so the model is broken then.
func (c *checker) contract(n *link.Node, out *Node) diag.List {
	if n.Kind != link.Model || !n.Model.Contract.Enforced {
		return nil
	}
	m := n.Model
	if incomplete := c.incomplete(m, out); incomplete != nil {
		return incomplete
	}
	t := terms{checker: c, model: m, node: out}
	t.compare()
	if len(t.differences) == 0 {
		return t.notChecked()
	}
	out.Broken = out.Broken || t.breaks
	return diag.List{t.report()}
}

// incomplete reports that a contract does not say what the columns are.
func (c *checker) incomplete(m *project.Model, out *Node) diag.List {
	var diags diag.List
	if len(m.Columns) == 0 {
		d := diags.Errorf(diag.ContractColumns, m.Contract.Span, "the contract of %q has no columns", m.Name).Hintf(fillHint)
		if out.Columns == nil {
			d.Hintf("write down its columns; the model is not checked, so that Quern does not know them")
		}
		return diags
	}
	known := indexColumns(out.Columns)
	for _, col := range m.Columns {
		if col.Type == "" {
			d := diags.Errorf(diag.ContractColumns, col.Span, "the contract of %q gives no type for the column %q", m.Name, col.Name).
				Hintf(fillHint)
			if i := known.find(col.Name); i < 0 || out.Columns[i].Type == "" {
				d.Hintf("write its type, as in type: int64; nothing tells it before the model is built")
			}
		}
	}
	return diags
}

// assume takes the columns of an enforced contract for those of a model that could not be checked, so
// that what reads it can be. It reports whether it could.
func (c *checker) assume(n *link.Node, out *Node) (diag.List, bool) {
	if n.Kind != link.Model || !n.Model.Contract.Enforced {
		return nil, false
	}
	m := n.Model
	if incomplete := c.incomplete(m, out); incomplete != nil {
		return incomplete, false
	}
	out.Columns = c.typed(m.Columns)
	var diags diag.List
	diags.Warnf(diag.ContractUnchecked, m.Contract.Span, "the contract of %q is not checked: %s", m.Name, out.Unchecked).
		Hintf("its readers are checked against the columns it declares")
	return diags, true
}

// terms compares the two sides of a contract.
type terms struct {
	*checker
	model       *project.Model
	node        *Node
	differences []difference
	// breaks says that readers cannot be checked with what the model has.
	breaks bool
	// untyped says that the types of the model are not known.
	untyped bool
}

// difference is a line of what a contract and its model disagree upon.
type difference struct {
	column       string
	declared, is string
	at           source.Span
	say, hint    string
}

func (t *terms) compare() {
	has := indexColumns(t.node.Columns)
	declared := make(map[string]bool, len(t.model.Columns))
	for _, col := range t.model.Columns {
		declared[strings.ToLower(col.Name)] = true
		i := has.find(col.Name)
		if i < 0 {
			t.missing(col)
			continue
		}
		t.typeOf(col, t.node.Columns[i])
		t.nullable(col, t.node.Columns[i])
	}
	for _, col := range t.node.Columns {
		if !declared[strings.ToLower(col.Name)] {
			t.extra(col)
		}
	}
	if len(t.differences) == 0 {
		t.order()
	}
}

func (t *terms) missing(col project.Column) {
	t.breaks = true
	spelled, _ := t.columnType(col)
	d := difference{column: col.Name, declared: or(spelled, col.Type), is: "missing", at: col.Span}
	d.say = fmt.Sprintf("%q has no column %q, which its contract declares", t.model.Name, col.Name)
	d.hint = "select it, or remove it from the contract"
	if near := diag.Nearest(col.Name, t.undeclared()); near != "" {
		d.hint = fmt.Sprintf("did you mean %q?", near)
	}
	t.differences = append(t.differences, d)
}

// undeclared gives the model's columns that the contract does not have.
func (t *terms) undeclared() []string {
	var out []string
	for _, col := range t.node.Columns {
		if !slices.ContainsFunc(t.model.Columns, func(d project.Column) bool { return strings.EqualFold(d.Name, col.Name) }) {
			out = append(out, col.Name)
		}
	}
	return out
}

func (t *terms) extra(col relation.Column) {
	d := difference{column: col.Name, declared: "not declared", is: or(col.Type, "there")}
	d.at = t.program.item(t.node, col.Name, t.model.Contract.Span)
	d.say = fmt.Sprintf("%q has the column %q, which its contract does not declare", t.model.Name, col.Name)
	d.hint = "declare it, or do not select it; " + `"quern compile --write-columns" writes it down`
	t.differences = append(t.differences, d)
}

func (t *terms) typeOf(declared project.Column, has relation.Column) {
	want, ok := t.columnType(declared)
	if has.Type == "" {
		t.untyped = true
		return
	}
	if !ok || t.sameType(want, has.Type) {
		return // what is no type is reported already
	}
	t.breaks = true
	d := difference{column: declared.Name, declared: want, is: has.Type, at: declared.TypeSpan}
	d.say = fmt.Sprintf("the column %q of %q is %s, and its contract declares %s", has.Name, t.model.Name, has.Type, want)
	if !strings.EqualFold(want, declared.Type) {
		d.say += fmt.Sprintf(" (%s)", declared.Type)
	}
	d.hint = fmt.Sprintf("cast it in the query, or declare %s", t.declarable(has.Type))
	t.differences = append(t.differences, d)
}

// sameType compares two spellings of a type. Case counts in texts alone, such as the values of an enum.
func (c *checker) sameType(a, b string) bool {
	if name, ok := c.env.Dialect.NativeType(b); ok {
		b = name
	}
	return a == b || !strings.Contains(a, "'") && strings.EqualFold(a, b)
}

// declarable gives a type as a project would declare it.
func (c *checker) declarable(native string) string {
	if logical, ok := c.env.Dialect.LogicalType(native); ok {
		return logical
	}
	return "native_type: " + native
}

func (t *terms) nullable(declared project.Column, has relation.Column) {
	if declared.Nullable != relation.NeverNull || has.Nullable == relation.NeverNull {
		return
	}
	d := difference{column: declared.Name, declared: "never NULL", is: "may be NULL", at: declared.NullableSpan}
	d.say = fmt.Sprintf("the column %q of %q may be NULL, and its contract declares that it is not", has.Name, t.model.Name)
	d.hint = "let its test not_null block, or remove nullable: false"
	t.differences = append(t.differences, d)
}

// order compares the order of columns that are otherwise the same.
func (t *terms) order() {
	for i, col := range t.model.Columns {
		if i >= len(t.node.Columns) {
			return // one column is declared twice
		}
		has := t.node.Columns[i]
		if strings.EqualFold(has.Name, col.Name) {
			continue
		}
		t.differences = append(t.differences, difference{
			at:   col.Span,
			say:  fmt.Sprintf("the columns of %q stand in another order than in its contract", t.model.Name),
			hint: fmt.Sprintf("column %d is %q, and the contract has %q there; select in the order of the contract, or reorder it", i+1, has.Name, col.Name),
		})
		return
	}
}

func (t *terms) report() *diag.Diagnostic {
	var list diag.List
	first := t.differences[0]
	if len(t.differences) == 1 {
		return list.Errorf(diag.ContractBroken, first.at, "%s", first.say).Hinted(first.hint)
	}
	rows := [][]string{{"column", "declared", "is"}}
	for _, d := range t.differences {
		rows = append(rows, []string{d.column, d.declared, d.is})
	}
	return list.Errorf(diag.ContractBroken, first.at, "%q is not as its contract says:\n%s", t.model.Name, aligned(rows)).
		Hintf("change the query or the contract; they have to agree")
}

// notChecked says that what could be compared agrees, but not all could be.
func (t *terms) notChecked() diag.List {
	if !t.untyped {
		return nil
	}
	var diags diag.List
	diags.Warnf(diag.ContractUnchecked, t.model.Contract.Span, "the types in the contract of %q are not checked", t.model.Name).
		Hintf("this target tells no types before anything runs; the names are as declared")
	return diags
}

// aligned writes rows with their columns below each other.
func aligned(rows [][]string) string {
	var widths [3]int
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], len([]rune(cell)))
		}
	}
	var b strings.Builder
	for _, row := range rows {
		line := ""
		for i, cell := range row {
			line += cell + strings.Repeat(" ", widths[i]-len([]rune(cell))+2)
		}
		b.WriteString("  " + strings.TrimRight(line, " ") + "\n")
	}
	return strings.TrimRight(b.String(), "\n")
}
