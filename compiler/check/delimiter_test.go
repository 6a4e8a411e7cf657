//go:build cgo

package check_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quernsql/quern/compiler/internal/stagetest"
)

func TestSeedsOfAnotherDelimiter(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		text, yaml string
		want       []string
	}{
		"tabs":                     {"id\tname\n1\tUlm\n", "", []string{"W0501"}},
		"bars, windows, a mark":    {"\ufeffid|name\r\n1|Ulm\r\n", "", []string{"W0501"}},
		"a header alone":           {"id;name\n", "", []string{"W0501"}},
		"the delimiter is said":    {"id;name\n1;Ulm\n", "seeds: [{name: s, delimiter: \";\"}]", []string{}},
		"one column":               {"note\na;b\n", "", []string{}},
		"a column of an odd name":  {"note; or remark\nplain\n", "", []string{}},
		"an odd name in quotes":    {"\"a;b\"\nc;d\n", "", []string{}},
		"several columns":          {"a;b,c\n1;2,3\n", "", []string{}},
		"no header, and one value": {"a;b\nc;d\n", "seeds: [{name: s, header: false}]", []string{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, diags := bound(t, stagetest.Files{"seeds/s.csv": tc.text, "models/s.yml": tc.yaml, "models/a.sql": `select * from {{ ref "s" }}`}.Write(t))
			got := []string{}
			for _, d := range diags {
				got = append(got, string(d.Code))
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("diagnostics (-want +got):\n%s", diff)
			}
		})
	}
}
