package project

import (
	"strconv"
	"strings"

	"github.com/quernsql/quern/compiler/diag"
)

// field is a key of a mapping with its value.
type field struct {
	key, value *node
	known      *key // nil where any name may stand
}

func (f field) name() string { return f.key.text }

// eachKey visits the keys of a mapping. A key that is no text or stands twice is reported and left
// out.
func (d *doc) eachKey(n *node, visit func(field)) {
	var seen map[string]*node
	if len(n.kids) > 32 {
		seen = make(map[string]*node, len(n.kids)/2)
	}
	for i := 0; i+1 < len(n.kids); i += 2 {
		f := field{key: &n.kids[i], value: &n.kids[i+1]}
		if f.key.kind != scalarNode {
			d.badKey(f.key)
			continue
		}
		if first := firstKey(n.kids[:i], seen, f.key); first != nil {
			d.diags.Errorf(diag.DuplicateKey, d.span(f.key), "the key %q stands twice", f.name()).
				Hintf("keep one of them").Notef(d.span(first), "it stands here first")
			continue
		}
		visit(f)
	}
}

// firstKey gives an earlier key of the same name. Few keys are compared one by one, many through a
// map that grows with each call.
func firstKey(before []node, seen map[string]*node, k *node) *node {
	if seen != nil {
		first := seen[k.text]
		if first == nil {
			seen[k.text] = k
		}
		return first
	}
	for i := 0; i < len(before); i += 2 {
		if before[i].text == k.text && before[i].kind == scalarNode {
			return &before[i]
		}
	}
	return nil
}

func (d *doc) badKey(k *node) {
	e := d.diags.Errorf(diag.InvalidYAML, d.span(k), "a key must be text, found %s", k.describe()).Hintf("write key: value")
	if strings.HasPrefix(d.span(k).Text(), "{") {
		e.Hintf("a value that begins with {{ must stand in quotes")
	}
}

// fields visits the keys of a mapping that stand in the place's table and whose values look right;
// everything else is reported. It reports whether n is a mapping.
func (d *doc) fields(n *node, p *place, visit func(field)) bool {
	if n.kind != mapNode {
		d.wrong(n, p.title, "keys and values")
		if e := d.diags[len(d.diags)-1]; n.isText() && p.index["name"] != nil {
			e.Hintf("write name: %s", n.text)
		}
		return false
	}
	d.eachKey(n, func(f field) {
		f.known = p.index[f.name()]
		if f.known == nil {
			d.unknownKey(f, p)
			return
		}
		if d.available(f) && d.fits(f) {
			visit(f)
		}
	})
	for i := range p.keys {
		if k := &p.keys[i]; k.must && !n.has(k.name) {
			d.missing(n, p, k.name)
		}
	}
	return true
}

func (n *node) has(key string) bool {
	for i := 0; i < len(n.kids); i += 2 {
		if n.kids[i].text == key {
			return true
		}
	}
	return false
}

func (d *doc) missing(n *node, p *place, name string) {
	at := d.span(n)
	at.End = min(at.End, at.Start+max(len(firstLine(at.Text())), 1))
	d.diags.Errorf(diag.MissingKey, at, "%s needs the key %q", p.title, name).Hintf("add %q", name+": …")
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return strings.TrimRight(line, "\r ")
}

func (d *doc) unknownKey(f field, p *place) {
	name := f.name()
	if hint := p.hints[name]; hint != "" {
		d.diags.Errorf(diag.MisplacedKey, d.span(f.key), "the key %q does not belong in %s", name, p.title).Hint = hint
		return
	}
	near := diag.Nearest(name, p.names())
	if near == "" || len(name) > 3 {
		if where := elsewhere(name, p); where != "" {
			d.diags.Errorf(diag.MisplacedKey, d.span(f.key), "the key %q does not belong in %s", name, p.title).
				Hintf("it is a key of %s", where)
			return
		}
	}
	e := d.diags.Errorf(diag.UnknownKey, d.span(f.key), "unknown key %q in %s", name, p.title)
	if near != "" {
		e.Hintf("did you mean %q?", near)
		return
	}
	e.Hintf("known here are %s", strings.Join(p.names(), ", "))
}

// elsewhere names the places, two at most, that know a key.
func elsewhere(name string, here *place) string {
	var titles []string
	for _, p := range places() {
		if p != here && p.index[name] != nil && len(titles) < 2 && !containsText(titles, p.title) && p.title != here.title {
			titles = append(titles, p.title)
		}
	}
	return strings.Join(titles, " or ")
}

func containsText(list []string, s string) bool {
	for _, item := range list {
		if item == s {
			return true
		}
	}
	return false
}

// available refuses keys and values that a later version brings.
func (d *doc) available(f field) bool {
	if f.known.notYet != "" {
		d.diags.Errorf(diag.NotAvailable, d.span(f.key), "the key %q is not available in this version", f.name()).
			Hintf("it is for %s, which a later version brings; remove it", f.known.notYet)
		return false
	}
	if f.value.kind == scalarNode && containsText(f.known.later, f.value.text) {
		d.diags.Errorf(diag.NotAvailable, d.span(f.value), "%q is not available in this version", f.name()+": "+f.value.text).
			Hintf("write one of %s", strings.Join(f.known.values, ", "))
		return false
	}
	return true
}

