package template

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	texttemplate "text/template"

	"github.com/quernsql/quern/compiler/diag"
)

// columnList is the value of {{ columns }}: it prints as SQL and can be ranged over.
type columnList struct {
	names []string
	sql   string
}

// text gives what a value prints as, with sentinels for holes.
func (e *exec) text(f *frame, at place, value any) (string, error) {
	switch v := value.(type) {
	case string:
		return v, nil
	case bool:
		return strconv.FormatBool(v), nil
	case int:
		return strconv.Itoa(v), nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	case hole:
		return v.sentinel(), nil
	case *fragment:
		return e.string(v), nil
	case columnList:
		return v.sql, nil
	}
	if err := e.measure(f, at, value); err != nil {
		return "", err
	}
	return fmt.Sprint(value), nil
}

// plain gives a value as library functions take it: holes and macros' texts become text.
func (e *exec) plain(value any) any {
	switch v := value.(type) {
	case hole:
		return v.sentinel()
	case *fragment:
		return e.string(v)
	case columnList:
		return v.names
	}
	return value
}

// measure spends the size of a value and refuses one that is nested too deep to walk safely.
func (e *exec) measure(f *frame, at place, value any) error {
	switch v := value.(type) {
	case string:
		return e.spend(f, at, len(v))
	case nil, bool, int, int64, float64, hole:
		return nil
	case *fragment:
		return e.spend(f, at, len(v.text))
	case columnList:
		return e.spend(f, at, len(v.sql))
	}
	return e.walk(f, at, reflect.ValueOf(value), 0)
}

// elementSize is what an element of a list or map costs, in bytes and in time to look at it.
const elementSize = 32

func (e *exec) walk(f *frame, at place, v reflect.Value, depth int) error {
	if depth > maxDepth {
		return f.fail(at, diag.TemplateLimit, "a value is nested more than %d deep", maxDepth)
	}
	switch v.Kind() {
	case reflect.String:
		return e.spend(f, at, v.Len())
	case reflect.Interface, reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		return e.walk(f, at, v.Elem(), depth+1)
	case reflect.Slice, reflect.Array:
		if err := e.spend(f, at, elementSize*v.Len()); err != nil {
			return err
		}
		for i := range v.Len() {
			if err := e.walk(f, at, v.Index(i), depth+1); err != nil {
				return err
			}
		}
	case reflect.Map:
		if err := e.spend(f, at, elementSize*v.Len()); err != nil {
			return err
		}
		for it := v.MapRange(); it.Next(); {
			if err := e.walk(f, at, it.Key(), depth+1); err != nil {
				return err
			}
			if err := e.walk(f, at, it.Value(), depth+1); err != nil {
				return err
			}
		}
	default: // numbers and booleans
	}
	return nil
}

// truth says whether an if takes its first branch: not for the zero value of a type, nor for an
// empty list, map or text.
func truth(value any) bool {
	switch v := value.(type) {
	case bool:
		return v
	case hole:
		return true
	case *fragment:
		return v.text != "" || len(v.holes) > 0
	case columnList:
		return len(v.names) > 0
	}
	t, _ := texttemplate.IsTrue(value)
	return t
}

// iterate gives the turns of a range. Maps come in the order of their keys.
func iterate(value any) (each func(int) (key, elem any), length int, err error) {
	switch v := value.(type) {
	case nil:
		return nil, 0, nil
	case []any:
		return func(i int) (any, any) { return i, v[i] }, len(v), nil
	case columnList:
		return func(i int) (any, any) { return i, v.names[i] }, len(v.names), nil
	case hole, *fragment:
		return nil, 0, fmt.Errorf("a range needs a list, not %s", describe(value))
	}
	v := reflect.ValueOf(value)
	switch v.Kind() {
	case reflect.Slice, reflect.Array:
		return func(i int) (any, any) { return i, v.Index(i).Interface() }, v.Len(), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		at := func(i int) (any, any) {
			n := reflect.New(v.Type()).Elem()
			n.SetInt(int64(i))
			return nil, n.Interface()
		}
		return at, int(max(v.Int(), 0)), nil
	case reflect.Map:
		keys := sortedKeys(v)
		return func(i int) (any, any) { return keys[i].Interface(), v.MapIndex(keys[i]).Interface() }, len(keys), nil
	default:
		return nil, 0, fmt.Errorf("a range needs a list, not %s", describe(value))
	}
}

func isNumber(value any) bool {
	k := reflect.ValueOf(value).Kind()
	return value != nil && k >= reflect.Int && k <= reflect.Float64
}

func sortedKeys(v reflect.Value) []reflect.Value {
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int {
		return strings.Compare(fmt.Sprint(a.Interface()), fmt.Sprint(b.Interface()))
	})
	return keys
}

// describe names a value's kind for messages.
func describe(value any) string {
	switch value.(type) {
	case nil:
		return "nil"
	case hole:
		return "a relation"
	case *fragment:
		return "text"
	case columnList:
		return "a list"
	}
	switch k := reflect.ValueOf(value).Kind(); {
	case k == reflect.String:
		return "text"
	case k == reflect.Bool:
		return "a boolean"
	case k >= reflect.Int && k <= reflect.Float64:
		return "a number"
	case k == reflect.Slice || k == reflect.Array:
		return "a list"
	case k == reflect.Map:
		return "a dictionary"
	}
	return "a value of another kind"
}
