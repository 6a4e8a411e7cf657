package project

import (
	"strings"

	"github.com/quernsql/quern/compiler/diag"
)

// levelWords are the values of the key warnings, in the order of diag.Level.
var levelWords = []string{"error", "warn", "off"}

func warningNames() []string { return diag.Warnings() }

// levels reads the key warnings: a level by code or name of a warning. A code that stands under its
// name too is reported.
func (d *doc) levels(n *node) map[diag.Code]diag.Level {
	out := make(map[diag.Code]diag.Level, len(n.kids)/2)
	places := make(map[diag.Code]field, len(n.kids)/2)
	d.eachKey(n, func(f field) {
		code, ok := d.warning(f)
		if !ok || !d.isLevel(f) {
			return
		}
		if first, twice := places[code]; twice {
			d.diags.Errorf(diag.DuplicateKey, d.span(f.key), "%q and %q are one warning", first.name(), f.name()).
				Hintf("keep one of them").Notef(d.span(first.key), "it stands here first")
			return
		}
		places[code] = f
		for i, word := range levelWords {
			if f.value.text == word {
				out[code] = diag.Level(i + 1)
			}
		}
	})
	return out
}

// warning gives the code of a key; what is no warning is reported.
func (d *doc) warning(f field) (diag.Code, bool) {
	code, known := diag.Named(f.name())
	switch {
	case !known:
		names := warningNames()
		if word := f.name(); strings.HasPrefix(word, "E") && len(word) == len("E0101") {
			names = nil // a code of no error either
		}
		d.diags.Errorf(diag.UnknownKey, d.span(f.key), "there is no warning %q", f.name()).
			Hintf("write the code that stands in the warning's brackets, as in W0380, or a lint's name").Nearest(f.name(), names)
		return "", false
	case code == diag.TestWarned:
		d.diags.Errorf(diag.InvalidValue, d.span(f.key), "what tests find has the level of the test").
			Hintf(`set "severity" in the config of the test`)
		return "", false
	case strings.HasPrefix(string(code), "E"):
		d.diags.Errorf(diag.InvalidValue, d.span(f.key), "%s is an error, and errors keep their level", code).
			Hintf("remove the key; only warnings, whose codes begin with W, can be set")
		return "", false
	}
	return code, true
}

func (d *doc) isLevel(f field) bool {
	if f.value.kind == scalarNode && containsText(levelWords, f.value.text) {
		return true
	}
	if f.value.kind != scalarNode {
		return d.wrong(f.value, quoted(f.name()), "text")
	}
	d.diags.Errorf(diag.InvalidValue, d.span(f.value), "%q cannot be %q", f.name(), f.value.text).
		Hintf("write one of %s", strings.Join(levelWords, ", ")).Nearest(f.value.text, levelWords)
	return false
}
