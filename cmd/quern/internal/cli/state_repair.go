package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/spf13/cobra"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/cmd/quern/internal/view"
	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/run"
	"github.com/quernsql/quern/compiler/state"
)

func newStateResetCmd(a *App) *cobra.Command {
	cmd := &cobra.Command{
		Use: "reset NODE", Short: "Forget a node, so that the next build begins anew with it",
		Long: `Forget what is known of a node, so that the next build begins anew with it. Its relation stays as it is; that
of a snapshot, which nothing can build again, gets another name and is kept.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef(diag.WrongArguments, "%q needs the name of one node", cmd.CommandPath()).
					hint(`see what is known with "quern state show"`)
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return mend(cmd.Context(), a, resetting(args[0])) },
	}
	cmd.ValidArgsFunction = completing{a}.nodes
	a.lockFlag(cmd)
	return cmd
}

func newStateRepairCmd(a *App) *cobra.Command {
	cmd := &cobra.Command{
		Use: "repair", Short: "Mend the state from what the target holds",
		Long: `Mend the state from what the target holds. Tables of the state that are missing are made anew, and altered ones
are kept under another name. What cannot be read, and what is known of relations that are not there or not as they
were left, is forgotten, so that they are built again. Nothing is taken for built that is not on record, and no
relation is touched.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return mend(cmd.Context(), a, (*mender).repair) },
	}
	a.lockFlag(cmd)
	return cmd
}

// mender mends the state of a project in a session.
type mender struct {
	*App
	session adapters.Session
	dialect adapters.Dialect
	project *project.Project
	done    []view.Mended
	nothing string
}

// mend opens the target for writing and lets a mender do something.
func mend(ctx context.Context, a *App, do func(*mender, context.Context) error) (err error) {
	result, err := a.MustCompile(ctx, renderOnly)
	if err != nil {
		return err
	}
	m := &mender{App: a, project: result.Project, nothing: "nothing to mend: there is no state yet"}
	err = a.reading(ctx, result.Project, func(adapters.Engine) error { return nil })
	if errors.Is(err, fs.ErrNotExist) { // a target that is not there is not made
		return a.View.Mended(nil, m.nothing)
	}
	if err != nil {
		return err
	}
	opened, err := a.Open(ctx, result.Project, false)
	if err != nil {
		return err
	}
	opened = a.tellOthers(ctx, result.Project, opened, "state")
	err = inSession(ctx, opened, func(s adapters.Session) error {
		m.session, m.dialect = s, opened.Dialect()
		return do(m, ctx)
	})
	if err = errors.Join(err, closed(opened)); err != nil {
		return err
	}
	return a.View.Mended(m.done, m.nothing)
}

func (m *mender) say(what, node string, name relation.Name, format string, args ...any) {
	m.done = append(m.done, view.Mended{What: what, Node: node, Relation: name.String(), Detail: fmt.Sprintf(format, args...)})
}

// suffix ends the names of what is kept.
func (m *mender) suffix() string { return "__backup_" + m.Now().UTC().Format("20060102_150405") }

func (m *mender) repair(ctx context.Context) error {
	tables, damage, missing, err := lookAtState(ctx, m.session, m.dialect, stateHere(m.project))
	if err != nil || missing {
		return err
	}
	m.nothing = "nothing to mend"
	if !damage.IsNone() {
		suffix := m.suffix()
		if err := m.session.Publish(ctx, nil, tables.SetAside(damage, suffix)...); err != nil {
			return fmt.Errorf("make the tables of the state anew: %w", err)
		}
		m.tables(tables, damage, suffix)
	}
	k, err := remembered(ctx, m.session, m.dialect, m.project)
	if err != nil {
		return err
	}
	if err := m.forgetDamaged(ctx, k); err != nil {
		return err
	}
	known, err := ofNode(k.Known, "")
	if err != nil {
		return err
	}
	found, err := standings(ctx, m.session, known)
	if err != nil {
		return err
	}
	return m.forgetAltered(ctx, k, found)
}

