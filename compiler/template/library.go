package template

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"

	"github.com/quernsql/quern/compiler/diag"
)

// library calls a function of sprig.
func (e *exec) library(f *frame, c *call, args []any) (any, error) {
	fn := c.fn.fn
	in := make([]reflect.Value, len(args))
	for i, arg := range args {
		if err := e.measure(f, c.place, arg); err != nil {
			return nil, err
		}
		want := paramType(fn.Type(), i)
		if list, ok := arg.(columnList); ok && want.Kind() == reflect.String {
			arg = list.sql
		}
		value, err := convert(e.plain(arg), want)
		if err != nil {
			return nil, f.fail(c.args[i].extent(), diag.TemplateValue, "%q cannot take this argument: it is %s", c.fn.name, err)
		}
		in[i] = value
	}
	if c.fn.cost != nil {
		plain := make([]any, len(in))
		for i, v := range in {
			plain[i] = v.Interface()
		}
		if err := e.spend(f, c.place, c.fn.cost(plain)); err != nil {
			return nil, err
		}
	}
	value, err := safely(fn, in)
	switch {
	case err != nil && c.fn.name == "fail":
		return nil, f.fail(c.place, diag.TemplateValue, "%s", err)
	case err != nil:
		return nil, f.fail(c.place, diag.TemplateValue, "%q stopped: %s", c.fn.name, err)
	}
	// Functions that give text make it of their arguments; the others may just choose among them.
	if text, ok := value.(string); ok && fn.Type().Out(0).Kind() == reflect.String && c.fn.name != "kindOf" {
		return e.made(f, c, args, text)
	}
	return value, e.measure(f, c.place, value)
}

// made takes what a function made of its arguments. Where they held a relation and the text holds
// none, the function has changed it.
func (e *exec) made(f *frame, c *call, args []any, text string) (any, error) {
	if err := e.spend(f, c.place, len(text)); err != nil {
		return nil, err
	}
	if len(e.keys) == 0 || strings.IndexByte(text, sentinelOpen) >= 0 {
		return text, nil
	}
	for i, arg := range args {
		if e.holdsHole(arg) {
			return nil, damaged(f, c.args[len(c.args)-len(args)+i].extent())
		}
	}
	return text, nil
}

func (e *exec) holdsHole(value any) bool {
	switch v := value.(type) {
	case hole:
		return true
	case *fragment:
		return len(v.holes) > 0
	case string:
		return strings.IndexByte(v, sentinelOpen) >= 0
	}
	return false
}

func paramType(fn reflect.Type, i int) reflect.Type {
	if fn.IsVariadic() && i >= fn.NumIn()-1 {
		return fn.In(fn.NumIn() - 1).Elem()
	}
	return fn.In(i)
}

// convert makes an argument fit a parameter. Whole numbers fit every numeric type.
func convert(value any, want reflect.Type) (reflect.Value, error) {
	if value == nil {
		if k := want.Kind(); k == reflect.Interface || k == reflect.Map || k == reflect.Slice {
			return reflect.Zero(want), nil
		}
		return reflect.Value{}, fmt.Errorf("nil, not %s", kindName(want))
	}
	v := reflect.ValueOf(value)
	if v.Type().AssignableTo(want) {
		return v, nil
	}
	out := reflect.New(want).Elem()
	switch {
	case out.CanInt() && isNumber(value):
		n := toFloat(v)
		if n != math.Trunc(n) || math.Abs(n) > 1<<53 && !v.CanInt() || v.CanInt() && out.OverflowInt(v.Int()) {
			return reflect.Value{}, fmt.Errorf("%v, not a whole number", value)
		}
		if out.SetInt(int64(n)); v.CanInt() {
			out.SetInt(v.Int())
		}
		return out, nil
	case out.CanFloat() && isNumber(value):
		out.SetFloat(toFloat(v))
		return out, nil
	case want.Kind() == reflect.Map && v.Kind() == reflect.Map && v.Type().Key() == want.Key():
		out = reflect.MakeMapWithSize(want, v.Len())
		for it := v.MapRange(); it.Next(); {
			elem, err := convert(it.Value().Interface(), want.Elem())
			if err != nil {
				return elem, err
			}
			out.SetMapIndex(it.Key(), elem)
		}
		return out, nil
	}
	return reflect.Value{}, fmt.Errorf("%s, not %s", describe(value), kindName(want))
}

func kindName(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "text"
	case reflect.Bool:
		return "a boolean"
	case reflect.Slice:
		return "a list"
	case reflect.Map:
		return "a dictionary"
	default:
		return "a number"
	}
}

// safely calls a function and turns its panics, which are how sprig refuses arguments, into errors.
func safely(fn reflect.Value, in []reflect.Value) (value any, err error) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case error:
			err = errors.New(strings.TrimPrefix(p.Error(), "runtime error: "))
		default:
			err = fmt.Errorf("%v", p)
		}
	}()
	out := fn.Call(in)
	if len(out) == 2 && !out[1].IsNil() {
		return nil, out[1].Interface().(error)
	}
	return out[0].Interface(), nil
}
