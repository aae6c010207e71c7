// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/netip"
	"regexp"
	"slices"
	"strings"
)

var accessKeyPolicyActions = table{
	"Ims/SetAccessKeyPolicy": {run: setAccessKeyPolicy, write: true},
	"Ims/GetAccessKeyPolicy": {run: getAccessKeyPolicy},
}

// networkPolicy is the document that says from where a key may be used.
type networkPolicy struct {
	Version    int
	Status     string
	Statements []networkStatement
}

type networkStatement struct {
	Type   string
	Value  string   `json:",omitempty"`
	IPList []string `json:",omitempty"`
}

// Gives a key its own network policy. (documented)
func setAccessKeyPolicy(r *request) (reply, error) {
	key, err := r.keyWithPolicy()
	if err != nil {
		return nil, err
	}
	document, err := r.networkPolicy()
	if err != nil {
		return nil, err
	}
	key.Policy = document
	key.UpdateDate = r.now
	return showKeyPolicy(key, document), nil
}

// A key's own network policy, {} when it never had one. (observed; Behaviour.UnsetKeyPolicyNotFound)
func getAccessKeyPolicy(r *request) (reply, error) {
	key, err := r.keyWithPolicy()
	if err != nil {
		return nil, err
	}
	if key.Policy == "" {
		if r.server.behaviour.UnsetKeyPolicyNotFound {
			return nil, noAccessKeyPolicy()
		}
		return showKeyPolicy(key, "{}"), nil
	}
	return showKeyPolicy(key, key.Policy), nil
}

// An unknown key is EntityNotExist.User.AccessKey. (assumed)
func (r *request) keyWithPolicy() (*AccessKey, error) {
	key, _, err := r.key()
	return key, err
}

func showKeyPolicy(key *AccessKey, document string) reply {
	return reply{"AccessKeyId": key.ID, "AccessKeyPolicy": document}
}

// networkPolicy is the document of the request as the service keeps it: with its Version, and otherwise as it came.
// (documented; Behaviour.KeyPolicyRewritten) Every fault of it has the same code. (assumed)
func (r *request) networkPolicy() (string, error) {
	text, err := r.required("AccessKeyPolicy")
	if err != nil {
		return "", err
	}
	policy, ok := readNetworkPolicy(text)
	if !ok || !policy.valid(r.server.behaviour.AcceptUnknownStatements) || !r.withinQuota(policy) {
		return "", incorrect("AccessKeyPolicy")
	}
	if r.server.behaviour.NormalizeKeyPolicies {
		policy.rewrite()
	}
	kept, err := json.Marshal(policy)
	return string(kept), err
}

// Version may be left out and is 1; Statements must not be null, so {} is refused. (documented; {} observed) A field of
// another name is refused. (assumed)
func readNetworkPolicy(text string) (networkPolicy, bool) {
	policy := networkPolicy{Version: 1}
	decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
	decoder.DisallowUnknownFields()
	if decoder.Decode(&policy) != nil {
		return policy, false
	}
	_, err := decoder.Token()
	return policy, err == io.EOF && policy.Statements != nil
}

func (p networkPolicy) valid(newer bool) bool {
	return p.Version == 1 && (p.Status == "Active" || p.Status == "Inactive") &&
		!slices.ContainsFunc(p.Statements, func(s networkStatement) bool { return !s.valid(newer) })
}

var vpcID = regexp.MustCompile(`^vpc-[a-z0-9]+$`)

// A ClassicWhiteList has addresses and no Value, a VPCWhiteList a VPC's id or AllowAllVPC. (documented) Other types are
// refused. (assumed; Behaviour.NewerStatements)
func (s networkStatement) valid(newer bool) bool {
	for _, address := range s.IPList {
		if !isAddress(address) {
			return false
		}
	}
	switch s.Type {
	case "ClassicWhiteList":
		return s.Value == "" && len(s.IPList) > 0
	case "VPCWhiteList":
		return s.Value == "AllowAllVPC" || vpcID.MatchString(s.Value)
	default:
		return newer
	}
}

// An address is of IPv4 or IPv6, or a range of them. (documented)
func isAddress(text string) bool {
	_, err := netip.ParseAddr(text)
	if err != nil {
		_, err = netip.ParsePrefix(text)
	}
	return err == nil
}

// Eight statements, and fifty addresses (documented) in all. (assumed; Behaviour.AddressesPerStatement)
func (r *request) withinQuota(policy networkPolicy) bool {
	all := 0
	for _, statement := range policy.Statements {
		all += len(statement.IPList)
		if len(statement.IPList) > r.account.Quotas.AddressesPerAccessPolicy {
			return false
		}
	}
	return len(policy.Statements) <= r.account.Quotas.StatementsPerAccessPolicy &&
		(all <= r.account.Quotas.AddressesPerAccessPolicy || r.server.behaviour.AddressesPerStatement)
}

func (p networkPolicy) rewrite() {
	for i, statement := range p.Statements {
		for j, address := range statement.IPList {
			p.Statements[i].IPList[j] = strings.TrimSuffix(strings.TrimSuffix(address, "/32"), "/128")
		}
		slices.Sort(p.Statements[i].IPList)
	}
}

// A key with an Active policy works only from the addresses on its list of public addresses. That of the account counts
// for keys that have none of their own. Temporary credentials have no policy. Here callers come through no VPC, and from
// where Behaviour.CallerAddress says. (documented; that an absent list lets every address in is assumed)
func (r *request) keyBlocked() bool {
	key, _ := r.account.KeyByID(r.caller.accessKeyID)
	if key == nil {
		return false
	}
	policy := key.Policy
	if !r.hasOwnPolicy(policy) {
		policy = r.account.AccessKeyPolicy
	}
	return blocks(policy, r.server.behaviour.CallerAddress)
}

// An Inactive policy is none. (assumed; Behaviour.InactivePoliciesShield)
func (r *request) hasOwnPolicy(document string) bool {
	if document == "" || r.server.behaviour.InactiveKeyPolicyOverrides {
		return document != ""
	}
	policy, ok := readNetworkPolicy(document)
	return ok && policy.Status == "Active"
}

// blocks says whether a policy document keeps callers at a public address out.
func blocks(document, caller string) bool {
	from, err := netip.ParseAddr(caller)
	if err != nil {
		return false
	}
	policy, ok := readNetworkPolicy(document)
	if !ok || policy.Status != "Active" {
		return false
	}
	listed := false
	for _, statement := range policy.Statements {
		if statement.Type != "ClassicWhiteList" {
			continue
		}
		listed = true
		if slices.ContainsFunc(statement.IPList, func(text string) bool { return within(text, from) }) {
			return false
		}
	}
	return listed
}

func within(text string, address netip.Addr) bool {
	if prefix, err := netip.ParsePrefix(text); err == nil {
		return prefix.Contains(address)
	}
	one, err := netip.ParseAddr(text)
	return err == nil && one == address
}
