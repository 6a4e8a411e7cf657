package compiler_test

import (
	"flag"
	"fmt"
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/source"
)

var update = flag.Bool("update", false, "write the goldens anew")

func place(s source.Span) string {
	p := s.Position()
	return fmt.Sprintf("%s:%d:%d", s.Path(), p.Line, p.Column)
}

// describe writes diagnostics as the goldens hold them.
func describe(diags diag.List) string {
	var b strings.Builder
	for _, d := range diags {
		fmt.Fprintf(&b, "%s: %s[%s]: %s\n", place(d.Span), d.Severity, d.Code, d.Message)
		if d.Hint != "" {
			fmt.Fprintf(&b, "  hint: %s\n", d.Hint)
		}
		for _, n := range d.Notes {
			if n.Span.IsZero() {
				fmt.Fprintf(&b, "  note: %s\n", n.Message)
				continue
			}
			fmt.Fprintf(&b, "  note: %s: %s\n", place(n.Span), n.Message)
		}
	}
	return b.String()
}
