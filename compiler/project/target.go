package project

import (
	"cmp"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/source"
)

// targetEntry is a target as the files declare it: its keys may come from quern.yml and, over
// them, from quern.local.yml.
type targetEntry struct {
	name  string
	span  source.Span
	parts []targetPart // a later one overrides the earlier ones key by key
}

type targetPart struct {
	doc  *doc
	node *node
}

// comingTargets are types that a later version knows.
var comingTargets = []string{"spark", "trino"}

// localTargets adds the targets of quern.local.yml. One that names its type replaces the target of
// the same name; one that does not changes some of its keys.
func (c *config) localTargets(n *node) {
	c.local.eachKey(n, func(t field) {
		if !c.local.validLabel(t.key, "a target") {
			return
		}
		part := targetPart{c.local, t.value}
		if e := c.targets[t.name()]; e != nil && t.value.kind == mapNode && !t.value.has("type") {
			e.parts = append(e.parts, part)
			return
		}
		c.targets[t.name()] = &targetEntry{name: t.name(), span: c.local.span(t.key), parts: []targetPart{part}}
	})
}

// useTarget chooses the target and fills the environment into it; the others are only checked.
func (c *config) useTarget(opts *Options) {
	names := slices.Sorted(maps.Keys(c.targets))
	c.project.Targets = names
	use := c.chosen(opts, names)
	for _, name := range names {
		e := c.targets[name]
		reader := targetReader{config: c, opts: opts, entry: e, used: name == use}
		reader.read()
		if reader.used {
			reader.target.Environment = cmp.Or(opts.Environment, reader.target.Environment)
			reader.target.Secrets = sortedSecrets(reader.target.Secrets)
			c.project.Target = reader.target
		}
	}
}

func (c *config) chosen(opts *Options, names []string) string {
	use, at := opts.Target, source.Span{}
	switch {
	case use != "":
	case c.target != nil:
		use, at = c.target.text, c.targetDoc.text(c.target).Span
	case len(names) == 1:
		return names[0]
	case len(names) > 1:
		c.doc.diags.Errorf(diag.MissingKey, c.targets[names[0]].span, "there are several targets and none is the default").
			Hintf("set \"target:\" to one of %s", strings.Join(names, ", "))
		return ""
	default:
		return ""
	}
	if c.targets[use] == nil {
		e := c.doc.diags.Errorf(diag.UnknownTarget, at, "unknown target %q", use).Hintf("declare it under \"targets:\"")
		if len(names) > 0 {
			e.Hintf("declared are %s", strings.Join(names, ", "))
		}
		e.Nearest(use, names)
		return ""
	}
	return use
}

// targetReader decodes one target.
type targetReader struct {
	*config
	opts   *Options
	entry  *targetEntry
	used   bool
	target Target
}

func (r *targetReader) read() {
	r.target = Target{Name: r.entry.name, Span: r.entry.span, Settings: map[string]any{}, Keys: map[string]source.Span{}}
	for _, part := range r.entry.parts {
		if part.node.kind != mapNode {
			part.doc.wrong(part.node, "the target "+quoted(r.entry.name), "keys and values")
			continue
		}
		part.doc.eachKey(part.node, func(f field) {
			if f.name() == "type" {
				r.typ(part.doc, f)
			}
		})
	}
	if r.target.Type == "" {
		r.noType()
		return
	}
	known, checked := r.opts.TargetTypes[r.target.Type]
	if r.opts.TargetTypes != nil && !checked {
		return
	}
	place := targetPlace
	if r.opts.TargetTypes != nil {
		place = targetPlaceOf(r.target.Type, known)
	}
	for _, part := range r.entry.parts {
		if part.node.kind == mapNode {
			part.doc.eachKey(part.node, func(f field) { r.key(part.doc, place, f) })
		}
	}
}

func (r *targetReader) noType() {
	for _, part := range r.entry.parts {
		if part.node.kind == mapNode && !part.node.has("type") {
			part.doc.diags.Errorf(diag.MissingKey, r.entry.span, "the target %q has no type", r.entry.name).
				Hintf("add \"type: duckdb\"")
			return
		}
	}
}

