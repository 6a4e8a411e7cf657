package project

import "github.com/quernsql/quern/compiler/source"

// Group is a set of nodes with an owner.
type Group struct {
	Name  string
	Owner string
	Span  source.Span
}

// Selector is a named selection.
type Selector struct {
	Name            string
	Select, Exclude Text
	Span            source.Span
}
