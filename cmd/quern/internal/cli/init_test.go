package cli

import (
	"strings"
	"testing"
)

func TestProjectNameComesFromTheFolder(t *testing.T) {
	t.Parallel()
	for folder, want := range map[string]string{
		"shop":                         "shop",
		"my-shop.v2":                   "my_shop_v2",
		"Corner Shop":                  "Corner_Shop",
		"  __x__ ":                     "x",
		"2025":                         "project_2025",
		"Mühle":                        "M_hle",
		"粉":                            "mill",
		"/":                            "mill",
		strings.Repeat("ab", 40):       strings.Repeat("ab", 25),
		strings.Repeat("a", 49) + "-b": strings.Repeat("a", 49),
	} {
		if got := projectName(folder); got != want {
			t.Errorf("projectName(%q) = %q, want %q", folder, got, want)
		}
	}
}

func TestNextCommandsCanBePasted(t *testing.T) {
	t.Parallel()
	for dir, want := range map[string]string{
		"shop":    "cd shop",
		"a/b-c.d": "cd a/b-c.d",
		"my shop": `cd "my shop"`,
		"a&b":     `cd "a&b"`,
		"größe/粉": "cd größe/粉",
	} {
		if got := nextCommands(false, dir)[0]; got != want {
			t.Errorf("nextCommands(%q) begins with %q, want %q", dir, got, want)
		}
	}
	if got := nextCommands(true, "."); got[0] != "quern build" {
		t.Errorf("nextCommands here begins with %q", got[0])
	}
}
