package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/quernsql/quern/adapters"
	"github.com/quernsql/quern/compiler/check"
	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/engine"
	"github.com/quernsql/quern/compiler/plan"
	"github.com/quernsql/quern/compiler/project"
	"github.com/quernsql/quern/compiler/relation"
	"github.com/quernsql/quern/compiler/state"
)

// lookAtBase looks at the target that an environment stands beside; nil without an environment.
func lookAtBase(ctx context.Context, s adapters.Session, d adapters.Dialect, p *check.Program) (*plan.Base, error) {
	environment := p.Graph.Project.Target.Environment
	if environment == "" {
		return nil, nil
	}
	if err := checkMark(ctx, s, d, p.Graph.Project); err != nil {
		return nil, err
	}
	program := p.WithoutEnvironment()
	base := &plan.Base{Existing: map[relation.Name]engine.Shape{}, Files: map[project.ID]string{}}
	for _, schema := range schemas(program) {
		shapes, err := s.Shapes(ctx, cmp.Or(schema.Database, p.BaseDatabase()), schema.Schema)
		if err != nil {
			return nil, fmt.Errorf("list the relations of schema %q: %w", schema.Schema, err)
		}
		for _, shape := range shapes {
			shape.Object.Name.Database = schema.Database
			base.Existing[shape.Object.Name] = shape
		}
	}
	for i, n := range p.Graph.Nodes {
		if location := program.Nodes[i].Location; location != "" {
			if digest, err := fileDigest(location); err == nil { // what cannot be read is not as it was left
				base.Files[n.ID] = digest
			}
		}
	}
	var err error
	if base.Contents, err = contentsElsewhere(ctx, s, program, base.Existing); err != nil {
		return nil, err
	}
	keeper, err := rememberedIn(ctx, s, d, stateOf{Project: p.Graph.Project, database: p.BaseDatabase()})
	if err != nil {
		return nil, err
	}
	base.State = keeper.Known
	return base, rememberFiles(ctx, s, program, keeper)
}

// build plans; in an environment, what is for the environment.
func (t *target) build(p *check.Program, opts plan.Options, f *selectFlags) (*plan.Plan, diag.List) {
	if t == nil || t.base == nil {
		return plan.Build(p, opts)
	}
	base := *t.base
	base.Named = f.named
	divided, diags := plan.Divide(p, opts, base)
	if diags.HasErrors() {
		return &plan.Plan{}, diags
	}
	t.copies = divided.Copies
	opts = divided.Begun(opts)
	opts.Selected, opts.Base, opts.Differs = divided.Selected, divided.Versions, divided.Why
	built, more := plan.Build(divided.Program, opts)
	return built, append(diags, more...)
}

// copyFromBase makes the tables of an environment that begin as they are in the base. Each is whole, and known,
// or not there.
func (t *target) copyFromBase(ctx context.Context, e adapters.Engine) (err error) {
	s, err := e.Session(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	k := t.keeper
	if k.Missing || k.Tables.Older {
		if err := s.EnsureSchema(ctx, "", k.Tables.Schema.Schema); err != nil {
			return err
		}
		if err := s.Publish(ctx, nil, k.Tables.Create()...); err != nil {
			return err
		}
	}
	for _, c := range t.copies {
		name := c.Known.Name
		if err := s.EnsureSchema(ctx, name.Database, name.Schema); err != nil {
			return err
		}
		keep, err := k.Tables.Keep(k.Known, c.Known)
		if err != nil {
			return err
		}
		err = s.InTransaction(ctx, func(ctx context.Context) error {
			if _, err := s.CreateTable(ctx, name, "select * from "+e.Dialect().Relation(c.From)); err != nil {
				return err
			}
			return s.Publish(ctx, nil, append(k.Tables.KeepFiles(k.Known, c.Known, c.Files), keep)...)
		})
		if err != nil {
			return fmt.Errorf("copy %s from the base: %w", c.Known.ID.Name(), err)
		}
	}
	return nil
}

// begin makes what an environment needs before it is built: the note of what it is, and the tables that begin
// as they are in the base. It reports whether there are such tables, which change what is to be planned.
func (t *target) begin(ctx context.Context, e adapters.Engine, p *project.Project, now time.Time) (copied bool, err error) {
	if t.base == nil {
		return false, nil
	}
	if err := markEnvironment(ctx, e, p, now); err != nil {
		return false, err
	}
	if len(t.copies) == 0 {
		return false, nil
	}
	return true, t.copyFromBase(ctx, e)
}

// deferFlag gives a command the flag of those who know it from elsewhere.
func (a *App) deferFlag(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&a.Flags.Defer, "defer", true, "read what is not built from the target; environments always do")
}

