package project

import (
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/scd"
	"github.com/quernsql/quern/compiler/source"
)

// SnapshotConfig says how a snapshot keeps the history of its rows.
type SnapshotConfig struct {
	Strategy scd.Strategy
	// Key are the columns of unique_key.
	Key []ColumnName
	// UpdatedAt is the column of the strategy timestamp.
	UpdatedAt ColumnName
	// Check are the columns of the strategy check; none means all.
	Check   []ColumnName
	Deletes scd.Deletes
	// ValidFrom, ValidTo and IsDeleted are the columns that are added; without a Span where they are not named.
	ValidFrom, ValidTo, IsDeleted ColumnName
}

// Settings gives the same without places.
func (c *SnapshotConfig) Settings() scd.Settings {
	names := func(columns []ColumnName) (out []string) {
		for _, c := range columns {
			out = append(out, c.Name)
		}
		return out
	}
	return scd.Settings{
		Key: names(c.Key), Strategy: c.Strategy, UpdatedAt: c.UpdatedAt.Name, Check: names(c.Check), Deletes: c.Deletes,
		ValidFrom: c.ValidFrom.Name, ValidTo: c.ValidTo.Name, IsDeleted: c.IsDeleted.Name,
	}
}

// Added gives the columns that the table has besides those of the query.
func (c *SnapshotConfig) Added() []ColumnName {
	if c.Deletes == scd.NewRecord {
		return []ColumnName{c.ValidFrom, c.ValidTo, c.IsDeleted}
	}
	return []ColumnName{c.ValidFrom, c.ValidTo}
}

// snapshotField reads a key of snapshots.
func (d *doc) snapshotField(f field, to *modelPatch) {
	if f.known.only != Snapshot {
		return
	}
	if to.snapshot == nil {
		to.snapshot = &SnapshotConfig{}
	}
	c := to.snapshot
	switch f.name() {
	case "strategy":
		c.Strategy = wordOf(f.value.text, scd.Timestamp, scd.Check)
	case "check_cols":
		if f.value.kind == listNode || f.value.text != "all" {
			c.Check = d.columnNames(f)
		}
	case "hard_deletes":
		c.Deletes = wordOf(f.value.text, scd.Ignore, scd.NewRecord)
	default:
		if names := d.columnNames(f); len(names) > 0 {
			*c.named(f.name()) = names[0]
		}
	}
}

// named gives the place of a key that names one column.
func (c *SnapshotConfig) named(key string) *ColumnName {
	switch key {
	case "updated_at":
		return &c.UpdatedAt
	case "valid_from":
		return &c.ValidFrom
	case "valid_to":
		return &c.ValidTo
	default:
		return &c.IsDeleted
	}
}

// takeSnapshot takes over a key of snapshots that from sets.
func (p *modelPatch) takeSnapshot(from *modelPatch, name string) {
	if from.snapshot == nil {
		return
	}
	c := SnapshotConfig{}
	if p.snapshot != nil {
		c = *p.snapshot
	}
	switch name {
	case "strategy":
		c.Strategy = from.snapshot.Strategy
	case "check_cols":
		c.Check = from.snapshot.Check
	case "hard_deletes":
		c.Deletes = from.snapshot.Deletes
	case "updated_at", "valid_from", "valid_to", "is_deleted":
		*c.named(name) = *from.snapshot.named(name)
	default:
		return
	}
	p.snapshot = &c
}

// snapshotConfig gives how a snapshot keeps history, and checks that its keys go together.
func (p *modelPatch) snapshotConfig(m *Model, diags *diag.List) *SnapshotConfig {
	c := SnapshotConfig{}
	if p.snapshot != nil {
		c = *p.snapshot
	}
	c.Key = p.incremental.config.Key
	if c.Deletes == 0 {
		c.Deletes = scd.Ignore
	}
	for _, key := range []string{"valid_from", "valid_to", "is_deleted"} {
		if name := c.named(key); name.Name == "" {
			name.Name = key
		}
	}
	p.needed(m, &c, diags)
	p.namesApart(m, &c, diags)
	return &c
}

// needed reports keys that a snapshot lacks, and those that its others leave nothing to do.
func (p *modelPatch) needed(m *Model, c *SnapshotConfig, diags *diag.List) {
	lacks := func(at source.Span, key, hint string) {
		if findKey(p.set, key) == nil && !slices.Contains(p.refused, key) {
			diags.Errorf(diag.MissingKey, at, "the snapshot %q needs the key %q", m.Name, key).Hintf("%s", hint)
		}
	}
	idle := func(key, why, hint string) {
		// A folder's defaults are for those of its models that can use them.
		if s := findKey(p.set, key); s != nil && s.span.File.Path != ProjectFile {
			diags.Errorf(diag.MisplacedKey, s.span, "the key %q is for %s", key, why).Hintf("%s", hint)
		}
	}
	lacks(p.placeOf("materialized", m), "unique_key", "name the columns of which no two rows have the same values, as in unique_key: id")
	switch c.Strategy {
	case scd.Timestamp:
		lacks(p.placeOf("strategy", m), "updated_at", "name the column that says when a row was changed, or use strategy: check")
		idle("check_cols", "the strategy check, and "+quoted(m.Name)+" uses timestamp", "set strategy: check, or remove the key")
	case scd.Check:
		lacks(p.placeOf("strategy", m), "check_cols", "name the columns whose values make a new version, or write check_cols: all")
		idle("updated_at", "the strategy timestamp, and "+quoted(m.Name)+" uses check", "set strategy: timestamp, or remove the key")
	default:
		lacks(p.placeOf("materialized", m), "strategy", "write strategy: timestamp with updated_at, or strategy: check with check_cols")
	}
	if c.Deletes != scd.NewRecord {
		idle("is_deleted", "hard_deletes: new_record, and "+quoted(m.Name)+" has hard_deletes: "+c.Deletes.String(),
			"set hard_deletes: new_record, or remove the key")
	}
}

// namesApart reports columns that are added under one name.
func (p *modelPatch) namesApart(m *Model, c *SnapshotConfig, diags *diag.List) {
	names := c.Added()
	for i, name := range names {
		for _, before := range names[:i] {
			if !strings.EqualFold(name.Name, before.Name) {
				continue
			}
			at := name.Span
			if at.IsZero() {
				at = before.Span
			}
			diags.Errorf(diag.InvalidValue, at, "two columns that are added to %q are called %q", m.Name, name.Name).
				Hintf("give each of valid_from, valid_to and is_deleted a name of its own")
		}
	}
}
