//go:build cgo

package duckdb

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/diag"
)

// pinned are the settings every result depends on, and the form of errors.
const pinned = `set global errors_as_json = true;
set global TimeZone = 'UTC';
set global default_null_order = 'nulls_last';
set global default_order = 'asc';
set global default_collation = '';
set global preserve_insertion_order = true`

// setOptions sets what the target asks for; what belongs to a connection is kept for the others.
func (e *database) setOptions(ctx context.Context, c *session, options []option) error {
	var scopes map[string]string
	for _, o := range options {
		set := "set global "
		if o.key() == "settings" {
			if scopes == nil {
				var err error
				if scopes, err = settingScopes(ctx, c); err != nil {
					return err
				}
			}
			switch scopes[strings.ToLower(o.name)] {
			case "":
				return about(o.key(), unknownOption(o.name, scopes))
			case "LOCAL":
				set = "set session "
			}
		}
		set += Dialect{}.Quote(o.name) + " = " + Dialect{}.Literal(o.value)
		if err := c.exec(ctx, statement{text: set}); err != nil {
			return about(o.key(), inPart(err, "the setting "+quoted(o.name)))
		}
		if strings.HasPrefix(set, "set session ") {
			e.onConnect = append(e.onConnect, set)
		}
	}
	return nil
}

// settingScopes gives GLOBAL or LOCAL by the name of a setting, in small letters.
func settingScopes(ctx context.Context, c *session) (map[string]string, error) {
	rows, err := c.values(ctx, "select lower(name), scope from duckdb_settings()")
	scopes := make(map[string]string, len(rows))
	for _, row := range rows {
		name, _ := row[0].(string)
		scopes[name], _ = row[1].(string)
	}
	return scopes, err
}

func unknownOption(name string, scopes map[string]string) error {
	e := settingError("DuckDB has no setting %q", name).WithHint(
		"settings of extensions need the extension's file under extensions")
	e.Candidates = slices.Sorted(maps.Keys(scopes))
	if near := diag.Nearest(name, e.Candidates); near != "" {
		e.Hint = "did you mean " + quoted(near) + "?"
	}
	return e
}
