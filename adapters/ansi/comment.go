package ansi

import "github.com/quernsql/quern/compiler/relation"

// Comment gives the statement that makes a text the comment on a relation or, where it is named, on a column of it.
func (s Style) Comment(kind relation.Kind, name relation.Name, column, text string) string {
	on := kind.String() + " " + s.Relation(name)
	if column != "" {
		on = "column " + s.Relation(name) + "." + Quote(column)
	}
	is := "null"
	if text != "" {
		is = s.Text(text)
	}
	return "comment on " + on + " is " + is
}
