package view

import (
	"strings"
	"time"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/plan"
	"github.com/quernsql/quern/compiler/run"
	"github.com/quernsql/quern/compiler/state"
)

// PlannedHook is a hook that an earlier build owes.
type PlannedHook struct {
	// Key is the one under which it stands.
	Key       string `json:"key"`
	Reason    string `json:"reason"`
	Statement string `json:"statement"`
}

// owedHooks gives what is shown of hooks that an earlier build owes.
func owedHooks(p *plan.Plan) []PlannedHook {
	if p.Owed == nil {
		return nil
	}
	out := make([]PlannedHook, len(p.After))
	for i, h := range p.After {
		out[i] = PlannedHook{h.Key, owedWords(p.Owed), h.SQL.SQL}
	}
	return out
}

// owedWords says why hooks are owed.
func owedWords(o *state.Owed) string {
	build := "an earlier build"
	if o.Run != "" {
		build = "the build " + clean(o.Run)
	}
	if o.Failed {
		return "a hook after " + build + " failed"
	}
	return build + " ended before its hooks"
}

// hookLines shows hooks in a plan.
func (v *View) hookLines(hooks []PlannedHook) string {
	var b strings.Builder
	for _, h := range hooks {
		b.WriteString(v.out.paint(cyan, "hook") + "  " + h.Key + "   " + h.Reason + "\n")
		if v.opts.Verbose {
			b.WriteString(v.statements([]string{h.Statement}))
		}
	}
	return b.String()
}

// owed says which hooks of an earlier build run, and why.
func (r *report) owed(at time.Time) {
	if r.o.Plan.Owed == nil || len(r.o.Plan.After) == 0 {
		return
	}
	message := count(int64(len(r.o.Plan.After)), "hook") + " to run: " + owedWords(r.o.Plan.Owed)
	value := logEvent{event: r.stamp("log", at), Level: "info", Message: message}
	r.v.log.write("", value)
	if r.v.opts.JSON {
		_ = r.v.Object(value) // plain data: this cannot fail
		return
	}
	r.v.Note("%s", message)
}

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
