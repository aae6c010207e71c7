// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package campaign

import (
	"bytes"
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-log/tflogtest"
	"github.com/hashicorp/terraform-plugin-log/tfsdklog"
	"github.com/hashicorp/terraform-plugin-log/tfsdklogtest"

	"github.com/ram-security/terraform-provider-ram/internal/provider"
)

// object is what Terraform keeps of one resource.
type object struct {
	state    tftypes.Value
	private  []byte
	identity *tfprotov6.ResourceIdentityData
}

// core drives one run of the provider as the core of Terraform does, over the
// protocol and without a CLI. It notes everything that anybody could read, and
// everything that Terraform itself would call a bug of the provider.
type core struct {
	ctx     context.Context
	server  tfprotov6.ProviderServer
	schemas *tfprotov6.GetProviderSchemaResponse
	heard   *hearing
}

// hearing is what a run said, wherever it said it.
type hearing struct {
	mu      sync.Mutex
	diags   []*tfprotov6.Diagnostic
	told    []string // what reaches a file or a screen, without what is there to hold a secret
	broken  []string // what Terraform calls a bug of the provider
	log     bytes.Buffer
	planned int
}

// Write takes the log.
func (h *hearing) Write(line []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.log.Write(line)
}

func (h *hearing) breaks(format string, args ...any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.broken = append(h.broken, fmt.Sprintf(format, args...))
}

// everything is all that was said, for a hunt.
func (h *hearing) everything() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return said(h.diags) + strings.Join(h.told, "\n") + strings.Join(h.broken, "\n") + h.log.String()
}

// schemaOf asks the provider for its schema, which needs no account.
func schemaOf(ctx context.Context) (*tfprotov6.GetProviderSchemaResponse, error) {
	server := provider.Server(provider.New("campaign", func(string) string { return "" })())
	schemas, err := server.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err == nil && len(errorsIn(schemas.Diagnostics)) > 0 {
		err = fmt.Errorf("the provider has no schema: %s", said(schemas.Diagnostics))
	}
	return schemas, err
}

// newCore configures a provider of its own, as every run of a CLI does.
func newCore(ctx context.Context, schemas *tfprotov6.GetProviderSchemaResponse, getenv func(string) string, options ...provider.Option) (*core, error) {
	server := provider.Server(provider.New("campaign", getenv, options...)())
	c := &core{server: server, schemas: schemas, heard: &hearing{}}
	c.ctx = tfsdklogtest.RootLogger(tflogtest.RootLogger(ctx, c.heard), c.heard)
	c.ctx = tfsdklog.SetField(c.ctx, "run", "campaign")
	config, err := build(schemas.Provider, Attributes{})
	if err != nil {
		return nil, err
	}
	resp, err := server.ConfigureProvider(c.ctx, &tfprotov6.ConfigureProviderRequest{TerraformVersion: "1.14.0", Config: dynamic(config)})
	if err != nil {
		return nil, err
	}
	if len(errorsIn(resp.Diagnostics)) > 0 {
		return nil, fmt.Errorf("cannot configure the provider: %s", said(resp.Diagnostics))
	}
	c.heard.diags = append(c.heard.diags, resp.Diagnostics...)
	return c, nil
}

func errorsIn(diags []*tfprotov6.Diagnostic) []*tfprotov6.Diagnostic {
	return slices.DeleteFunc(slices.Clone(diags), func(d *tfprotov6.Diagnostic) bool { return d.Severity != tfprotov6.DiagnosticSeverityError })
}

// said joins what diagnostics say.
func said(diags []*tfprotov6.Diagnostic) string {
	var b strings.Builder
	for _, d := range diags {
		fmt.Fprintf(&b, "%s: %s [%s]\n%s\n", d.Severity, d.Summary, d.Attribute, d.Detail)
	}
	return b.String()
}

// guarded calls the provider, and notes a panic and an error of the protocol.
func guarded[R any](c *core, what string, call func() (*R, error)) (resp *R) {
	defer func() {
		if cause := recover(); cause != nil {
			c.heard.breaks("%s panicked: %v\n%s", what, cause, debug.Stack())
			resp = nil
		}
	}()
	resp, err := call()
	if err != nil {
		c.heard.breaks("%s: %s", what, err)
		return nil
	}
	return resp
}

// hear notes diagnostics, and tells whether an error is among them.
func (c *core) hear(diags []*tfprotov6.Diagnostic) (failed bool) {
	c.heard.mu.Lock()
	defer c.heard.mu.Unlock()
	c.heard.diags = append(c.heard.diags, diags...)
	return len(errorsIn(diags)) > 0
}

// keep notes an object, without the attributes that are there to hold a secret.
func (c *core) keep(kind string, o object) object {
	c.tell(kind, o.state)
	c.heard.mu.Lock()
	defer c.heard.mu.Unlock()
	c.heard.told = append(c.heard.told, string(o.private))
	return o
}

func (c *core) tell(kind string, v tftypes.Value) {
	c.heard.mu.Lock()
	defer c.heard.mu.Unlock()
	of := fields(v)
	for _, a := range c.schemas.ResourceSchemas[kind].Block.Attributes {
		if value, there := of[a.Name]; there && !a.Sensitive {
			c.heard.told = append(c.heard.told, a.Name+" = "+text(value))
		}
		if a.WriteOnly && !of[a.Name].IsNull() && v.IsKnown() && !v.IsNull() {
			c.heard.broken = append(c.heard.broken, kind+"."+a.Name+" is write-only, and kept")
		}
	}
}

// stop is what a CLI does at the first Ctrl-C.
func (c *core) stop() {
	_, _ = c.server.StopProvider(c.ctx, &tfprotov6.StopProviderRequest{}) // it has no error to give
}

// nothing is an object that is not there.
func (c *core) nothing(kind string) object {
	return object{state: tftypes.NewValue(c.schemas.ResourceSchemas[kind].ValueType(), nil)}
}

func dynamic(v tftypes.Value) *tfprotov6.DynamicValue {
	d, err := tfprotov6.NewDynamicValue(v.Type(), v)
	if err != nil {
		panic(fmt.Sprintf("a value of its own type is not encoded: %s", err)) // it was built a moment ago
	}
	return &d
}

// value reads what the provider answered; what is not of the schema breaks Terraform.
func (c *core) value(kind string, d *tfprotov6.DynamicValue) (tftypes.Value, bool) {
	if d == nil {
		c.heard.breaks("%s: an answer without a value", kind)
		return tftypes.Value{}, false
	}
	v, err := d.Unmarshal(c.schemas.ResourceSchemas[kind].ValueType())
	if err != nil {
		c.heard.breaks("%s: %s", kind, err)
	}
	return v, err == nil
}
