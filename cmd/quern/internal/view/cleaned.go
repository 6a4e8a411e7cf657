package view

import "strings"

// Cleaned is what a clean removed.
type Cleaned struct {
	Version int `json:"version"`
	// Removed is the number of files removed, Bytes their size.
	Removed int   `json:"removed"`
	Bytes   int64 `json:"bytes"`
	// Kept are databases that were found among the files and left alone.
	Kept []string `json:"kept"`
	// Dropped are the candidates dropped in the target.
	Dropped []string `json:"dropped"`
	// Candidates says that candidates were looked for.
	Candidates bool `json:"-"`
}

// Cleaned shows what was removed.
func (v *View) Cleaned(c Cleaned) error {
	c.Version = 1
	if c.Kept == nil {
		c.Kept = []string{}
	}
	if c.Dropped == nil {
		c.Dropped = []string{}
	}
	if v.IsJSON() {
		return v.Object(c)
	}
	if c.Removed == 0 {
		v.Result("target/ has nothing to remove")
	} else {
		v.Result("removed target/: %s, %s", count(int64(c.Removed), "file"), size(c.Bytes))
	}
	for _, path := range c.Kept {
		v.Result("kept %s: it is a database", clean(path))
	}
	for _, name := range c.Dropped {
		v.Result("dropped %s", clean(name))
	}
	if c.Candidates && len(c.Dropped) == 0 {
		v.Result("there are no candidates to drop")
	}
	return nil
}

// size writes a number of bytes as people read it.
func size(bytes int64) string {
	units := []string{"B", "KB", "MB", "GB", "TB"}
	n, unit := float64(bytes), 0
	for n >= 999.5 && unit < len(units)-1 {
		n, unit = n/1000, unit+1
	}
	text := floatText(float64(int64(n*10+0.5)) / 10)
	if n >= 9.95 {
		text = floatText(float64(int64(n + 0.5)))
	}
	return strings.TrimSuffix(text, ".0") + " " + units[unit]
}
