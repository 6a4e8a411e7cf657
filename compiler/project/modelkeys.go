package project

import (
	"maps"
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/source"
)

// setKey is a key that one place sets, its own span and its value as text.
type setKey struct {
	name, value string
	span        source.Span
	only, also  Materialization
	config      bool
}

// modelPatch is what one place says of a model: its front matter, an entry of a YAML file, or the
// defaults of a folder.
type modelPatch struct {
	described
	materialized            Materialization
	database, schema, alias Text
	enabled                 Text
	dependsOn               []Reference
	asserts                 []Text
	external                ExternalConfig
	incremental             incrementalPatch
	snapshot                *SnapshotConfig // nil where no key of snapshots is set
	contract                Contract
	hooks                   Hooks
	docs                    PersistDocs
	grants                  Grants
	set                     []setKey
	refused                 []string // keys that are there and wrong, which is reported
}

// modelFields reads the keys of a model.
func (d *doc) modelFields(n *node, p *place, to *modelPatch) bool {
	to.set = make([]setKey, 0, len(n.kids)/2)
	ok := d.fields(n, p, func(f field) {
		if f.name() == "name" {
			return
		}
		d.modelField(f, to)
		s := setKey{name: f.name(), span: d.span(f.key), only: f.known.only, also: f.known.also}
		if s.config = isConfig(f.name()); s.config {
			s.value = to.configText(f)
		}
		to.set = append(to.set, s)
	})
	if len(to.set) < len(n.kids)/2 {
		for i := 0; i < len(n.kids); i += 2 {
			if name := n.kids[i].text; name != "name" && findKey(to.set, name) == nil {
				to.refused = append(to.refused, name)
			}
		}
	}
	return ok
}

// configText gives the value of a key that describe has read as text.
func (p *described) configText(f field) string {
	switch f.name() {
	case "tags":
		return strings.Join(p.Tags, ",")
	case "owner":
		return p.Owner
	default:
		return plainText(f.value)
	}
}

// isConfig reports whether a key says how a node is built, and not what it means or must fulfil.
func isConfig(name string) bool {
	switch name {
	case "description", "columns", "tests", "assert", "meta", "depends_on":
		return false
	}
	return true
}

func (d *doc) modelField(f field, to *modelPatch) {
	if d.describe(f, &to.described) {
		return
	}
	switch f.name() {
	case "materialized":
		to.materialized = materialization(f.value.text)
	case "database":
		to.database = d.text(f.value)
	case "schema":
		to.schema = d.text(f.value)
	case "alias":
		to.alias = d.text(f.value)
	case "enabled":
		to.enabled = d.switchText(f.value)
	case "depends_on":
		to.dependsOn = d.references(f.value)
	case "assert":
		to.asserts = make([]Text, len(f.value.kids))
		for i := range f.value.kids {
			to.asserts[i] = d.text(&f.value.kids[i])
		}
	case "contract":
		to.contract.Span = d.span(f.key)
		d.fields(f.value, contractPlace, func(c field) { to.contract.Enforced = c.value.isTrue() })
	case persistDocs:
		to.docs = d.docs(f.value)
	case grantsName:
		to.grants = d.grants(f)
	case preHook, postHook:
		*to.hooks.list(f.name()) = d.hookTexts(f)
	case "format":
		to.external.Format = f.value.text
	case "location":
		to.external.Location = d.text(f.value)
	case "partition_by":
		to.external.PartitionBy = texts(f.value)
		to.external.PartitionAt = nil
		each(f.value, func(column *node) { to.external.PartitionAt = append(to.external.PartitionAt, d.span(column)) })
	case "options":
		to.external.Options = d.scalars(f.value, "options")
	case publishGroupKey:
		d.publishGroup(f)
	default:
		d.incrementalField(f, &to.incremental)
		d.snapshotField(f, to)
	}
}

func materialization(word string) Materialization {
	for m := View; m <= Snapshot; m++ {
		if m.String() == word {
			return m
		}
	}
	return View
}

// switchText gives true and false as "true" and "false", however they are written.
func (d *doc) switchText(n *node) Text {
	t := d.text(n)
	if n.isBool() {
		t.Value = strings.ToLower(t.Value)
		t.Exact = t.Value == t.Span.Text()
	}
	return t
}

// scalars reads names with single values, each as it is written.
func (d *doc) scalars(n *node, what string) map[string]string {
	out := make(map[string]string, len(n.kids)/2)
	d.eachKey(n, func(f field) {
		if f.value.kind != scalarNode {
			d.wrong(f.value, quoted(f.name())+" in "+quoted(what), "a single value")
			return
		}
		out[f.name()] = f.value.text
	})
	return out
}

// merge takes over the keys that from sets. A key that is set already is reported.
func (p *modelPatch) merge(from *modelPatch, id ID, diags *diag.List) {
	for _, s := range from.set {
		if isSetTwice(p.set, s, id, diags) {
			continue
		}
		p.take(from, s)
	}
	p.refused = append(p.refused, from.refused...)
}

// inherit takes over the defaults that p does not set itself; tags and hooks add up.
func (p *modelPatch) inherit(from *modelPatch) {
	for _, s := range from.set {
		first := findKey(p.set, s.name)
		switch {
		case first == nil:
			p.take(from, s)
		case s.name == "tags":
			p.Tags = sortedSet(slices.Concat(p.Tags, from.Tags))
			first.value = strings.Join(p.Tags, ",")
		case isHook(s.name):
			p.addHooks(from, s, first)
		}
	}
	p.refused = append(p.refused, from.refused...)
}

