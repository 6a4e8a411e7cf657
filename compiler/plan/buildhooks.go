package plan

import (
	"slices"
)

// buildHooks gives a plan that has something to build the hooks of the build. One that has nothing to build has those
// after a build that an earlier one owes.
func (b *builder) buildHooks(p *Plan) {
	hooks := b.p.Hooks
	if slices.ContainsFunc(p.Steps, (*Step).Builds) {
		p.Before, p.After = b.filled("before", hooks.Before, b.fill("", nil)), b.filled("after", hooks.After, b.fill("", nil))
		return
	}
	if b.opts.TestsOnly || b.opts.State == nil || b.opts.State.Owed == nil {
		return
	}
	p.Owed = b.opts.State.Owed
	done := slices.Clone(p.Owed.Done)
	for _, h := range b.filled("after", hooks.After, b.fill("", nil)) {
		if i := slices.Index(done, h.Text); i >= 0 {
			done = slices.Delete(done, i, i+1) // the same text may stand there twice
			continue
		}
		p.After = append(p.After, h)
	}
}
