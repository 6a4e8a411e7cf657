package snapshot

import (
	"github.com/quernsql/quern/compiler/cache"
	"github.com/quernsql/quern/compiler/diag"
)

// encodeDiags writes what is wrong with the project. It refers to nothing outside, so that it can be
// written anew by itself.
func encodeDiags(list diag.List, record *cache.Record) []byte {
	s := &section{encoder: &encoder{words: cache.NewWords(), files: newFileTable(record)}}
	s.Uint(uint64(len(list)))
	for _, d := range list {
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
	files := &section{encoder: s.encoder}
	files.fileList()
	var out cache.Encoder
	s.words.Encode(&out)
	out.Append(files.Bytes())
	out.Append(s.Bytes())
	return out.Bytes()
}

func decodeDiags(section *cache.Decoder, read func(string) string) diag.List {
	d := decoder{section, &shared{}}
	d.words = cache.DecodeWords(section)
	d.fileList(read)
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
