// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// place is a file that has to name a new type, or to exist for it.
type place struct {
	file   string // below the root; %s is replaced by the type, and %n by its name without ram_
	has    string // what the file contains; empty: it has to exist
	remedy string
}

const generated = "run make generate"

// placesOf are the places of each kind of type, as CONTRIBUTING.md lists them.
var placesOf = map[string][]place{
	"resource": {
		{"internal/acctest/subject.go", `"%s"`, "add a row to Subjects"},
		{"examples/resources/%s/resource.tf", "", "write the example"},
		{"examples/resources/%s/import.sh", "", "write the example"},
		{"examples/resources/%s/import-by-identity.tf", "", "write the example"},
		{"internal/provider/testdata/upgrade/" + ofPresent + "/main.tf", `resource "%s"`, "add a resource, and run make upgrade-fixture"},
		{"templates/guides/least-privilege.md.tmpl", "| `%s`", "add the line that TestPermissions_guideListsThoseOfEachType prints"},
		{"README.md", "[`%s`](docs/resources/%n.md)", "add it to the table"},
		{"CHANGELOG.md", "**New Resource:** `%s`", "add the line"},
		{"docs/resources/%n.md", "", generated},
		{"internal/provider/testdata/schema.txt", "\nresource %s ", generated},
	},
	"data source": {
		{"examples/data-sources/%s/data-source.tf", "", "write the example"},
		{"README.md", "(docs/data-sources/%n.md)", "add it to the table"},
		{"CHANGELOG.md", "**New Data Source:** `%s`", "add the line"},
		{"docs/data-sources/%n.md", "", generated},
		{"internal/provider/testdata/schema.txt", "\ndata %s ", generated},
	},
	"list resource": {
		{"examples/list-resources/%s/list-resource.tfquery.hcl", "", "write the example"},
		{"README.md", "(docs/list-resources/%n.md)", "add it to the table"},
		{"CHANGELOG.md", "**New List Resource:** `%s`", "add the line"},
		{"docs/list-resources/%n.md", "", generated},
		{"internal/provider/testdata/schema.txt", "\nlist %s ", generated},
	},
	"ephemeral resource": {
		{"examples/ephemeral-resources/%s/ephemeral-resource.tf", "", "write the example"},
		{"README.md", "[`%s`](docs/ephemeral-resources/%n.md)", "add it to the table"},
		{"CHANGELOG.md", "**New Ephemeral Resource:** `%s`", "add the line"},
		{"docs/ephemeral-resources/%n.md", "", generated},
		{"internal/provider/testdata/schema.txt", "\nephemeral %s ", generated},
	},
	"action": {
		{"examples/actions/%s/action.tf", "", "write the example"},
		{"README.md", "[`%s`](docs/actions/%n.md)", "add it to the table"},
		{"CHANGELOG.md", "**New Action:** `%s`", "add the line"},
		{"docs/actions/%n.md", "", generated},
		{"internal/provider/testdata/schema.txt", "action %s ", generated},
	},
	"function": {
		{"examples/functions/%s/function.tf", "", "write the example"},
		{"README.md", "[`%s`](docs/functions/%s.md)", "add it to the table"},
		{"CHANGELOG.md", "**New Function:** `%s`", "add the line"},
		{"docs/functions/%s.md", "", generated},
		{"internal/provider/testdata/schema.txt", "\nfunction %s ", generated},
	},
}

// registeredTypes are the names of all types, by their kind.
func registeredTypes() map[string][]string {
	schemas := base().Schemas
	return map[string][]string{
		"resource": slices.Collect(maps.Keys(schemas.ResourceSchemas)), "data source": slices.Collect(maps.Keys(schemas.DataSourceSchemas)),
		"list resource": slices.Collect(maps.Keys(schemas.ListResourceSchemas)), "ephemeral resource": slices.Collect(maps.Keys(schemas.EphemeralResourceSchemas)),
		"action": slices.Collect(maps.Keys(schemas.ActionSchemas)), "function": slices.Collect(maps.Keys(schemas.Functions)),
	}
}

// A registered type that is missing in a place is named together with the place and what to do.
func TestNewType_isInEveryPlace(t *testing.T) {
	t.Parallel()
	for kind, names := range registeredTypes() {
		for _, name := range names {
			for _, missing := range missingPlaces(t, kind, name) {
				t.Errorf("the %s %s is not in %s", kind, name, missing)
			}
		}
	}
}

// An unregistered type is missing in every place.
func TestNewType_missingPlaces(t *testing.T) {
	t.Parallel()
	for kind, places := range placesOf {
		missing := missingPlaces(t, kind, "ram_unheard_of")
		expect(t, kind, len(missing), len(places))
		if len(places) > 12 {
			t.Errorf("a new %s has %d places; a dozen is the most", kind, len(places))
		}
	}
}

// missingPlaces returns the places in which a type is missing, each with what to do.
func missingPlaces(t *testing.T, kind, name string) (missing []string) {
	t.Helper()
	for _, p := range placesOf[kind] {
		fill := strings.NewReplacer("%s", name, "%n", strings.TrimPrefix(name, "ram_"))
		file := fill.Replace(p.file)
		content, err := os.ReadFile(filepath.Join(projectRoot, filepath.FromSlash(file)))
		if err != nil || !strings.Contains(string(content), fill.Replace(p.has)) {
			missing = append(missing, file+": "+p.remedy)
		}
	}
	return missing
}
