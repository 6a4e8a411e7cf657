package view

import (
	"strings"
	"time"
)

// Environment is what stands beside a target.
type Environment struct {
	Name string `json:"name"`
	Path string `json:"path"`
	// Relations is -1 where it is not known.
	Relations int   `json:"relations"`
	Bytes     int64 `json:"bytes"`
	// BuiltAt and Expires are zero where they are not known.
	BuiltAt time.Time `json:"-"`
	Expires time.Time `json:"-"`
	Expired bool      `json:"expired"`
	// InUse says that another process is at work in it, so that no more is known.
	InUse bool `json:"in_use"`
}

// DroppedEnvironment is what was removed of an environment.
type DroppedEnvironment struct {
	Version int      `json:"version"`
	Name    string   `json:"name"`
	Removed []string `json:"removed"`
	Bytes   int64    `json:"bytes"`
}

// instantText writes an instant for JSON; "" where it is not known.
func instantText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// Environments lists environments.
func (v *View) Environments(list []Environment) error {
	if v.IsJSON() {
		type entry struct {
			Environment
			LastBuild string `json:"last_build"`
			Until     string `json:"expires"`
		}
		out := make([]entry, len(list))
		for i, e := range list {
			out[i] = entry{e, instantText(e.BuiltAt), instantText(e.Expires)}
		}
		return v.Object(struct {
			Version      int     `json:"version"`
			Environments []entry `json:"environments"`
		}{1, out})
	}
	if len(list) == 0 {
		v.Note("there are no environments; --env NAME makes one")
		return nil
	}
	var rows [][]string
	for _, e := range list {
		row := []string{e.Name, clean(e.Path), size(e.Bytes)}
		switch {
		case e.InUse:
			row = append(row, "in use")
		case e.Expired:
			row = append(row, count(int64(e.Relations), "relation"), "built "+e.BuiltAt.UTC().Format(time.DateTime), "expired "+e.Expires.UTC().Format(time.DateOnly))
		default:
			row = append(row, count(int64(e.Relations), "relation"), "built "+e.BuiltAt.UTC().Format(time.DateTime), "expires "+e.Expires.UTC().Format(time.DateOnly))
		}
		rows = append(rows, row)
	}
	v.sections([]section{{rows: rows}})
	return nil
}

// DroppedEnvironment shows what was removed.
func (v *View) DroppedEnvironment(d DroppedEnvironment) error {
	d.Version = 1
	if v.IsJSON() {
		return v.Object(d)
	}
	v.Result("dropped the environment %s: removed %s, %s", d.Name, clean(strings.Join(d.Removed, " and ")), size(d.Bytes))
	return nil
}
