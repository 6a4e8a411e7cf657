package isolate

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os/exec"
	"slices"
	"strings"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/lineage"
	"github.com/quernsql/quern/compiler/sqltoken"
)

// Request is one query for a child, with the tables it may read.
type Request struct {
	// Type and Config are those of the target.
	Type   string
	Config adapters.Config
	Tables []lineage.Table
	Query  string
	// ParseOnly asks for mistakes of syntax alone.
	ParseOnly bool
}

// Answer is what a child found: one of the two.
type Answer struct {
	Query *lineage.Query
	Error *engine.Error
}

// apart binds a query in a child.
func (s *scratch) apart(ctx context.Context, query string, parseOnly bool) (*lineage.Query, error) {
	answer, err := s.from.ask(ctx, Request{Tables: s.named(query), Query: query, ParseOnly: parseOnly})
	if err == nil && answer.Error != nil {
		err = answer.Error
	}
	return answer.Query, err
}

// named gives the tables whose names stand in a query.
func (s *scratch) named(query string) []lineage.Table {
	names := map[string]bool{}
	for tok := range sqltoken.Tokens(query) {
		if tok.IsName() {
			names[strings.ToLower(tok.Name(query))] = true
		}
	}
	var out []lineage.Table
	for name, table := range s.tables {
		if names[strings.ToLower(name.Identifier)] {
			out = append(out, table)
		}
	}
	slices.SortFunc(out, byName)
	return out
}

// Start runs a command that answers a request: it gets the request on its input and writes the answer.
func Start(ctx context.Context, command *exec.Cmd, request Request) (Answer, error) {
	in, err := json.Marshal(request)
	if err != nil {
		return Answer{}, fmt.Errorf("write the request: %w", err)
	}
	var out, said bytes.Buffer
	command.Stdin, command.Stdout, command.Stderr = bytes.NewReader(in), &out, &said
	if err := command.Run(); err != nil {
		if ended, ok := errors.AsType[*exec.ExitError](err); ok {
			return Answer{}, errors.New(ending(ended, said.String()))
		}
		return Answer{}, fmt.Errorf("start a process for it: %w", err)
	}
	var answer Answer
	if err := json.Unmarshal(out.Bytes(), &answer); err != nil {
		return Answer{}, fmt.Errorf("read what a process said: %w", err)
	}
	return answer, nil
}

// ending says in words how a child ended.
func ending(e *exec.ExitError, said string) string {
	if strings.Contains(said, "bad_alloc") || strings.Contains(said, "out of memory") || strings.Contains(said, "cannot allocate memory") {
		return "it needs more memory than there is"
	}
	return "it ends the process (" + e.String() + ")"
}

// Serve answers one request: it is the child's part.
func Serve(ctx context.Context, in io.Reader, out io.Writer, registry map[string]adapters.Adapter) error {
	var request Request
	if err := json.NewDecoder(in).Decode(&request); err != nil {
		return fmt.Errorf("read the request: %w", err)
	}
	limitMemory()
	query, err := answer(ctx, request, registry)
	var a Answer
	if e, ok := errors.AsType[*engine.Error](err); ok {
		plain := *e
		plain.Cause = nil
		a.Error = &plain
	} else if err != nil {
		return err
	}
	a.Query = query
	return json.NewEncoder(out).Encode(a)
}

// whole gives whole numbers the type that quern.yml gives them, which JSON does not keep.
func whole(value any) any {
	switch v := value.(type) {
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1<<53 {
			return int64(v)
		}
	case []any:
		for i := range v {
			v[i] = whole(v[i])
		}
	case map[string]any:
		for key := range v {
			v[key] = whole(v[key])
		}
	}
	return value
}

func answer(ctx context.Context, r Request, registry map[string]adapters.Adapter) (*lineage.Query, error) {
	adapter, ok := registry[r.Type]
	if !ok || adapter.Describer == nil {
		return nil, fmt.Errorf("there is no engine %q", r.Type)
	}
	for key, value := range r.Config.Settings {
		r.Config.Settings[key] = whole(value)
	}
	d := adapter.Describer(r.Config)
	defer d.Close()
	scratch, err := d.Scratch(ctx)
	if err != nil {
		return nil, err
	}
	defer scratch.Close()
	if err := scratch.Define(ctx, r.Tables); err != nil {
		return nil, err
	}
	if r.ParseOnly {
		return nil, scratch.Parse(ctx, r.Query)
	}
	return scratch.Describe(ctx, r.Query)
}
