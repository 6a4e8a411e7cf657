package snapshot

import (
	"slices"

	"github.com/quernsql/quern/compiler/cache"
	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/template"
)

// Known is what has to stay as it is when a model's file changes, so that nothing but its query is to be
// looked at again.
type Known struct {
	// Apart says that nothing else is made of the model's query.
	Apart bool
	// Body is where the query begins in the file, Head the digest of what stands before it.
	Body int
	Head cache.Digest
	// Reads is the digest of what the template reads.
	Reads cache.Digest
}

// knownOf gives what is known of a model.
func knownOf(g *link.Graph, p *check.Program, n *link.Node) Known {
	m := n.Model
	k := Known{Body: m.Body.Start, Head: Head(m.File.Contents(), m.Body.Start), Reads: Reads(n.Unit)}
	ephemeral := func(i int) bool { return g.Nodes[i].IsEphemeral() }
	k.Apart = p.Nodes[n.Index].Enabled && p.Nodes[n.Index].SQL != nil && len(m.DependsOn) == 0 &&
		len(m.Hooks.Pre)+len(m.Hooks.Post) == 0 &&
		!m.Contract.Enforced && m.Materialized != project.External &&
		m.Materialized != project.Incremental && m.Materialized != project.Snapshot &&
		!ephemeral(n.Index) && !slices.ContainsFunc(n.Parents, ephemeral)
	return k
}

// Head gives the digest of what stands before a model's query.
func Head(text string, body int) cache.Digest { return cache.Sum([]byte(text[:min(body, len(text))])) }

// Reads gives the digest of what a template reads.
func Reads(u *template.Unit) cache.Digest {
	if u == nil {
		return cache.Digest{}
	}
	var e cache.Encoder
	for _, ref := range u.Refs {
		e.Text(ref.Name)
	}
	e.Byte(0xff)
	for _, ref := range u.Sources {
		e.Text(ref.Source)
		e.Text(ref.Table)
	}
	for _, list := range [][]string{u.Vars, u.EnvVars, u.Macros} {
		e.Byte(0xff)
		for _, name := range list {
			e.Text(name)
		}
	}
	for _, flag := range []bool{u.This, u.Incremental, u.RunTime, u.Batch} {
		e.Bool(flag)
	}
	return cache.Sum(e.Bytes())
}

// encodeModels writes what is known of models, in their order.
func encodeModels(v *Value) []byte {
	var e cache.Encoder
	for _, n := range v.Graph.Nodes {
		if n.Kind != link.Model {
			continue
		}
		k := knownOf(v.Graph, v.Program, n)
		e.Bool(k.Apart)
		e.Fixed(uint32(k.Body))
		e.Digest(k.Head)
		e.Digest(k.Reads)
	}
	return e.Bytes()
}

// knownSize is that of an entry.
const knownSize = 1 + 4 + 2*len(cache.Digest{})

// Known gives what is known of models, in the order of their nodes.
func (f *File) Known() (func(i int) (Known, bool), error) {
	section, err := f.section(sectionModels)
	if err != nil {
		return nil, err
	}
	return func(i int) (Known, bool) {
		d := *section
		d.Skip(i * knownSize)
		k := Known{Apart: d.Bool(), Body: int(d.Fixed()), Head: d.Digest(), Reads: d.Digest()}
		return k, d.OK()
	}, nil
}
