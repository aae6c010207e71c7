// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/network"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

const (
	oldAddresses = `{"Type":"ClassicWhiteList","IPList":["203.0.113.0/24"]}`
	oldVPC       = `{"Type":"VPCWhiteList","Value":"vpc-old","IPList":["10.0.0.0/8"]}`
)

// planPolicy plans the policy of an account that has a document.
func planPolicy(t *testing.T, document string, config attributes) string {
	t.Helper()
	srv := ramtest.New(t)
	srv.Change(func(a *ramtest.Account) { a.AccessKeyPolicy = document })
	c := newCore(t, srv.Getenv, fakeClock())
	_, diags := c.Plan(keyPolicy, config, c.Null(keyPolicy))
	clean(t, diags)
	expect(t, "writes", writes(srv), []string(nil))
	return acctest.Messages(diags)
}

func policyDocument(status string, statements ...string) string {
	return fmt.Sprintf(`{"Version":1,"Status":%q,"Statements":[%s]}`, status, strings.Join(statements, ","))
}

// Lists that enforce nothing cause a warning, unless the configuration says that they are inactive.
func TestNetworkPolicy_warnsOfListsThatEnforceNothing(t *testing.T) {
	t.Parallel()
	const idle, open = "The lists are not enforced", "The network policy is Active and has no lists"
	list, vpc := []string{"203.0.113.0/24"}, vpcs(map[string][]string{"vpc-new": {"172.16.0.0/12"}})
	none, noVPC := []string{}, vpcs(map[string][]string{})
	for name, test := range map[string]struct {
		document string
		config   attributes
		want     string // of the two warnings; "": none
	}{
		"addresses without a status":         {policyDocument("Inactive"), attributes{"classic_allow_list": list}, idle},
		"VPCs without a status":              {policyDocument("Inactive"), attributes{"vpc_allow_list": vpc}, idle},
		"an empty list without a status":     {policyDocument("Inactive"), attributes{"classic_allow_list": none}, ""},
		"no VPCs without a status":           {policyDocument("Inactive"), attributes{"vpc_allow_list": noVPC}, ""},
		"lists of others without a status":   {policyDocument("Inactive", oldAddresses, oldVPC), attributes{"classic_allow_list": none}, ""},
		"Inactive as configured":             {policyDocument("Inactive"), attributes{"classic_allow_list": list, "status": "Inactive"}, ""},
		"a list of a policy that is Active":  {policyDocument("Active", oldAddresses), attributes{"classic_allow_list": append(list, "198.51.100.0/24")}, ""},
		"Active for the first time":          {policyDocument("Inactive"), attributes{"status": "Active"}, open},
		"Active, and the addresses are gone": {policyDocument("Active", oldAddresses), attributes{"classic_allow_list": none}, open},
		"Active, and the VPCs are gone":      {policyDocument("Active", oldVPC), attributes{"vpc_allow_list": noVPC}, open},
		"Active with VPCs of others":         {policyDocument("Inactive", oldVPC), attributes{"status": "Active"}, ""},
		"Active without lists, as before":    {policyDocument("Active"), attributes{"status": "Active"}, ""},
		"Inactive without lists":             {policyDocument("Active"), attributes{"status": "Inactive"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.config["must_allow"] = list
			said := planPolicy(t, test.document, test.config)
			for _, warning := range []string{idle, open} {
				if strings.Contains(said, warning) != (warning == test.want) {
					t.Errorf("want %q in: %s", test.want, said)
				}
			}
		})
	}
}

// A policy beyond the documented quotas causes a warning if the change makes it larger.
func TestNetworkPolicy_warnsBeyondTheDocumentedQuotas(t *testing.T) {
	t.Parallel()
	const statements, addresses = "more statements than documented", "more addresses than documented"
	by := func(n int) map[string][]string {
		lists := map[string][]string{}
		for i := range n {
			lists[fmt.Sprintf("vpc-%d", i)] = []string{"10.0.0.0/8"}
		}
		return lists
	}
	document := func(n int) string {
		parts := []string{}
		for vpc := range by(n) {
			parts = append(parts, strings.ReplaceAll(oldVPC, "vpc-old", vpc))
		}
		return policyDocument("Inactive", parts...)
	}
	list := func(n int) string {
		return policyDocument("Inactive", `{"Type":"ClassicWhiteList","IPList":["`+strings.Join(many(n), `","`)+`"]}`)
	}
	const mostS, mostA = network.MostStatements, network.MostAddresses
	for name, test := range map[string]struct {
		document string
		config   attributes
		want     string
	}{
		"as many statements as documented": {policyDocument("Inactive"), attributes{"vpc_allow_list": vpcs(by(mostS))}, ""},
		"one statement more":               {policyDocument("Inactive"), attributes{"vpc_allow_list": vpcs(by(mostS + 1))}, statements},
		"one more with those of others":    {document(mostS), attributes{"classic_allow_list": many(1)}, statements},
		"no more than before":              {document(mostS + 1), attributes{"status": "Inactive"}, ""},
		"fewer, and still too many":        {document(mostS + 2), attributes{"vpc_allow_list": vpcs(by(mostS + 1))}, ""},
		"as many addresses as documented":  {policyDocument("Inactive"), attributes{"classic_allow_list": many(mostA)}, ""},
		"one address more":                 {policyDocument("Inactive"), attributes{"classic_allow_list": many(mostA + 1)}, addresses},
		"no more addresses than before":    {list(mostA + 1), attributes{"status": "Inactive"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			said := planPolicy(t, test.document, test.config)
			for _, warning := range []string{statements, addresses} {
				if strings.Contains(said, warning) != (warning == test.want) {
					t.Errorf("want %q in: %s", test.want, said)
				}
			}
			if at := `AttributeName("vpc_allow_list")`; test.want == statements && strings.Contains(said, at) != (test.config["vpc_allow_list"] != nil) {
				t.Errorf("the warning is not at the attribute of the configuration: %s", said)
			}
		})
	}
}