// typ reads the type of a target, which decides what other keys it may have.
func (r *targetReader) typ(d *doc, f field) {
	if !f.value.isText() {
		d.wrong(f.value, quoted("type"), "text")
		return
	}
	name := f.value.text
	if r.used {
		name = r.fill(d, f.value, "type")
	}
	r.target.Type = name
	types := slices.Sorted(maps.Keys(r.opts.TargetTypes))
	_, known := r.opts.TargetTypes[name]
	switch {
	case known || r.opts.TargetTypes == nil || strings.Contains(name, "${"):
	case slices.Contains(comingTargets, name):
		if r.used {
			d.diags.Errorf(diag.NotAvailable, d.text(f.value).Span, "targets of type %q are not available in this version", name).
				Hintf("this version knows %s", strings.Join(types, ", "))
		}
	default:
		d.diags.Errorf(diag.InvalidValue, d.text(f.value).Span, "unknown type of target %q", name).
			Hintf("known are %s", strings.Join(types, ", ")).Nearest(name, types)
	}
}

// targetPlaceOf gives the keys of a type of target.
func targetPlaceOf(typ string, keys []string) *place {
	own := make([]key, len(keys))
	for i, name := range keys {
		own[i] = key{name: name, shape: anyShape}
	}
	all := join(own, slices.DeleteFunc(slices.Clone(targetPlace.keys), func(k key) bool {
		return slices.Contains(keys, k.name)
	}))
	return newPlace("a "+typ+" target", all, nil)
}

func (r *targetReader) key(d *doc, p *place, f field) {
	f.known = p.index[f.name()]
	if f.known == nil && r.opts.TargetTypes != nil {
		d.unknownKey(f, p)
		return
	}
	if f.known != nil && (!d.available(f) || !d.fits(f)) || !r.used {
		return
	}
	switch f.name() {
	case "type":
	case "schema":
		r.target.Schema = r.fill(d, f.value, f.name())
	case "state_schema":
		r.target.StateSchema = r.fill(d, f.value, f.name())
	case "env":
		r.environment(d, f.value)
	case "threads":
		r.threads(d, f.value)
	case "vars":
		r.vars(d, f.value)
	default:
		r.target.Keys[f.name()] = d.span(f.key)
		r.target.Settings[f.name()] = r.setting(d, f.value, f.name())
	}
}

func (r *targetReader) threads(d *doc, n *node) {
	filled := *n
	if n.kind == scalarNode {
		if filled.text = r.fill(d, n, "threads"); filled.text != n.text {
			filled.style = plainStyle
		}
	}
	if d.isCount(&filled, "threads", 1) {
		threads, _ := filled.integer()
		r.target.Threads = int(threads)
	}
}

func (r *targetReader) vars(d *doc, n *node) {
	d.eachKey(n, func(f field) {
		if f.value.kind != scalarNode {
			d.wrong(f.value, "the variable "+quoted(f.name()), "a single value")
			return
		}
		r.project.Vars[f.name()] = Var{Value: r.fill(d, f.value, f.name()), Span: d.text(f.value).Span}
	})
}

// setting gives the value of an engine's own key with the environment filled in.
func (r *targetReader) setting(d *doc, n *node, key string) any {
	switch n.kind {
	case listNode:
		out := make([]any, len(n.kids))
		for i := range n.kids {
			out[i] = r.setting(d, &n.kids[i], key)
		}
		return out
	case mapNode:
		out := make(map[string]any, len(n.kids)/2)
		d.eachKey(n, func(f field) { out[f.name()] = r.setting(d, f.value, f.name()) })
		return out
	default:
		filled := *n
		filled.text = r.fill(d, n, key)
		_, v := filled.scalarOf()
		return v
	}
}

// fill replaces ${NAME}, ${NAME:-default} and ${secret:NAME} in a scalar and collects secrets.
func (r *targetReader) fill(d *doc, n *node, key string) string {
	value := n.text
	if n.isNull() {
		return value
	}
	if strings.Contains(value, "${") {
		value = r.expand(d, n)
	}
	if isSecretKey(key) {
		r.secret(value)
	}
	r.urlSecrets(value)
	return value
}

