package template

// maxFacts bounds what one template can read, and with it the time to find out.
const maxFacts = 10_000

// summary is what a template reads, its arguments being open.
type summary struct {
	facts                             []fact
	this, incremental, runTime, batch bool
}

// analysis walks a template once and follows the constants in it to where they are read.
type analysis struct {
	code *code
	dot  abstract
	summary
	// through says, per fact, which call of a macro in this template leads to it; nil where none does.
	through []*call
	// overflow says that some of what is read was left out, because it is too much.
	overflow bool
}

// analyse gives what a template reads. The summaries of the macros it calls must be known.
func analyse(c *code) *analysis {
	a := &analysis{code: c}
	a.block(c.root)
	return a
}

func (a *analysis) block(nodes []node) {
	for _, n := range nodes {
		switch n := n.(type) {
		case *actionNode:
			value := a.expr(n.value)
			if n.set != nil {
				a.keep(n.set, value)
			}
		case *branchNode:
			a.branch(n)
		}
	}
}

func (a *analysis) branch(n *branchNode) {
	value := a.expr(n.head)
	outer := a.dot
	switch n.kind {
	case withBranch:
		a.dot = value
	case rangeBranch:
		value = value.elements()
		a.dot = value
	case ifBranch:
	}
	for i, v := range n.set {
		if n.kind == rangeBranch && len(n.set) == 2 && i == 0 {
			a.keep(v, abstract{}) // the index
			continue
		}
		a.keep(v, value)
	}
	a.block(n.body)
	a.dot = outer
	a.block(n.alt)
}

// keep gives a variable its value, where that is its only one.
func (a *analysis) keep(v *variable, value abstract) {
	if v.again {
		value = abstract{}
	}
	v.value = value
}

func (a *analysis) expr(x expr) abstract {
	switch x := x.(type) {
	case *literal:
		if text, ok := x.value.(string); ok {
			return constantText(text, a.code.from.at(a.inside(x.place)))
		}
	case *param:
		return argument(x.index)
	case *local:
		return x.value
	case *dot:
		return a.dot
	case *access:
		a.expr(x.base)
	case *call:
		return a.call(x)
	}
	return abstract{}
}

// inside gives the place of a constant without its quotes.
func (a *analysis) inside(at place) place {
	if at.end-at.start > 2 {
		return place{at.start + 1, at.end - 1}
	}
	return at
}

func (a *analysis) call(c *call) abstract {
	args := make([]abstract, len(c.args))
	for i, x := range c.args {
		args[i] = a.expr(x)
	}
	if c.macro != nil {
		a.apply(c, args)
		return abstract{}
	}
	switch c.fn.reads {
	case readsThis:
		a.this = true
	case readsIncremental:
		a.incremental = true
	case readsRunTime:
		a.runTime = true
	case readsBatch:
		a.batch = true
	case readsRef, readsSource, readsVar, readsEnvVar:
		a.add(fact{call: c, code: a.code, args: args[:c.fn.reads.names()]}, nil)
	case readsNothing:
	}
	if c.fn.name == "list" {
		return listOf(args)
	}
	return abstract{}
}

// apply adds what a macro reads when it is called with these arguments.
func (a *analysis) apply(c *call, args []abstract) {
	m := c.macro
	a.this = a.this || m.summary.this
	a.incremental = a.incremental || m.summary.incremental
	a.runTime = a.runTime || m.summary.runTime
	a.batch = a.batch || m.summary.batch

	all := defaults(m.Args)
	copy(all, args)
	for i := range m.summary.facts {
		a.add(m.summary.facts[i].with(all), c)
	}
}

func (a *analysis) add(f fact, through *call) {
	if len(a.facts) >= maxFacts {
		a.overflow = true
		return
	}
	// Repetitions come from macros; among many facts they are let be.
	if through != nil && len(a.facts) < 256 {
		for i := range a.facts {
			if a.facts[i].same(&f) && (a.code.isMacro || a.through[i] == through) {
				return
			}
		}
	}
	a.facts = append(a.facts, f)
	a.through = append(a.through, through)
}
