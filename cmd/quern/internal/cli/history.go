package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/state"
)

// about gives what the history says of a run besides how it went.
func (b *build) about(ctx context.Context, e adapters.Engine) state.Run {
	version, err := e.Version(ctx)
	if err != nil {
		b.View.Detail("the version of the target is not known: %v", err)
	}
	return state.Run{Command: b.command, Quern: Version, Engine: version}
}

// lastRun is the last run of a project on its target.
type lastRun struct {
	state.Run
	// results say how nodes and tests ended.
	results map[project.ID]string
	// known says that there was one.
	known bool
	// owes says that hooks after a build are still to run.
	owes bool
	// cutOff says that a build after it did not end.
	cutOff bool
}

// lastRun reads how the last run went. A target that is not there yet has had none.
func (a *App) lastRun(ctx context.Context, p *project.Project) (last lastRun, err error) {
	err = a.reading(ctx, p, func(e adapters.Engine) error {
		return inSession(ctx, e, func(s adapters.Session) error {
			tables, missing, err := stateTables(ctx, s, e.Dialect(), stateHere(p))
			if err != nil || missing {
				return err
			}
			rows, err := s.Query(ctx, tables.ReadLast(), 0)
			if err != nil {
				return fmt.Errorf("read how the last run went: %w", err)
			}
			last.Run, last.results, last.known = state.Last(rows)
			if rows, err = s.Query(ctx, tables.ReadMark(), 1); err != nil {
				return fmt.Errorf("read how the last build ended: %w", err)
			}
			known := state.New()
			known.Add(rows)
			last.owes = known.Owed != nil && len(p.BuildHooks.After) > 0
			last.cutOff = known.Open && known.Last != "" && known.Last != last.ID
			return nil
		})
	})
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return last, err
}

// inSession does something in a session of its own.
func inSession(ctx context.Context, e adapters.Engine, do func(adapters.Session) error) (err error) {
	session, err := e.Session(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, session.Close()) }()
	return do(session)
}

// voided gives the rows of relations of which nothing is known any more.
func voided(relations []*state.Relation, at time.Time) []*state.Relation {
	out := make([]*state.Relation, len(relations))
	for i, r := range relations {
		out[i] = &state.Relation{ID: r.ID, Name: r.Name, Void: true, Run: r.Run, At: at}
	}
	return out
}
