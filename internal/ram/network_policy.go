// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// The operations for the account are documented, but no SDK of the vendor has them. The Set
// operation of the account is assumed to take the same document as that of a key.
var (
	getAccountAccessKeyPolicy = operation{product: imsProduct, action: "GetAccessKeyPolicyForAccount", repeat: read}
	setAccountAccessKeyPolicy = operation{product: imsProduct, action: "SetAccessKeyPolicyForAccount", repeat: set}
	getAccessKeyPolicy        = operation{product: imsProduct, action: "GetAccessKeyPolicy", repeat: read}
	setAccessKeyPolicy        = operation{product: imsProduct, action: "SetAccessKeyPolicy", repeat: set}
)

const (
	// The statement type and its values (documented).
	publicStatement = "ClassicWhiteList"
	vpcStatement    = "VPCWhiteList"

	// NetworkPolicyActive is the status of a policy that is enforced.
	NetworkPolicyActive = "Active"
	// NetworkPolicyInactive is the status of a policy that is stored but not enforced.
	NetworkPolicyInactive = "Inactive"
	// AllowAllVPC allows every VPC.
	AllowAllVPC = "AllowAllVPC"
)

// NetworkPolicy holds the networks from which long-lived keys may be used. A policy that
// was never set equals one that was reset: [NoNetworkPolicy].
type NetworkPolicy struct {
	Status            *string             // Active or Inactive; nil if not returned
	Public            []string            // public IP addresses and CIDR blocks; nil if not returned
	VPC               map[string][]string // addresses and CIDR blocks by VPC id or AllowAllVPC; nil if not returned
	unknownStatements []json.RawMessage   // statements of unknown types
	unknownAddresses  int                 // number of addresses in unknownStatements
}

// Active reports whether the policy is enforced.
func (p NetworkPolicy) Active() bool { return p.Status != nil && *p.Status == NetworkPolicyActive }

// NoNetworkPolicy returns the policy of an account or key for which no policy was set.
func NoNetworkPolicy() NetworkPolicy {
	return NetworkPolicy{Status: new(NetworkPolicyInactive), Public: []string{}, VPC: map[string][]string{}}
}

// None reports whether a policy equals one that was never set.
func (p NetworkPolicy) None() bool {
	return p.Status != nil && *p.Status == NetworkPolicyInactive && len(p.Public) == 0 && len(p.VPC) == 0 && len(p.unknownStatements) == 0
}

// AddsUnknown reports whether the policy has a statement of an unknown type or effect that
// other does not have.
func (p NetworkPolicy) AddsUnknown(other NetworkPolicy) bool {
	return slices.ContainsFunc(p.unknownStatements, func(s json.RawMessage) bool {
		return !slices.ContainsFunc(other.unknownStatements, func(o json.RawMessage) bool { return bytes.Equal(s, o) })
	})
}

// Size returns the number of statements and addresses of a policy, including statements of
// unknown types.
func (p NetworkPolicy) Size() (statements, addresses int) {
	statements, addresses = len(p.unknownStatements)+len(p.VPC), p.unknownAddresses+len(p.Public)
	if len(p.Public) > 0 {
		statements++
	}
	for _, networks := range p.VPC {
		addresses += len(networks)
	}
	return statements, addresses
}

// documentOver returns the document of the policy, based on the document that the service
// returned. It preserves what p does not change: unknown fields of the document and of its
// statements, and statements of unknown types.
func (p NetworkPolicy) documentOver(returned []byte) (string, error) {
	fields := map[string]json.RawMessage{}
	if len(returned) > 0 {
		if err := json.Unmarshal(returned, &fields); err != nil {
			return "", errNoPolicy
		}
	}
	statements, err := p.statementsOver(fields["Statements"])
	if err != nil {
		return "", err
	}
	if fields["Statements"], err = json.Marshal(statements); err != nil {
		return "", err
	}
	if fields["Version"] == nil {
		fields["Version"] = json.RawMessage("1")
	}
	if p.Status != nil {
		if fields["Status"], err = json.Marshal(*p.Status); err != nil {
			return "", err
		}
	}
	text, err := json.Marshal(fields)
	return string(text), err
}

