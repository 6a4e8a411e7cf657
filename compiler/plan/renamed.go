package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/quernsql/quern/compiler/project"
)

// renamed says what happened where the names of what a node reads are others, as in the setting namesRead. A table has
// those of views alone.
func renamed(step *Step, was, now string) string {
	before, after := namesOf(step.Reads, was), namesOf(step.Reads, now)
	for _, id := range step.Reads {
		_, had := before[id]
		_, has := after[id]
		switch {
		case has && !had:
			return fmt.Sprintf("%s is a view now", id.Name())
		case had && !has:
			return fmt.Sprintf("%s is no view any longer", id.Name())
		}
	}
	other := slices.IndexFunc(step.Reads, func(id project.ID) bool { return after[id] != before[id] })
	id := step.Reads[max(other, 0)]
	return fmt.Sprintf("%s is %s now", id.Name(), after[id])
}

// namesOf takes the setting namesRead apart. Names may hold what separates them.
func namesOf(reads []project.ID, setting string) map[project.ID]string {
	out := map[project.ID]string{}
	var last project.ID
	for _, part := range strings.Split(setting, ", ") {
		id, name, _ := strings.Cut(part, " ")
		if slices.Contains(reads, project.ID(id)) {
			last = project.ID(id)
			out[last] = name
		} else if last != "" {
			out[last] += ", " + part
		}
	}
	return out
}
