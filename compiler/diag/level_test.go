package diag_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/source"
)

func TestRelevelChangesWarningsAlone(t *testing.T) {
	t.Parallel()
	var list diag.List
	list.Warnf(diag.UnusedCTE, source.Span{}, "raised")
	list.Warnf(diag.FanOut, source.Span{}, "off")
	list.Warnf(diag.CrossJoin, source.Span{}, "as it is")
	list.Warnf(diag.JoinCast, source.Span{}, "warn")
	list.Errorf(diag.ColumnNotFound, source.Span{}, "an error")
	levels := map[diag.Code]diag.Level{
		diag.UnusedCTE: diag.LevelError, diag.FanOut: diag.LevelOff, diag.JoinCast: diag.LevelWarn, diag.ColumnNotFound: diag.LevelOff,
	}
	var got []string
	for _, d := range list.Relevel(levels) {
		got = append(got, d.Severity.String()+" "+d.Message)
	}
	want := []string{"error raised", "warning as it is", "warning warn", "error an error"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Relevel (-want +got):\n%s", diff)
	}
	if list[0].Severity != diag.Warning {
		t.Error("Relevel changes the list it was given")
	}
}

func TestWarningsAreKnownByNameAndCode(t *testing.T) {
	t.Parallel()
	for _, word := range diag.Warnings() {
		code, ok := diag.Named(word)
		if !ok || !strings.HasPrefix(string(code), "W") {
			t.Errorf("%q is the warning %q, %t", word, code, ok)
		}
		if name := diag.Name(code); name != "" && !slices.Contains(diag.Warnings(), name) {
			t.Errorf("%s goes by %q, which is no warning", code, name)
		}
	}
	if slices.Contains(diag.Warnings(), string(diag.TestWarned)) {
		t.Error("what a test finds has the level of the test")
	}
	for _, word := range []string{"", "W9999", "nothing", "w0380"} {
		if code, ok := diag.Named(word); ok {
			t.Errorf("%q is %q, want nothing", word, code)
		}
	}
}
