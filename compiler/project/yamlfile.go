package project

import (
	"path"
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/source"
)

// yamlEntries is what a YAML file below the models says.
type yamlEntries struct {
	diags     diag.List
	models    []modelEntry
	seeds     []seedEntry
	sources   []*Source
	exposures []*Exposure
	groups    []*Group
	selectors []*Selector
}

type modelEntry struct {
	name  string
	at    source.Span
	patch modelPatch
}

type seedEntry struct {
	name  string
	at    source.Span
	patch seedPatch
}

// seedPatch is what one place says of a seed.
type seedPatch struct {
	described
	seed Seed
	set  []setKey
}

func readYAML(file *source.File, p *fastParser) *yamlEntries {
	y := &yamlEntries{}
	d := &doc{file: file, end: len(file.Text)}
	if strings.HasPrefix(file.Text, bom) {
		d.start = len(bom)
	}
	if checkText(file, &d.diags) && d.parse(p) && !d.root.isNull() {
		d.fields(&d.root, filePlace, func(f field) { y.list(d, f) })
	}
	y.diags = d.diags
	return y
}

func (y *yamlEntries) list(d *doc, f field) {
	list := f.value.kids
	switch f.name() {
	case "models":
		y.models = make([]modelEntry, 0, len(list))
		for i := range list {
			e := modelEntry{}
			if d.modelFields(&list[i], namedModelPlace, &e.patch) {
				e.name, e.at = d.nameOf(&list[i])
				y.models = append(y.models, e)
			}
		}
	case "seeds":
		for i := range list {
			e := seedEntry{}
			if d.seedFields(&list[i], &e.patch) {
				e.name, e.at = d.nameOf(&list[i])
				y.seeds = append(y.seeds, e)
			}
		}
	case "sources":
		for i := range list {
			y.sources = append(y.sources, d.source(&list[i])...)
		}
	case "exposures":
		for i := range list {
			if e := d.exposure(&list[i]); e != nil {
				y.exposures = append(y.exposures, e)
			}
		}
	case "groups":
		y.groups = d.groups(f.value)
	case "selectors":
		y.selectors = d.selectors(f.value)
	}
}

// nameOf gives the value of the key "name"; it is empty where that is missing or no text.
func (d *doc) nameOf(n *node) (string, source.Span) {
	for i := 0; i+1 < len(n.kids); i += 2 {
		if v := &n.kids[i+1]; n.kids[i].text == "name" && v.isText() {
			return v.text, d.text(v).Span
		}
	}
	return "", source.Span{}
}

func (d *doc) seedFields(n *node, to *seedPatch) bool {
	to.set = make([]setKey, 0, len(n.kids)/2)
	return d.fields(n, seedPlace, func(f field) {
		if f.name() == "name" {
			return
		}
		d.seedField(f, to)
		s := setKey{name: f.name(), span: d.span(f.key), config: isConfig(f.name())}
		if s.config {
			s.value = to.configText(f)
		}
		to.set = append(to.set, s)
	})
}

func (d *doc) seedField(f field, to *seedPatch) {
	if d.describe(f, &to.described) {
		return
	}
	switch f.name() {
	case "schema":
		to.seed.Schema = d.text(f.value)
	case "alias":
		to.seed.Alias = d.text(f.value)
	case "column_types":
		to.seed.ColumnTypes = d.scalars(f.value, "column_types")
	case "delimiter":
		to.seed.Delimiter = d.character(f)
	case "quote":
		to.seed.Quote = d.character(f)
	case "null_values":
		to.seed.NullValues = texts(f.value)
	case "header":
		to.seed.NoHeader = !f.value.isTrue()
	case persistDocs:
		to.seed.Docs = d.docs(f.value)
	}
}

func (d *doc) character(f field) string {
	text := f.value.text
	if len(text) == 1 && text != "\n" && text != "\r" {
		return text
	}
	d.diags.Errorf(diag.InvalidValue, d.span(f.value), "%q must be one ASCII character, found %q", f.name(), text).
		Hintf(`write one character in quotes, as in ";" or "\t"`)
	return ""
}

// source reads a source and gives its tables.
func (d *doc) source(n *node) []*Source {
	var of Source
	var about described
	var tables *node
	if !d.fields(n, sourcePlace, func(f field) {
		switch f.name() {
		case "name":
			if d.validName(d.text(f.value).Span, f.value.text, "a source") {
				of.SourceName = f.value.text
			}
		case "database":
			of.Database = f.value.text
		case "schema":
			of.Schema = f.value.text
		case "tables":
			tables = f.value
		default:
			d.describe(f, &about)
		}
	}) || of.SourceName == "" || tables == nil {
		return nil
	}
	if of.Schema == "" {
		of.Schema = of.SourceName
	}
	of.Owner, of.Group, of.Tags = about.Owner, about.Group, about.Tags
	out := make([]*Source, 0, len(tables.kids))
	for i := range tables.kids {
		if s := d.table(&tables.kids[i], of); s != nil {
			out = append(out, s)
		}
	}
	return out
}