// isSetTwice reports a key that another place sets already.
func isSetTwice(set []setKey, s setKey, id ID, diags *diag.List) bool {
	first := findKey(set, s.name)
	if first == nil {
		return false
	}
	diags.Errorf(diag.KeySetTwice, s.span, "the key %q is set twice for %q", s.name, id).
		Hintf("keep it in one place").Notef(first.span, "it is also set in %s", first.span.Path())
	return true
}

func findKey(set []setKey, name string) *setKey {
	for i := range set {
		if set[i].name == name {
			return &set[i]
		}
	}
	return nil
}

func (p *modelPatch) take(from *modelPatch, s setKey) {
	p.set = append(p.set, s)
	if p.described.take(&from.described, s.name) {
		return
	}
	switch s.name {
	case "materialized":
		p.materialized = from.materialized
	case "database":
		p.database = from.database
	case "schema":
		p.schema = from.schema
	case "alias":
		p.alias = from.alias
	case "enabled":
		p.enabled = from.enabled
	case "depends_on":
		p.dependsOn = from.dependsOn
	case "assert":
		p.asserts = from.asserts
	case "contract":
		p.contract = from.contract
	case persistDocs:
		p.docs = from.docs
	case grantsName:
		p.grants = from.grants
	case preHook, postHook:
		*p.hooks.list(s.name) = *from.hooks.list(s.name)
	case "format":
		p.external.Format = from.external.Format
	case "location":
		p.external.Location = from.external.Location
	case "partition_by":
		p.external.PartitionBy, p.external.PartitionAt = from.external.PartitionBy, from.external.PartitionAt
	case "options":
		p.external.Options = from.external.Options
	default:
		p.incremental.take(&from.incremental, s.name)
		p.takeSnapshot(from, s.name)
	}
}

func (p *described) take(from *described, name string) bool {
	switch name {
	case "description":
		p.Description = from.Description
	case "tags":
		p.Tags = from.Tags
	case "meta":
		p.Meta = from.Meta
	case "owner":
		p.Owner = from.Owner
	case "group":
		p.Group = from.Group
	case "columns":
		p.Columns, p.columnTests, p.ColumnsAt = from.Columns, from.columnTests, from.ColumnsAt
	case "tests":
		p.ownTests = from.ownTests
	default:
		return false
	}
	return true
}

// properties puts the tests of the columns and of the node itself into one list.
func (p *described) properties() Properties {
	out := p.Properties
	switch {
	case len(p.ownTests) == 0:
		out.Tests = p.columnTests
	case len(p.columnTests) == 0:
		out.Tests = p.ownTests
	default:
		out.Tests = slices.Concat(p.columnTests, p.ownTests)
	}
	return out
}

// model puts the patch into a model and checks that its keys go together.
func (p *modelPatch) model(m *Model, diags *diag.List) {
	if p.materialized == 0 {
		p.materialized = View
	}
	at, described := m.NameSpan, m.DescribedAt
	m.Properties = p.properties()
	m.NameSpan, m.DescribedAt = at, described
	m.Materialized = p.materialized
	m.Database, m.Schema, m.Alias, m.Enabled = p.database, p.schema, p.alias, p.enabled
	m.DependsOn, m.Asserts, m.Contract = p.dependsOn, p.asserts, p.contract
	m.Hooks, m.Docs, m.Grants = p.hooksOf(m, diags), p.docs, p.checkGrants(m, diags)
	m.keepContract()
	if m.Materialized == External {
		m.External = p.external
		if m.External.Format == "" {
			m.External.Format = "parquet"
		}
	}
	switch m.Materialized {
	case Incremental:
		m.Incremental = p.incrementalConfig(m, diags)
	case Snapshot:
		m.Snapshot = p.snapshotConfig(m, diags)
	default:
	}
	m.PublishAt = p.checkPublishGroup(m, diags)
	m.keepPlaces(p.set)
	for _, s := range p.set {
		// A folder's defaults are for those of its models that can use them.
		if s.only != 0 && s.only != m.Materialized && s.also != m.Materialized && s.span.File.Path != ProjectFile {
			s.misplaced(m, diags)
		}
	}
}

// misplaced reports a key that is for models that are kept in another way.
func (s *setKey) misplaced(m *Model, diags *diag.List) {
	kinds, set := s.only.String(), `"materialized: `+s.only.String()+`"`
	if s.also != 0 {
		kinds += " and " + s.also.String()
		set += ` or "materialized: ` + s.also.String() + `"`
	}
	diags.Errorf(diag.MisplacedKey, s.span, "the key %q is for %s models, and %q is kept as %s", s.name, kinds, m.Name, Noun(m.Materialized.String())).
		Hintf("set %s, or remove the key", set)
}

// keepContract adds the test not_null to columns that an enforced contract keeps from being NULL: what a
// query alone does not prove is then seen before the model is published.
func (m *Model) keepContract() {
	if !m.Contract.Enforced {
		return
	}
	for _, c := range m.Columns {
		tested := slices.ContainsFunc(m.Tests, func(t TestUse) bool {
			return t.Test == "not_null" && strings.EqualFold(t.Column, c.Name)
		})
		if c.Nullable == relation.NeverNull && !tested {
			m.Tests = append(slices.Clip(m.Tests), TestUse{Test: "not_null", Column: c.Name, Config: &plainTest, Span: c.NullableSpan})
		}
	}
}

// config gives the configuration keys with their values as text.
func (p *modelPatch) config() map[string]string {
	config := make(map[string]string, len(p.set)+1)
	config["materialized"] = p.materialized.String()
	for _, s := range p.set {
		if s.config {
			config[s.name] = s.value
		}
	}
	return config
}

// configs makes Config maps, one for all models that say the same.
type configs struct{ last map[string]string }

func (c *configs) of(p *modelPatch) map[string]string {
	config := p.config()
	if !maps.Equal(config, c.last) {
		c.last = config
	}
	return c.last
}
