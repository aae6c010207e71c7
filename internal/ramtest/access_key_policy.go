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

	"Ims/SetAccessKeyPolicyForAccount": {run: setAccessKeyPolicyForAccount, write: true},
	"Ims/GetAccessKeyPolicyForAccount": {run: getAccessKeyPolicyForAccount},
}

// networkPolicy is the document with the networks from which a key may be used.
type networkPolicy struct {
	Version    int
	Status     string
	Statements []networkStatement
}

type networkStatement struct {
	Type   string
	Effect string   `json:",omitempty"` // undocumented; empty: Allow
	Value  string   `json:",omitempty"`
	IPList []string `json:",omitempty"`
}

// setAccessKeyPolicy sets the network policy of a key. (documented)
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

// getAccessKeyPolicy returns the network policy of a key, {} if it was never set. (observed; Behaviour.UnsetKeyPolicyNotFound)
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

// keyWithPolicy returns the key of the request. An unknown key is EntityNotExist.User.AccessKey. (assumed)
func (r *request) keyWithPolicy() (*AccessKey, error) {
	key, _, err := r.key()
	return key, err
}

func showKeyPolicy(key *AccessKey, document string) reply {
	return reply{"AccessKeyId": key.ID, "AccessKeyPolicy": document}
}

// setAccessKeyPolicyForAccount sets the network policy of the account, which applies to keys without a policy of their own.
// (documented; that parameter and response are like those of a key is assumed)
func setAccessKeyPolicyForAccount(r *request) (reply, error) {
	document, err := r.networkPolicy()
	if err != nil {
		return nil, err
	}
	r.account.AccessKeyPolicy = document
	return reply{"AccessKeyPolicy": document}, nil
}

// getAccessKeyPolicyForAccount returns the network policy of the account. Unlike the response for a key, it names no key.
// (documented) The policy is {} if it was never set. (assumed, by analogy; Behaviour.UnsetAccountPolicyNotFound)
func getAccessKeyPolicyForAccount(r *request) (reply, error) {
	switch {
	case r.account.AccessKeyPolicy != "":
		return reply{"AccessKeyPolicy": r.account.AccessKeyPolicy}, nil
	case r.server.behaviour.UnsetAccountPolicyNotFound:
		return nil, noAccessKeyPolicy()
	default:
		return reply{"AccessKeyPolicy": "{}"}, nil
	}
}

// networkPolicy returns the document of the request as the service stores it: with its Version, and otherwise unchanged.
// (documented; Behaviour.NormalizeKeyPolicies) Every error in it has the same code. (assumed) Undocumented fields are
// refused or stored. (assumed; Behaviour.AcceptUnknownStatements)
func (r *request) networkPolicy() (string, error) {
	text, err := r.required("AccessKeyPolicy")
	if err != nil {
		return "", err
	}
	b := r.server.behaviour
	policy, ok := readNetworkPolicy(text, !b.AcceptUnknownStatements)
	if !ok || !policy.valid(b.AcceptUnknownStatements) || !r.withinQuota(policy) {
		return "", incorrect("AccessKeyPolicy")
	}
	if b.NormalizeKeyPolicies {
		policy.normalize()
	}
	if b.AcceptUnknownStatements && !b.NormalizeKeyPolicies {
		document := map[string]any{"Version": 1}
		err = json.Unmarshal([]byte(text), &document)
		return string(asJSON(document)), err
	}
	stored, err := json.Marshal(policy)
	return string(stored), err
}

// readNetworkPolicy parses a document. Version is optional and defaults to 1. Statements must not be null, so {} is
// refused. (documented; {} observed) strict refuses unknown fields. (assumed)
func readNetworkPolicy(text string, strict bool) (networkPolicy, bool) {
	policy := networkPolicy{Version: 1}
	decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
	if strict {
		decoder.DisallowUnknownFields()
	}
	if decoder.Decode(&policy) != nil {
		return policy, false
	}
	_, err := decoder.Token()
	undocumented := slices.ContainsFunc(policy.Statements, func(s networkStatement) bool { return s.Effect != "" })
	return policy, err == io.EOF && policy.Statements != nil && (!strict || !undocumented)
}

func (p networkPolicy) valid(unknownTypes bool) bool {
	return p.Version == 1 && (p.Status == "Active" || p.Status == "Inactive") &&
		!slices.ContainsFunc(p.Statements, func(s networkStatement) bool { return !s.valid(unknownTypes) })
}

var vpcID = regexp.MustCompile(`^vpc-[a-z0-9]+$`)

// valid reports whether the statement is valid. A ClassicWhiteList has addresses and no Value. A VPCWhiteList has the id of
// a VPC or AllowAllVPC. (documented) Other types are refused. (assumed; Behaviour.AcceptUnknownStatements)
func (s networkStatement) valid(unknownTypes bool) bool {
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
		return unknownTypes
	}
}

// isAddress reports whether a text is an IPv4 or IPv6 address or a CIDR block. (documented)
func isAddress(text string) bool {
	_, err := netip.ParseAddr(text)
	if err != nil {
		_, err = netip.ParsePrefix(text)
	}
	return err == nil
}

// withinQuota allows eight statements and fifty addresses (documented) in total. (assumed; Behaviour.AddressesPerStatement)
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

func (p networkPolicy) normalize() {
	for i, statement := range p.Statements {
		for j, address := range statement.IPList {
			p.Statements[i].IPList[j] = strings.TrimSuffix(strings.TrimSuffix(address, "/32"), "/128")
		}
		slices.Sort(p.Statements[i].IPList)
	}
}