// checkDefer refuses a flag that would change nothing.
func (a *App) checkDefer(p *project.Project) error {
	switch {
	case !a.Flags.deferSet:
		return nil
	case p.Target.Environment == "":
		return usagef(diag.BadFlagValue, "--defer needs an environment").hint("--env NAME builds there what is selected and differs, and reads all else from the target")
	case !a.Flags.Defer:
		return usagef(diag.BadFlagValue, "--defer takes no false").hint("to build everything anew, build without the environment, into a target of its own")
	}
	return nil
}

// markTable notes of which environment a database is, and when it was built last.
const markTable = "environment"

func markName(d adapters.Dialect, p *project.Project) string {
	return d.Relation(relation.Name{Schema: check.StateSchemaOf(p), Identifier: markTable})
}

// mark is what a database says of itself.
type mark struct {
	project, target, name string
	builtAt               time.Time
}

// readMark gives the mark of a database; nil where it has none. Empty says that it holds nothing of Quern's.
func readMark(ctx context.Context, s adapters.Session, d adapters.Dialect, p *project.Project) (m *mark, empty bool, err error) {
	objects, err := s.List(ctx, "", check.StateSchemaOf(p))
	if err != nil {
		return nil, false, fmt.Errorf("look for the state: %w", err)
	}
	has := func(table string) bool {
		return slices.ContainsFunc(objects, func(o relation.Object) bool { return o.Name.Identifier == table })
	}
	if !has(markTable) {
		return nil, !has(state.VersionTable), nil
	}
	rows, err := s.Query(ctx, "select project, target, name, built_at from "+markName(d, p), 1)
	if err != nil {
		return nil, false, fmt.Errorf("read which environment it is: %w", err)
	}
	m = &mark{}
	if len(rows.Values) > 0 {
		row := rows.Values[0]
		m.project, _ = row[0].(string)
		m.target, _ = row[1].(string)
		m.name, _ = row[2].(string)
		text, _ := row[3].(string)
		m.builtAt, _ = time.Parse(time.RFC3339Nano, text) // what is no time is long ago
	}
	return m, false, nil
}

// checkMark refuses to take another database for an environment.
func checkMark(ctx context.Context, s adapters.Session, d adapters.Dialect, p *project.Project) error {
	m, empty, err := readMark(ctx, s, d, p)
	if err != nil || empty || m != nil && m.name == p.Target.Environment && m.project == p.Name {
		return err
	}
	return notEnvironment(p, p.Target.Environment)
}

// notEnvironment says that a file is not what its name says.
func notEnvironment(p *project.Project, name string) error {
	e := engine.Errorf("State", "the database of the environment %q is something else", name).
		WithHint("another target or project builds there; choose another name")
	return &targetError{cause: e, diagnostic: &diag.Diagnostic{
		Code: diag.NotAnEnvironment, Severity: diag.Error, Message: e.Message, Hint: e.Hint, Span: p.Target.Span,
	}}
}

// markEnvironment notes that an environment is built.
func markEnvironment(ctx context.Context, e adapters.Engine, p *project.Project, now time.Time) (err error) {
	s, err := e.Session(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	d := e.Dialect()
	if err := s.EnsureSchema(ctx, "", check.StateSchemaOf(p)); err != nil {
		return fmt.Errorf("create the schema %q: %w", check.StateSchemaOf(p), err)
	}
	name := markName(d, p)
	values := d.Literal(p.Name) + ", " + d.Literal(p.Target.Name) + ", " + d.Literal(p.Target.Environment) + ", " +
		d.Literal(now.UTC().Format(time.RFC3339Nano))
	err = s.Publish(ctx, nil, "create table if not exists "+name+" (project varchar, target varchar, name varchar, built_at varchar)",
		"delete from "+name, "insert into "+name+" values ("+values+")")
	if err != nil {
		return fmt.Errorf("note the environment: %w", err)
	}
	return nil
}

// readingBase gives the program of an environment that reads from the base what the environment does not have.
func (a *App) readingBase(ctx context.Context, e adapters.Engine, p *check.Program) (*check.Program, error) {
	if p.Graph.Project.Target.Environment == "" {
		return p, nil
	}
	t, err := lookAt(ctx, e, p)
	if err != nil {
		return nil, err
	}
	opts := (&planningFlags{}).planOn(t, p, a.fileVersions(p))
	opts.Dialect = e.Dialect()
	divided, _ := plan.Divide(p, opts, *t.base) // nothing is to be built, so that nothing is refused
	return divided.Program, nil
}
