// Package snapshot writes a compiled project in the flat encoding of package cache, and reads it back.
//
// It takes a project without errors. What it gives back holds what listings, selections, lineage and
// diagnostics read: nodes with their names, configurations and edges, columns and where they come from.
// It holds no SQL, no templates and none of the project's settings: these are in quern.yml, which is
// read again, and their values may be secret. It refuses data that is damaged.
package snapshot

import (
	"errors"

	"github.com/quernsql/quern/compiler/cache"
	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
)

// Value is a compiled project.
type Value struct {
	Graph   *link.Graph
	Program *check.Program
	Diags   diag.List
	// Facts are what the project is as a whole.
	Facts
	// HasSQL says, per node, whether it has a query.
	HasSQL []bool

	// Of a value that was read.
	shared *shared
	patch  Patch
}

// Facts are what is known of a compiled project as a whole.
type Facts struct {
	// ID names what was compiled: no other compile has it.
	ID cache.Digest
	// Bound says that nodes were checked against their parents' columns.
	Bound bool
	// Plain says that binding had nothing to say, and that nothing depends on it: without it the
	// diagnostics and the nodes are the same.
	Plain bool
	// Timed says that some SQL holds the time of the run.
	Timed bool
	// Models and Tests count those that have a query.
	Models, Tests int
	// Unchecked are the models with a query that could not be checked.
	Unchecked []Unchecked
}

// Unchecked is a model that could not be checked.
type Unchecked struct {
	ID, Reason string
}

// Count sets what is counted of a compiled project.
func (f *Facts) Count(g *link.Graph, p *check.Program, hasSQL []bool) {
	f.Models, f.Tests, f.Unchecked = 0, 0, nil
	for i, n := range g.Nodes {
		switch {
		case !hasSQL[i]:
		case n.Kind == link.Test:
			f.Tests++
		default:
			f.Models++
			if reason := p.Nodes[i].Unchecked; reason != "" {
				f.Unchecked = append(f.Unchecked, Unchecked{string(n.ID), reason})
			}
		}
	}
}

// The sections of a file.
const (
	sectionFacts uint32 = iota + 1
	sectionRecord
	sectionGraph
	sectionDeclared
	sectionDiags
	sectionColumns
	sectionLineage
	sectionModels
	sectionPatch
)

// errDamaged says that data is no snapshot.
var errDamaged = errors.New("the snapshot is damaged")

// Parts says which parts of a snapshot to read.
type Parts struct {
	// Declared are the columns that files declare.
	Declared bool
	// Columns are the columns of nodes; without them, and where nothing was bound, they are those that
	// the project declares to be all.
	Columns bool
	// Lineage says where columns come from.
	Lineage bool
	// ByID fills the graph's index by id.
	ByID bool
}

// Encode writes a value and what it was made from.
func Encode(v *Value, record *cache.Record) []cache.Section {
	e := newEncoder(v, record)
	sections := []cache.Section{
		{ID: sectionFacts, Data: encodeFacts(v.Facts)},
		{ID: sectionRecord, Data: encodeRecord(record)},
		{ID: sectionDiags, Data: encodeDiags(v.Diags, record)},
		{ID: sectionModels, Data: encodeModels(v)},
		{ID: sectionDeclared, Data: e.declared()},
		{ID: sectionPatch, Data: encodePatch(nil)},
	}
	if v.Bound {
		sections = append(sections,
			cache.Section{ID: sectionColumns, Data: e.columns()},
			cache.Section{ID: sectionLineage, Data: e.lineage()},
		)
	}
	// Last, because the others add to the words and files it begins with.
	return append(sections, cache.Section{ID: sectionGraph, Data: e.graph()})
}

func encodeFacts(f Facts) []byte {
	var e cache.Encoder
	e.Digest(f.ID)
	e.Bool(f.Bound)
	e.Bool(f.Plain)
	e.Bool(f.Timed)
	e.Uint(uint64(f.Models))
	e.Uint(uint64(f.Tests))
	e.Uint(uint64(len(f.Unchecked)))
	for _, u := range f.Unchecked {
		e.Text(u.ID)
		e.Text(u.Reason)
	}
	return e.Bytes()
}

func encodeRecord(r *cache.Record) []byte {
	var e cache.Encoder
	r.Encode(&e)
	return e.Bytes()
}

// File is an open snapshot.
type File struct {
	file *cache.File
	Facts
	Record *cache.Record
	// Keep says that somebody else closes the file.
	Keep bool
}

// Open opens a snapshot; the caller closes it.
func Open(name string, stamp cache.Digest) (*File, error) {
	file, err := cache.Open(name, stamp)
	if err != nil {
		return nil, err
	}
	f := &File{file: file}
	if err := f.head(); err != nil {
		_ = file.Close() // it was only read
		return nil, err
	}
	return f, nil
}

func (f *File) head() error {
	facts, err := f.section(sectionFacts)
	if err != nil {
		return err
	}
	f.Facts = Facts{ID: facts.Digest(), Bound: facts.Bool(), Plain: facts.Bool(), Timed: facts.Bool()}
	f.Models, f.Tests = int(facts.Uint()), int(facts.Uint())
	for range facts.Count(2) {
		f.Unchecked = append(f.Unchecked, Unchecked{facts.Text(), facts.Text()})
	}
	record, err := f.section(sectionRecord)
	if err != nil {
		return err
	}
	f.Record = cache.DecodeRecord(record)
	if !facts.Done() || f.Record == nil {
		return errDamaged
	}
	return nil
}

func (f *File) section(id uint32) (*cache.Decoder, error) {
	data, err := f.file.Section(id)
	if err != nil {
		return nil, err
	}
	d := cache.NewDecoder(data)
	return &d, nil
}

// Close closes the file.
func (f *File) Close() error { return f.file.Close() }

// Changed gives the sections of the file with another record and, where that is what changed, other facts,
// diagnostics and columns. The file must be open until they are written.
func (f *File) Changed(record *cache.Record, facts Facts, diags *diag.List, patch Patch) []cache.Section {
	sections := f.file.Sections()
	for i := range sections {
		s := &sections[i]
		switch {
		case s.ID == sectionRecord:
			s.Replace(encodeRecord(record))
		case s.ID == sectionFacts:
			s.Replace(encodeFacts(facts))
		case s.ID == sectionPatch && patch != nil:
			s.Replace(encodePatch(patch))
		case s.ID == sectionDiags && diags != nil:
			s.Replace(encodeDiags(*diags, record))
		}
	}
	return sections
}

// Config gives what the project's own files say. Env says how templates are rendered.
type Config struct {
	Project *project.Project
	Env     check.Env
	// Read gives the text of a file of the project, by its path.
	Read func(path string) string
}
