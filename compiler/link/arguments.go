package link

import (
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/project"
)

// shape is the kind of value an argument takes.
type shape uint8

const (
	anyShape shape = iota
	textShape
	listShape   // with at least one value
	namesShape  // a list of texts
	valuesShape // a list of texts, numbers and truth values
	numberShape // whole or not
	valueShape  // a text, number or truth value
	mapShape
	boolShape
)

var shapeWords = [...]string{
	"a value", "text", "a list", "a list of names", "a list of single values", "a number", "a single value", "a map", "true or false",
}

// builtInShapes are the arguments of built-in tests whose values are not free.
var builtInShapes = map[string]map[string]shape{
	"accepted_values":    {"values": valuesShape, "quote": boolShape},
	"relationships":      {"to": textShape, "field": textShape},
	"unique_combination": {"columns": namesShape},
	"expression":         {"expression": textShape},
	"between":            {"min": valueShape, "max": valueShape, "inclusive": boolShape},
	"matches":            {"regex": textShape},
	"row_count":          {"min": numberShape, "max": numberShape, "equals": numberShape},
}

// builtInChoices are the arguments of built-in tests of which at least one must be given: without
// any of them the test could never fail.
var builtInChoices = map[string][]string{
	"between":   {"min", "max"},
	"row_count": {"min", "max", "equals"},
}

// arguments reports whether a use gives a generic test what it takes.
func (m *testMaker) arguments(test *project.GenericTest, use *project.TestUse) bool {
	before := len(m.diags)
	m.place(test, use)
	for i := range use.Args {
		m.argument(test, use, &use.Args[i])
	}
	for _, arg := range test.Args {
		given := slices.ContainsFunc(use.Args, func(a project.ArgValue) bool { return a.Name == arg.Name })
		if isGiven(arg.Name) || arg.HasDefault || given {
			continue
		}
		m.diags.Errorf(diag.BadTestArgument, use.Span, "test %q needs the argument %q", test.Name, arg.Name).
			Hintf("write - %s: %s", test.Name, usage(test))
	}
	if len(m.diags) == before {
		m.choice(test, use)
	}
	return len(m.diags) == before
}

func (m *testMaker) choice(test *project.GenericTest, use *project.TestUse) {
	names := builtInChoices[test.Name]
	if !test.BuiltIn || len(names) == 0 {
		return
	}
	given := slices.ContainsFunc(use.Args, func(a project.ArgValue) bool { return slices.Contains(names, a.Name) })
	if !given {
		m.diags.Errorf(diag.BadTestArgument, use.Span, "test %q has nothing to compare with", test.Name).
			Hintf("give it %s", strings.Join(names, " or "))
	}
}

// place checks that a test of columns stands on a column, and no other does.
func (m *testMaker) place(test *project.GenericTest, use *project.TestUse) {
	i := slices.IndexFunc(test.Args, func(a project.Argument) bool { return a.Name == "column" })
	switch {
	case i < 0 && use.Column != "":
		m.diags.Errorf(diag.TestPlace, use.Span, "test %q is of a whole relation, not of a column", test.Name).
			Hintf("move it from the column to the \"tests:\" beside \"columns:\"")
	case i >= 0 && use.Column == "" && !test.Args[i].HasDefault:
		m.diags.Errorf(diag.TestPlace, use.Span, "test %q is of a column, not of a whole relation", test.Name).
			Hintf("move it to the \"tests:\" of a column")
	}
}

// isGiven reports whether an argument follows from where the test stands.
func isGiven(name string) bool { return name == "model" || name == "column" }

func (m *testMaker) argument(test *project.GenericTest, use *project.TestUse, arg *project.ArgValue) {
	i := slices.IndexFunc(test.Args, func(a project.Argument) bool { return a.Name == arg.Name })
	if isGiven(arg.Name) {
		m.diags.Errorf(diag.BadTestArgument, arg.Span, "%q is no argument to write: it follows from where the test stands", arg.Name).
			Hintf("take it out, and put the test on the right model or column")
		return
	}
	if i < 0 {
		m.unknownArgument(test, arg)
		return
	}
	want := shapeOf(test, &test.Args[i])
	if fits(want, arg.Value) {
		return
	}
	at := arg.Span
	if !arg.Text.Span.IsZero() {
		at = arg.Text.Span
	}
	m.diags.Errorf(diag.BadTestArgument, at, "the argument %q of test %q must be %s, not %s",
		arg.Name, use.Test, shapeWords[want], describe(arg.Value)).
		Hintf("write - %s: %s", test.Name, usage(test))
}

func (m *testMaker) unknownArgument(test *project.GenericTest, arg *project.ArgValue) {
	var names []string
	for _, a := range test.Args {
		if !isGiven(a.Name) {
			names = append(names, a.Name)
		}
	}
	d := m.diags.Errorf(diag.BadTestArgument, arg.Span, "test %q has no argument %q", test.Name, arg.Name)
	if len(names) == 0 {
		d.Hintf("it takes none")
		return
	}
	d.Hintf("it takes %s", strings.Join(names, ", "))
	d.Nearest(arg.Name, names)
}

// usage shows how the arguments of a test are written.
func usage(test *project.GenericTest) string {
	var parts []string
	for i := range test.Args {
		if a := &test.Args[i]; !isGiven(a.Name) {
			value := "…"
			if s := shapeOf(test, a); s == listShape || s == namesShape || s == valuesShape {
				value = "[…]"
			}
			parts = append(parts, a.Name+": "+value)
		}
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// shapeOf gives the kind of value an argument takes: that of its default, where it says one.
func shapeOf(test *project.GenericTest, arg *project.Argument) shape {
	if test.BuiltIn {
		return builtInShapes[test.Name][arg.Name]
	}
	switch arg.Default.(type) {
	case []any:
		return listShape
	case map[string]any:
		return mapShape
	case bool:
		return boolShape
	case string, int64, float64:
		return valueShape
	default:
		return anyShape
	}
}

func fits(want shape, value any) bool {
	list, isList := value.([]any)
	switch want {
	case textShape:
		return isText(value)
	case listShape:
		return isList && len(list) > 0
	case namesShape:
		return isList && len(list) > 0 && !slices.ContainsFunc(list, func(v any) bool { return !isText(v) })
	case valuesShape:
		return isList && len(list) > 0 && !slices.ContainsFunc(list, func(v any) bool { return !isValue(v) })
	case numberShape:
		return isNumber(value)
	case valueShape:
		return isValue(value)
	case mapShape:
		_, isMap := value.(map[string]any)
		return isMap
	case boolShape:
		_, isBool := value.(bool)
		return isBool
	default:
		return true
	}
}

func isValue(value any) bool {
	_, isBool := value.(bool)
	return isBool || isText(value) || isNumber(value)
}

func isText(value any) bool {
	_, ok := value.(string)
	return ok
}

func isNumber(value any) bool {
	switch value.(type) {
	case int64, float64:
		return true
	default:
		return false
	}
}

func describe(value any) string {
	switch v := value.(type) {
	case nil:
		return "nothing"
	case string:
		return "text"
	case bool:
		return "true or false"
	case []any:
		if len(v) == 0 {
			return "an empty list"
		}
		if slices.Contains(v, nil) {
			return "a list with a null"
		}
		return "a list"
	case map[string]any:
		return "a map"
	default:
		return "a number"
	}
}