func (r *targetReader) expand(d *doc, n *node) string {
	var b strings.Builder
	at, rest := d.text(n), n.text
	for {
		before, after, ok := strings.Cut(rest, "${")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		name, tail, ok := strings.Cut(after, "}")
		span := at.Span
		if from := len(n.text) - len(after) - len("${"); at.Exact {
			span = d.file.Span(at.Span.Start+from, at.Span.Start+from+len("${")+len(name)+1)
		}
		if !ok {
			d.diags.Errorf(diag.InvalidValue, span, "\"${\" is not closed").Hintf("write ${NAME}")
			return n.text
		}
		b.WriteString(r.variable(d, span, name))
		rest = tail
	}
}

func (r *targetReader) variable(d *doc, at source.Span, text string) string {
	name, fallback, hasFallback := strings.Cut(text, ":-")
	name, secret := strings.CutPrefix(name, "secret:")
	if !isVariable(name) {
		d.diags.Errorf(diag.InvalidValue, at, "%q is no name of an environment variable", name).
			Hintf("write ${NAME}, ${NAME:-default} or ${secret:NAME}")
		return ""
	}
	var value string
	var set bool
	if r.opts.LookupEnv != nil {
		value, set = r.opts.LookupEnv(name)
	}
	switch {
	case hasFallback && value == "":
		value = fallback
	case !set && !hasFallback:
		e := d.diags.Errorf(diag.UnsetVariable, at, "the environment variable %q is not set", name)
		if secret {
			e.Hintf("set it before you run Quern")
		} else {
			e.Hintf("set it before you run Quern, or give a default: ${%s:-value}", name)
		}
	}
	if secret {
		r.secret(value)
	}
	return value
}

func isVariable(name string) bool {
	for i := range len(name) {
		c := name[i]
		if c != '_' && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return name != ""
}

func isSecretKey(key string) bool {
	return key == "password" || key == "token" || key == "private_key"
}

// secret keeps a value that no output may show. The lines of a longer one, such as a private key,
// are secrets too.
func (r *targetReader) secret(value string) {
	value = strings.TrimSpace(value)
	if value == "" {
		return
	}
	r.target.Secrets = append(r.target.Secrets, value)
	if strings.Contains(value, "\n") {
		for line := range strings.Lines(value) {
			if line = strings.TrimSpace(line); len(line) >= 8 && !strings.HasPrefix(line, "-----") {
				r.target.Secrets = append(r.target.Secrets, line)
			}
		}
	}
}

// urlSecrets keeps the user part of a URL: the password or, where there is none, the name, which is
// then mostly a token.
func (r *targetReader) urlSecrets(value string) {
	_, rest, ok := strings.Cut(value, "://")
	if !ok {
		return
	}
	authority := rest
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		authority = rest[:i]
	}
	if i := strings.LastIndexByte(authority, '@'); i > 0 {
		user := authority[:i]
		r.secret(user)
		if _, password, ok := strings.Cut(user, ":"); ok {
			r.secret(password)
			r.decoded(password)
		}
	}
	if _, query, ok := strings.Cut(rest, "?"); ok {
		for pair := range strings.SplitSeq(query, "&") {
			if name, v, ok := strings.Cut(pair, "="); ok && isSecretKey(strings.ToLower(name)) {
				r.secret(v)
				r.decoded(v)
			}
		}
	}
}

// decoded keeps a secret as drivers see it and may print it.
func (r *targetReader) decoded(escaped string) {
	if plain, err := url.PathUnescape(escaped); err == nil && plain != escaped {
		r.secret(plain)
	}
}

// sortedSecrets puts the longest first, so that a printer that masks one after the other leaves no
// tail of a secret that begins with another.
func sortedSecrets(secrets []string) []string {
	secrets = sortedSet(secrets)
	slices.SortStableFunc(secrets, func(a, b string) int { return len(b) - len(a) })
	return secrets
}
