package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/cmd/quern/internal/view"
	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/state"
)

func newStateCmd(a *App) *cobra.Command {
	cmd := &cobra.Command{
		DisableFlagsInUseLine: true,
		Use:                   "state COMMAND",
		Short:                 "Show and mend what the target remembers of its builds",
		Args:                  cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return cmd.Help()
			}
			return unknownCommand(cmd, args[0])
		},
	}
	cmd.AddCommand(newStateShowCmd(a), newStateResetCmd(a), newStateUnlockCmd(a), newStateRepairCmd(a))
	return cmd
}

func newStateShowCmd(a *App) *cobra.Command {
	cmd := &cobra.Command{
		Use: "show [NODE]", Short: "Show what the target remembers of each relation",
		Long: `Show what the target remembers of each relation that was built there: where it is, what it was built from
and when, and whether it is as it was left. With --verbose also the query, in the form in which it is compared.`,
		Args: atMostOne,
		RunE: func(cmd *cobra.Command, args []string) error {
			return runStateShow(cmd.Context(), a, strings.Join(args, ""))
		},
	}
	cmd.ValidArgsFunction = completing{a}.nodes
	a.lockFlag(cmd)
	return cmd
}

func atMostOne(cmd *cobra.Command, args []string) error {
	if len(args) > 1 {
		return usagef(diag.WrongArguments, "%q takes one node, not %d", cmd.CommandPath(), len(args)).hint(`see "%s --help"`, cmd.CommandPath())
	}
	return nil
}

func runStateShow(ctx context.Context, a *App, node string) error {
	result, err := a.MustCompile(ctx, renderOnly)
	if err != nil {
		return err
	}
	var shown view.State
	err = a.reading(ctx, result.Project, func(e adapters.Engine) error {
		return inSession(ctx, e, func(s adapters.Session) error {
			k, err := remembered(ctx, s, e.Dialect(), result.Project)
			if err != nil {
				return err
			}
			known, err := ofNode(k.Known, node)
			if err != nil {
				return err
			}
			found, err := standings(ctx, s, known)
			shown = view.State{Relations: found, Damaged: k.Known.Damaged, One: node != ""}
			return err
		})
	})
	if errors.Is(err, fs.ErrNotExist) {
		_, err = ofNode(state.New(), node)
	}
	if err != nil {
		return err
	}
	return a.View.State(shown)
}

// ofNode gives what is known of a node, or of all, sorted by node and place.
func ofNode(k *state.Known, node string) ([]*state.Relation, error) {
	var out []*state.Relation
	var names []string
	for _, r := range k.Relations {
		names = append(names, r.ID.Name())
		if node == "" || strings.EqualFold(r.ID.Name(), node) || strings.EqualFold(string(r.ID), node) {
			out = append(out, r)
		}
	}
	slices.Sort(names)
	if node != "" && len(out) == 0 {
		return nil, usagef(diag.UnknownNode, "nothing is known of %q", node).
			hint(`see what is known with "quern state show"`).nearest(node, slices.Compact(names))
	}
	slices.SortFunc(out, func(a, b *state.Relation) int {
		if c := strings.Compare(string(a.ID), string(b.ID)); c != 0 {
			return c
		}
		return a.Name.Compare(b.Name)
	})
	return out, nil
}

// standings looks whether relations are as they were left.
func standings(ctx context.Context, s adapters.Session, known []*state.Relation) ([]view.StateRelation, error) {
	shapes := map[relation.Name]map[string]engine.Shape{}
	out := make([]view.StateRelation, len(known))
	for i, r := range known {
		schema := relation.Name{Database: r.Name.Database, Schema: r.Name.Schema}.Fold()
		if _, ok := shapes[schema]; !ok {
			found, err := s.Shapes(ctx, r.Name.Database, r.Name.Schema)
			if err != nil {
				return nil, fmt.Errorf("list the relations of schema %q: %w", r.Name.Schema, err)
			}
			shapes[schema] = map[string]engine.Shape{}
			for _, shape := range found {
				shapes[schema][strings.ToLower(shape.Object.Name.Identifier)] = shape
			}
		}
		var there *engine.Shape
		if shape, ok := shapes[schema][strings.ToLower(r.Name.Identifier)]; ok {
			there = &shape
		}
		files := ""
		if r.Kind == project.External.String() {
			files, _ = fileDigest(r.Config["location"]) // what cannot be read is missing
		}
		out[i] = view.StateRelation{Relation: r, Standing: r.Stands(there, files)}
	}
	return out, nil
}
