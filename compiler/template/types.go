// Package template reads the templates of a project without running them, and renders them.
//
// Parse gives, for each file, its tree and everything it reads: refs, sources, vars, macros.
// Parsed.Render executes one template and gives SQL with typed holes and a map back to the
// template. It refuses unknown functions, wrong numbers of arguments, computed refs, recursion, and
// templates that would run or write without end. Rendering is deterministic and touches nothing
// outside.
package template

import (
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/source"
)

// Unit is one template: a model's body, a singular test, a generic test, or a text from YAML.
type Unit struct {
	// Name is the owner's id, for messages.
	Name string
	Span source.Span
	Reads

	// code is not kept for models; parsed says that there is one.
	code   *code
	parsed bool
	// broken says that an error was found in the unit or in a macro it calls.
	broken bool
	// model is set for a model; depends are names it may read although they are computed.
	model   bool
	depends []project.Reference
	// generic is set for a generic test; facts are then what it reads, its arguments being open.
	generic *project.GenericTest
	facts   []fact
	// known are the names a unit may read, where they are many.
	known map[[2]string]bool
}

// Reads is what a template reads, found without executing it, each in the order of the text.
type Reads struct {
	Refs    []Ref
	Sources []SourceRef
	// Vars and EnvVars are the names read, sorted, without repetitions.
	Vars, EnvVars []string
	// Macros are the macros called, also indirectly, sorted.
	Macros []string
	// This, Incremental, RunTime and Batch say which of these functions are called.
	This, Incremental, RunTime, Batch bool
}

// Ref is a {{ ref }} with a literal name, at its place in the file that is rendered (the call of a
// macro, where the macro holds it; In is then the place in the macro).
type Ref struct {
	Name string
	Span source.Span
	In   source.Span
}

// SourceRef is a {{ source }} with literal names.
type SourceRef struct {
	Source, Table string
	Span          source.Span
	In            source.Span
}

// HoleKind says what a hole stands for.
type HoleKind uint8

// The kinds of holes.
const (
	// HoleRelation is the relation of the node Hole.Node.
	HoleRelation HoleKind = iota + 1
	// HoleThis is the model's own relation.
	HoleThis
	// HoleModel is the relation under test, in a generic test.
	HoleModel
	// HoleRunTime is the build's instant as a literal.
	HoleRunTime
	// HoleBatchStart and HoleBatchEnd are the start and the end of a microbatch's window as literals.
	HoleBatchStart
	HoleBatchEnd
	// HoleTargetSchema is the schema of the target, which an environment changes.
	HoleTargetSchema
)

// Hole is a place in rendered text that is filled later. It takes no bytes in the text.
type Hole struct {
	Offset int
	Kind   HoleKind
	Node   project.ID
	// At is the place of the call, as source.Map.Locate gives places.
	At []source.Span
}

// Rendered is the text of an executed template with its holes and its map. It is never changed.
type Rendered struct {
	Text  string
	Holes []Hole // sorted by Offset
	Map   *source.Map
	// Refs are the nodes read while rendering, in the order they were read, without repetitions.
	Refs []project.ID
}

// Env is what a template sees while it is rendered.
type Env struct {
	// Resolve gives the node of a ref; Source that of a source.
	Resolve func(name string) (project.ID, bool)
	Source  func(source, table string) (project.ID, bool)
	// Vars are the project's, with overrides. LookupEnv reads the environment.
	Vars      map[string]project.Var
	LookupEnv func(string) (string, bool)
	Target    TargetInfo
	// Incremental is the value of {{ incremental }}.
	Incremental bool
	// Literal and Quote write SQL for the target's engine.
	Literal func(any) string
	Quote   func(string) string
	// Columns gives the columns of a node for {{ columns }}; nil where they are not known.
	Columns func(project.ID) ([]string, bool)
	// Args are the arguments of a generic test: they are read as .name. The value of "model" is
	// replaced by a hole; missing ones have their defaults. A *Rendered is put in with its holes
	// and its map.
	Args map[string]any
}

// TargetInfo is what {{ target "…" }} gives.
type TargetInfo struct {
	Name, Type, Schema string
}
