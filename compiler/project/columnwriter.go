package project

import (
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/source"
)

// ColumnsOf are all columns a model or a source is known to have, in order. Types are in the words in
// which they shall be written, Native says for which key.
type ColumnsOf struct {
	// Exactly one is set.
	Model   *Model
	Source  *Source
	Columns []Column
}

// WrittenFile is a file with the columns that were missing in it.
type WrittenFile struct {
	Path string
	// Before is the text that was read; a file that has another one by now must not be replaced.
	Before, After string
	Nodes         []WrittenNode
}

// WrittenNode says what was written of a node. All three may be empty, but not at once.
type WrittenNode struct {
	ID ID
	// Added are columns that were not listed, Typed those that had no type, and Gone those that are
	// listed and that the node does not have: they are left to people.
	Added, Typed, Gone []string
}

// WriteColumns puts columns that are missing into the files that describe their nodes: where the list
// of columns stands, else where a YAML file describes the node, else into the front matter of its SQL.
// Everything else in the files stays as it is, byte for byte. Nothing is written to disk. A file that
// cannot be edited with certainty is left alone and reported.
func WriteColumns(list []ColumnsOf) ([]WrittenFile, diag.List) {
	byFile := map[*source.File][]ColumnsOf{}
	var files []*source.File
	for _, c := range list {
		file := c.file()
		if byFile[file] == nil {
			files = append(files, file)
		}
		byFile[file] = append(byFile[file], c)
	}
	slices.SortFunc(files, func(a, b *source.File) int { return strings.Compare(a.Path, b.Path) })
	var out []WrittenFile
	var diags diag.List
	for _, file := range files {
		written, found := writeFile(file, byFile[file])
		diags = append(diags, found...)
		if len(written.Nodes) > 0 {
			out = append(out, written)
		}
	}
	return out, diags
}

// properties gives what the files say of the node.
func (c ColumnsOf) properties() (ID, *Properties) {
	if c.Source != nil {
		return c.Source.ID, &c.Source.Properties
	}
	return c.Model.ID, &c.Model.Properties
}

// file gives the file that the columns belong into.
func (c ColumnsOf) file() *source.File {
	_, p := c.properties()
	switch {
	case p.ColumnsAt.File != nil:
		return p.ColumnsAt.File
	case c.Source != nil:
		return p.NameSpan.File
	case p.DescribedAt.File != nil:
		return p.DescribedAt.File
	default:
		return c.Model.File
	}
}

// place gives the offset in the file by which the node's entry is found; -1 stands for the front matter.
func (c ColumnsOf) place(file *source.File) int {
	_, p := c.properties()
	switch {
	case c.Model != nil && file == c.Model.File:
		return -1
	case p.ColumnsAt.File != nil:
		return p.ColumnsAt.Start
	case c.Source != nil:
		return p.NameSpan.Start
	default:
		return p.DescribedAt.Start
	}
}

// writeFile edits one file: for all its nodes at once or, where that goes wrong, for one after the
// other, so that those that go wrong can be named.
func writeFile(file *source.File, list []ColumnsOf) (WrittenFile, diag.List) {
	out := WrittenFile{Path: file.Path, Before: file.Text, After: file.Text}
	paths := make([][]int, len(list))
	if d, ok := editable(file, list[0].place(file) < 0); ok {
		for i, c := range list {
			paths[i] = d.pathTo(c)
		}
	}
	if text, nodes, ok := edit(file, list, paths); ok {
		out.After, out.Nodes = text, nodes
		return out, nil
	}
	var diags diag.List
	for i := range list {
		text, nodes, ok := edit(source.NewFile(file.Path, out.After), list[i:i+1], paths[i:i+1])
		if ok {
			out.After = text
			out.Nodes = append(out.Nodes, nodes...)
			continue
		}
		id, p := list[i].properties()
		at := p.NameSpan
		if p.ColumnsAt.File == file {
			at = p.ColumnsAt
		}
		diags.Errorf(diag.NotEditable, at, "the columns of %q cannot be written into this file with certainty", id.Name()).
			Hintf("add them by hand: %s", byHand(list[i].Columns, p.Columns))
	}
	return out, diags
}

// byHand lists the columns that are missing, as they would be written.
func byHand(all, listed []Column) string {
	var missing []string
	for _, c := range all {
		if i := indexFold(listed, c.Name); i < 0 || listed[i].Type == "" {
			missing = append(missing, "{"+entryText(c, false)+"}")
		}
	}
	const most = 5
	if len(missing) > most {
		missing = append(missing[:most], "…")
	}
	return strings.Join(missing, ", ")
}

func indexFold(columns []Column, name string) int {
	return slices.IndexFunc(columns, func(c Column) bool { return strings.EqualFold(c.Name, name) })
}

// editable parses the YAML of a file. It gives false where the file is no valid YAML, or uses aliases:
// what they stand for stands elsewhere too.
func editable(file *source.File, frontMatter bool) (*doc, bool) {
	d := &doc{file: file, end: len(file.Text)}
	if strings.HasPrefix(file.Text, bom) {
		d.start = len(bom)
	}
	if frontMatter {
		body, found := d.frontMatter()
		if !found {
			d.start, d.end = body, body
			d.root = node{kind: scalarNode, style: plainStyle}
			return d, len(d.diags) == 0
		}
	}
	fast := fastParser{}
	if fast.parse(d) {
		return d, true
	}
	slow := slowParser{doc: d, trouble: fast.trouble}
	return d, slow.parse() && len(d.diags) == 0 && slow.anchors == nil
}

// pathTo gives the way to the mapping of a node: the indexes of kids from the root. Nil means that it
// was not found; front matter is the root itself.
func (d *doc) pathTo(c ColumnsOf) []int {
	at := c.place(d.file)
	if at < 0 {
		return []int{}
	}
	lists := []string{"models"}
	if c.Source != nil {
		lists = []string{"sources", "tables"}
	}
	path, n := []int{}, &d.root
	for _, key := range lists {
		k := n.keyIndex(key)
		if k < 0 || n.kids[k+1].kind != listNode {
			return nil
		}
		list := &n.kids[k+1]
		i := slices.IndexFunc(list.kids, func(item node) bool { return int(item.start) <= at && at < int(item.end) })
		if i < 0 || list.kids[i].kind != mapNode {
			return nil
		}
		path, n = append(path, k+1, i), &list.kids[i]
	}
	return path
}

// keyIndex gives the index of a key among the kids of a mapping, or -1.
func (n *node) keyIndex(key string) int {
	for i := 0; n.kind == mapNode && i+1 < len(n.kids); i += 2 {
		if n.kids[i].kind == scalarNode && n.kids[i].text == key {
			return i
		}
	}
	return -1
}