// fits reports whether the value of a known key has the right shape.
func (d *doc) fits(f field) bool {
	v, name := f.value, f.name()
	if v.isNull() && f.known.shape != anyShape {
		d.diags.Errorf(diag.WrongType, d.span(f.key), "the key %q has no value", name).
			Hintf("write a value, or remove the key")
		return false
	}
	if f.known.must && v.kind == scalarNode && v.text == "" {
		d.diags.Errorf(diag.InvalidValue, d.span(v), "the key %q is empty", name).Hintf("write a value between the quotes")
		return false
	}
	switch f.known.shape {
	case textShape, templateShape:
		return (v.isText() || d.wrong(v, quoted(name), "text")) && d.isOneOf(f)
	case thresholdShape:
		return v.isText() || d.noComparison(v, name)
	case switchShape:
		return v.isText() || v.isBool() || d.wrong(v, quoted(name), "true or false")
	case boolShape:
		return v.isBool() || d.wrong(v, quoted(name), "true or false")
	case countShape:
		return d.isCount(v, name, 1)
	case wholeShape:
		return d.isCount(v, name, 0)
	case textsShape:
		return v.isText() || d.isTexts(v, name)
	case listShape:
		return d.isTexts(v, name)
	case docsShape:
		return v.isBool() || v.kind == mapNode || d.wrong(v, quoted(name), "true or false")
	case freeShape, placeShape, namedShape, scalarsShape, levelsShape:
		return v.kind == mapNode || d.wrong(v, quoted(name), "keys and values") || d.onlyKey(f)
	case testsShape, argsShape, placesShape:
		return v.kind == listNode || d.wrong(v, quoted(name), "a list")
	default:
		return true
	}
}

// onlyKey hints at the one key of a place that a switch was written for. It always gives false.
func (d *doc) onlyKey(f field) bool {
	if in := f.known.in; f.value.isBool() && in != nil && len(in.keys) == 1 {
		d.diags[len(d.diags)-1].Hintf("write %s: {%s: %s}", f.name(), in.keys[0].name, f.value.text)
	}
	return false
}

func quoted(name string) string { return strconv.Quote(name) }

// wrong reports a value of the wrong type. It always gives false.
func (d *doc) wrong(n *node, what, want string) bool {
	found := n.describe()
	e := d.diags.Errorf(diag.WrongType, d.span(n), "%s must be %s, found %s", what, want, found).Hintf("write %s here", want)
	switch {
	case want == "text" && (found == "a number" || found == "true or false"):
		e.Hintf("write it in quotes: %q", n.text)
	case want == "text" && found == "keys and values" && strings.HasPrefix(e.Span.Text(), "{{"):
		e.Hintf("a value that begins with {{ must stand in quotes")
	case want == "a list" && found == "text":
		e.Hintf("write [%s], or one entry a line after a dash", n.text)
	case want == "keys and values":
		e.Hintf("write one key, a colon and its value a line")
	case want == "true or false" && found == "text" && isYesNo(n.text):
		e.Hintf("write true or false")
	}
	return false
}

// noComparison reports a threshold that is no text. It always gives false.
func (d *doc) noComparison(n *node, name string) bool {
	d.wrong(n, quoted(name), "a comparison")
	e := d.diags[len(d.diags)-1]
	if e.Hintf(`write a comparison with a count or a share, as in ">0" or ">1%%"`); n.describe() == "a number" {
		e.Hintf("write %q", ">"+n.text)
	}
	return false
}

func isYesNo(word string) bool {
	switch strings.ToLower(word) {
	case "yes", "no", "on", "off", "y", "n", "true", "false":
		return true
	}
	return false
}

func (d *doc) isCount(n *node, name string, least int64) bool {
	i, ok := n.integer()
	if !ok {
		return d.wrong(n, quoted(name), "a whole number")
	}
	if i < least {
		d.diags.Errorf(diag.InvalidValue, d.span(n), "%q must be at least %d, found %d", name, least, i).
			Hintf("write a number from %d on, or remove the key", least)
	}
	return i >= least
}

func (d *doc) isTexts(n *node, name string) bool {
	if n.kind != listNode {
		return d.wrong(n, quoted(name), "a list")
	}
	ok := true
	for i := range n.kids {
		item := &n.kids[i]
		ok = (item.isText() || d.wrong(item, "an entry of "+quoted(name), "text")) && ok
	}
	return ok
}

func (d *doc) isOneOf(f field) bool {
	if len(f.known.values) == 0 || containsText(f.known.values, f.value.text) {
		return true
	}
	e := d.diags.Errorf(diag.InvalidValue, d.span(f.value), "%q cannot be %q", f.name(), f.value.text)
	e.Hintf("write one of %s", strings.Join(f.known.values, ", "))
	e.Nearest(f.value.text, f.known.values)
	return false
}

// texts gives the entries of a list of texts, or the one text that stands in its place.
func texts(n *node) []string {
	if n.kind == scalarNode {
		return []string{n.text}
	}
	out := make([]string, len(n.kids))
	for i := range n.kids {
		out[i] = n.kids[i].text
	}
	return out
}

// each visits the entries of a list, or the one value that stands in its place.
func each(n *node, visit func(*node)) {
	if n.kind != listNode {
		visit(n)
		return
	}
	for i := range n.kids {
		visit(&n.kids[i])
	}
}
