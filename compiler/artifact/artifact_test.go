package artifact_test

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/artifact"
	"github.com/quernsql/quern/compiler/trace"
	"github.com/quernsql/quern/compiler/trace/tracetest"
)

func text(t testing.TB, p *trace.Part) string {
	t.Helper()
	var b strings.Builder
	if err := artifact.WriteLineage(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestWriteLineage(t *testing.T) {
	t.Parallel()
	g := trace.New(tracetest.Program(t,
		"source.raw.orders: id amount",
		"source.raw.events unchecked source raw.events declares no columns",
		"model.orders: id=passthrough(source.raw.orders#id) pounds=derived?(source.raw.orders#amount) one=constant() | filter source.raw.orders#id",
		"model.clicks reads source.raw.events unchecked source raw.events declares no columns",
		"test.few of model.orders#id | filter model.orders#id",
		"exposure.board reads model.orders",
		"model.gone: id=passthrough(model.orders#id) disabled",
	))
	want := `{"version":1,"nodes":[` +
		`{"id":"exposure.board","kind":"exposure","unchecked_reason":""},` +
		`{"id":"model.clicks","kind":"model","unchecked_reason":"source raw.events declares no columns"},` +
		`{"id":"model.orders","kind":"model","unchecked_reason":""},` +
		`{"id":"source.raw.events","kind":"source","unchecked_reason":"source raw.events declares no columns"},` +
		`{"id":"source.raw.orders","kind":"source","unchecked_reason":""}],` +
		`"edges":[{"from":"model.orders","to":"exposure.board"},{"from":"source.raw.events","to":"model.clicks"},{"from":"source.raw.orders","to":"model.orders"}],` +
		`"columns":[` +
		`{"node":"model.orders","column":"id","type":"BIGINT","kind":"passthrough","certainty":"resolved","inputs":[{"node":"source.raw.orders","column":"id"}]},` +
		`{"node":"model.orders","column":"pounds","type":"BIGINT","kind":"derived","certainty":"opaque","inputs":[{"node":"source.raw.orders","column":"amount"}]},` +
		`{"node":"model.orders","column":"one","type":"BIGINT","kind":"constant","certainty":"resolved","inputs":[]}],` +
		`"influences":[{"node":"model.orders","inputs":[{"node":"source.raw.orders","column":"id","role":"filter"}]}]}` + "\n"
	if diff := cmp.Diff(want, text(t, g.All())); diff != "" {
		t.Errorf("WriteLineage (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(`{"version":1,"nodes":[],"edges":[],"columns":[],"influences":[]}`+"\n", text(t, g.Of(nil))); diff != "" {
		t.Errorf("an empty part (-want +got):\n%s", diff)
	}
}

// odd are names that JSON has to escape, and one that is no UTF-8.
var odd = []string{`a"b`, `a\b`, "größe 🌾", "tab\there", "\x00\x1b", "</script>&", "\u2028", "\xff", ""}

// The pieces that are written by hand are what encoding/json makes of the same values.
func TestWriteLineageEscapes(t *testing.T) {
	t.Parallel()
	g := oddGraph(t)
	got := text(t, g.All())
	var doc map[string]any
	if err := json.Unmarshal([]byte(got), &doc); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, c := range doc["columns"].([]any) {
		names = append(names, c.(map[string]any)["column"].(string))
		in := c.(map[string]any)["inputs"].([]any)[0].(map[string]any)
		if in["column"] != names[len(names)-1] {
			t.Errorf("%q is made of %q", names[len(names)-1], in["column"])
		}
	}
	want := append([]string{}, odd...)
	want[7] = "\ufffd"
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, artifact.LineageColumns([]byte(got), "model.m")); diff != "" {
		t.Errorf("LineageColumns (-want +got):\n%s", diff)
	}
}

func oddGraph(t *testing.T) *trace.Graph {
	t.Helper()
	p := tracetest.Program(t,
		"source.raw.t: c0 c1 c2 c3 c4 c5 c6 c7 c8",
		"model.m: c0=passthrough(source.raw.t#c0) c1=passthrough(source.raw.t#c1) c2=passthrough(source.raw.t#c2)"+
			" c3=passthrough(source.raw.t#c3) c4=passthrough(source.raw.t#c4) c5=passthrough(source.raw.t#c5)"+
			" c6=passthrough(source.raw.t#c6) c7=passthrough(source.raw.t#c7) c8=passthrough(source.raw.t#c8)",
	)
	for n := range p.Nodes {
		for c := range p.Nodes[n].Columns {
			p.Nodes[n].Columns[c].Name = odd[c]
			if of := p.Nodes[n].Lineage; of != nil {
				of.Columns[c].Inputs[0].Column = odd[c]
			}
		}
	}
	return trace.New(p)
}

func TestLineageColumns(t *testing.T) {
	t.Parallel()
	g := trace.New(tracetest.Program(t,
		"source.raw.orders: id amount unused",
		"model.a: id=passthrough(source.raw.orders#id) n=derived(source.raw.orders#amount,source.raw.orders#id)",
		"model.ab: other=passthrough(model.a#n)",
	))
	file := []byte(text(t, g.All()))
	for id, want := range map[string][]string{
		"model.a": {"id", "n"}, "model.ab": {"other"}, "source.raw.orders": {"id", "amount"}, "model.b": nil, "": nil,
	} {
		if diff := cmp.Diff(want, artifact.LineageColumns(file, id)); diff != "" {
			t.Errorf("LineageColumns(%q) (-want +got):\n%s", id, diff)
		}
	}
	// A file that was cut off gives what is whole.
	for i := range file {
		artifact.LineageColumns(file[:i], "model.a")
	}
}

func TestSave(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "target", "lineage.json")
	save := func(content string) {
		t.Helper()
		if err := artifact.Save(name, func(w io.Writer) error {
			for part := range strings.SplitSeq(content, "|") {
				if _, err := io.WriteString(w, part); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(name)
		if err != nil || string(got) != strings.ReplaceAll(content, "|", "") {
			t.Errorf("the file holds %q, %v; want %q", got, err, content)
		}
	}
	old := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, tc := range []struct {
		content string
		written bool
	}{
		{"one|two", true}, {"onetwo", false}, {"onetw", true}, {"on|etwo", true}, {"onetwothree", true}, {"", true}, {"", false}, {"x", true},
	} {
		if err := os.Chtimes(name, old, old); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		save(tc.content)
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if written := !info.ModTime().Equal(old); written != tc.written {
			t.Errorf("%q was written: %v, want %v", tc.content, written, tc.written)
		}
	}
	entries, err := os.ReadDir(filepath.Dir(name))
	if err != nil || len(entries) != 1 {
		t.Errorf("files are left over: %v, %v", entries, err)
	}
}

// What fails leaves the old file as it was, and no other.
func TestSaveFails(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	name := filepath.Join(dir, "lineage.json")
	if err := os.WriteFile(name, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	err := artifact.Save(name, func(w io.Writer) error {
		if _, err := io.WriteString(w, "ne"); err != nil {
			return err
		}
		return io.ErrClosedPipe
	})
	if err == nil || !strings.HasPrefix(err.Error(), "write "+name+": ") {
		t.Errorf("Save = %v", err)
	}
	if got, err := os.ReadFile(name); err != nil || string(got) != "old" {
		t.Errorf("the file holds %q, %v", got, err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("files are left over: %v, %v", entries, err)
	}
	if err := artifact.Save(filepath.Join(name, "below"), func(io.Writer) error { return nil }); err == nil {
		t.Error("a file cannot be a folder")
	}
}

// BenchmarkLineage10k writes the lineage of 10,000 models of 10 columns, 14 MB.
func BenchmarkLineage10k(b *testing.B) {
	all := trace.New(tracetest.Program(b, tracetest.Wide(10_000, 10, 50)...)).All()
	b.Run("Write", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := artifact.WriteLineage(io.Discard, all); err != nil {
				b.Fatal(err)
			}
		}
	})
	name := filepath.Join(b.TempDir(), "lineage.json")
	b.Run("SaveUnchanged", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := artifact.Save(name, func(w io.Writer) error { return artifact.WriteLineage(w, all) }); err != nil {
				b.Fatal(err)
			}
		}
	})
}