// statementsOver returns the statements of p: the returned statements in their order with
// the lists of p, then the new statements. It omits empty lists, because a statement needs
// addresses (documented).
func (p NetworkPolicy) statementsOver(returned json.RawMessage) ([]json.RawMessage, error) {
	came := []json.RawMessage{}
	if len(returned) > 0 {
		if err := json.Unmarshal(returned, &came); err != nil {
			return nil, errNoPolicy
		}
	}
	live := NetworkPolicy{}
	for _, statement := range came {
		if err := live.add(statement); err != nil {
			return nil, err
		}
	}
	wanted, now, done, statements := p.lists(), live.lists(), map[statementKey]bool{}, []json.RawMessage{}
	for _, statement := range came {
		key, known, err := listKey(statement)
		if err != nil {
			return nil, err
		}
		list, has := wanted[key]
		same := equalSets(list, now[key])
		if known && (!has || done[key] && !same) {
			continue // the list was removed, or belongs to an earlier statement of the same key
		}
		if known && !same {
			if statement, err = withList(statement, list); err != nil {
				return nil, err
			}
		}
		done[key] = done[key] || known
		statements = append(statements, statement)
	}
	for _, key := range slices.SortedFunc(maps.Keys(wanted), statementKey.compare) {
		if done[key] {
			continue
		}
		statement, err := newStatement(key, wanted[key])
		if err != nil {
			return nil, err
		}
		statements = append(statements, statement)
	}
	return statements, nil
}

// statementKey identifies the network that a statement is about.
type statementKey struct{ kind, value string }

func (k statementKey) compare(other statementKey) int {
	return cmp.Or(cmp.Compare(k.kind, other.kind), cmp.Compare(k.value, other.value))
}

// lists returns the lists of a policy. Each list is one statement.
func (p NetworkPolicy) lists() map[statementKey][]string {
	lists := map[statementKey][]string{}
	if len(p.Public) > 0 {
		lists[statementKey{publicStatement, ""}] = p.Public
	}
	for vpc, networks := range p.VPC {
		lists[statementKey{vpcStatement, vpc}] = networks
	}
	return lists
}

// listKey returns the list to which a statement adds addresses. A statement of another
// type, or with an effect other than Allow, is not known, because it does not allow its
// addresses.
func listKey(statement json.RawMessage) (key statementKey, known bool, err error) {
	var kind struct{ Type, Value, Effect anyText }
	if err := json.Unmarshal(statement, &kind); err != nil || kind.Type == "" {
		return statementKey{}, false, errNoPolicy
	}
	key = statementKey{string(kind.Type), string(kind.Value)}
	allows := kind.Effect == "" || strings.EqualFold(string(kind.Effect), "Allow")
	return key, allows && (key.kind == publicStatement) == (key.value == "") && (key.kind == publicStatement || key.kind == vpcStatement), nil
}

func newStatement(key statementKey, list []string) (json.RawMessage, error) {
	return json.Marshal(struct {
		IPList []string `json:",omitempty"`
		Type   string
		Value  string `json:",omitempty"`
	}{list, key.kind, key.value})
}

// withList returns a statement with another list and otherwise unchanged fields.
func withList(statement json.RawMessage, list []string) (json.RawMessage, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(statement, &fields); err != nil {
		return nil, errNoPolicy
	}
	text, err := json.Marshal(list)
	if err != nil {
		return nil, err
	}
	fields["IPList"] = text
	return json.Marshal(fields)
}

func equalSets(a, b []string) bool { return slices.Equal(union(a, nil), union(b, nil)) }

// policyDocument is a policy as the service returns it: JSON in a string (documented). It
// also accepts an object.
type policyDocument struct {
	present  bool
	policy   NetworkPolicy
	returned []byte // the returned document; nil if there is none
}

