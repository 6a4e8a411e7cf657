// Package selector turns the selection grammar into sets of nodes.
//
// It takes a Graph and the texts of --select, --exclude and --selector, gives the selected nodes,
// and refuses names, tags and paths that exist nowhere, with the nearest one that does.
package selector
