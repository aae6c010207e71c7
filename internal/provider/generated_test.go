// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// A configuration that is generated from what a list or an import finds holds
// nothing that a person cannot write and no secret, is valid, and fits: the plan
// after the import by the listed identity is empty.
func TestGenerated_configurationFitsWhatWasFound(t *testing.T) {
	t.Parallel()
	eachSubject(t, func(t *testing.T, kind string, s subject, _ *ramtest.Server, c *core) {
		o, diags := c.adoptIdentity(kind, s.identity)
		clean(t, diags)
		from := o.state
		if s.unlisted == "" {
			from = c.theOne(t, kind, s, true).state
		}
		config := c.generate(t, kind, from)
		for _, a := range c.schemas.ResourceSchemas[kind].Block.Attributes {
			if !config[a.Name].IsNull() && (a.WriteOnly || a.Sensitive || a.Computed && !a.Optional) {
				t.Errorf("%s is in the generated configuration: %v", a.Name, config[a.Name])
			}
		}
		written := attributes{}
		for name, v := range config {
			written[name] = value{v}
		}
		if s.unread != "" {
			_, diags := c.plan(kind, written, o)
			contains(t, said(errorsIn(diags)), "AttributeName(\"allowed_access_key_ids\")")
			return
		}
		s.settled(t, c, kind, written, o)
	})
}

// generate asks for the configuration of a state.
func (c *core) generate(t *testing.T, kind string, state tftypes.Value) map[string]tftypes.Value {
	t.Helper()
	resp, err := c.server.GenerateResourceConfig(t.Context(), &tfprotov6.GenerateResourceConfigRequest{TypeName: kind, State: c.dynamic(state)})
	must(t, err)
	clean(t, resp.Diagnostics)
	return fieldsOf(t, c.value(kind, resp.Config))
}
