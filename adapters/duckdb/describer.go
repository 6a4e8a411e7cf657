//go:build cgo

package duckdb

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"sync"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/lineage"
	"github.com/quernsql/quern/compiler/relation"
)

// describer tells of queries in in-memory databases of its own.
type describer struct {
	settings *settings
	err      error // of the settings

	mu    sync.Mutex
	files *memoryDatabase
}

var _ adapters.Describer = (*describer)(nil)

func describers() func(adapters.Config) adapters.Describer {
	return func(config adapters.Config) adapters.Describer {
		config.Scratch = true
		d := &describer{}
		d.settings, d.err = parseSettings(config)
		return d
	}
}

// Version names the engine and the settings that decide about columns.
func (d *describer) Version() string {
	h := sha256.New()
	if d.err != nil {
		fmt.Fprintln(h, d.err)
		return libraryVersion() + " " + hex.EncodeToString(h.Sum(nil)[:8])
	}
	for _, path := range d.settings.extensions {
		fmt.Fprintf(h, "extension %q", path)
		if info, err := os.Stat(path); err == nil {
			fmt.Fprint(h, " ", info.Size(), info.ModTime().UnixNano())
		}
	}
	for _, o := range bindingOptions(d.settings.options) {
		fmt.Fprintf(h, "\nset %q %q", o.name, fmt.Sprint(o.value))
	}
	for _, a := range d.settings.attach {
		fmt.Fprintf(h, "\nattach %q", a.alias)
	}
	for _, sql := range d.settings.initSQL {
		fmt.Fprintf(h, "\ninit %q", sql)
	}
	return libraryVersion() + " " + hex.EncodeToString(h.Sum(nil)[:8])
}

func (d *describer) Level() lineage.Level { return lineage.LevelLineage }

// Scratch opens an empty catalog.
func (d *describer) Scratch(ctx context.Context) (adapters.Scratch, error) {
	if d.err != nil {
		return nil, d.err
	}
	m, err := openMemory(ctx, d.settings)
	if err != nil {
		return nil, err
	}
	if err := m.lock(ctx); err != nil {
		m.Close()
		return nil, err
	}
	return newScratch(m, d.settings), nil
}

// ScanColumns gives the columns of what Dialect.FileScan reads.
func (d *describer) ScanColumns(ctx context.Context, pattern, format string) ([]relation.Column, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	s, err := d.reader(ctx)
	if err != nil {
		return nil, err
	}
	columns, err := s.describe(ctx, statement{text: "describe from " + Dialect{}.FileScan(pattern, format)})
	if err != nil {
		return nil, inFile(err, engine.Load{Path: pattern})
	}
	return columns, nil
}

// LoadColumns gives the columns of the table that Load would make.
func (d *describer) LoadColumns(ctx context.Context, load engine.Load) ([]relation.Column, error) {
	if load.Format == "csv" && len(load.ColumnTypes) == 0 {
		if err := checkFile(load.Path); err != nil {
			return nil, err
		}
		table, err := scanCSV(ctx, load)
		if err != nil {
			return nil, err
		}
		if columns, sure := table.provenColumns(); sure {
			return columns, nil
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	s, err := d.reader(ctx)
	if err != nil {
		return nil, err
	}
	load.Into = relation.Name{Identifier: "loaded"}
	if _, err := s.Load(ctx, load); err != nil {
		return nil, err
	}
	columns, err := s.Columns(ctx, load.Into)
	if err != nil {
		return nil, err
	}
	return columns, s.Drop(ctx, load.Into)
}

// provenColumns gives the columns if the scan proved all their types, so that DuckDB need not read
// the file too.
func (t *csvTable) provenColumns() ([]relation.Column, bool) {
	columns := make([]relation.Column, len(t.columns))
	for i, name := range t.columns {
		if t.types[i] == csvInstant {
			return nil, false
		}
		columns[i] = relation.Column{Name: name, Type: t.types[i].String()}
	}
	return columns, true
}

// reader gives a session of the database that may read files. It is opened when it is first used.
func (d *describer) reader(ctx context.Context) (*session, error) {
	if d.err != nil {
		return nil, d.err
	}
	if d.files == nil {
		m, err := openMemory(ctx, d.settings)
		if err != nil {
			return nil, err
		}
		d.files = m
	}
	return d.files.session, nil
}

// Close closes the database that reads files; scratches have their own.
func (d *describer) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.files == nil {
		return nil
	}
	err := d.files.Close()
	d.files = nil
	return err
}
