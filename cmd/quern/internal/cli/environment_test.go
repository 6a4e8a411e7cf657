//go:build cgo

package cli_test

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/cmd/quern/internal/cli"
)

// environmentHistories is how many histories of an environment are tried; QUERN_TEST_HISTORIES is another number.
const environmentHistories = 2

// TestAnEnvironmentIsTheEditedProject edits projects at random, builds the edits in an environment, the whole project
// or a part of it first, and compares what is read there with a build of the edited project from scratch. The target
// is built anew now and then, and never changed by the environment.
func TestAnEnvironmentIsTheEditedProject(t *testing.T) {
	t.Parallel()
	for seed := range howMany(environmentHistories) {
		t.Run(fmt.Sprint("history ", seed), func(t *testing.T) {
			t.Parallel()
			p := newPast(t, 1000+seed)
			p.quern("build", "-q")
			for range 4 {
				p.edit()
				if p.r.IntN(4) == 0 {
					p.quern("build", "-q")
					p.edit()
				}
				if p.r.IntN(3) == 0 {
					p.quern("build", "-q", "--env", "ada", "-s", fmt.Sprintf("%sm%d%s", p.pick("", "+"), p.r.IntN(len(p.models)), p.pick("", "+")))
					p.edit()
				}
				p.compareEnvironment()
				if t.Failed() {
					t.Fatalf("after %q", p.done)
				}
			}
		})
	}
}

// edit changes the code, and not what sources have.
func (p *past) edit() {
	p.editNode(p.r.IntN(nodeEdits), p.r.IntN(len(p.models)))
	p.save()
}

func (p *past) fileSum(name string) string {
	data, err := os.ReadFile(filepath.Join(p.dir, name))
	if err != nil {
		p.t.Fatal(err)
	}
	return fmt.Sprintf("%x", sha256.Sum256(data))
}

// compareEnvironment builds in the environment, and from scratch on another target.
func (p *past) compareEnvironment() {
	before := p.fileSum("dev.duckdb")
	code, said := p.quern("build", "--env", "ada")
	if err := os.RemoveAll(filepath.Join(p.dir, "clean.duckdb")); err != nil {
		p.t.Fatal(err)
	}
	if clean, cleanSaid := p.quern("build", "--target", "clean"); code != cli.ExitOK || clean != cli.ExitOK {
		p.t.Errorf("exit code %d, from scratch %d:\n%s\n%s", code, clean, said, cleanSaid)
		return
	}
	read := func(node string, flags ...string) string {
		query := fmt.Sprintf(`select * from {{ ref "%s" }} order by all`, node)
		code, rows := p.quern(append([]string{"show", "--output", "json", "--limit", "0", "--inline", query}, flags...)...)
		p.done = p.done[:len(p.done)-1]
		if code != cli.ExitOK {
			p.t.Errorf("%s cannot be read: %s", node, rows)
		}
		return rows
	}
	for i := range len(p.models) + len(p.seeds) {
		node := fmt.Sprint("m", i)
		if i >= len(p.models) {
			node = fmt.Sprint("s", i-len(p.models))
		}
		if diff := cmp.Diff(read(node, "--target", "clean"), read(node, "--env", "ada")); diff != "" {
			p.t.Errorf("%s (-scratch +environment):\n%s\n%s", node, diff, said)
		}
	}
	if _, said := p.quern("build", "--env", "ada"); !strings.HasPrefix(said[strings.LastIndex(strings.TrimSpace(said), "\n")+1:], "built 0, ") {
		p.t.Errorf("another build does something:\n%s", said)
	}
	if p.fileSum("dev.duckdb") != before {
		p.t.Error("the environment changed its base")
	}
}
