package project

import (
	"strconv"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/source"
)

// plainTest is the configuration of every test that sets none: most do not.
var plainTest = TestConfig{Severity: SeverityError}

// tests reads a list of tests of a column or, with an empty name, of the whole relation.
func (d *doc) tests(n *node, column string, to []TestUse) []TestUse {
	for i := range n.kids {
		item := &n.kids[i]
		use := TestUse{Column: column, Config: &plainTest}
		switch {
		case item.kind == scalarNode:
			if !item.isText() {
				d.wrong(item, `an entry of "tests"`, "text")
				continue
			}
			use.Test, use.Span = item.text, d.text(item).Span
		case item.kind != mapNode || len(item.kids) != 2 || item.kids[0].kind != scalarNode:
			d.diags.Errorf(diag.WrongType, d.span(item), "a test must be a name, or one name with its arguments, found %s", foundTest(item)).
				Hintf("write - not_null, or - between: {min: 0}; config stands among the arguments")
			continue
		default:
			use.Test, use.Span = item.kids[0].text, d.span(&item.kids[0])
			d.testArgs(&item.kids[1], &use)
		}
		to = append(to, use)
	}
	return to
}

func foundTest(n *node) string {
	if n.kind == mapNode {
		return strconv.Itoa(len(n.kids)/2) + " keys"
	}
	return n.describe()
}

func (d *doc) testArgs(n *node, use *TestUse) {
	if n.isNull() {
		return
	}
	if n.kind != mapNode {
		d.wrong(n, "the arguments of "+quoted(use.Test), "keys and values")
		return
	}
	use.Args = make([]ArgValue, 0, len(n.kids)/2)
	d.eachKey(n, func(f field) {
		if f.name() == "config" {
			config := d.testConfig(f.value)
			config.Span = d.span(f.key)
			use.Config = &config
			return
		}
		arg := ArgValue{Name: f.name(), Span: d.span(f.key), ValueSpan: d.span(f.value), Value: d.anyOf(f.value)}
		if _, ok := arg.Value.(string); ok {
			arg.Text = d.text(f.value)
		}
		use.Args = append(use.Args, arg)
	})
}

func (d *doc) testConfig(n *node) TestConfig {
	c := TestConfig{Severity: SeverityError}
	d.fields(n, testConfigPlace, func(f field) {
		switch f.name() {
		case "name":
			if d.validName(d.text(f.value).Span, f.value.text, "a test") {
				c.Name = f.value.text
			}
		case "where":
			c.Where = d.text(f.value)
		case "tags":
			c.Tags = d.tags(f.value)
		default:
			d.testSetting(f, &c)
		}
	})
	d.thresholds(&c)
	return c
}

// testSetting sets one of the keys that generic and singular tests have in common.
func (d *doc) testSetting(f field, c *TestConfig) {
	switch f.name() {
	case "severity":
		if f.value.text == "warn" {
			c.Severity = SeverityWarn
		}
	case "warn_if":
		c.WarnIf = d.threshold(f.value)
	case "error_if":
		c.ErrorIf = d.threshold(f.value)
	case "limit":
		i, _ := f.value.integer()
		c.Limit = int(i)
	case "store_failures":
		c.StoreFailures = f.value.isTrue()
	case "scope":
		c.Scope, c.ScopeAt = scopeOf(f.value.text), d.span(f.value)
	}
}

// argDefs reads the arguments that a macro or a generic test declares.
func (d *doc) argDefs(n *node) []Argument {
	args := make([]Argument, 0, len(n.kids))
	first := map[string]source.Span{}
	for i := range n.kids {
		item := &n.kids[i]
		arg := Argument{Name: item.text, Span: d.span(item)}
		if item.kind == mapNode && len(item.kids) == 2 && item.kids[0].kind == scalarNode {
			arg = Argument{Name: item.kids[0].text, Default: d.anyOf(&item.kids[1]), HasDefault: true, Span: d.span(&item.kids[0])}
		} else if item.kind != scalarNode {
			d.wrong(item, `an entry of "args"`, "a name or one name with its default")
			continue
		}
		if !d.validName(arg.Span, arg.Name, "an argument") {
			continue
		}
		if before, twice := first[arg.Name]; twice {
			d.diags.Errorf(diag.DuplicateName, arg.Span, "the argument %q is declared twice", arg.Name).
				Hintf("give it another name").Notef(before, "it is declared here first")
			continue
		}
		if len(args) > 0 && args[len(args)-1].HasDefault && !arg.HasDefault {
			d.diags.Errorf(diag.InvalidValue, arg.Span, "the argument %q has no default, but the one before it has", arg.Name).
				Hintf("put arguments with a default last")
		}
		first[arg.Name] = arg.Span
		args = append(args, arg)
	}
	return args
}