// table reads a table of a source. What the source says of all its tables is given; tags add up.
func (d *doc) table(n *node, s Source) *Source {
	about := described{Properties: s.Properties}
	var files field
	ok := d.fields(n, tablePlace, func(f field) {
		switch f.name() {
		case "name":
			s.Name, s.NameSpan = f.value.text, d.text(f.value).Span
		case "identifier":
			s.Identifier = f.value.text
		case "files":
			files = f
		case "format":
			s.Format = f.value.text
		case "columns_complete":
			s.ColumnsComplete = f.value.isTrue()
		case "changes":
			s.Changes = d.changes(f.value)
		case "tags":
			about.Tags = sortedSet(append(d.tags(f.value), s.Tags...))
		default:
			d.describe(f, &about)
		}
	})
	if !ok || s.Name == "" || !d.validName(s.NameSpan, s.Name, "a table of a source") {
		return nil
	}
	if s.Identifier == "" {
		s.Identifier = s.Name
	}
	if files.value != nil {
		d.files(files, &s)
	} else if s.Format != "" {
		d.diags.Errorf(diag.MisplacedKey, s.NameSpan, `the table %q has a "format" but no "files"`, s.Name).Hintf("add files, or remove the format")
	}
	at := s.NameSpan
	s.Properties = about.properties()
	s.NameSpan = at
	s.ID = ID("source." + s.SourceName + "." + s.Name)
	return &s
}

func (d *doc) changes(n *node) Changes {
	var c Changes
	d.fields(n, changesPlace, func(f field) {
		switch f.name() {
		case "append_only":
			c.AppendOnly = f.value.text
		case "updated_at":
			c.UpdatedAt = f.value.text
		case "version":
			c.Version = f.value.text
		}
	})
	if len(n.kids) > 2 {
		d.diags.Errorf(diag.InvalidValue, d.span(n), `"changes" takes one key, found %d`, len(n.kids)/2).
			Hintf("keep one of append_only, updated_at, version")
	}
	return c
}

// files reads the pattern of a source's files; their format is told by how the pattern ends.
func (d *doc) files(f field, s *Source) {
	at := d.text(f.value).Span
	pattern := strings.ReplaceAll(f.value.text, `\`, "/")
	switch {
	case strings.Contains(pattern, "://"):
		d.diags.Errorf(diag.NotAvailable, at, "files of a server are not available in this version: %q", pattern).
			Hintf("write a path relative to the project folder")
		return
	case path.IsAbs(pattern) || len(pattern) > 1 && pattern[1] == ':':
		d.diags.Errorf(diag.InvalidValue, at, "%q is not relative to the project folder", pattern).
			Hintf("write a path that begins in the folder of %s", ProjectFile)
		return
	}
	s.Files = path.Clean(pattern)
	if s.Format != "" {
		return
	}
	base := strings.ToLower(path.Base(pattern))
	for _, packed := range []string{".gz", ".zst"} {
		base = strings.TrimSuffix(base, packed)
	}
	switch path.Ext(base) {
	case ".parquet":
		s.Format = "parquet"
	case ".csv", ".tsv":
		s.Format = "csv"
	case ".json", ".jsonl", ".ndjson":
		s.Format = "json"
	default:
		d.diags.Errorf(diag.InvalidValue, at, "the format of %q is not clear", f.value.text).
			Hintf("let it end in .parquet, .csv or .json, or set \"format:\" beside it")
	}
}

func (d *doc) exposure(n *node) *Exposure {
	e := &Exposure{}
	var about described
	ok := d.fields(n, exposurePlace, func(f field) {
		switch f.name() {
		case "name":
			e.Name, e.NameSpan = f.value.text, d.text(f.value).Span
		case "type":
			e.Type = f.value.text
		case "url":
			e.URL = f.value.text
		case "depends_on":
			e.DependsOn = d.references(f.value)
		default:
			d.describe(f, &about)
		}
	})
	if !ok || e.Name == "" || !d.validName(e.NameSpan, e.Name, "an exposure") {
		return nil
	}
	at := e.NameSpan
	e.Properties = about.Properties
	e.NameSpan = at
	e.ID = ID("exposure." + e.Name)
	return e
}
