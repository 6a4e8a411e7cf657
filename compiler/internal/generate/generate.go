// Package generate writes projects of a wanted size, for benchmarks and tests.
//
// It takes a shape, gives the files of a project that builds on DuckDB as it stands, the same files
// for the same shape at any time. It needs no randomness: a model's place decides what it reads.
package generate

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing/fstest"
)

// Files are the texts of a project by path, with forward slashes.
type Files map[string]string

// FS gives the project as a file system in memory.
func (f Files) FS() fstest.MapFS {
	fsys := make(fstest.MapFS, len(f))
	for name, text := range f {
		fsys[name] = &fstest.MapFile{Data: []byte(text), Mode: 0o644}
	}
	return fsys
}

// Write writes the project into a folder.
func (f Files) Write(dir string) error {
	made := map[string]bool{}
	for name, text := range f {
		to := filepath.Join(dir, filepath.FromSlash(name))
		if folder := filepath.Dir(to); !made[folder] {
			if err := os.MkdirAll(folder, 0o755); err != nil {
				return fmt.Errorf("write the project: %w", err)
			}
			made[folder] = true
		}
		if err := os.WriteFile(to, []byte(text), 0o644); err != nil {
			return fmt.Errorf("write the project: %w", err)
		}
	}
	return nil
}

const perFolder = 20

// folder gives the folder of the i-th model below models/.
func folder(i int) string {
	return fmt.Sprintf("models/area_%02d/part_%03d", i/(50*perFolder), i/perFolder)
}

// project gives quern.yml for a target of DuckDB; more is what follows in it.
func project(name, more string) string {
	return "name: " + name + "\ntarget: dev\ntargets:\n  dev: {type: duckdb, path: " + name + ".duckdb}\n" + more
}

// inFolders writes a YAML file for every folder from the entries of its models.
func (f Files) inFolders(entries []string) {
	for start := 0; start < len(entries); start += perFolder {
		end := min(start+perFolder, len(entries))
		f[path.Join(folder(start), "models.yml")] = "models:\n" + strings.Join(entries[start:end], "")
	}
}
