package snapshot

import (
	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/lineage"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
)

// declared reads the columns that files declare.
func (d decoder) declared() {
	block := make([]project.Column, 0, d.Count(4))
	for _, n := range d.nodes {
		n.Properties().Columns = d.declaredColumns(&block)
		if n.Kind == link.Source {
			n.Source.ColumnsComplete = d.Bool()
			locked := d.Bool()
			n.Source.Locked = d.declaredColumns(&block)
			if locked && n.Source.Locked == nil {
				n.Source.Locked = []project.Column{}
			}
		}
		if !d.OK() {
			return
		}
	}
}

func (d decoder) declaredColumns(block *[]project.Column) []project.Column {
	n := d.Count(4)
	if n == 0 || n > cap(*block)-len(*block) {
		if n != 0 {
			d.Fail()
		}
		return nil
	}
	begin := len(*block)
	*block = (*block)[:begin+n]
	out := (*block)[begin : begin+n : begin+n]
	for i := range out {
		out[i].Name, out[i].Type, out[i].Description = d.word(), d.word(), d.word()
		flags := d.Byte()
		out[i].Native, out[i].Sensitive = flags&1 != 0, flags&2 != 0
	}
	return out
}

// columns writes the columns of nodes as they were bound.
func (e *encoder) columns() []byte {
	s := &section{encoder: e}
	total := 0
	for i := range e.v.Program.Nodes {
		total += len(e.v.Program.Nodes[i].Columns)
	}
	s.Grow(6 * total)
	s.Uint(uint64(total))
	for i := range e.v.Program.Nodes {
		n := &e.v.Program.Nodes[i]
		s.word(n.Unchecked)
		if n.Columns == nil {
			s.Uint(0)
			continue
		}
		s.Uint(uint64(len(n.Columns)) + 1)
		for _, c := range n.Columns {
			s.word(c.Name)
			s.word(c.Type)
			s.Byte(byte(c.Nullable))
		}
	}
	return s.Bytes()
}

func (d decoder) columns() {
	block := make([]relation.Column, 0, d.Count(3))
	for i := range d.checked {
		out := &d.checked[i]
		out.Unchecked = d.word()
		n := d.Uint()
		if n == 0 {
			continue
		}
		if n--; n > uint64(cap(block)-len(block)) {
			d.Fail()
			return
		}
		begin := len(block)
		block = block[:begin+int(n)]
		out.Columns = block[begin:len(block):len(block)]
		for k := range out.Columns {
			c := &out.Columns[k]
			c.Name, c.Type, c.Nullable = d.word(), d.word(), relation.Nullable(d.Byte())
			if c.Nullable > relation.NeverNull {
				d.Fail()
				return
			}
		}
	}
}

// lineage writes where the columns of nodes come from.
func (e *encoder) lineage() []byte {
	s := &section{encoder: e}
	s.Grow(1 << 20)
	for i := range e.v.Program.Nodes {
		l := e.v.Program.Nodes[i].Lineage
		if l == nil {
			s.Uint(0)
			continue
		}
		s.Uint(uint64(len(l.Columns)) + 1)
		for _, c := range l.Columns {
			s.Byte(byte(c.Kind)<<4 | byte(c.Certainty))
			s.Uint(uint64(len(c.Inputs)))
			for _, in := range c.Inputs {
				s.Uint(uint64(in.Node))
				s.word(in.Column)
			}
		}
		s.Uint(uint64(len(l.Influences)))
		for _, in := range l.Influences {
			s.Uint(uint64(in.Node))
			s.word(in.Column)
			s.Byte(byte(in.Role))
		}
	}
	return s.Bytes()
}

func (d decoder) lineage() {
	for i := range d.checked {
		n := d.Uint()
		if n == 0 {
			continue
		}
		if n--; n > uint64(d.Left())/2 {
			d.Fail()
			return
		}
		l := &check.Lineage{Columns: make([]check.ColumnLineage, n)}
		for k := range l.Columns {
			d.column(&l.Columns[k])
		}
		if n := d.Count(3); n > 0 {
			l.Influences = make([]check.Influence, n)
		}
		for k := range l.Influences {
			l.Influences[k] = check.Influence{Input: d.input(), Role: lineage.Role(d.Byte())}
			if l.Influences[k].Role > lineage.Window {
				d.Fail()
			}
		}
		d.checked[i].Lineage = l
		if !d.OK() {
			return
		}
	}
}

func (d decoder) column(c *check.ColumnLineage) {
	b := d.Byte()
	c.Kind, c.Certainty = lineage.Kind(b>>4), lineage.Certainty(b&15)
	if c.Kind > lineage.Constant || c.Certainty > lineage.Opaque {
		d.Fail()
		return
	}
	if n := d.Count(2); n > 0 {
		c.Inputs = make([]check.Input, n)
	}
	for k := range c.Inputs {
		c.Inputs[k] = d.input()
	}
}

func (d decoder) input() check.Input {
	return check.Input{Node: d.Index(len(d.nodes)), Column: d.word()}
}
