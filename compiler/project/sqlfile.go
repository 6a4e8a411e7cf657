package project

import (
	"path"
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/source"
)

// sqlFile is an SQL file as it was read, with what its front matter says by the kind of file.
type sqlFile struct {
	kind   fileKind
	name   string
	file   *source.File
	body   source.Span
	broken bool // no query could be read
	empty  bool // the file was read, and there is none
	diags  diag.List

	patch    modelPatch // of a model; its properties also of a macro and a singular test
	args     []Argument
	counts   Text // of a generic test
	config   TestConfig
	hasArgs  bool
	builtIn  bool
	topLevel source.Span
}

func baseName(file string) string {
	base := path.Base(file)
	return strings.TrimSuffix(base, path.Ext(base))
}

// readSQL decodes an SQL file. The parser is the worker's own and is used again for the next file.
func readSQL(kind fileKind, file *source.File, p *fastParser) *sqlFile {
	s := &sqlFile{kind: kind, name: baseName(file.Path), file: file}
	s.topLevel = file.Span(0, 0)
	s.body = file.Span(0, 0)
	s.config.Severity = SeverityError
	if !checkText(file, &s.diags) {
		s.broken = true
		return s
	}
	d := &doc{file: file}
	body, found := d.frontMatter()
	s.body = file.Span(body, len(file.Text))
	if found && d.parse(p) {
		s.decode(d)
	}
	// Without an end of the front matter there is no telling what the query is.
	s.broken = !found && body > len(bom)
	if !s.broken && !hasQuery(file.Text[body:]) {
		s.broken, s.empty = true, true
		d.diags.Errorf(diag.EmptyFile, s.topLevel, "the file of %s holds nothing but comments", s.what()).
			Hintf("write its SQL, or remove the file")
	}
	if kind == genericFile && !s.hasArgs && !s.broken {
		d.diags.Errorf(diag.MissingKey, s.topLevel, "the generic test %q declares no arguments", s.name).
			Hintf("begin the file with front matter that has \"args: [model, column]\"")
	}
	s.diags = append(s.diags, d.diags...)
	return s
}

func (s *sqlFile) what() string {
	switch s.kind {
	case macroFile:
		return "a macro"
	case modelFile:
		return "a model"
	default:
		return "a test"
	}
}

func (s *sqlFile) decode(d *doc) {
	root := &d.root
	if root.isNull() {
		return
	}
	if root.kind != mapNode {
		d.wrong(root, "front matter", "keys and values")
		s.hasArgs = true
		return
	}
	switch s.kind {
	case modelFile:
		d.modelFields(root, modelPlace, &s.patch)
	case macroFile:
		d.fields(root, macroPlace, func(f field) {
			if f.name() == "args" {
				s.args = d.argDefs(f.value)
				return
			}
			d.describe(f, &s.patch.described)
		})
	case genericFile:
		s.hasArgs = true // a missing key is reported once
		d.fields(root, genericPlace, func(f field) {
			switch f.name() {
			case "args":
				s.args = d.argDefs(f.value)
				s.checkModelArg(d, f)
			case "counts":
				s.counts = d.columnName(f)
			}
		})
	default:
		d.fields(root, singularPlace, func(f field) {
			if !d.describe(f, &s.patch.described) {
				d.testSetting(f, &s.config)
			}
		})
		d.thresholds(&s.config)
		s.config.Tags = s.patch.Tags
	}
}

// columnName reads the name of a column as it is, without quotes of SQL.
func (d *doc) columnName(f field) Text {
	name := d.text(f.value)
	if strings.TrimSpace(name.Value) == "" || strings.ContainsAny(name.Value, "\r\n") {
		d.diags.Errorf(diag.InvalidValue, d.span(f.value), "%q is no name of a column", name.Value).
			Hintf("write the name of a column that the query selects, or remove the key")
		return Text{}
	}
	return name
}

func (s *sqlFile) checkModelArg(d *doc, f field) {
	if len(s.args) > 0 && s.args[0].Name == "model" && !s.args[0].HasDefault {
		return
	}
	d.diags.Errorf(diag.InvalidValue, d.span(f.value), "the first argument of a generic test is the relation it tests").
		Hintf("begin the list with model, and mostly column: args: [model, column]")
}
