package template

import (
	"fmt"
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/project"
)

// quernFunctions are Quern's own.
var quernFunctions = []function{
	{name: "ref", min: 1, max: 1, usage: `ref "orders"`, reads: readsRef, check: checkNames, eval: evalRef},
	{name: "source", min: 2, max: 2, usage: `source "raw" "orders"`, reads: readsSource, check: checkNames, eval: evalSource},
	{name: "this", usage: `this`, reads: readsThis, eval: evalThis},
	{name: "incremental", usage: `if incremental`, reads: readsIncremental, eval: evalIncremental},
	{name: "run_time", usage: `run_time`, reads: readsRunTime, eval: evalRunTime},
	{name: "batch_start", usage: `batch_start`, reads: readsBatch, eval: evalBatchStart},
	{name: "batch_end", usage: `batch_end`, reads: readsBatch, eval: evalBatchEnd},
	{name: "var", min: 1, max: 1, usage: `var "start_date"`, reads: readsVar, check: checkNames, eval: evalVar},
	{name: "env_var", min: 1, max: 2, usage: `env_var "REGION" "eu"`, reads: readsEnvVar, check: checkNames, eval: evalEnvVar},
	{name: "target", min: 1, max: 1, usage: `target "type"`, check: checkTarget, eval: evalTarget},
	{name: "literal", min: 1, max: 1, usage: `literal .value`, eval: evalLiteral},
	{name: "ident", min: 1, max: 1, usage: `ident .column`, eval: evalIdent},
	{name: "columns", min: 1, max: -1, usage: `columns "orders" "exclude" "id" "prefix" "o."`, reads: readsRef, check: checkColumns, eval: evalColumns},
}

var targetFields = []string{"name", "schema", "type"}

// names gives how many of the first arguments a function takes as names.
func (r reading) names() int {
	switch r {
	case readsRef, readsVar, readsEnvVar:
		return 1
	case readsSource:
		return 2
	default:
		return 0
	}
}

// checkNames refuses constants that are no names.
func checkNames(b *builder, c *call) {
	for _, arg := range c.args[:c.fn.reads.names()] {
		constant, ok := arg.(*literal)
		if !ok {
			continue
		}
		name, isText := constant.value.(string)
		switch at := constant.place; {
		case !isText:
			b.errorf(at, diag.BadArgument, "%q takes a name in double quotes, not %s", c.fn.name, b.text(at)).
				Hintf("write {{ %s }}", c.fn.usage)
		case name == "":
			b.errorf(at, diag.BadArgument, "%q takes a name, and this one is empty", c.fn.name).
				Hintf("write {{ %s }}", c.fn.usage)
		}
	}
}

func checkTarget(b *builder, c *call) {
	at := c.args[0].extent()
	constant, ok := c.args[0].(*literal)
	if !ok {
		b.errorf(at, diag.BadArgument, "\"target\" takes a constant").
			Hintf(`write {{ target "name" }}, {{ target "type" }} or {{ target "schema" }}`)
		return
	}
	field := fmt.Sprint(constant.value)
	if slices.Contains(targetFields, field) {
		return
	}
	d := b.errorf(at, diag.BadArgument, "a target has no %q", field)
	if d.Nearest(field, targetFields); d.Hint == "" {
		d.Hintf(`write {{ target "name" }}, {{ target "type" }} or {{ target "schema" }}`)
	}
}

func checkColumns(b *builder, c *call) {
	checkNames(b, c)
	if len(c.args)%2 == 0 {
		b.errorf(c.args[len(c.args)-1].extent(), diag.WrongArity, "an option of \"columns\" has no value").
			Hintf("write {{ %s }}", c.fn.usage)
	}
	for i := 1; i < len(c.args); i += 2 {
		constant, ok := c.args[i].(*literal)
		if ok && constant.value != "exclude" && constant.value != "prefix" {
			b.errorf(constant.place, diag.BadArgument, "\"columns\" has no option %q", fmt.Sprint(constant.value)).
				Hintf(`its options are "exclude" and "prefix"`)
		}
	}
}

// name gives an argument that has to be text.
func (e *exec) name(f *frame, c *call, args []any, i int) (string, error) {
	switch v := args[i].(type) {
	case string:
		return v, nil
	case *fragment:
		if len(v.holes) == 0 {
			return v.text, nil
		}
	}
	return "", f.fail(c.args[i].extent(), diag.TemplateValue, "%q takes text here, not %s", c.fn.name, describe(args[i]))
}

func evalRef(e *exec, f *frame, c *call, args []any) (any, error) {
	id, err := e.resolve(f, c, args)
	if err != nil {
		return nil, err
	}
	return e.read(id), nil
}

