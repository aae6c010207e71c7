// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"testing"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// A configuration that is generated from a listed or imported object has only attributes that can be
// set and no secret, is valid, and matches: the plan after the import by the listed
// identity is empty.
func TestGenerated_configurationMatchesTheObject(t *testing.T) {
	t.Parallel()
	eachSubject(t, func(t *testing.T, kind string, s acctest.Existing, _ *ramtest.Server, c *acctest.Driver) {
		o, diags := c.ImportIdentity(kind, s.Identity)
		clean(t, diags)
		from := o.State
		if s.Unlisted == "" {
			from = theOne(t, c, kind, s, true).State
		}
		generated, diags := c.GenerateConfig(kind, from)
		clean(t, diags)
		config := acctest.Fields(generated)
		for _, a := range c.Schemas.ResourceSchemas[kind].Block.Attributes {
			if !config[a.Name].IsNull() && (a.WriteOnly || a.Sensitive || a.Computed && !a.Optional) {
				t.Errorf("%s is in the generated configuration: %v", a.Name, config[a.Name])
			}
		}
		written := attributes{}
		for name, v := range config {
			written[name] = v
		}
		if s.Unread != "" {
			_, diags := c.Plan(kind, written, o)
			contains(t, acctest.Messages(acctest.Errors(diags)), "AttributeName(\"allowed_")
			return
		}
		appliesOnce(t, s, c, kind, written, o)
	})
}

// Two lists return the binding of a device. Only the configuration of the binding manages it.
func TestGenerated_bindingIsManagedOnce(t *testing.T) {
	t.Parallel()
	srv := incident(t)
	c := newCore(t, srv.Getenv, fakeClock())
	device, diags := c.Import(deviceKind, lostPhone)
	clean(t, diags)
	generated, diags := c.GenerateConfig(deviceKind, device.State)
	clean(t, diags)
	if user := in(t, device.State, "bind_to_user"); user != "alice" {
		t.Fatalf("the device is bound to %v", user)
	}
	if user := in(t, generated, "bind_to_user"); user != nil {
		t.Errorf("the generated configuration binds the device to %v", user)
	}
}
