package template

import (
	"cmp"
	"fmt"
	"math"
	"reflect"
	"strings"
	texttemplate "text/template"

	"github.com/quernsql/quern/compiler/diag"
)

// builtins are text/template's own functions, with its meaning. They are written again because its
// own cannot be bounded.
var builtins = []function{
	{name: "and", min: 1, max: -1, lazy: evalAnd},
	{name: "or", min: 1, max: -1, lazy: evalOr},
	{name: "not", min: 1, max: 1, eval: evalNot},
	{name: "eq", min: 2, max: -1, eval: evalEq},
	{name: "ne", min: 2, max: 2, eval: evalNe},
	{name: "lt", min: 2, max: 2, eval: ordered(func(c int) bool { return c < 0 })},
	{name: "le", min: 2, max: 2, eval: ordered(func(c int) bool { return c <= 0 })},
	{name: "gt", min: 2, max: 2, eval: ordered(func(c int) bool { return c > 0 })},
	{name: "ge", min: 2, max: 2, eval: ordered(func(c int) bool { return c >= 0 })},
	{name: "len", min: 1, max: 1, eval: evalLen},
	{name: "index", min: 1, max: -1, eval: evalIndex},
	{name: "slice", min: 1, max: 4, eval: evalSlice},
	{name: "print", max: -1, eval: printer(fmt.Sprint)},
	{name: "println", max: -1, eval: printer(fmt.Sprintln)},
	{name: "printf", min: 1, max: -1, eval: evalPrintf},
	{name: "html", max: -1, eval: printer(texttemplate.HTMLEscaper)},
	{name: "js", max: -1, eval: printer(texttemplate.JSEscaper)},
	{name: "urlquery", max: -1, eval: printer(texttemplate.URLQueryEscaper)},
}

func evalAnd(e *exec, f *frame, c *call) (any, error) { return e.first(f, c, false) }

func evalOr(e *exec, f *frame, c *call) (any, error) { return e.first(f, c, true) }

// first gives the first argument with the wanted truth, or the last one.
func (e *exec) first(f *frame, c *call, want bool) (value any, err error) {
	for _, x := range c.args {
		if value, err = e.eval(f, x); err != nil || truth(value) == want {
			break
		}
	}
	return value, err
}

func evalNot(_ *exec, _ *frame, _ *call, args []any) (any, error) { return !truth(args[0]), nil }

func evalEq(e *exec, f *frame, c *call, args []any) (any, error) {
	for i, arg := range args[1:] {
		same, err := equal(e.plain(args[0]), e.plain(arg))
		if err != nil {
			return nil, f.fail(c.args[i+1].extent(), diag.TemplateValue, "%s", err)
		}
		if same {
			return true, nil
		}
	}
	return false, nil
}

func evalNe(e *exec, f *frame, c *call, args []any) (any, error) {
	same, err := evalEq(e, f, c, args)
	if err != nil {
		return nil, err
	}
	return same == false, nil
}

// equal compares basic values. Numbers compare by value whatever their type.
func equal(a, b any) (bool, error) {
	if a == nil || b == nil {
		return a == nil && b == nil, nil
	}
	c, err := compare(a, b)
	if err == nil {
		return c == 0, nil
	}
	if x, ok := a.(bool); ok {
		if y, ok := b.(bool); ok {
			return x == y, nil
		}
	}
	return false, err
}

func ordered(want func(int) bool) func(*exec, *frame, *call, []any) (any, error) {
	return func(e *exec, f *frame, c *call, args []any) (any, error) {
		order, err := compare(e.plain(args[0]), e.plain(args[1]))
		if err != nil {
			return nil, f.fail(c.args[1].extent(), diag.TemplateValue, "%s", err)
		}
		return want(order), nil
	}
}

// compare orders two texts or two numbers.
func compare(a, b any) (int, error) {
	x, y := reflect.ValueOf(a), reflect.ValueOf(b)
	switch {
	case x.Kind() == reflect.String && y.Kind() == reflect.String:
		return strings.Compare(x.String(), y.String()), nil
	case !isNumber(a) || !isNumber(b):
		return 0, fmt.Errorf("%s cannot be compared with %s", describe(a), describe(b))
	case x.CanInt() && y.CanInt():
		return cmp.Compare(x.Int(), y.Int()), nil
	default:
		return cmp.Compare(toFloat(x), toFloat(y)), nil
	}
}

func toFloat(v reflect.Value) float64 {
	switch {
	case v.CanInt():
		return float64(v.Int())
	case v.CanUint():
		return float64(v.Uint())
	default:
		return v.Float()
	}
}

func evalLen(e *exec, f *frame, c *call, args []any) (any, error) {
	v := reflect.ValueOf(e.plain(args[0]))
	switch v.Kind() {
	case reflect.String, reflect.Slice, reflect.Array, reflect.Map:
		return v.Len(), nil
	default:
		return nil, f.fail(c.args[0].extent(), diag.TemplateValue, "%s has no length", describe(args[0]))
	}
}

