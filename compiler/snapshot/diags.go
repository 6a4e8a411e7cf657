package snapshot

import (
	"github.com/quernsql/quern/compiler/diag"
)

// diags writes what is wrong with the project.
func (e *encoder) diags() []byte {
	s := &section{encoder: e}
	s.Uint(uint64(len(e.v.Diags)))
	for _, d := range e.v.Diags {
		s.word(string(d.Code))
		s.Byte(byte(d.Severity))
		s.Text(d.Message)
		s.Text(d.Hint)
		s.Text(d.Label)
		s.span(d.Span)
		s.Uint(uint64(len(d.Notes)))
		for _, n := range d.Notes {
			s.Text(n.Message)
			s.span(n.Span)
		}
	}
	return s.Bytes()
}

func (d decoder) diags() diag.List {
	n := d.Count(7)
	if n == 0 {
		return nil
	}
	list := make(diag.List, n)
	for i := range list {
		out := &diag.Diagnostic{
			Code: diag.Code(d.word()), Severity: diag.Severity(d.Byte()),
			Message: d.Text(), Hint: d.Text(), Label: d.Text(), Span: d.span(),
		}
		for range d.Count(2) {
			out.Notes = append(out.Notes, diag.Note{Message: d.Text(), Span: d.span()})
		}
		list[i] = out
	}
	return list
}
