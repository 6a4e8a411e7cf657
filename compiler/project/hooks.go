package project

import (
	"slices"

	"github.com/quernsql/quern/compiler/diag"
)

// The keys of hooks.
const (
	preHook  = "pre_hook"
	postHook = "post_hook"
)

// Hooks are statements that run with the build of a model. Folder defaults come first, the outermost before all.
type Hooks struct {
	// Pre run before the model's query, Post in the transaction that publishes what it gave.
	Pre, Post []Text
}

// list gives the hooks of a key.
func (h *Hooks) list(key string) *[]Text {
	if key == preHook {
		return &h.Pre
	}
	return &h.Post
}

func isHook(key string) bool { return key == preHook || key == postHook }

// hookTexts reads one statement, or a list of them.
func (d *doc) hookTexts(f field) []Text {
	out := make([]Text, 0, max(len(f.value.kids), 1))
	each(f.value, func(item *node) {
		if item.text == "" {
			d.diags.Errorf(diag.InvalidValue, d.span(item), "an entry of %q is empty", f.name()).
				Hintf("write a statement, or remove the entry")
			return
		}
		out = append(out, d.text(item))
	})
	return out
}

// addHooks puts the hooks of an outer folder before those that are set already.
func (p *modelPatch) addHooks(from *modelPatch, s setKey, first *setKey) {
	own, outer := p.hooks.list(s.name), from.hooks.list(s.name)
	*own = slices.Concat(*outer, *own)
	first.value = s.value + "," + first.value
}

// hooksOf gives the hooks of a model. It refuses those that have nothing to hook onto; defaults of a folder are for
// those of its models that can use them.
func (p *modelPatch) hooksOf(m *Model, diags *diag.List) Hooks {
	out := p.hooks
	for _, s := range p.set {
		switch {
		case !isHook(s.name):
			continue
		case m.Materialized == Ephemeral:
		case m.Materialized == External && s.name == postHook:
		default:
			continue
		}
		*out.list(s.name) = nil
		if s.span.File.Path == ProjectFile {
			continue
		}
		d := diags.Errorf(diag.MisplacedKey, s.span, "the key %q has nothing to hook onto: %q is %s", s.name, m.Name, m.Materialized)
		if d.Hintf("make it a view or a table, or remove the key"); m.Materialized == External {
			d.Hintf("files are no part of a transaction: hook onto a model that is no file, or remove the key")
		}
	}
	return out
}

// BuildHooks are statements that run once around a build.
type BuildHooks struct{ Before, After []Text }

var hooksPlace = newPlace("hooks", []key{
	{name: "before", shape: textsShape, doc: "Statements that run before a build that builds something."},
	{name: "after", shape: textsShape, doc: "Statements that run after it, also where something failed."},
}, nil)

func (d *doc) buildHooks(n *node) (out BuildHooks) {
	d.fields(n, hooksPlace, func(f field) {
		if f.name() == "before" {
			out.Before = d.hookTexts(f)
			return
		}
		out.After = d.hookTexts(f)
	})
	return out
}