// resolve finds the node a ref names. It must be one that was found without rendering.
func (e *exec) resolve(f *frame, c *call, args []any) (project.ID, error) {
	name, err := e.name(f, c, args, 0)
	if err != nil {
		return "", err
	}
	if !e.unit.mayRead(name) {
		return "", f.undeclared(c, name)
	}
	if e.env.Resolve != nil {
		if id, ok := e.env.Resolve(name); ok {
			return id, nil
		}
	}
	return "", f.fail(c.args[0].extent(), diag.UnknownRef, "no model or seed is called %q", name)
}

func (f *frame) undeclared(c *call, name string) *fault {
	return f.fail(c.place, diag.UndeclaredReading, "%q reads %q, which is not among the names known before rendering", c.fn.name, name).
		hinted("name it as text, or list it under depends_on")
}

// read notes that a node was read, and gives its hole.
func (e *exec) read(id project.ID) hole {
	before := len(e.keys)
	h := e.hole(HoleRelation, id)
	if len(e.keys) > before {
		e.refs = append(e.refs, id)
	}
	return h
}

func evalSource(e *exec, f *frame, c *call, args []any) (any, error) {
	name, err := e.name(f, c, args, 0)
	if err != nil {
		return nil, err
	}
	table, err := e.name(f, c, args, 1)
	if err != nil {
		return nil, err
	}
	if !e.unit.mayReadSource(name, table) {
		return nil, f.undeclared(c, name+"."+table)
	}
	if e.env.Source != nil {
		if id, ok := e.env.Source(name, table); ok {
			return e.read(id), nil
		}
	}
	return nil, f.fail(c.args[1].extent(), diag.UnknownRef, "no source is called %q", name+"."+table)
}

func evalThis(e *exec, _ *frame, _ *call, _ []any) (any, error) { return e.hole(HoleThis, ""), nil }

func evalIncremental(e *exec, _ *frame, _ *call, _ []any) (any, error) { return e.env.Incremental, nil }

func evalRunTime(e *exec, _ *frame, _ *call, _ []any) (any, error) {
	return e.hole(HoleRunTime, ""), nil
}

func evalBatchStart(e *exec, _ *frame, _ *call, _ []any) (any, error) {
	return e.hole(HoleBatchStart, ""), nil
}

func evalBatchEnd(e *exec, _ *frame, _ *call, _ []any) (any, error) {
	return e.hole(HoleBatchEnd, ""), nil
}

func evalVar(e *exec, f *frame, c *call, args []any) (any, error) {
	name, err := e.name(f, c, args, 0)
	if err != nil {
		return nil, err
	}
	v, ok := e.env.Vars[name]
	if !ok {
		return nil, f.fail(c.args[0].extent(), diag.UndeclaredVar, "variable %q is not declared", name).
			hinted("declare it under vars in quern.yml")
	}
	return v.Value, nil
}

func evalEnvVar(e *exec, f *frame, c *call, args []any) (any, error) {
	name, err := e.name(f, c, args, 0)
	if err != nil {
		return nil, err
	}
	if isSecret(name) {
		return nil, f.fail(c.args[0].extent(), diag.EnvVar, "%s", secretMessage(name)).hinted("%s", secretHint)
	}
	if e.env.LookupEnv != nil {
		if value, ok := e.env.LookupEnv(name); ok {
			return value, nil
		}
	}
	if len(args) == 2 {
		return args[1], nil
	}
	return nil, f.fail(c.args[0].extent(), diag.EnvVar, "the environment variable %q is not set", name).
		hinted("set it, or give a default: {{ env_var %q \"…\" }}", name)
}

const secretHint = "secrets belong under targets in quern.yml, where they are masked"

func secretMessage(name string) string {
	return fmt.Sprintf("the environment variable %q may not be read in a template", name)
}

// isSecret reports whether the name of an environment variable is that of a secret.
func isSecret(name string) bool {
	name = strings.ToUpper(name)
	for _, suffix := range []string{"PASSWORD", "TOKEN", "SECRET"} {
		if name == suffix || strings.HasSuffix(name, "_"+suffix) {
			return true
		}
	}
	return false
}

func evalTarget(e *exec, _ *frame, _ *call, args []any) (any, error) {
	switch args[0] {
	case "schema":
		return e.hole(HoleTargetSchema, ""), nil
	case "name":
		return e.env.Target.Name, nil
	default:
		return e.env.Target.Type, nil
	}
}

func evalLiteral(e *exec, f *frame, c *call, args []any) (any, error) {
	value := e.plain(args[0])
	if text, ok := value.(string); ok && strings.IndexByte(text, sentinelOpen) >= 0 {
		return nil, damaged(f, c.args[0].extent())
	}
	if err := e.measure(f, c.place, value); err != nil {
		return nil, err
	}
	return e.env.Literal(value), nil
}

func evalIdent(e *exec, f *frame, c *call, args []any) (any, error) {
	name, err := e.name(f, c, args, 0)
	if err != nil {
		return nil, err
	}
	if strings.IndexByte(name, sentinelOpen) >= 0 {
		return nil, damaged(f, c.args[0].extent())
	}
	return e.env.Quote(name), nil
}
