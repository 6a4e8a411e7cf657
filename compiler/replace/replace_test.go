package replace_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/replace"
)

func text(s string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	}
}

// look gives the names in a folder, and the content of the file.
func look(t *testing.T, name string) []string {
	t.Helper()
	var out []string
	entries, err := os.ReadDir(filepath.Dir(name))
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		out = append(out, entry.Name())
	}
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return append(out, string(content))
}

func TestFileMakesItsFolder(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "a", "b", "x.txt")
	if err := replace.File(name, 0o640, text("one")); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"x.txt", "one"}, look(t, name)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if info, err := os.Stat(name); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o640 {
		t.Errorf("the new file has the mode %v, %v", info.Mode(), err)
	}
}

func TestFileKeepsPermissions(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "x.txt")
	if err := os.WriteFile(name, []byte("longer than the new one"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := replace.File(name, 0o644, text("two")); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"x.txt", "two"}, look(t, name)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if info, err := os.Stat(name); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("the file has the mode %v now, %v", info.Mode(), err)
	}
}

func TestFileLeavesTheOldOneWhereItFails(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "x.txt")
	if err := os.WriteFile(name, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	full := errors.New("the disk is full")
	err := replace.File(name, 0o644, func(w io.Writer) error {
		_, _ = io.WriteString(w, "half")
		return full
	})
	if !errors.Is(err, full) || err.Error() != "write "+name+": the disk is full" {
		t.Errorf("File gives %v", err)
	}
	if diff := cmp.Diff([]string{"x.txt", "old"}, look(t, name)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestFileNamesWhatCannotBeWritten(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "folder", "full"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{filepath.Join(dir, "file", "x"), filepath.Join(dir, "folder")} {
		err := replace.File(name, 0o644, text("x"))
		if err == nil || !strings.HasPrefix(err.Error(), "write "+name+": ") || strings.Contains(err.Error(), ".quern-") {
			t.Errorf("File(%s) gives %v", name, err)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".quern-*")); left != nil {
		t.Errorf("%v is left behind", left)
	}
}

func TestDerivedReplaces(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "x.txt")
	for _, content := range []string{"first", "second", ""} {
		if err := replace.Derived(name, 0o600, text(content)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"x.txt", content}, look(t, name)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

// A folder is not moved away, and a link not followed.
func TestDerivedOnSomethingElse(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	folder, link := filepath.Join(dir, "folder"), filepath.Join(dir, "link")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := replace.Derived(folder, 0o600, text("new")); err == nil {
		t.Error("a file took the place of a folder")
	}
	if err := os.Symlink("folder", link); err != nil {
		t.Fatal(err)
	}
	if err := replace.Derived(link, 0o600, text("new")); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"folder", "link", "new"}, look(t, link)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if info, err := os.Lstat(folder); err != nil || !info.IsDir() {
		t.Errorf("the folder is gone: %v, %v", info, err)
	}
}
