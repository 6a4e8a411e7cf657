package cli

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/diag"
)

// maxBundledLog is how much of the end of the log a bundle holds.
const maxBundledLog = 256 << 10

// writeBundle writes a report into a new zip file: what the doctor saw, the diagnostics, the nodes
// by name, the shape of the target, and the end of the log. It holds no text of the project's files
// and no data; what is written passes the mask of secrets.
func (d *doctor) writeBundle(file string) error {
	at := d.app.Abs(file)
	if _, err := os.Lstat(at); err == nil {
		return usagef(diag.FileInTheWay, "there is a file %q already", file).
			hint("name a new file for the bundle")
	}
	text, object, err := d.app.View.HealthReport(d.health)
	if err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	project, err := json.MarshalIndent(d.shape(), "", "  ")
	if err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	var b bytes.Buffer
	archive := zip.NewWriter(&b)
	for _, part := range []struct{ name, text string }{
		{"doctor.txt", text},
		{"doctor.json", string(object) + "\n"},
		{"project.json", d.app.View.MaskText(string(project)) + "\n"},
		{"quern.log", d.app.View.MaskText(d.log())},
	} {
		w, err := archive.Create(part.name)
		if err != nil {
			return fmt.Errorf("write the report: %w", err)
		}
		if _, err := io.WriteString(w, part.text); err != nil {
			return fmt.Errorf("write the report: %w", err)
		}
	}
	if err := archive.Close(); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return writeWhole(at, b.Bytes())
}

// projectShape is the part of a bundle that tells what the project is made of.
type projectShape struct {
	Target      targetShape `json:"target"`
	Nodes       []nodeShape `json:"nodes"`
	Diagnostics diag.List   `json:"diagnostics"`
}

// targetShape names the keys of a target; their values may be secret.
type targetShape struct {
	Name    string   `json:"name"`
	Type    string   `json:"type"`
	Threads int      `json:"threads"`
	Keys    []string `json:"keys"`
}

type nodeShape struct {
	ID      string   `json:"id"`
	Path    string   `json:"path"`
	Parents []string `json:"parents"`
}

func (d *doctor) shape() projectShape {
	shape := projectShape{Nodes: []nodeShape{}, Diagnostics: d.diags}
	if p := d.result.Project; p != nil {
		keys := slices.Sorted(maps.Keys(p.Target.Settings))
		shape.Target = targetShape{p.Target.Name, p.Target.Type, p.Target.Threads, append([]string{}, keys...)}
	}
	if g := d.result.Graph; g != nil {
		for _, n := range g.Nodes {
			node := nodeShape{ID: string(n.ID), Path: n.Path, Parents: []string{}}
			for _, parent := range n.Parents {
				node.Parents = append(node.Parents, string(g.Nodes[parent].ID))
			}
			shape.Nodes = append(shape.Nodes, node)
		}
	}
	return shape
}

// log gives the end of the log in whole lines; "" where there is none.
func (d *doctor) log() string {
	dir, err := d.app.ProjectDir()
	if err != nil {
		return ""
	}
	data, err := os.ReadFile(filepath.Join(dir, "target", "logs", "quern.log"))
	if err != nil {
		return ""
	}
	if len(data) > maxBundledLog {
		_, after, _ := strings.Cut(string(data[len(data)-maxBundledLog:]), "\n")
		return after
	}
	return string(data)
}
