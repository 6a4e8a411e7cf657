package project

import (
	"slices"
	"strconv"
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/source"
)

// lockVersion is the version of the format of sources.lock.yml.
const lockVersion = 1

// LockEntry is what sources.lock.yml says of one table of a source: all its columns in the
// table's order, with their types as the engine spells them.
type LockEntry struct {
	Source, Table string
	Columns       []Column
}

// BuildLock gives the entries of a new lock file: for each source of the project the columns that
// were read from the target or, where it is not among them, those that are locked already. Sources
// that are no longer declared are left out. The entries are sorted.
func BuildLock(p *Project, read map[ID][]Column) []LockEntry {
	var out []LockEntry
	for _, s := range p.Sources {
		columns, ok := read[s.ID]
		if !ok {
			columns = s.Locked
		}
		if columns != nil {
			out = append(out, LockEntry{Source: s.SourceName, Table: s.Name, Columns: columns})
		}
	}
	return out
}

// MarshalLock writes sources.lock.yml. Equal entries give equal bytes.
func MarshalLock(entries []LockEntry) []byte {
	var b strings.Builder
	b.WriteString("# Columns of the sources, written by \"quern sources pull\". Commit this file.\n")
	b.WriteString("version: " + strconv.Itoa(lockVersion) + "\n")
	b.WriteString("sources:")
	if len(entries) == 0 {
		b.WriteString(" []")
	}
	b.WriteString("\n")
	entries = slices.Clone(entries)
	slices.SortStableFunc(entries, func(x, y LockEntry) int {
		if c := strings.Compare(x.Source, y.Source); c != 0 {
			return c
		}
		return strings.Compare(x.Table, y.Table)
	})
	for i, e := range entries {
		if i == 0 || entries[i-1].Source != e.Source {
			b.WriteString("  - name: " + yamlQuote(e.Source) + "\n    tables:\n")
		}
		b.WriteString("      - name: " + yamlQuote(e.Table) + "\n        columns:")
		if len(e.Columns) == 0 {
			b.WriteString(" []")
		}
		b.WriteString("\n")
		for _, c := range e.Columns {
			b.WriteString("          - {name: " + yamlQuote(c.Name) + ", type: " + yamlQuote(c.Type) + "}\n")
		}
	}
	return []byte(b.String())
}

// yamlQuote writes a text so that YAML reads it as that text: in double quotes where it is not a
// plain word.
func yamlQuote(s string) string {
	plain := node{kind: scalarNode, style: plainStyle, text: s}
	if typ, _ := plain.scalarOf(); typ == textScalar && isWord(s) {
		return s
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ' || r >= 0x7f && r < 0xa0 || r == 0x2028 || r == 0x2029 || r == 0xfeff || r == 0xfffe || r == 0xffff:
			const digits = "0123456789ABCDEF"
			b.WriteString(`\u`)
			for shift := 12; shift >= 0; shift -= 4 {
				b.WriteByte(digits[r>>shift&15])
			}
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

func isWord(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'
		if !letter && (i == 0 || (c < '0' || c > '9') && c != '(' && c != ')') {
			return false
		}
	}
	return s != ""
}

// lock reads sources.lock.yml and gives its columns to the sources.
func (l *loader) lock() error {
	d, err := l.yamlFile(LockFile)
	if err != nil || d == nil {
		return err
	}
	if d.root.kind != 0 {
		l.lockEntries(d)
	}
	l.diags = append(l.diags, d.diags...)
	return nil
}

func (l *loader) lockEntries(d *doc) {
	byID := make(map[ID]*Source, len(l.config.project.Sources))
	for _, s := range l.config.project.Sources {
		byID[s.ID] = s
	}
	d.fields(&d.root, lockPlace, func(f field) {
		switch f.name() {
		case "version":
			if _, v := f.value.scalarOf(); v != int64(lockVersion) {
				d.diags.Errorf(diag.InvalidValue, d.span(f.value), "this version reads lock files of version %d, found %s", lockVersion, f.value.text).
					Hintf(`write it again with "quern sources pull"`)
			}
		case "sources":
			for i := range f.value.kids {
				d.lockSource(&f.value.kids[i], byID)
			}
		}
	})
}

func (d *doc) lockSource(n *node, byID map[ID]*Source) {
	name, _ := d.nameOf(n)
	d.fields(n, lockSourcePlace, func(f field) {
		if f.name() != "tables" {
			return
		}
		for i := range f.value.kids {
			table, at := d.nameOf(&f.value.kids[i])
			d.fields(&f.value.kids[i], lockTablePlace, func(t field) {
				if t.name() == "columns" {
					d.lockTable(t.value, byID[ID("source."+name+"."+table)], name+"."+table, at)
				}
			})
		}
	})
}

func (d *doc) lockTable(columns *node, s *Source, name string, at source.Span) {
	if s == nil {
		d.diags.Warnf(diag.StaleLock, at, "the source %q is not declared", name).Hintf(`write the file again with "quern sources pull"`)
		return
	}
	s.Locked = make([]Column, 0, len(columns.kids))
	for i := range columns.kids {
		c := Column{Native: true}
		d.fields(&columns.kids[i], lockColumnPlace, func(f field) {
			if f.name() == "name" {
				c.Name, c.Span = f.value.text, d.span(f.value)
			} else {
				c.Type = f.value.text
			}
		})
		if c.Name != "" {
			s.Locked = append(s.Locked, c)
		}
	}
}
