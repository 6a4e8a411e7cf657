package template

import (
	"fmt"
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/diag"
)

// evalColumns gives the columns of a ref, less the excluded ones.
func evalColumns(e *exec, f *frame, c *call, args []any) (any, error) {
	id, err := e.resolve(f, c, args)
	if err != nil {
		return nil, err
	}
	e.read(id)
	var all []string
	known := false
	if e.env.Columns != nil {
		all, known = e.env.Columns(id)
	}
	if !known {
		return nil, f.fail(c.args[0].extent(), diag.ColumnsNotKnown, "the columns of %q are not known", id.Name()).
			hinted("write them out, or declare them under columns")
	}

	list, prefix := columnList{names: slices.Clone(all)}, ""
	for i := 1; i < len(args); i += 2 {
		switch args[i] {
		case "prefix":
			prefix, err = e.name(f, c, args, i+1)
		case "exclude":
			err = e.exclude(f, c, &list, i+1, args[i+1])
		default:
			err = f.fail(c.args[i].extent(), diag.BadArgument, "\"columns\" has no option %q", fmt.Sprint(args[i])).
				hinted(`its options are "exclude" and "prefix"`)
		}
		if err != nil {
			return nil, err
		}
	}
	if len(list.names) == 0 {
		return nil, f.fail(c.place, diag.TemplateValue, "no column of %q is left", id.Name())
	}
	list.sql = e.columnSQL(list.names, prefix)
	return list, nil
}

// exclude takes one name or a list of names out of a list of columns.
func (e *exec) exclude(f *frame, c *call, list *columnList, arg int, value any) error {
	each, length, err := iterate(value)
	if name, ok := value.(string); ok {
		each, length, err = func(int) (any, any) { return 0, name }, 1, nil
	}
	if err != nil {
		return f.fail(c.args[arg].extent(), diag.TemplateValue, "\"exclude\" takes a name or a list of names, not %s", describe(value))
	}
	for i := range length {
		_, elem := each(i)
		name := fmt.Sprint(elem)
		at := slices.IndexFunc(list.names, func(n string) bool { return strings.EqualFold(n, name) })
		if at < 0 {
			fault := f.fail(c.args[arg].extent(), diag.TemplateValue, "there is no column %q to exclude", name)
			if near := diag.Nearest(name, list.names); near != "" {
				return fault.hinted("did you mean %q?", near)
			}
			return fault
		}
		list.names = slices.Delete(list.names, at, at+1)
	}
	return nil
}

func (e *exec) columnSQL(names []string, prefix string) string {
	var b strings.Builder
	for i, name := range names {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(prefix)
		b.WriteString(e.env.Quote(name))
	}
	return b.String()
}
