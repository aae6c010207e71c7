// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"context"
	"fmt"
	"math/big"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
)

// shapes returns unusual values of a type that a configuration may have: unknown,
// empty, far too large.
func shapes(kind tftypes.Type) map[string]tftypes.Value {
	all := map[string]tftypes.Value{"unknown": tftypes.NewValue(kind, tftypes.UnknownValue), "null": tftypes.NewValue(kind, nil)}
	switch of := kind.(type) {
	case tftypes.Set:
		all["empty"] = tftypes.NewValue(kind, []tftypes.Value{})
		for name, inner := range shapes(of.ElementType) {
			all["of "+name] = tftypes.NewValue(kind, []tftypes.Value{inner})
		}
	case tftypes.Map:
		all["empty"] = tftypes.NewValue(kind, map[string]tftypes.Value{})
		for name, inner := range shapes(of.ElementType) {
			all["of "+name] = tftypes.NewValue(kind, map[string]tftypes.Value{"": inner, "vpc-1": inner})
		}
	case tftypes.Object:
		for name, member := range of.AttributeTypes {
			for odd, inner := range shapes(member) {
				all[name+" "+odd] = objectWith(of, name, inner)
			}
		}
	default:
		scalars(kind, all)
	}
	return all
}

func scalars(kind tftypes.Type, all map[string]tftypes.Value) {
	switch {
	case kind.Is(tftypes.String):
		for name, text := range map[string]string{"empty": "", "blank": " ", "long": strings.Repeat("é", 20000), "binary": "\x00\ufeff\u202e", "a name": "alice"} {
			all[name] = tftypes.NewValue(kind, text)
		}
	case kind.Is(tftypes.Number):
		for name, number := range map[string]float64{"zero": 0, "negative": -1, "huge": 1e300, "a fraction": 0.5, "a million": 1e6} {
			all[name] = tftypes.NewValue(kind, big.NewFloat(number))
		}
	case kind.Is(tftypes.Bool):
		all["true"], all["false"] = tftypes.NewValue(kind, true), tftypes.NewValue(kind, false)
	}
}

// objectWith returns an object of which one member has a value.
func objectWith(kind tftypes.Object, name string, v tftypes.Value) tftypes.Value {
	all := map[string]tftypes.Value{}
	for member, of := range kind.AttributeTypes {
		all[member] = tftypes.NewValue(of, nil)
	}
	all[name] = v
	return tftypes.NewValue(kind, all)
}

// runShapes plans a create and an update of every resource with every unusual value of every
// attribute: no plan may panic or write (ROB-03).
func runShapes(ctx context.Context, o *Options, f *figures) error {
	base := newBase(ctx)
	for _, one := range acctest.Subjects() {
		for _, operation := range []string{creates, updates} {
			p, err := testCase{subject: one, operation: operation}.execute(ctx, base)
			if err != nil {
				return err
			}
			err = p.planShapes(o, f)
			p.close()
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// planShapes plans every unusual value.
func (p *result) planShapes(o *Options, f *figures) error {
	for _, a := range p.base.Schemas.ResourceSchemas[p.subject.Kind].Block.Attributes {
		if !a.Optional && !a.Required {
			continue
		}
		for name, odd := range shapes(a.ValueType()) {
			title := fmt.Sprintf("%s/%s/%s %s", p.subject.Kind, p.operation, a.Name, name)
			if !strings.Contains(title, o.Only) {
				continue
			}
			c, err := p.newDriver()
			if err != nil {
				return err
			}
			p.srv.ForgetCalls()
			planned := c.plan(p.subject.Kind, p.subject.Config.Merge(acctest.Attributes{a.Name: odd}), p.prior)
			for _, broken := range c.transcript.violations {
				f.forbid(replayCommand("shapes", title), "%s: %s", title, broken)
			}
			for _, call := range p.srv.Calls() {
				if writes(call.Action) {
					f.forbid(replayCommand("shapes", title), "%s: a plan called %s", title, call.Action)
				}
			}
			f.count(map[bool]string{true: "planned", false: "refused"}[planned != nil])
		}
	}
	return nil
}
