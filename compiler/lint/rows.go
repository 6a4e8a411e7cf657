package lint

import (
	"slices"

	"github.com/quernsql/quern/compiler/diag"
)

// clocks are volatile functions that tell the time.
var clocks = []string{
	"now", "current_timestamp", "current_date", "current_time", "localtimestamp", "localtime", "today", "get_current_timestamp",
	"get_current_time", "transaction_timestamp", "statement_timestamp", "clock_timestamp", "timeofday", "current_localtime",
	"current_localtimestamp", "age",
}

// volatile reports functions that give something else in every run.
func (l *linter) volatile() {
	if l.n.Model.IgnoresVolatile() {
		return
	}
	for _, name := range l.known.Facts.Volatile {
		l.tokenize()
		at := start()
		if found := l.find(name); len(found) > 0 {
			at = tokens{found[0], found[0] + 1}
		}
		d := l.warn(diag.VolatileCall, at, "%q gives something else in every run", name)
		if slices.Contains(clocks, name) {
			d.Hintf("use {{ run_time }}, the instant of the build, which --run-time replays")
		} else {
			d.Hintf("rows cannot be built again as they were; take the value from data, or from a var")
		}
	}
}

// ordered reports a table whose rows are ordered for nobody: what reads a table may get them in any
// order.
func (l *linter) ordered() {
	if !l.known.Facts.Ordered || !l.n.Model.Materialized.IsTable() {
		return
	}
	l.tokenize()
	if s := l.outermost(); s == nil || l.is(s.first+1, "distinct") && l.is(s.first+2, "on") {
		return // distinct on keeps the first rows of this order
	}
	at, depth0 := start(), 0
	for i := 0; i < len(l.toks); i = l.skip(i) {
		if l.is(i, "order") && l.is(i+1, "by") {
			at, depth0 = tokens{i, i + 2}, depth0+1
		}
	}
	if depth0 == 0 {
		return // it comes out of a macro of the engine
	}
	l.warn(diag.OrderInTable, at, "the rows are ordered for the table, which promises its readers no order").
		Hintf("order where the table is read, and save the sorting here")
}
