package snapshot

import (
	"github.com/quernsql/quern/compiler/cache"
	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/lineage"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
)

// declared reads the columns that files declare.
func (d decoder) declared(wanted []bool) {
	total := d.Count(4)
	if wanted != nil {
		total = 0
	}
	block := make([]project.Column, 0, total)
	d.table(wanted, func(d decoder, i int) {
		n := d.nodes[i]
		n.Properties().Columns = d.declaredColumns(&block)
		if n.Kind == link.Source {
			n.Source.ColumnsComplete = d.Bool()
			locked := d.Bool()
			n.Source.Locked = d.declaredColumns(&block)
			if locked && n.Source.Locked == nil {
				n.Source.Locked = []project.Column{}
			}
		}
	})
}

func (d decoder) declaredColumns(block *[]project.Column) []project.Column {
	n := d.Uint()
	if n == 0 {
		return nil
	}
	out := take(d, block, n, 4)
	for i := range out {
		out[i].Name, out[i].Type, out[i].Description = d.word(), d.word(), d.word()
		flags := d.Byte()
		out[i].Native, out[i].Sensitive = flags&1 != 0, flags&2 != 0
	}
	return out
}

// table writes values of nodes so that each can be read by itself: the number of their parts, a place
// per node, and the values.
type table struct {
	section
	places cache.Encoder
	parts  uint64
}

func (t *table) next() { t.places.Fixed(uint32(t.Len())) }

func (t *table) bytes() []byte {
	var out cache.Encoder
	out.Grow(t.places.Len() + t.Len() + 10)
	out.Uint(t.parts)
	out.Append(t.places.Bytes())
	out.Append(t.section.Bytes())
	return out.Bytes()
}

// table reads a table: all of it, or the values of the nodes that are wanted.
func (d decoder) table(wanted []bool, each func(d decoder, i int)) {
	places := *d.Decoder
	d.Skip(4 * len(d.nodes))
	values := *d.Decoder
	for i := range d.nodes {
		at := places.Fixed()
		switch {
		case wanted == nil:
			each(d, i)
		case wanted[i]:
			value := values
			value.Skip(int(at))
			each(decoder{&value, d.shared}, i)
			if !value.OK() {
				d.Fail()
			}
		}
		if !d.OK() {
			return
		}
	}
	if wanted != nil {
		d.Skip(d.Left())
	}
}

// columns writes the columns of nodes as they were bound.
func (e *encoder) columns() []byte {
	t := &table{section: section{encoder: e}}
	for i := range e.v.Program.Nodes {
		n := &e.v.Program.Nodes[i]
		t.next()
		if n.Columns == nil {
			t.Uint(0)
			continue
		}
		t.parts += uint64(len(n.Columns))
		t.Uint(uint64(len(n.Columns)) + 1)
		for _, c := range n.Columns {
			t.word(c.Name)
			t.word(c.Type)
			t.Byte(byte(c.Nullable))
			t.word(c.Bare)
		}
	}
	return t.bytes()
}

func (d decoder) columns(wanted []bool) {
	total := d.Count(4)
	if wanted != nil {
		total = 0
	}
	block := make([]relation.Column, 0, total)
	d.table(wanted, func(d decoder, i int) {
		out := &d.checked[i]
		out.Columns = nil
		if n := d.Uint(); n > 0 {
			out.Columns = take(d, &block, n-1, 4)
		}
		for k := range out.Columns {
			c := &out.Columns[k]
			c.Name, c.Type, c.Nullable = d.word(), d.word(), relation.Nullable(d.Byte())
			c.Bare = d.word()
			if c.Nullable > relation.NeverNull {
				d.Fail()
			}
		}
	})
}

// take takes n values of at least so many bytes from a block, or makes them where it has too few left.
func take[T any](d decoder, block *[]T, n uint64, least int) []T {
	begin := len(*block)
	switch {
	case n > uint64(d.Left())/uint64(least):
		d.Fail()
		return nil
	case n > uint64(cap(*block)-begin):
		return make([]T, n)
	}
	*block = (*block)[:begin+int(n)]
	return (*block)[begin : begin+int(n) : begin+int(n)]
}

// lineage writes where the columns of nodes come from.
func (e *encoder) lineage() []byte {
	t := &table{section: section{encoder: e}}
	t.Grow(1 << 20)
	for i := range e.v.Program.Nodes {
		l := e.v.Program.Nodes[i].Lineage
		t.next()
		if l == nil {
			t.Uint(0)
			continue
		}
		t.Uint(uint64(len(l.Columns)) + 1)
		for _, c := range l.Columns {
			t.Byte(byte(c.Kind)<<4 | byte(c.Certainty))
			t.Uint(uint64(len(c.Inputs)))
			t.parts += uint64(len(c.Inputs))
			for _, in := range c.Inputs {
				t.Uint(uint64(in.Node))
				t.word(in.Column)
			}
		}
		t.Uint(uint64(len(l.Influences)))
		for _, in := range l.Influences {
			t.Uint(uint64(in.Node))
			t.word(in.Column)
			t.Byte(byte(in.Role))
		}
	}
	return t.bytes()
}

func (d decoder) lineage(wanted []bool) {
	total := d.Count(2)
	if wanted != nil {
		total = 0
	}
	block := make([]check.Input, 0, total)
	d.table(wanted, func(d decoder, i int) {
		n := d.Uint()
		if n == 0 {
			return
		}
		if n--; n > uint64(d.Left())/2 {
			d.Fail()
			return
		}
		l := &check.Lineage{Columns: make([]check.ColumnLineage, n)}
		for k := range l.Columns {
			d.column(&l.Columns[k], &block)
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
	})
}

func (d decoder) column(c *check.ColumnLineage, block *[]check.Input) {
	b := d.Byte()
	c.Kind, c.Certainty = lineage.Kind(b>>4), lineage.Certainty(b&15)
	if c.Kind > lineage.Constant || c.Certainty > lineage.Opaque {
		d.Fail()
		return
	}
	if n := d.Uint(); n > 0 {
		c.Inputs = take(d, block, n, 2)
	}
	for k := range c.Inputs {
		c.Inputs[k] = d.input()
	}
}

func (d decoder) input() check.Input {
	return check.Input{Node: d.Index(len(d.nodes)), Column: d.word()}
}
