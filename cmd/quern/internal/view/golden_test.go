package view

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files again")

// golden compares text with a file below testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// streams are where a test's view writes.
type streams struct{ out, err bytes.Buffer }

// testView gives a view on a terminal of that width, or on none where it is zero.
func testView(width int, o Options) (*View, *streams) {
	s := &streams{}
	o.Out, o.Err = &s.out, &s.err
	if o.Now == nil {
		o.Now = func() time.Time { return time.Date(2024, 3, 1, 6, 0, 0, 0, time.UTC) }
	}
	if width > 0 {
		o.Size = func() (int, int) { return width, 24 }
	}
	if o.Color == "" {
		o.Color = "never"
	}
	return New(o), s
}