// errNoPolicy does not quote the value.
var errNoPolicy = &unexpectedValue{"a network policy"}

// UnmarshalJSON accepts "{...}" and {...}. It treats "" as no policy.
func (d *policyDocument) UnmarshalJSON(data []byte) error {
	*d = policyDocument{}
	data = bytes.TrimSpace(data)
	if bytes.Equal(data, []byte("null")) {
		return nil
	}
	if data[0] != '{' {
		value, _, err := scalar(data, errNoPolicy.wanted)
		if err != nil {
			return err
		}
		if data = bytes.TrimSpace([]byte(value)); len(data) == 0 {
			data = []byte("{}")
		}
	}
	policy, err := parsePolicy(data)
	*d = policyDocument{present: err == nil, policy: policy, returned: bytes.Clone(data)}
	return err
}

// parsePolicy parses a document. For a policy that was never set, the service returns {}
// (observed).
func parsePolicy(data []byte) (NetworkPolicy, error) {
	var document struct {
		Status     text
		Statements []json.RawMessage
	}
	if data[0] != '{' || json.Unmarshal(data, &document) != nil {
		return NetworkPolicy{}, errNoPolicy
	}
	p := NetworkPolicy{Status: document.Status.optional(), Public: []string{}, VPC: map[string][]string{}}
	if p.Status == nil && len(document.Statements) == 0 {
		return NoNetworkPolicy(), nil
	}
	for _, statement := range document.Statements {
		if err := p.add(statement); err != nil {
			return NetworkPolicy{}, err
		}
	}
	return p, nil
}

// add merges a statement. The lists of several statements about one network are combined,
// because each list allows its addresses.
func (p *NetworkPolicy) add(statement json.RawMessage) error {
	key, known, err := listKey(statement)
	if err != nil {
		return err
	}
	var list struct{ IPList textList }
	err = json.Unmarshal(statement, &list)
	switch {
	case !known:
		p.unknownStatements = append(p.unknownStatements, statement)
		p.unknownAddresses += len(list.IPList)
	case err != nil:
		return errNoPolicy
	case key.kind == publicStatement:
		p.Public = union(p.Public, list.IPList)
	default:
		if p.VPC == nil {
			p.VPC = map[string][]string{}
		}
		p.VPC[key.value] = union(p.VPC[key.value], list.IPList)
	}
	return nil
}

// union returns both lists combined, sorted, without duplicates. It is never nil.
func union(a, b []string) []string {
	all := append(append([]string{}, a...), b...)
	slices.Sort(all)
	return slices.Compact(all)
}

type networkPolicyResponse struct{ AccessKeyPolicy policyDocument }

func (a *networkPolicyResponse) missing() string {
	if !a.AccessKeyPolicy.present {
		return "AccessKeyPolicy"
	}
	return ""
}

// AccountAccessKeyPolicy returns the network policy of the account, which applies to
// long-lived keys without a policy of their own. The policy comes from the cache unless
// this client has changed it since it was read.
func (c *Client) AccountAccessKeyPolicy(ctx context.Context) (NetworkPolicy, error) {
	p, err := c.caches.network.get(ctx, "", c.readAccountPolicy)
	return p.clone(), err
}

// RefreshAccountAccessKeyPolicy returns the network policy of the account. It bypasses
// the cache.
func (c *Client) RefreshAccountAccessKeyPolicy(ctx context.Context) (NetworkPolicy, error) {
	p, err := c.caches.network.refresh(ctx, "", c.readAccountPolicy)
	return p.clone(), err
}

// clone returns a deep copy.
func (p NetworkPolicy) clone() NetworkPolicy {
	p.Public, p.VPC, p.unknownStatements = slices.Clone(p.Public), maps.Clone(p.VPC), slices.Clone(p.unknownStatements)
	for vpc, networks := range p.VPC {
		p.VPC[vpc] = slices.Clone(networks)
	}
	return p
}

func (c *Client) readAccountPolicy(ctx context.Context) (NetworkPolicy, error) {
	d, err := c.accountPolicyDocument(ctx)
	return d.policy, err
}

