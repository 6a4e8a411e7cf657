package view

import (
	"path"
	"path/filepath"
)

// Created is a project that was just made.
type Created struct {
	Version int    `json:"version"`
	Name    string `json:"name"`
	// Dir is the project folder as it was named.
	Dir string `json:"dir"`
	// Files are the files that were written, relative to Dir.
	Files []string `json:"files"`
	// Next are the commands to go on with.
	Next []string `json:"next"`
}

// Created shows a new project and the commands to go on with.
func (v *View) Created(c Created) error {
	c.Version = 1
	if v.IsJSON() {
		return v.Object(c)
	}
	v.Result("made the project %q:", c.Name)
	for _, file := range c.Files {
		v.Result("  %s", clean(path.Join(filepath.ToSlash(c.Dir), file)))
	}
	v.Result("next:")
	for _, command := range c.Next {
		v.Result("  %s", clean(command))
	}
	return nil
}
