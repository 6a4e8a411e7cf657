package adaptertest

import (
	"context"
	"testing"
)

// roles grants a privilege in the transaction that publishes.
func roles(t *testing.T, x *target) {
	name := x.name("granted")
	x.table(t, name, "select 1 as a", 1)
	statement, ok := x.Grant("select", name, []string{"public"})
	if !ok {
		t.Fatal("Grant gives nothing, and the engine has roles")
	}
	err := x.session.InTransaction(t.Context(), func(ctx context.Context) error { return x.session.Exec(ctx, statement) })
	if err != nil {
		t.Errorf("%s: %v", statement, err)
	}
}

// refuseRoles looks whether an engine without roles says so, and refuses what would grant something.
func refuseRoles(t *testing.T, x *target) {
	name := x.name("granted")
	x.table(t, name, "select 1 as a", 1)
	if statement, ok := x.Grant("select", name, []string{"somebody"}); ok {
		t.Errorf("Grant gives %q, and the engine has no roles", statement)
	}
	typed(t, "grant", x.session.Exec(t.Context(), "grant select on "+x.Relation(name)+" to somebody"))
}
