package main

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// TestEveryReasonIsShown reads, from the source of the plan, every sentence that a reason can be, and fails for those
// that no script expects word by word. The words of a reason are what people act on.
func TestEveryReasonIsShown(t *testing.T) {
	t.Parallel()
	said := readSayings(t, "../../compiler/plan")
	if len(said.sentences) < 30 || len(said.causes) < 10 {
		t.Fatalf("found %d sentences and %d causes, which is not all there are", len(said.sentences), len(said.causes))
	}
	shown := readShown(t, "testdata/script")
	found, patterns := map[string]bool{}, said.patterns()
	for _, line := range shown.lines {
		found[closest(line, patterns)] = true
	}
	for _, sentence := range slices.Sorted(maps.Keys(said.sentences)) {
		if !found[sentence] {
			t.Errorf("%s: no script below testdata/script expects the reason %q", said.sentences[sentence], sentence)
		}
	}
	for _, cause := range slices.Sorted(maps.Keys(said.causes)) {
		if !shown.causes[cause] {
			t.Errorf("%s: no script below testdata/script expects the cause %q in the JSON of a plan", said.causes[cause], cause)
		}
	}
}

// shown is what scripts expect: what may be reasons, and the causes in JSON.
type shown struct {
	lines  []string
	causes map[string]bool
}

func readShown(t *testing.T, folder string) *shown {
	t.Helper()
	out := &shown{causes: map[string]bool{}}
	err := filepath.WalkDir(folder, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, ".txtar") {
			return err
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		archive := txtar.Parse(data)
		files := map[string]string{}
		for _, f := range archive.Files {
			files[f.Name] = string(f.Data)
		}
		for line := range strings.Lines(string(archive.Comment)) {
			out.command(strings.TrimSpace(line), files)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

var (
	expects = regexp.MustCompile(`^(?:stdout|stderr) '(.*)'$`)
	same    = regexp.MustCompile(`^cmp(?:env)? (?:stdout|stderr) (\S+)$`)
	valued  = regexp.MustCompile(`^json stdout \S*\.(reason|what|because) (.*)$`)
	columns = regexp.MustCompile(` {2,}| \+`)
	tests   = regexp.MustCompile(`, [0-9]+ tests?$`)
	causes  = regexp.MustCompile(`"what": ?"([a-z_]+)"`)
	escapes = regexp.MustCompile(`\\([^a-zA-Z0-9])`)
)

// command reads what a line of a script expects.
func (s *shown) command(line string, files map[string]string) {
	if m := expects.FindStringSubmatch(line); m != nil {
		text := strings.ReplaceAll(m[1], "''", "'")
		text = strings.TrimSuffix(strings.TrimPrefix(text, "^"), "$")
		s.line(escapes.ReplaceAllString(text, "$1"))
	}
	if m := same.FindStringSubmatch(line); m != nil {
		for text := range strings.Lines(files[m[1]]) {
			s.line(strings.TrimSpace(text))
		}
	}
	if m := valued.FindStringSubmatch(line); m != nil {
		switch text := strings.Trim(m[2], "'"); m[1] {
		case "what":
			s.causes[text] = true
		case "because":
			s.line(text)
		default:
			s.lines = append(s.lines, text)
		}
	}
}

// line notes the last column of a line.
func (s *shown) line(text string) {
	for _, m := range causes.FindAllStringSubmatch(text, -1) {
		s.causes[m[1]] = true
	}
	parts := columns.Split(text, -1)
	s.lines = append(s.lines, tests.ReplaceAllString(parts[len(parts)-1], ""))
}
