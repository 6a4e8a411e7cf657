package check

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/explain"
	"github.com/quernsql/quern/compiler/lineage"
	"github.com/quernsql/quern/compiler/link"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
)

// sourceColumns gives the columns of a source where the project says that it knows all of them. Of files
// that can be read here they are those of the files, as a build reads them.
func (c *checker) sourceColumns(s *project.Source) []relation.Column {
	if s.ColumnsComplete {
		return c.typed(s.Columns)
	}
	if s.Files != "" && c.env.Describer != nil && c.env.Files != nil {
		return nil
	}
	return c.typed(s.Locked)
}

// source finds out the columns of a source: those the project says are all, else those of its files, else
// those that are locked.
func (w *bindWorker) source(ctx context.Context, n *link.Node, out *Node) error {
	out.Unchecked = ""
	if out.Columns == nil {
		if err := w.scan(ctx, n, out); err != nil {
			return err
		}
	}
	if out.Columns == nil && n.Source.Locked != nil {
		out.Columns, out.Unchecked = w.typed(n.Source.Locked), ""
	}
	for _, c := range out.Columns {
		if c.Type == "" && w.level >= lineage.LevelColumns {
			out.Unchecked = fmt.Sprintf("source %s declares the column %s without a type", n.ID.Name(), c.Name)
		}
	}
	return nil
}

// scan reads the columns of the files of a source, or says why it does not.
func (w *bindWorker) scan(ctx context.Context, n *link.Node, out *Node) error {
	s := n.Source
	switch {
	case s.Files == "":
		out.Unchecked = fmt.Sprintf("source %s declares no columns", n.ID.Name())
		if len(s.Columns) > 0 {
			out.Unchecked = fmt.Sprintf("source %s does not declare all its columns", n.ID.Name())
		}
		return nil
	case w.env.Files == nil:
		out.Unchecked = fmt.Sprintf("the files of source %s cannot be read here", n.ID.Name())
		return nil
	case s.Format == "":
		out.Unchecked = fmt.Sprintf("the format of the files of source %s is not known", n.ID.Name())
		return nil
	case len(n.Children) == 0 && !w.inlineReads(n.Index):
		out.Unchecked = "nobody reads it"
		return nil
	}
	f := filler{p: w.program}
	columns, err := w.env.Files.ScanColumns(ctx, f.pattern(s.Files), s.Format)
	e, ok := errors.AsType[*engine.Error](err)
	switch {
	case err == nil:
		out.Columns = columns
	case errors.Is(err, engine.ErrNotKnown):
		out.Unchecked = fmt.Sprintf("the files of source %s cannot be read here", n.ID.Name())
	case !ok || e.Class == engine.Cancelled:
		return err
	default:
		out.Unchecked = fmt.Sprintf("the files of source %s cannot be read: %s", n.ID.Name(), explain.Meant(e).Message)
	}
	return nil
}

// Load gives what a session is asked to load a seed with.
func (p *Program) Load(s *project.Seed, into relation.Name) *engine.Load {
	return &engine.Load{
		Into:        into,
		Path:        filepath.Join(p.Graph.Project.Dir, filepath.FromSlash(s.Path)),
		Format:      s.Format,
		ColumnTypes: s.ColumnTypes,
		Delimiter:   s.Delimiter,
		Quote:       s.Quote,
		NullValues:  s.NullValues,
		NoHeader:    s.NoHeader,
	}
}

// seedColumns finds out the columns of the table a seed is loaded into, and refuses a file that cannot
// be loaded.
func (w *bindWorker) seedColumns(ctx context.Context, n *link.Node, out *Node) error {
	if w.env.Files == nil {
		out.Unchecked = fmt.Sprintf("the file of seed %s cannot be read here", n.Name)
		return nil
	}
	load := w.program.Load(n.Seed, relation.Name{Identifier: n.Name})
	if info, err := os.Stat(load.Path); err == nil && info.Size() == 0 {
		out.Unchecked = fmt.Sprintf("the file of seed %s is empty", n.Name) // package project reported it
		return nil
	}
	key, known := w.seedKey(load)
	if known && w.env.Store != nil {
		if answer, ok := w.env.Store.Get(key); ok {
			out.Columns, out.Unchecked = slices.Clone(answer.Columns), ""
			return nil
		}
	}
	columns, err := w.env.Files.LoadColumns(ctx, *load)
	e, ok := errors.AsType[*engine.Error](err)
	switch {
	case err == nil:
		out.Columns, out.Unchecked = slices.Clone(columns), ""
		if known && w.env.Store != nil {
			w.env.Store.Put(key, &lineage.Query{Columns: columns})
		}
		return nil
	case errors.Is(err, engine.ErrNotKnown):
		out.Unchecked = fmt.Sprintf("the columns of seed %s are not known without the target", n.Name)
		return nil
	case !ok || e.Class == engine.Cancelled:
		return err
	}
	out.Broken = true
	if e.Place != nil {
		w.diags = append(w.diags, explain.File(e, load.Path, n.Seed.Path))
		return nil
	}
	m := explain.Meant(e)
	var list diag.List
	w.diags = append(w.diags, list.Errorf(m.Code, n.Properties().NameSpan, "%q cannot be loaded: %s", n.Name, m.Message).Hinted(m.Hint))
	return nil
}

// seedKey is the hash of a seed's file and of what says how to read it.
func (w *bindWorker) seedKey(load *engine.Load) (Key, bool) {
	if w.env.Store == nil {
		return Key{}, false
	}
	text, err := os.ReadFile(load.Path)
	if err != nil {
		return Key{}, false
	}
	settings := *load
	settings.Path = ""
	return hash([]byte(strings.Join([]string{w.version, fmt.Sprintf("%+v", settings), string(text)}, "\x00"))), true
}
