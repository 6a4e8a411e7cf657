package increment

import "strings"

// After gives the query for the rows that the table has when the delta is in it; "" where that cannot be told without
// a change of its columns, or where the table does not take the delta.
func (s Spec) After(d Dialect) string {
	columns, alter, err := s.settle(d)
	if err != nil || len(alter) > 0 {
		return ""
	}
	w := writer{Spec: s, Dialect: d, columns: columns}
	switch s.Strategy {
	case DeleteInsert:
		return w.others(w.notMatched()) + " union all " + w.all(w.incoming)
	case Merge:
		return w.others(w.notMatched()) + " union all " + w.merged()
	case Microbatch:
		return w.others(" where ("+Within(TargetAlias+"."+w.Quote(w.EventTime), w.eventType(), w.Window)+") is not true") +
			" union all " + w.all(w.incoming)
	default:
		return w.others("") + " union all " + w.all(w.incoming)
	}
}

// others gives the rows of the table that stay as they are.
func (w *writer) others(where string) string {
	return "select " + w.stored(func(name string) string { return TargetAlias + "." + w.Quote(name) }) + " from " +
		w.Relation(w.Target) + " as " + TargetAlias + where
}

func (w *writer) notMatched() string {
	return " where not exists (select 1 from " + w.Relation(w.Delta) + " as " + DeltaAlias + " where " + w.match() + ")"
}

// all gives the rows of the delta.
func (w *writer) all(value func(name string) string) string {
	return "select " + w.stored(value) + " from " + w.Relation(w.Delta) + " as " + DeltaAlias
}

// stored lists what stands for the columns of the table.
func (w *writer) stored(value func(name string) string) string {
	items := make([]string, len(w.Table))
	for i, c := range w.Table {
		items[i] = value(c.Name) + " as " + w.Quote(c.Name)
	}
	return strings.Join(items, ", ")
}

// incoming gives the delta's value of a column of the table.
func (w *writer) incoming(name string) string {
	if i := indexOf(w.columns, name); i >= 0 {
		return w.value(w.columns[i])
	}
	return "null"
}

// matchedMark is the column that tells the rows of the table from those that a join has not found.
const matchedMark = "quern_matched"

// merged gives the rows that a merge updates or adds.
func (w *writer) merged() string {
	value := func(name string) string {
		old, given := TargetAlias+"."+w.Quote(name), w.incoming(name)
		updated := indexOf(w.columns, name) >= 0 && (w.Update == nil || isAmong(w.Update, name)) && !isAmong(w.Key, name) && !isAmong(w.Exclude, name)
		if updated {
			return given
		}
		return "case when " + TargetAlias + "." + matchedMark + " then " + old + " else " + given + " end"
	}
	return w.all(value) + " left join (select *, true as " + matchedMark + " from " + w.Relation(w.Target) + ") as " +
		TargetAlias + " on " + w.match()
}
