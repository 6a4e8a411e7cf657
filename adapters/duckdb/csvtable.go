package duckdb

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/engine"
)

// csvTable is what a scan of a whole CSV file found out.
type csvTable struct {
	load    engine.Load
	format  csvFormat
	columns []string
	types   []csvType
	nulls   map[string]bool
	rows    int64
	breaks  csvBreaks
	longest int
}

// scanCSV reads a whole file, refuses what is wrong with its place, and infers the types.
func scanCSV(ctx context.Context, load engine.Load) (*csvTable, error) {
	t, err := newCSVTable(load)
	if err != nil {
		return nil, err
	}
	file, err := os.Open(load.Path)
	if err != nil {
		return nil, fileError(load.Path, err)
	}
	defer file.Close()
	c := newCSVScanner(untilDone(ctx, file), t.format)
	if err := t.scan(c); err != nil {
		if ctx.Err() != nil {
			return nil, cancelled(ctx)
		}
		return nil, placeCSV(c, load.Path, err)
	}
	t.breaks, t.longest = c.breaks, c.longest
	if len(t.columns) == 1 && t.breaks.mixed() {
		// DuckDB would take some of the breaks for empty values.
		e := engine.Errorf("CSV", "lines end in different ways from here on").
			WithHint("end all lines in the same way; the file has one column, so an empty line is a value")
		e.Place = c.change
		e.Place.Path = load.Path
		return nil, e
	}
	return t, t.checkTypes()
}

// reader is a function that reads.
type reader func(p []byte) (int, error)

func (r reader) Read(p []byte) (int, error) { return r(p) }

// untilDone stops reading when the context is done.
func untilDone(ctx context.Context, in io.Reader) reader {
	return func(p []byte) (int, error) {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		return in.Read(p)
	}
}

func newCSVTable(load engine.Load) (*csvTable, error) {
	t := &csvTable{
		load:   load,
		format: csvFormat{delimiter: cmp.Or(load.Delimiter, ","), quote: '"'},
		nulls:  map[string]bool{"": true},
	}
	if t.format.delimiter == `\t` {
		t.format.delimiter = "\t"
	}
	if len(t.format.delimiter) > 4 || strings.ContainsAny(t.format.delimiter, "\r\n\x00") {
		return nil, engine.Errorf("Settings", "the delimiter %q is not of one to four bytes", load.Delimiter)
	}
	if load.Quote != "" {
		t.format.quote = load.Quote[0]
	}
	if len(load.Quote) > 1 || strings.IndexByte(t.format.delimiter, t.format.quote) >= 0 {
		return nil, engine.Errorf("Settings", "the quote %q is not one character other than the delimiter", load.Quote)
	}
	for _, word := range load.NullValues {
		t.nulls[word] = true
	}
	return t, nil
}

// fileError says in words why a file cannot be read.
func fileError(path string, err error) error {
	e := engine.Errorf("IO", "the file cannot be read: %s", reason(err))
	if errors.Is(err, os.ErrNotExist) {
		e = engine.Errorf("IO", "the file does not exist")
	}
	e.Place = &engine.Place{Path: path}
	e.Cause = err
	return e
}

func (t *csvTable) scan(c *csvScanner) error {
	if err := c.skipBOM(); err != nil {
		return err
	}
	switch err := c.next(true); {
	case errors.Is(err, io.EOF):
		return &csvError{message: "the file is empty", hint: "the first line must name the columns"}
	case err != nil:
		return err
	case c.length == 0:
		return &csvError{message: "the first line is empty", hint: "it must name the columns", end: 1}
	}
	if err := t.header(c); err != nil {
		return err
	}
	if t.load.NoHeader {
		if err := t.row(c); err != nil {
			return err
		}
	}
	for {
		err := c.next(len(t.columns) == 1)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := t.row(c); err != nil {
			return err
		}
	}
}

// header takes the names of the columns from the first record.
func (t *csvTable) header(c *csvScanner) error {
	t.types = make([]csvType, len(c.fields))
	t.columns = make([]string, len(c.fields))
	seen := map[string]int{}
	for i, f := range c.fields {
		if t.load.NoHeader {
			t.columns[i] = fmt.Sprint("column", i)
			continue
		}
		value := string(c.value(f))
		name := strings.TrimSpace(value)
		wrong := &csvError{start: f.start, end: max(f.end, f.start+1)}
		if name == "" {
			wrong.message = fmt.Sprintf("column %d of the header has no name", i+1)
			wrong.hint = "give it a name, or take the delimiter away if there is no such column"
			return wrong
		}
		// At its ends too: DuckDB counts such a header as more than one line.
		if strings.ContainsAny(value, "\r\n") {
			wrong.message = fmt.Sprintf("the name of column %d has a line break in it", i+1)
			wrong.hint = "write the name in one line"
			return wrong
		}
		if first, ok := seen[strings.ToLower(name)]; ok {
			wrong.message = fmt.Sprintf("the columns %d and %d are both named %q", first+1, i+1, name)
			wrong.hint = "give one of them another name; small and capital letters count as equal"
			return wrong
		}
		seen[strings.ToLower(name)] = i
		t.columns[i] = name
	}
	return nil
}

func (t *csvTable) row(c *csvScanner) error {
	if len(c.fields) != len(t.columns) {
		return t.wrongCount(c)
	}
	for i, f := range c.fields {
		if t.types[i] == csvText {
			continue
		}
		value := c.value(f)
		if !t.nulls[string(value)] {
			t.types[i] = t.types[i].with(value)
		}
	}
	t.rows++
	return nil
}

