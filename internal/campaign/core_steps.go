// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"bytes"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// plan is what the provider promises to do.
type plan struct {
	config, state tftypes.Value
	private       []byte
	identity      *tfprotov6.ResourceIdentityData
	replaces      bool
	ok            bool
}

// plan validates and plans. A nil configuration plans a destroy.
func (c *core) plan(kind string, config Attributes, prior object) plan {
	schema := c.schemas.ResourceSchemas[kind]
	written := c.nothing(kind).state
	if config != nil {
		var err error
		if written, err = build(schema, config); err != nil {
			c.heard.breaks("%s", err)
			return plan{}
		}
		valid := guarded(c, "validate", func() (*tfprotov6.ValidateResourceConfigResponse, error) {
			return c.server.ValidateResourceConfig(c.ctx, &tfprotov6.ValidateResourceConfigRequest{
				TypeName: kind, Config: dynamic(written), ClientCapabilities: &tfprotov6.ValidateResourceConfigClientCapabilities{WriteOnlyAttributesAllowed: true},
			})
		})
		if valid == nil || c.hear(valid.Diagnostics) {
			return plan{}
		}
	}
	proposed := written
	if config != nil {
		proposed = propose(schema, withoutWriteOnly(schema, written), prior.state)
	}
	resp := guarded(c, "plan", func() (*tfprotov6.PlanResourceChangeResponse, error) {
		return c.server.PlanResourceChange(c.ctx, &tfprotov6.PlanResourceChangeRequest{
			TypeName: kind, Config: dynamic(written), PriorState: dynamic(prior.state), PriorPrivate: prior.private, PriorIdentity: prior.identity,
			ProposedNewState: dynamic(proposed),
		})
	})
	if resp == nil || c.hear(resp.Diagnostics) {
		return plan{}
	}
	state, ok := c.value(kind, resp.PlannedState)
	if ok {
		c.keep(kind, object{state: state, private: resp.PlannedPrivate})
		c.promised(kind, written, state)
	}
	return plan{
		config: written, state: state, private: resp.PlannedPrivate, identity: resp.PlannedIdentity,
		replaces: len(resp.RequiresReplace) > 0 && !prior.state.IsNull() && config != nil, ok: ok,
	}
}

// withoutWriteOnly is a configuration as the proposed state has it.
func withoutWriteOnly(schema *tfprotov6.Schema, config tftypes.Value) tftypes.Value {
	all := fields(config)
	for _, a := range schema.Block.Attributes {
		if a.WriteOnly {
			all[a.Name] = tftypes.NewValue(a.ValueType(), nil)
		}
	}
	return tftypes.NewValue(config.Type(), all)
}

// promised checks a plan as Terraform does: what is configured is planned.
func (c *core) promised(kind string, config, planned tftypes.Value) {
	want, got := fields(config), fields(planned)
	for _, a := range c.schemas.ResourceSchemas[kind].Block.Attributes {
		if v := want[a.Name]; !a.WriteOnly && v.Type() != nil && !v.IsNull() && v.IsFullyKnown() && !got[a.Name].Equal(v) {
			c.heard.breaks("%s.%s: the plan says %s, the configuration %s", kind, a.Name, text(got[a.Name]), text(v))
		}
	}
}

// carryOut applies a plan. What comes back is what Terraform keeps, failed or not.
func (c *core) carryOut(kind string, prior object, p plan) (after object, failed bool) {
	resp := guarded(c, "apply", func() (*tfprotov6.ApplyResourceChangeResponse, error) {
		return c.server.ApplyResourceChange(c.ctx, &tfprotov6.ApplyResourceChangeRequest{
			TypeName: kind, Config: dynamic(p.config), PriorState: dynamic(prior.state),
			PlannedState: dynamic(p.state), PlannedPrivate: p.private, PlannedIdentity: p.identity,
		})
	})
	if resp == nil {
		return prior, true
	}
	failed = c.hear(resp.Diagnostics)
	state, ok := c.value(kind, resp.NewState)
	if !ok {
		return prior, true
	}
	if !failed {
		c.kept(kind, p.state, state)
	}
	return c.keep(kind, object{state: state, private: resp.Private, identity: resp.NewIdentity}), failed
}

// kept checks an apply as Terraform does: what was planned is so, and all is known.
func (c *core) kept(kind string, planned, state tftypes.Value) {
	if planned.IsNull() != state.IsNull() {
		c.heard.breaks("%s: the plan says %s, the state is %s", kind, text(planned), text(state))
		return
	}
	want, got := fields(planned), fields(state)
	for name, v := range want {
		if v.IsFullyKnown() && !got[name].Equal(v) {
			c.heard.breaks("%s.%s: the plan says %s, the state %s", kind, name, text(v), text(got[name]))
		}
		if !got[name].IsFullyKnown() {
			c.heard.breaks("%s.%s is unknown after the apply", kind, name)
		}
	}
}

// apply plans and carries out, by a replacement if the plan wants one.
func (c *core) apply(kind string, config Attributes, prior object) (after object, failed bool) {
	p := c.plan(kind, config, prior)
	if !p.ok {
		return prior, true
	}
	if p.replaces {
		if prior, failed = c.destroy(kind, prior); failed {
			return prior, true
		}
		return c.apply(kind, config, c.nothing(kind))
	}
	if p.state.Equal(prior.state) && bytes.Equal(p.private, prior.private) { // nothing to do
		return prior, false
	}
	c.heard.planned++
	return c.carryOut(kind, prior, p)
}

// destroy plans and carries out the removal of an object.
func (c *core) destroy(kind string, prior object) (after object, failed bool) {
	p := c.plan(kind, nil, prior)
	if !p.ok {
		return prior, true
	}
	p.config, p.state = c.nothing(kind).state, c.nothing(kind).state
	c.heard.planned++
	return c.carryOut(kind, prior, p)
}

// refresh reads an object.
func (c *core) refresh(kind string, prior object) (after object, failed bool) {
	if prior.state.IsNull() {
		return prior, false
	}
	resp := guarded(c, "read", func() (*tfprotov6.ReadResourceResponse, error) {
		return c.server.ReadResource(c.ctx, &tfprotov6.ReadResourceRequest{
			TypeName: kind, CurrentState: dynamic(prior.state), Private: prior.private, CurrentIdentity: prior.identity,
		})
	})
	if resp == nil || c.hear(resp.Diagnostics) {
		return prior, true
	}
	state, ok := c.value(kind, resp.NewState)
	if !ok {
		return prior, true
	}
	return c.keep(kind, object{state: state, private: resp.Private, identity: resp.NewIdentity}), false
}

// adopt imports by id, and reads.
func (c *core) adopt(kind, id string) (after object, failed bool) {
	resp := guarded(c, "import", func() (*tfprotov6.ImportResourceStateResponse, error) {
		return c.server.ImportResourceState(c.ctx, &tfprotov6.ImportResourceStateRequest{TypeName: kind, ID: id})
	})
	if resp == nil || c.hear(resp.Diagnostics) || len(resp.ImportedResources) != 1 {
		return c.nothing(kind), true
	}
	got := resp.ImportedResources[0]
	state, ok := c.value(kind, got.State)
	if !ok {
		return c.nothing(kind), true
	}
	after, failed = c.refresh(kind, object{state: state, private: got.Private, identity: got.Identity})
	if failed {
		return c.nothing(kind), true
	}
	if after.state.IsNull() {
		return after, true // "Cannot import non-existent remote object"
	}
	return after, false
}