func evalIndex(e *exec, f *frame, c *call, args []any) (any, error) {
	value := e.plain(args[0])
	for i, key := range args[1:] {
		v := reflect.ValueOf(value)
		switch v.Kind() {
		case reflect.Map:
			k, err := convert(e.plain(key), v.Type().Key())
			if err != nil {
				return nil, f.fail(c.args[i+1].extent(), diag.TemplateValue, "the key is %s", err)
			}
			found := v.MapIndex(k)
			if !found.IsValid() {
				found = reflect.Zero(v.Type().Elem())
			}
			value = found.Interface()
		case reflect.String, reflect.Slice, reflect.Array:
			n, err := position(key, v.Len()-1)
			if err != nil {
				return nil, f.fail(c.args[i+1].extent(), diag.TemplateValue, "%s", err)
			}
			value = v.Index(n).Interface()
		default:
			return nil, f.fail(c.args[0].extent(), diag.TemplateValue, "%s cannot be indexed", describe(value))
		}
	}
	return value, nil
}

// position reads an index between zero and most.
func position(value any, most int) (int, error) {
	v := reflect.ValueOf(value)
	if value == nil || !v.CanInt() && !v.CanUint() {
		return 0, fmt.Errorf("an index is a whole number, not %s", describe(value))
	}
	n := toFloat(v)
	if n < 0 || n > float64(most) {
		return 0, fmt.Errorf("index %v is out of range: it can be %s", value, upTo(most))
	}
	return int(n), nil
}

func evalSlice(e *exec, f *frame, c *call, args []any) (any, error) {
	v := reflect.ValueOf(e.plain(args[0]))
	isText := v.Kind() == reflect.String
	if !isText && v.Kind() != reflect.Slice || isText && len(args) == 4 {
		return nil, f.fail(c.args[0].extent(), diag.TemplateValue, "%s cannot be sliced like this", describe(args[0]))
	}
	bounds := []int{0, v.Len(), v.Len()}
	for i, arg := range args[1:] {
		n, err := position(arg, v.Len())
		if err != nil {
			return nil, f.fail(c.args[i+1].extent(), diag.TemplateValue, "%s", err)
		}
		bounds[i] = n
	}
	if bounds[0] > bounds[1] || bounds[1] > bounds[2] {
		return nil, f.fail(c.place, diag.TemplateValue, "the slice ends before it begins")
	}
	return v.Slice(bounds[0], bounds[1]).Interface(), nil
}

// printer makes a function that writes its arguments.
func printer(write func(...any) string) func(*exec, *frame, *call, []any) (any, error) {
	return func(e *exec, f *frame, c *call, args []any) (any, error) {
		values, err := e.printable(f, c, args)
		if err != nil {
			return nil, err
		}
		return e.made(f, c, args, write(values...))
	}
}

// printable prepares the arguments of a printing function.
func (e *exec) printable(f *frame, c *call, args []any) ([]any, error) {
	values := make([]any, len(args))
	for i, arg := range args {
		if err := e.measure(f, c.place, arg); err != nil {
			return nil, err
		}
		if list, ok := arg.(columnList); ok {
			values[i] = list.sql
			continue
		}
		values[i] = e.plain(arg)
	}
	return values, nil
}

func evalPrintf(e *exec, f *frame, c *call, args []any) (any, error) {
	format, err := e.name(f, c, args, 0)
	if err != nil {
		return nil, err
	}
	values, err := e.printable(f, c, args[1:])
	if err != nil {
		return nil, err
	}
	if err := e.spend(f, c.place, printfCost(format, values)); err != nil {
		return nil, err
	}
	text := fmt.Sprintf(format, values...)
	if bad := badVerb(format, values, text); bad != "" {
		return nil, f.fail(c.args[0].extent(), diag.TemplateValue, "the format does not fit its arguments: it gives %q", bad)
	}
	return e.made(f, c, args[1:], text)
}

// printfCost bounds the length of what a format can give: each verb can be as wide as it says, or
// as any of the values.
func printfCost(format string, values []any) int {
	verbs, width := strings.Count(format, "%"), 0
	for i := 0; i < len(format); i++ {
		n := 0
		for ; i < len(format) && format[i] >= '0' && format[i] <= '9'; i++ {
			n = min(10*n+int(format[i]-'0'), 1<<20)
		}
		width += n
	}
	longest := 64
	for _, value := range values {
		longest = max(longest, 4*len(fmt.Sprint(value)))
		if n := reflect.ValueOf(value); n.IsValid() && n.CanInt() && strings.Contains(format, "*") {
			width += int(min(max(n.Int(), -n.Int()), 1<<20))
		}
	}
	if verbs > 0 && (longest > math.MaxInt32/verbs || width > math.MaxInt32/verbs) {
		return math.MaxInt
	}
	return len(format) + verbs*(longest+width)
}

// badVerb finds a complaint of fmt's in what it gave.
func badVerb(format string, values []any, text string) string {
	i := strings.Index(text, "%!")
	if i < 0 || strings.Contains(format, "%%!") {
		return ""
	}
	for _, value := range values {
		if strings.Contains(fmt.Sprint(value), "%!") {
			return ""
		}
	}
	return text[i:min(len(text), i+40)]
}
