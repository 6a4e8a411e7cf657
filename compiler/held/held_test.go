package held_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/quernsql/quern/compiler/held"
)

// Files that are held are not read, under whatever name.
func TestHeldFilesAreNotRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	write := func(name string) {
		t.Helper()
		if err := os.WriteFile(in(name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	reads := func(name string) bool {
		t.Helper()
		read := false
		err := held.Read(in(name), func() error { read = true; return nil })
		if err != nil && !errors.Is(err, held.ErrHeld) || read != (err == nil) {
			t.Fatalf("Read(%s) = %v, read: %t", name, err, read)
		}
		return read
	}
	check := func(want bool, names ...string) {
		t.Helper()
		for _, name := range names {
			if reads(name) != want {
				t.Errorf("%s is read: %t, want %t", name, !want, want)
			}
		}
	}
	write("a")
	write("b")
	release := held.Hold(in("a"), in("new"))
	again := held.Hold(in("a"))
	check(true, "b", "new", "not there")
	check(false, "a")
	write("new")
	for _, link := range []struct {
		make func(old, name string) error
		name string
	}{{os.Symlink, "symbolic"}, {os.Link, "hard"}} {
		if err := link.make(in("a"), in(link.name)); err != nil {
			t.Fatal(err)
		}
	}
	check(false, "a", "new", "symbolic", "hard")
	release()
	release()
	check(true, "new", "b")
	check(false, "a", "hard")
	again()
	check(true, "a", "new", "symbolic", "hard")

	fault := errors.New("a fault")
	if err := held.Read(in("a"), func() error { return fault }); !errors.Is(err, fault) {
		t.Errorf("Read = %v, want what the function gave", err)
	}
}
