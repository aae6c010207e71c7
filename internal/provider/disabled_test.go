// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"testing"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// A response of success to the request that disables a key, which another server sent, disables nothing. The operation says
// that the key is not confirmed as Inactive, and the next refresh and apply disable it.
func TestDisable_reportsAKeyThatIsStillListedAsActive(t *testing.T) {
	t.Parallel()
	inactive, disable := attributes{"user_name": "alice", "status": "Inactive"}, exclusively("alice", "disable")
	for name, test := range map[string]struct {
		kind          string
		before, after attributes // before: nil for a create
		want          string
	}{
		"create":    {accessKey, nil, inactive, "Cannot confirm the AccessKey"},
		"update":    {accessKey, inactive.With("status", "Active"), inactive, "but lists it as Active, so treat it as Active"},
		"exclusive": {exclusiveKind, disable, disable, "The service still listed the key as Active"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := withAlice(t)
			if test.kind == exclusiveKind {
				addKey(srv, "alice", "LTAIextra", 10*day)
			}
			c := newCore(t, srv.Getenv, fakeClock())
			o := c.Null(test.kind)
			if test.before != nil {
				created, diags := c.Create(test.kind, test.before)
				clean(t, diags)
				o = created
			}
			srv.Inject(ramtest.Rule{Action: "UpdateAccessKey", Nth: "1", Fault: "garble", Body: `{"RequestId":"of another server"}`})
			o, diags := newCore(t, srv.Getenv, fakeClock()).Apply(test.kind, test.after, o)
			contains(t, acctest.Messages(diags), test.want)
			expect(t, "service", keysOf(srv, "alice")[0].Status, "Active")
			if name == "update" {
				expect(t, "state", acctest.Attribute(o.State, "status"), "Active")
				expect(t, "errors", len(acctest.Errors(diags)), 1)
			}

			o, diags = newCore(t, srv.Getenv, fakeClock()).Read(test.kind, o)
			clean(t, diags)
			_, diags = newCore(t, srv.Getenv, fakeClock()).Apply(test.kind, test.after, o)
			clean(t, acctest.Errors(diags))
			expect(t, "service after the next apply", keysOf(srv, "alice")[0].Status, "Inactive")
		})
	}
}

func TestDisable_reportsAServiceCredentialThatIsStillListedAsActive(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	active := attributes{"user_name": "alice", "service_credential_name": "bot", "service_name": "dashscope.aliyuncs.com", "status": "Active"}
	o, diags := newCore(t, srv.Getenv, fakeClock()).Create("ram_service_credential", active)
	clean(t, diags)
	srv.Inject(ramtest.Rule{Action: "UpdateServiceCredential", Nth: "1", Fault: "garble", Body: `{"RequestId":"of another server"}`})
	o, diags = newCore(t, srv.Getenv, fakeClock()).Apply("ram_service_credential", active.With("status", "Inactive"), o)
	contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot update the service credential", "but lists it as Active, so treat it as Active")
	expect(t, "state", acctest.Attribute(o.State, "status"), "Active")
	o, diags = newCore(t, srv.Getenv, fakeClock()).Apply("ram_service_credential", active.With("status", "Inactive"), o)
	clean(t, diags)
	expect(t, "state after the next apply", acctest.Attribute(o.State, "status"), "Inactive")
}
