package project

import (
	"strings"

	"github.com/quernsql/quern/compiler/diag"
)

// merge takes over the keys that from sets. A key that is set already is reported.
func (p *seedPatch) merge(from *seedPatch, id ID, diags *diag.List) {
	for _, s := range from.set {
		if isSetTwice(p.set, s, id, diags) {
			continue
		}
		p.set = append(p.set, s)
		if p.take(&from.described, s.name) {
			continue
		}
		switch s.name {
		case "schema":
			p.seed.Schema = from.seed.Schema
		case "alias":
			p.seed.Alias = from.seed.Alias
		case "column_types":
			p.seed.ColumnTypes = from.seed.ColumnTypes
		case "delimiter":
			p.seed.Delimiter = from.seed.Delimiter
		case "quote":
			p.seed.Quote = from.seed.Quote
		case "null_values":
			p.seed.NullValues = from.seed.NullValues
		case "header":
			p.seed.NoHeader = from.seed.NoHeader
		case persistDocs:
			p.seed.Docs = from.seed.Docs
		}
	}
}

func (a *assembler) buildSeeds() {
	for _, s := range a.project.Seeds {
		p := a.seedSets[strings.ToLower(s.Name)]
		at := s.NameSpan
		s.Properties = p.properties()
		s.NameSpan = at
		s.Schema, s.Alias, s.ColumnTypes = p.seed.Schema, p.seed.Alias, p.seed.ColumnTypes
		s.Delimiter, s.Quote, s.NullValues, s.NoHeader = p.seed.Delimiter, p.seed.Quote, p.seed.NullValues, p.seed.NoHeader
		s.Docs = p.seed.Docs
		s.Config = map[string]string{}
		for _, k := range p.set {
			if k.config {
				s.Config[k.name] = k.value
			}
			if onlyCSV(k.name) && s.Format != "csv" {
				a.diags.Errorf(diag.MisplacedKey, k.span, "the key %q is for CSV files, and %q is a %s file", k.name, s.Name, s.Format).
					Hintf("remove the key")
			}
		}
	}
}

func onlyCSV(key string) bool {
	switch key {
	case "delimiter", "quote", "null_values", "header":
		return true
	}
	return false
}
