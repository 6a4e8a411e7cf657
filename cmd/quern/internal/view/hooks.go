package view

import (
	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/run"
)

// hook shows which hook of a build failed, if one did.
func (r *report) hook(e run.RunFinished) {
	if e.Results.Hook == nil {
		return
	}
	value := r.diagnosticEvent(e.Time, e.Results.Hook.Diagnostic)
	r.v.log.write("", value)
	if r.v.opts.JSON {
		_ = r.v.Object(value) // plain data: this cannot fail
		return
	}
	r.Close()
	r.v.Diagnostics(diag.List{e.Results.Hook.Diagnostic})
}
