package diag

import (
	"encoding/json"

	"github.com/quernsql/quern/compiler/source"
)

// place is a span in JSON; lines and columns count from 1, and are 0 where there is no place.
type place struct {
	File      string `json:"file"`
	Line      int    `json:"line"`
	Column    int    `json:"column"`
	EndLine   int    `json:"end_line"`
	EndColumn int    `json:"end_column"`
}

type jsonDiagnostic struct {
	Code     Code   `json:"code"`
	Severity string `json:"severity"`
	Message  string `json:"message"`
	place
	Label string     `json:"label"`
	Hint  string     `json:"hint"`
	Notes []jsonNote `json:"notes"`
}

type jsonNote struct {
	Message string `json:"message"`
	place
}

func placeOf(s source.Span) place {
	start, end := s.Position(), s.EndPosition()
	return place{s.Path(), start.Line, start.Column, end.Line, end.Column}
}

// MarshalJSON gives the diagnostic as every JSON output of Quern has it.
func (d *Diagnostic) MarshalJSON() ([]byte, error) {
	out := jsonDiagnostic{
		Code: d.Code, Severity: d.Severity.String(), Message: d.Message, place: placeOf(d.Span),
		Label: d.Label, Hint: d.Hint, Notes: make([]jsonNote, 0, len(d.Notes)),
	}
	for _, n := range d.Notes {
		out.Notes = append(out.Notes, jsonNote{n.Message, placeOf(n.Span)})
	}
	return json.Marshal(out)
}

// MarshalJSON gives an array, sorted, empty where the list is.
func (l List) MarshalJSON() ([]byte, error) {
	return json.Marshal(append([]*Diagnostic{}, l.Sorted()...))
}
