// Package projecttemplate holds the files of a new project, as `quern init` writes them. Its folder
// is itself a project that builds and passes as it stands.
//
// It takes a project's name and gives the files with that name in them. It writes nothing.
package projecttemplate

import (
	"embed"
	"io/fs"
	"strings"
)

// placeholder is the name of the project in this folder.
const placeholder = "little_mill"

//go:embed .gitignore README.md quern.yml macros models seeds tests
var files embed.FS

// File is one file of a new project.
type File struct {
	// Path is relative to the project folder and uses forward slashes.
	Path string
	Text string
}

// Files gives the files of a project of the given name, sorted by path.
func Files(name string) ([]File, error) {
	var out []File
	err := fs.WalkDir(files, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(files, path)
		if err != nil {
			return err
		}
		out = append(out, File{Path: path, Text: strings.ReplaceAll(string(text), placeholder, name)})
		return nil
	})
	return out, err
}
