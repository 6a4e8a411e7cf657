package view

import (
	"maps"
	"slices"
	"strings"
)

// Versions are those of the program and of what it is made of.
type Versions struct {
	Version int    `json:"version"`
	Quern   string `json:"quern"`
	// Engines are the versions of the engines inside, by type.
	Engines map[string]string `json:"engines"`
	Go      string            `json:"go"`
	// Commit is empty where the build did not record it.
	Commit   string `json:"commit"`
	Platform string `json:"platform"`
}

// String gives all in a line.
func (x Versions) String() string {
	var parts []string
	for _, engine := range slices.Sorted(maps.Keys(x.Engines)) {
		parts = append(parts, engine+" "+x.Engines[engine])
	}
	parts = append(parts, x.Go)
	if x.Commit != "" {
		parts = append(parts, "commit "+x.Commit)
	}
	return "quern " + x.Quern + " (" + strings.Join(parts, ", ") + ")"
}

// Versions shows the versions.
func (v *View) Versions(x Versions) error {
	x.Version = 1
	if v.IsJSON() {
		return v.Object(x)
	}
	v.Result("%s", x)
	return nil
}
