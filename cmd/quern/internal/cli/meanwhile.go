package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"path/filepath"
	"sync"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/cmd/quern/internal/holder"
	"github.com/quernsql/quern/compiler/project"
)

// tellOthers leaves a note that this process holds the target, and answers the queries of other
// processes until the target is closed. A target that many can open needs neither; where they cannot be
// had, the others wait.
func (a *App) tellOthers(ctx context.Context, p *project.Project, opened adapters.Engine, command string) adapters.Engine {
	e, ok := opened.(adapters.FileEngine)
	if !ok || e.File() == "" {
		return opened
	}
	told := &heldTarget{FileEngine: e}
	var err error
	if told.forget, err = holder.Write(filepath.Join(p.Dir, "target"), e.File(), command, a.Now()); err != nil {
		a.View.Detail("no note tells other processes that this one holds the target: %v", err)
	}
	if told.stop, err = holder.Serve(ctx, a.holderTarget(p, e.File()), e); err != nil {
		a.View.Detail("other processes cannot read the target meanwhile: %v", err)
	}
	return told
}

// heldTarget is a target that others read through this process.
type heldTarget struct {
	adapters.FileEngine
	stop   func()
	forget func() error
	once   sync.Once
}

// Close ends what is being answered before it closes the target. Others find the note until they can
// have the file.
// A second Close does nothing: the file may be another's by then.
func (t *heldTarget) Close() (err error) {
	t.once.Do(func() {
		if t.stop != nil {
			t.stop()
		}
		err = t.FileEngine.Close()
		if t.forget != nil {
			_ = t.forget() // a note that stays is of a process that is gone
		}
	})
	return err
}

// reading gives a target to a function that only reads: the file or, while another Quern holds it, what
// that one answers. Where it stops to answer, the function is called again with the file.
func (a *App) reading(ctx context.Context, p *project.Project, use func(adapters.Engine) error) error {
	err := a.read(ctx, p, true, use)
	if errors.Is(err, holder.ErrNotServed) {
		return a.read(ctx, p, false, use)
	}
	return err
}

func (a *App) read(ctx context.Context, p *project.Project, ask bool, use func(adapters.Engine) error) error {
	opened, err := a.openWhenFree(ctx, p, func() (adapters.Engine, error) {
		opened, err := a.openOnce(ctx, p, true)
		if !ask {
			return opened, err
		}
		return a.orAsk(ctx, p, opened, err)
	})
	if err != nil {
		return err
	}
	return errors.Join(use(opened), closed(opened))
}

// orAsk gives what reads through the process that holds the target, where there is one that answers; else
// what it was given.
func (a *App) orAsk(ctx context.Context, p *project.Project, opened adapters.Engine, err error) (adapters.Engine, error) {
	held := a.heldBy(p, err)
	if held == nil || held.File == "" {
		return opened, err
	}
	asked, e := holder.Connect(ctx, a.holderTarget(p, held.File), held.PID, func() (adapters.Engine, error) {
		return a.openScratch(ctx, p)
	})
	if e != nil {
		return nil, err
	}
	a.View.Detail("%s holds the target and answers meanwhile", held)
	return asked, nil
}

// holderTarget tells apart all by which the same query may mean something else.
func (a *App) holderTarget(p *project.Project, file string) holder.Target {
	settings, _ := json.Marshal([]any{p.Target.Type, p.Dir, p.Target.Environment, p.Target.Settings}) // from YAML: it can be written
	sum := sha256.Sum256(settings)
	return holder.Target{File: file, Settings: hex.EncodeToString(sum[:]), LookupEnv: a.LookupEnv}
}

// isAsked reports whether a target is read through another process, whose build goes on meanwhile.
func isAsked(e adapters.Engine) bool {
	_, ok := e.(*holder.Engine)
	return ok
}
