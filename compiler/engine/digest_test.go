package engine_test

import (
	"testing"

	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/relation"
)

func TestHashColumnsTellsNamesTypesAndOrder(t *testing.T) {
	t.Parallel()
	column := func(name, kind string) relation.Column { return relation.Column{Name: name, Type: kind} }
	cases := [][]relation.Column{
		nil,
		{column("a", "INTEGER")},
		{column("A", "INTEGER")},
		{column("a", "BIGINT")},
		{column("aI", "NTEGER")},
		{column("a", "INTEGER"), column("b", "INTEGER")},
		{column("b", "INTEGER"), column("a", "INTEGER")},
		{column(`a""INTEGER""b`, "INTEGER")},
		{column("", "")},
		{column("\xff", "")},
		{column("\xfe", "")},
	}
	seen := map[string][]relation.Column{}
	for _, columns := range cases {
		hash := engine.HashColumns(columns)
		if other, ok := seen[hash]; ok {
			t.Errorf("%v and %v have one hash", columns, other)
		}
		seen[hash] = columns
	}
	required := relation.Column{Name: "a", Type: "INTEGER", Nullable: relation.NeverNull}
	if got := engine.HashColumns([]relation.Column{required}); seen[got] == nil {
		t.Errorf("nullability counts: %v", got)
	}
}
