package project

import (
	"slices"

	"github.com/quernsql/quern/compiler/diag"
	"github.com/quernsql/quern/compiler/source"
)

// Grants say what roles may do with the relation of a model. They decide nothing about its rows.
type Grants struct {
	// List is in the order in which privileges are documented.
	List []Grant
	// Span is the key's place; it is zero where the key is not set.
	Span source.Span
}

// Grant is a privilege and the roles that get it, in the order in which they are written.
type Grant struct {
	Privilege string
	Roles     []string
}

const grantsName = "grants"

var grantsPlace = newPlace(grantsName, []key{
	{name: "select", shape: textsShape, doc: "Roles that may read its rows."},
	{name: "insert", shape: textsShape, doc: "Roles that may add rows."},
	{name: "update", shape: textsShape, doc: "Roles that may change rows."},
	{name: "delete", shape: textsShape, doc: "Roles that may delete rows."},
	{name: "truncate", shape: textsShape, doc: "Roles that may empty it."},
	{name: "references", shape: textsShape, doc: "Roles that may make foreign keys to it."},
	{name: "trigger", shape: textsShape, doc: "Roles that may make triggers on it."},
}, map[string]string{
	"all":   "name the privileges one by one",
	"usage": "it is a privilege on schemas, and these are on a relation",
})

var grantsKey = key{
	name: grantsName, shape: placeShape, in: grantsPlace,
	doc: "Privileges on its relation, each with the roles that get it. Those of a model take the place of its folder's.",
}

// grants reads privileges with their roles.
func (d *doc) grants(f field) Grants {
	out := Grants{Span: d.span(f.key)}
	roles := map[string][]string{}
	d.fields(f.value, grantsPlace, func(privilege field) {
		if privilege.value.kind == listNode && len(privilege.value.kids) == 0 {
			d.diags.Errorf(diag.InvalidValue, d.span(privilege.value), "%q names no role", privilege.name()).
				Hintf("name a role, or remove the privilege")
		}
		each(privilege.value, func(role *node) {
			switch {
			case role.text == "":
				d.diags.Errorf(diag.InvalidValue, d.span(role), "the name of a role is empty").Hintf("name a role, or remove it")
			case slices.Contains(roles[privilege.name()], role.text):
				d.diags.Errorf(diag.InvalidValue, d.span(role), "the role %q stands twice under %q", role.text, privilege.name()).
					Hintf("keep one of them")
			default:
				roles[privilege.name()] = append(roles[privilege.name()], role.text)
			}
		})
	})
	for i := range grantsPlace.keys {
		if name := grantsPlace.keys[i].name; len(roles[name]) > 0 {
			out.List = append(out.List, Grant{name, roles[name]})
		}
	}
	return out
}

// checkGrants reports grants on what has no relation, unless its folder says so for others.
func (p *modelPatch) checkGrants(m *Model, diags *diag.List) Grants {
	at := p.grants.Span
	if m.Materialized != Ephemeral {
		return p.grants
	}
	if !at.IsZero() && at.File.Path != ProjectFile {
		diags.Errorf(diag.MisplacedKey, at, "nothing of %q can be granted: an ephemeral model is a part of the queries that read it", m.Name).
			Hintf("remove the key")
	}
	return Grants{}
}