func (t *csvTable) wrongCount(c *csvScanner) error {
	e := &csvError{end: c.length}
	e.message = fmt.Sprintf("the row has %s, the header has %s",
		plural(len(c.fields), "value"), plural(len(t.columns), "column"))
	if t.load.NoHeader {
		e.message = fmt.Sprintf("the row has %s, the first row has %d",
			plural(len(c.fields), "value"), len(t.columns))
	}
	e.hint = fmt.Sprintf("add %s", plural(len(t.columns)-len(c.fields), "delimiter"))
	if len(c.fields) > len(t.columns) {
		e.start = c.fields[len(t.columns)].start
		e.hint = "put values that hold the delimiter in quotes"
	}
	return e
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// placeCSV makes an *engine.Error with a place of a scanner's error.
func placeCSV(c *csvScanner, path string, err error) error {
	wrong, ok := errors.AsType[*csvError](err)
	if !ok {
		return fileError(path, err)
	}
	e := engine.Errorf("CSV", "%s", wrong.message).WithHint(wrong.hint)
	e.Place = c.place(path, wrong.start, wrong.end)
	return e
}

// checkTypes refuses types for columns that the file does not have.
func (t *csvTable) checkTypes() error {
	given := t.givenTypes()
	for _, name := range t.columns {
		delete(given, strings.ToLower(name))
	}
	if len(given) == 0 {
		return nil
	}
	return missingColumns(t.load, given, t.columns)
}

// givenTypes gives the types by names in small letters.
func (t *csvTable) givenTypes() map[string]string {
	given := map[string]string{}
	for name, word := range t.load.ColumnTypes {
		given[strings.ToLower(name)] = word
	}
	return given
}

func missingColumns(load engine.Load, missing map[string]string, columns []string) error {
	var names []string
	for name := range load.ColumnTypes {
		if _, ok := missing[strings.ToLower(name)]; ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	e := engine.Errorf("CSV", "a type is given for the column %q, which the file does not have", names[0])
	e.Place = &engine.Place{Path: load.Path, Line: 1, Column: 1}
	e.Name, e.Candidates = names[0], columns
	if near := diag.Nearest(names[0], columns); near != "" {
		return e.WithHint(fmt.Sprintf("did you mean %q?", near))
	}
	return e.WithHint("its columns are " + strings.Join(columns, ", "))
}

// selectSQL gives the query that reads the file into typed columns. Every option is given, so that
// DuckDB guesses nothing. Columns whose type the scan did not prove are read as text and cast: for
// a TIMESTAMP WITH TIME ZONE, read_csv itself makes NULL of what it cannot read.
func (t *csvTable) selectSQL() string {
	given := t.givenTypes()
	casts := make([]string, len(t.columns))
	for i, name := range t.columns {
		casts[i] = Dialect{}.Quote(name)
		word, ok := given[strings.ToLower(name)]
		if !ok && t.types[i] == csvInstant {
			word, ok = t.types[i].String(), true
		}
		if ok {
			casts[i] = "cast(" + casts[i] + " as " + word + ") as " + casts[i]
		}
	}
	return "select " + strings.Join(casts, ", ") + " from " + t.scanSQL()
}

func (t *csvTable) scanSQL() string {
	given := t.givenTypes()
	columns := make([]string, len(t.columns))
	for i, name := range t.columns {
		word := t.types[i].String()
		if given[strings.ToLower(name)] != "" || t.types[i] == csvInstant {
			word = "VARCHAR"
		}
		columns[i] = textLiteral(name) + ": " + textLiteral(word)
	}
	nulls := make([]string, 0, len(t.nulls))
	for word := range t.nulls {
		nulls = append(nulls, textLiteral(word))
	}
	slices.Sort(nulls)
	quote := ""
	if t.format.quote != 0 {
		quote = string(rune(t.format.quote))
	}
	return fmt.Sprintf("read_csv(%s, auto_detect=false, header=%t, delim=%s, quote=%s, escape=%s, "+
		"nullstr=[%s], strict_mode=%t, max_line_size=%d, compression='none', hive_partitioning=false, columns={%s})",
		textLiteral(Dialect{}.Pattern(t.load.Path)), !t.load.NoHeader, textLiteral(t.format.delimiter), textLiteral(quote),
		textLiteral(quote), strings.Join(nulls, ", "), !t.breaks.mixed(),
		max(2<<20, 2*t.longest), strings.Join(columns, ", "))
}

// findValue gives the place of the first record whose column holds a value, nil where none does. It
// reads the file again: DuckDB's own line numbers count records, and not always the same way.
func (t *csvTable) findValue(column, value string) *engine.Place {
	at := slices.IndexFunc(t.columns, func(name string) bool { return strings.EqualFold(name, column) })
	file, err := os.Open(t.load.Path)
	if at < 0 || err != nil {
		return nil
	}
	defer file.Close()
	c := newCSVScanner(file, t.format)
	if err := c.skipBOM(); err != nil {
		return nil
	}
	for header := !t.load.NoHeader; c.next(len(t.columns) == 1) == nil; header = false {
		if header || at >= len(c.fields) {
			continue
		}
		if f := c.fields[at]; string(c.value(f)) == value {
			return c.place(t.load.Path, f.start, max(f.end, f.start+1))
		}
	}
	return nil
}