// tables says what became of damaged tables.
func (m *mender) tables(tables state.Tables, damage state.Damage, suffix string) {
	for _, table := range damage.Missing {
		name := tables.Schema
		name.Identifier = table
		m.say("made", "", name, "made the missing table %s anew", name)
	}
	for _, table := range damage.Altered {
		name := tables.Schema
		name.Identifier = table
		m.say("set_aside", "", name, "made the altered table %s anew; the old one is %s%s", name, name, suffix)
	}
}

func (m *mender) forgetDamaged(ctx context.Context, k *run.Keeper) error {
	statements := k.Tables.DropDamaged(k.Known)
	if len(statements) == 0 {
		return nil
	}
	if err := m.session.Publish(ctx, nil, statements...); err != nil {
		return fmt.Errorf("take damaged rows out: %w", err)
	}
	for _, node := range k.Known.Damaged {
		m.say("forgotten", node, relation.Name{}, "forgot %s: what the state said of it cannot be read", node)
	}
	return nil
}

func (m *mender) forgetAltered(ctx context.Context, k *run.Keeper, found []view.StateRelation) error {
	var gone []*state.Relation
	for _, r := range found {
		why := map[state.Standing]string{state.Missing: "is missing", state.Altered: "is not as it was left"}[r.Standing]
		switch {
		case why == "":
		case r.IsSnapshot():
			m.say("kept", string(r.ID), r.Name, "%s %s, and is a snapshot: \"quern state reset %s\" forgets it", r.Name, why, r.ID.Name())
		default:
			gone = append(gone, r.Relation)
			m.say("forgotten", string(r.ID), r.Name, "forgot %s: %s %s", r.ID, r.Name, why)
		}
	}
	return m.forget(ctx, k, gone)
}

// forget notes that nothing is known of relations; with come statements that happen at the same time.
func (m *mender) forget(ctx context.Context, k *run.Keeper, gone []*state.Relation, with ...string) error {
	if len(gone) == 0 {
		return nil
	}
	statement, err := k.Tables.Keep(k.Known, voided(gone, m.Now())...)
	if err != nil {
		return err
	}
	if err := m.session.Publish(ctx, nil, append(with, statement)...); err != nil {
		return fmt.Errorf("write the state: %w", err)
	}
	return nil
}

// resetting gives what forgets a node.
func resetting(node string) func(*mender, context.Context) error {
	return func(m *mender, ctx context.Context) error {
		k, err := remembered(ctx, m.session, m.dialect, m.project)
		if err != nil {
			return err
		}
		known, err := ofNode(k.Known, node)
		if err != nil {
			return err
		}
		for _, r := range known {
			if err := m.reset(ctx, k, r); err != nil {
				return err
			}
		}
		return nil
	}
}

func (m *mender) reset(ctx context.Context, k *run.Keeper, r *state.Relation) error {
	there, err := isThere(ctx, m.session, r.Name)
	if err != nil {
		return err
	}
	if !r.IsSnapshot() || !there {
		m.say("forgotten", string(r.ID), r.Name, "forgot %s: the next build makes %s anew", r.ID, r.Name)
		var files []string
		if r.Growth != nil && r.Growth.Loaded != nil {
			files = append(files, k.Tables.ForgetFiles(r.Name))
		}
		return m.forget(ctx, k, []*state.Relation{r}, files...)
	}
	backup := r.Name
	backup.Identifier += strings.ToLower(m.suffix())
	if r.Name.Database != "" { // which has no transaction in common with the state
		if err := m.forget(ctx, k, []*state.Relation{r}); err != nil {
			return err
		}
		err = m.session.Publish(ctx, nil, k.Tables.Rename(r.Name, backup.Identifier))
	} else {
		err = m.forget(ctx, k, []*state.Relation{r}, k.Tables.Rename(r.Name, backup.Identifier))
	}
	if err != nil {
		return err
	}
	m.say("renamed", string(r.ID), r.Name, "forgot %s: the next build begins anew, and its history is kept as %s", r.ID, backup)
	return nil
}