func (c *Client) accountPolicyDocument(ctx context.Context) (policyDocument, error) {
	var response networkPolicyResponse
	return response.document(c.call(ctx, getAccountAccessKeyPolicy, nil, &response))
}

// document returns the document of a response. A 404 counts as no policy (assumed: the
// official provider handles it).
func (a *networkPolicyResponse) document(err error) (policyDocument, error) {
	if NotFound(err, "AccessKeyPolicy") {
		return policyDocument{policy: NoNetworkPolicy()}, nil
	}
	return a.AccessKeyPolicy, err
}

// ChangeAccountAccessKeyPolicy writes the policy that merge returns for the live policy of
// the account.
func (c *Client) ChangeAccountAccessKeyPolicy(ctx context.Context, merge Merge[NetworkPolicy]) error {
	build, changed := c.caches.network.invalidateIfSent(composePolicy(setAccountAccessKeyPolicy, c.accountPolicyDocument, params{}, merge))
	defer changed()
	return c.callComposed(ctx, setAccountAccessKeyPolicy, build, nil)
}

// composePolicy returns a compose function that reads a network policy, merges, and writes
// the result over the returned document.
func composePolicy(op operation, read func(context.Context) (policyDocument, error), key params, merge Merge[NetworkPolicy]) compose {
	return func(ctx context.Context) (params, error) {
		live, err := read(ctx)
		if err != nil {
			return nil, err
		}
		var reply Reply
		if live.returned != nil {
			if err := json.Unmarshal(live.returned, &reply); err != nil {
				return nil, err
			}
		}
		if reply.Has("Status") && !reply.Has("Statements") {
			return nil, &IncompleteReplyError{Action: op.action, Fields: []string{"Statements"}}
		}
		want, err := merge(ctx, live.policy.clone(), reply)
		if err != nil {
			return nil, err
		}
		if want.Status == nil {
			return nil, &IncompleteReplyError{Action: op.action, Fields: []string{"Status"}}
		}
		in := maps.Clone(key)
		in["AccessKeyPolicy"], err = want.documentOver(live.returned)
		return in, err
	}
}

// AccessKeyPolicy returns the network policy of a user's key. For a key without a policy
// the service returns {} or 404 (assumed, both).
func (c *Client) AccessKeyPolicy(ctx context.Context, userName, keyID string) (NetworkPolicy, error) {
	d, err := c.keyPolicyDocument(ctx, userName, keyID)
	return d.policy, err
}

func (c *Client) keyPolicyDocument(ctx context.Context, userName, keyID string) (policyDocument, error) {
	if err := getAccessKeyPolicy.require("AccessKey ID", keyID); err != nil {
		return policyDocument{}, err
	}
	var response networkPolicyResponse
	return response.document(c.callForUser(ctx, getAccessKeyPolicy, userName, params{"UserAccessKeyId": keyID}, &response))
}

// ChangeAccessKeyPolicy writes the policy that merge returns for the live policy of a
// user's key.
func (c *Client) ChangeAccessKeyPolicy(ctx context.Context, userName, keyID string, merge Merge[NetworkPolicy]) error {
	if err := setAccessKeyPolicy.require("AccessKey ID", keyID); err != nil {
		return err
	}
	read := func(ctx context.Context) (policyDocument, error) { return c.keyPolicyDocument(ctx, userName, keyID) }
	return c.callComposedForUser(ctx, setAccessKeyPolicy, userName, composePolicy(setAccessKeyPolicy, read, params{"UserAccessKeyId": keyID}, merge), nil)
}

// ParseNetworkPolicy parses a policy document in the service's form, which the official
// provider also stores in its state. An empty text is no policy.
func ParseNetworkPolicy(document string) (NetworkPolicy, error) {
	data := bytes.TrimSpace([]byte(document))
	if len(data) == 0 {
		return NoNetworkPolicy(), nil
	}
	return parsePolicy(data)
}
