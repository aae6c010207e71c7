// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
)

// attributes has a short name because most tests write some.
type attributes = acctest.Attributes

// base has the schemas, which are the same for every instance of the provider.
var base = sync.OnceValue(func() *acctest.Driver {
	return acctest.NewDriver(context.Background(), acctest.Panics{}, Server(New("test", func(string) string { return "" })())) //nolint:forbidigo // the schemas serve all tests, not the one that needs them first
})

// newCore returns a driver of a configured provider.
func newCore(t *testing.T, getenv func(string) string, options ...Option) *acctest.Driver {
	t.Helper()
	return newCoreWith(t, attributes{}, getenv, options...)
}

func newCoreWith(t *testing.T, config attributes, getenv func(string) string, options ...Option) *acctest.Driver {
	t.Helper()
	c, diags := configured(t, config, getenv, options...)
	clean(t, diags)
	return c
}

// configured returns a driver of a provider that may have refused its configuration, and
// the errors of that. No CLI goes on after such an error; tests do.
func configured(t *testing.T, config attributes, getenv func(string) string, options ...Option) (*acctest.Driver, []*tfprotov6.Diagnostic) {
	t.Helper()
	c := base().WithSchemas(t.Context(), t, Server(New("test", getenv, options...)()))
	return c, acctest.Errors(c.Configure(config))
}

// in returns an attribute as [acctest.Native] does.
func in(t *testing.T, v tftypes.Value, name string) any {
	t.Helper()
	return acctest.Native(acctest.Fields(v)[name])
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
