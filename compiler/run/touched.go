package run

import (
	"maps"

	"github.com/quernsql/quern/compiler/fingerprint"
	"github.com/quernsql/quern/compiler/plan"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/state"
)

// lookAgain makes void the versions of sources of which a file was touched since they were read, also where all files
// are as they were by now: what was read meanwhile may have been something else.
func (e *executor) lookAgain(reads []project.ID) {
	k := e.opts.State
	if k == nil || k.Touched == nil {
		return
	}
	seen := map[project.ID]bool{}
	var look func(reads []project.ID)
	look = func(reads []project.ID) {
		for _, id := range reads {
			if seen[id] {
				continue
			}
			seen[id] = true
			if view, ok := e.plan.Views[id]; ok {
				look(view.Reads)
				continue
			}
			if id.Kind() == "source" && e.version(id).Rows != "" && k.Touched(id) {
				e.forgetVersion(id)
			}
		}
	}
	look(reads)
}

// forgetVersion makes void the version of a source, and those of the views that follow from it.
func (e *executor) forgetVersion(id project.ID) {
	e.versionsMu.Lock()
	defer e.versionsMu.Unlock()
	e.versions[id] = state.DataVersion{}
	clear(e.viewVersions)
}

// unlikeFile makes what is known of a seed that of another file, where the seed's own was touched since its version
// was read, so that it is loaded again.
func (e *executor) unlikeFile(s *plan.Step, made *state.Relation) {
	if s.Load == nil || e.opts.State.Touched == nil || !e.opts.State.Touched(s.ID) {
		return
	}
	made.Config = maps.Clone(made.Config)
	made.Config["file"] = ""
	made.Code = fingerprint.Of(string(made.Code), "touched")
}
