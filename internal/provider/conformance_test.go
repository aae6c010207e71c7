// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
	"github.com/ram-security/terraform-provider-ram/internal/setting"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

const (
	examples = "../../examples"
	docs     = "../../docs"
)

// sentences is the form of a description: it begins with a capital letter or code, and ends with a full stop.
var sentences = regexp.MustCompile("(?s)^[A-Z`].*[.]$")

// TestConformance checks the schemas of everything that is registered. Other tests import, list and
// generate the subject of each type; [TestNewType_isInEveryPlace] checks the files.
func TestConformance(t *testing.T) {
	t.Parallel()
	c := newCore(t, ramtest.New(t).Getenv)
	identities, err := c.Server.GetResourceIdentitySchemas(t.Context(), &tfprotov6.GetResourceIdentitySchemasRequest{})
	must(t, err)
	known := subjects()
	for kind, schema := range c.Schemas.ResourceSchemas {
		if one, exists := known[kind]; !exists {
			t.Errorf("%s has no row in acctest.Subjects, so no test imports it and the campaign does not run it", kind)
		} else if c.Schemas.ListResourceSchemas[kind] == nil && one.Unlisted == "" {
			t.Errorf("%s is in no list, and its subject has no reason for it", kind)
		}
		described(t, kind, schema.Block)
		names := []string{}
		for _, a := range schema.Block.Attributes {
			names = append(names, a.Name)
			if strings.HasSuffix(a.Name, "_wo") != a.WriteOnly {
				t.Errorf("%s.%s: a name ends in _wo if and only if the value is write-only", kind, a.Name)
			}
			if a.WriteOnly && !slices.ContainsFunc(schema.Block.Attributes, func(b *tfprotov6.SchemaAttribute) bool { return b.Name == a.Name+"_version" }) {
				t.Errorf("%s.%s has no version", kind, a.Name)
			}
			if secretNames.MatchString(a.Name) && !a.Sensitive && !a.WriteOnly {
				t.Errorf("%s.%s holds a secret and is neither sensitive nor write-only", kind, a.Name)
			}
		}
		for _, name := range []string{"account_id", "timeouts"} {
			if !slices.Contains(names, name) {
				t.Errorf("%s has no %s", kind, name)
			}
		}
		identity := identities.IdentitySchemas[kind]
		if identity == nil {
			t.Errorf("%s has no identity", kind)
			continue
		}
		for _, a := range identity.IdentityAttributes {
			if !slices.Contains(names, a.Name) {
				t.Errorf("%s: the attribute %s of the identity is not an attribute of the resource", kind, a.Name)
			}
			if !sentences.MatchString(a.Description) {
				t.Errorf("%s: the description of %s in the identity is not a sentence: %q", kind, a.Name, a.Description)
			}
		}
	}
	for kind, schema := range c.Schemas.DataSourceSchemas {
		described(t, "data."+kind, schema.Block)
	}
	for kind, schema := range c.Schemas.ListResourceSchemas {
		described(t, "list."+kind, schema.Block)
		if c.Schemas.ResourceSchemas[kind] == nil {
			t.Errorf("%s is a list resource without a resource", kind)
		}
	}
	for kind, schema := range c.Schemas.EphemeralResourceSchemas {
		described(t, "ephemeral."+kind, schema.Block)
	}
	for kind, schema := range c.Schemas.ActionSchemas {
		described(t, "action."+kind, schema.Schema.Block)
	}
	for name, f := range c.Schemas.Functions {
		if !sentences.MatchString(f.Description) || !sentences.MatchString(f.Summary) {
			t.Errorf("function %s: the summary or the description is not a sentence: %q, %q", name, f.Summary, f.Description)
		}
		for _, p := range f.Parameters {
			if !sentences.MatchString(p.Description) {
				t.Errorf("function %s: the description of %s is not a sentence: %q", name, p.Name, p.Description)
			}
		}
	}
	described(t, "provider", c.Schemas.Provider.Block)
}

// secretNames are the names of attributes with a secret.
var secretNames = regexp.MustCompile(`^(secret|password|base32_string_seed|qr_code_png|(current|previous)_secret)$`)

// described checks the descriptions of a block and its attributes.
func described(t *testing.T, where string, block *tfprotov6.SchemaBlock) {
	t.Helper()
	if !sentences.MatchString(block.Description) && where != "provider" {
		t.Errorf("%s: the description is not a sentence: %q", where, block.Description)
	}
	for _, a := range block.Attributes {
		if !sentences.MatchString(a.Description) {
			t.Errorf("%s.%s: the description is not a sentence: %q", where, a.Name, a.Description)
		}
	}
}

// The account default of each field is its value in a new account.
func TestSettings_resetIsANewAccount(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	c := newCore(t, srv.Getenv, fakeClock())
	for kind, fresh := range map[string]map[string]any{
		preference: freshOf(newSecurityPreference()), policy: freshOf(newPasswordPolicy()), alias: freshOf(newAccountAlias()),
	} {
		v, diags := c.ReadData(kind, attributes{})
		clean(t, diags)
		for name, want := range fresh {
			got := in(t, v, name)
			expect(t, kind+"."+name, got, want)
		}
	}
}

func freshOf[S any](s *setting.Setting[S]) map[string]any {
	fresh := map[string]any{}
	for _, f := range s.Fields {
		if !f.NeverReturned {
			fresh[f.Name] = tf.JSONValue(f.AccountDefault)
		}
	}
	return fresh
}

// applicable are the examples that every supported CLI can apply.
var applicable = []string{"resource.tf", "data-source.tf", "ephemeral-resource.tf", "function.tf"}

// Every example is applied, to an account of its own.
func TestAccExamples(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(examples + "/*/*/*.tf")
	must(t, err)
	applied := 0
	for _, file := range files {
		base := filepath.Base(file)
		if !slices.Contains(applicable, base) {
			continue
		}
		applied++
		t.Run(filepath.Base(filepath.Dir(file)), func(t *testing.T) {
			t.Parallel()
			content, err := os.ReadFile(file)
			must(t, err)
			// The test framework adds the required provider to a text, not to a file; functions need it.
			scenario(t, ramtest.New(t), resource.TestStep{Config: string(content)})
		})
	}
	if applied < 8 {
		t.Errorf("only %d examples were found", applied)
	}
}
