package holder

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/relation"
)

// version is that of what is said; both sides must speak the same.
const version = 2

// What can be asked.
const (
	opHello    = "hello" // whether somebody is there
	opQuery    = "query"
	opDescribe = "describe"
	opList     = "list"
	opShapes   = "shapes"
	opColumns  = "columns"
)

// request is what one side asks, one to a connection.
type request struct {
	Version  int           `json:"version"`
	Settings string        `json:"settings"`
	Op       string        `json:"op"`
	Query    string        `json:"query,omitempty"`
	Limit    int           `json:"limit,omitempty"`
	Name     relation.Name `json:"name"` // or only its schema
	Schemas  []string      `json:"schemas,omitempty"`
}

// greeting is said as soon as a request was read, before the work.
type greeting struct {
	Version int  `json:"version"`
	PID     int  `json:"pid"`
	Served  bool `json:"served"`
}

// answer is what comes after the work. An Error is the engine's; nothing at all is ErrNotServed.
type answer struct {
	Columns []relation.Column `json:"columns,omitempty"`
	Values  [][]any           `json:"values,omitempty"`
	More    bool              `json:"more,omitempty"`
	Objects []relation.Object `json:"objects,omitempty"`
	Shapes  []engine.Shape    `json:"shapes,omitempty"`
	Error   *engine.Error     `json:"error,omitempty"`
}

// failed gives the answer of an error, without the driver's own, which is of this process.
func failed(err error) answer {
	e, ok := errors.AsType[*engine.Error](err)
	if !ok {
		return answer{Error: engine.Errorf("IO", "%v", err)}
	}
	plain := *e
	plain.Cause, plain.Holder = nil, nil
	return answer{Error: &plain}
}

// packed gives a value as JSON keeps it: numbers that are no int64 and maps are marked.
func packed(value any) any {
	switch v := value.(type) {
	case float64:
		return map[string]any{"float": v}
	case json.Number:
		return map[string]any{"number": v.String()}
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = packed(v[i])
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, inner := range v {
			out[key] = packed(inner)
		}
		return map[string]any{"map": out}
	}
	return value
}

// unpacked is the way back, of what a decoder with UseNumber gives.
func unpacked(value any) (any, error) {
	switch v := value.(type) {
	case json.Number:
		return v.Int64()
	case []any:
		return v, unpackAll(v)
	case map[string]any:
		return unmarked(v)
	}
	return value, nil
}

func unpackAll(values []any) (err error) {
	for i := range values {
		if values[i], err = unpacked(values[i]); err != nil {
			return err
		}
	}
	return nil
}

func unmarked(marked map[string]any) (any, error) {
	if f, ok := marked["float"].(json.Number); ok {
		return f.Float64()
	}
	if n, ok := marked["number"].(string); ok {
		return json.Number(n), nil
	}
	inner, ok := marked["map"].(map[string]any)
	if !ok {
		return nil, fmt.Errorf("a value is marked as %v", marked)
	}
	for key, value := range inner {
		v, err := unpacked(value)
		if err != nil {
			return nil, err
		}
		inner[key] = v
	}
	return inner, nil
}
