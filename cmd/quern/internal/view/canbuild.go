package view

import "github.com/quernsql/quern/compiler/diag"

// CanBuild shows what is wrong with a project that is to be built, and reports whether it can be.
// Where warnings count as errors they are shown as such. As JSON the errors are events of a run that
// never began; warnings wait for the run (RunOptions.Warnings).
func (v *View) CanBuild(command string, list diag.List, warnError bool) (ok bool) {
	if warnError {
		list = asErrors(list)
	}
	ok = !list.HasErrors()
	if !v.opts.JSON {
		v.Diagnostics(list)
		if errors, _ := countSeverities(list); !ok {
			v.Result("%s: nothing was done", v.out.paint(red, count(errors, "error")))
		}
		return ok
	}
	if ok {
		return true
	}
	r := &report{v: v, o: RunOptions{Command: command}}
	now := v.opts.Now()
	events := []any{runStartedEvent{event: r.stamp("run_started", now), Command: command}}
	for _, d := range list.Sorted() {
		events = append(events, r.diagnosticEvent(now, d))
	}
	events = append(events, runFinishedEvent{event: r.stamp("run_finished", now), Status: "error"})
	for _, e := range events {
		v.log.write("", e)
		_ = v.Object(e) // plain data: this cannot fail
	}
	return false
}

// asErrors gives the list with every warning as an error.
func asErrors(list diag.List) diag.List {
	out := make(diag.List, len(list))
	for i, d := range list {
		changed := *d
		changed.Severity = diag.Error
		out[i] = &changed
	}
	return out
}
