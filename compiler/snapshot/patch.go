package snapshot

import (
	"maps"
	"slices"

	"github.com/quernsql/quern/compiler/cache"
	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/lineage"
	"github.com/quernsql/quern/compiler/relation"
)

// Patch holds the nodes whose columns changed since the snapshot was written, by index. It stands in a
// section of its own, so that the others need not be written again.
type Patch map[int]*check.Node

// encodePatch writes the columns of nodes and where they come from.
func encodePatch(p Patch) []byte {
	var e cache.Encoder
	e.Uint(uint64(len(p)))
	for _, i := range slices.Sorted(maps.Keys(p)) {
		n := p[i]
		e.Uint(uint64(i))
		e.Bool(n.Columns != nil)
		e.Uint(uint64(len(n.Columns)))
		for _, c := range n.Columns {
			e.Text(c.Name)
			e.Text(c.Type)
			e.Byte(byte(c.Nullable))
			e.Text(c.Bare)
		}
		e.Bool(n.Lineage != nil)
		if n.Lineage == nil {
			continue
		}
		e.Uint(uint64(len(n.Lineage.Columns)))
		for _, c := range n.Lineage.Columns {
			e.Byte(byte(c.Kind)<<4 | byte(c.Certainty))
			e.Uint(uint64(len(c.Inputs)))
			for _, in := range c.Inputs {
				e.Uint(uint64(in.Node))
				e.Text(in.Column)
			}
		}
		e.Uint(uint64(len(n.Lineage.Influences)))
		for _, in := range n.Lineage.Influences {
			e.Uint(uint64(in.Node))
			e.Text(in.Column)
			e.Byte(byte(in.Role))
		}
	}
	return e.Bytes()
}

// patch reads the section.
func (d decoder) patch() Patch {
	count := d.Count(4)
	out := make(Patch, count)
	for range count {
		i, n := d.Index(len(d.nodes)), &check.Node{}
		if d.Bool() {
			n.Columns = []relation.Column{}
		}
		for range d.Count(4) {
			n.Columns = append(n.Columns, relation.Column{
				Name: d.Text(), Type: d.Text(), Nullable: relation.Nullable(d.Byte()), Bare: d.Text(),
			})
		}
		if d.Bool() {
			n.Lineage = d.patchedLineage()
		}
		if !d.OK() {
			return nil
		}
		out[i] = n
	}
	return out
}

func (d decoder) patchedLineage() *check.Lineage {
	input := func() check.Input { return check.Input{Node: d.Index(len(d.nodes)), Column: d.Text()} }
	l := &check.Lineage{Columns: make([]check.ColumnLineage, d.Count(2))}
	for k := range l.Columns {
		b, c := d.Byte(), &l.Columns[k]
		c.Kind, c.Certainty = lineage.Kind(b>>4), lineage.Certainty(b&15)
		if c.Kind > lineage.Constant || c.Certainty > lineage.Opaque {
			d.Fail()
		}
		for range d.Count(2) {
			c.Inputs = append(c.Inputs, input())
		}
	}
	for range d.Count(4) {
		in := check.Influence{Input: input(), Role: lineage.Role(d.Byte())}
		if in.Role > lineage.Window {
			d.Fail()
		}
		l.Influences = append(l.Influences, in)
	}
	return l
}

// patched puts what the patch holds in the place of what the other sections say.
func (f *File) patched(v *Value, columns, lineage bool) error {
	var p Patch
	if err := f.part(v, sectionPatch, func(d decoder) { p = d.patch() }); err != nil {
		return err
	}
	for i, n := range p {
		if columns {
			v.shared.checked[i].Columns = n.Columns
		}
		if lineage {
			v.shared.checked[i].Lineage = n.Lineage
		}
	}
	v.patch = p
	return nil
}

// CompleteAll adds to a value all that is known of the nodes that are wanted, nil for all.
func (f *File) CompleteAll(v *Value, wanted []bool) error {
	for _, part := range []struct {
		id   uint32
		read func(decoder)
	}{
		{sectionDeclared, func(d decoder) { d.declared(wanted) }},
		{sectionColumns, func(d decoder) { d.columns(wanted) }},
		{sectionLineage, func(d decoder) { d.lineage(wanted) }},
	} {
		if err := f.part(v, part.id, part.read); err != nil {
			return err
		}
	}
	return f.patched(v, true, true)
}

// Patched gives the patch of a value with more nodes, as they are now.
func (v *Value) Patched(nodes []int) Patch {
	out := make(Patch, len(v.patch)+len(nodes))
	for i := range v.patch {
		out[i] = &v.Program.Nodes[i]
	}
	for _, i := range nodes {
		out[i] = &v.Program.Nodes[i]
	}
	return out
}
