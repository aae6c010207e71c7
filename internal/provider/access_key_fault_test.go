// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

// A keyFault is what goes wrong around one create, and how it may end:
//
//	C  a key is in the state, and nothing is left over
//	E0 an error, and there is no key
//	ET an error, and the key is in the state with its secret
//	ER an error, and the created key is deleted
//	EN every key that is not in the state is named
type keyFault struct {
	rules   []ramtest.Rule
	arrange func(*ramtest.Server, onceKind)
	config  attributes
	want    string
	sends   int  // of the create, at most; 0: two
	single  bool // the create is sent exactly once
}

// unknownOutcomes are faults after which it is not known whether a key was created.
var unknownOutcomes = map[string]ramtest.Rule{
	"F01 connection closed":  {Fault: "refuse"},
	"F02 connection reset":   {Fault: "reset"},
	"F05 internal error":     {Fault: "code", Status: 500, Code: "InternalError"},
	"F07 unavailable":        {Fault: "code", Status: 503, Code: "ServiceUnavailable"},
	"F10 truncated":          {Fault: "truncate"},
	"F10 cut":                {Fault: "cut"},
	"F11 empty":              {Fault: "empty"},
	"F11 null":               {Fault: "null"},
	"F11 array":              {Fault: "array"},
	"F11 page":               {Fault: "html"},
	"F11 page of a gateway":  {Fault: "html", Status: 502},
	"F12 another shape":      {Fault: "garble", Body: `{"RequestId":"X","AccessKey":[]}`},
	"F12 no id":              {Fault: "drop_fields", Body: "AccessKeyId"},
	"F12 odd id":             {Fault: "retype", Body: "AccessKeyId"},
	"F13 stall (F04 late)":   {Fault: "stall", Delay: time.Millisecond},
	"F20 nonce was used":     {Fault: "code", Status: 400, Code: "SignatureNonceUsed"},
	"F26 huge":               {Fault: "huge"},
	"F26 gzip bomb":          {Fault: "gzip_bomb"},
	"F26 endless headers":    {Fault: "endless_headers"},
	"F12 an older key's id":  {Fault: "garble", Body: `{"RequestId":"X","AccessKey":{"AccessKeyId":"LTAIolder","AccessKeySecret":"x","Status":"Active"}}`},
	"F12 an older key, bare": {Fault: "garble", Body: `{"RequestId":"X","AccessKey":{"AccessKeyId":"LTAIolder"}}`},
}

// recovered are faults whose recovery fails as well: one per way
// in which a response can be missing.
var recovered = []string{"F02 connection reset", "F05 internal error", "F10 truncated", "F12 no id"}

// ownResponses are faults that spoil the operation's own response, so that it was executed.
var ownResponses = []string{"truncate", "cut", "drop_fields", "retype"}

// keyFaults is the column "create key" of the fault matrix.
func keyFaults() map[string]keyFault {
	all := map[string]keyFault{}
	code := func(code string, status int) ramtest.Rule {
		return ramtest.Rule{Action: "CreateAccessKey", Fault: "code", Code: code, Status: status}
	}
	for name, rule := range unknownOutcomes {
		rule.Action = "CreateAccessKey"
		for _, phase := range []string{"before_commit", "after_commit"} {
			rule.Phase = phase
			committed := phase == "after_commit" || slices.Contains(ownResponses, rule.Fault)
			if committed && phase == "before_commit" {
				continue // the same once more
			}
			for _, nth := range []string{"1", "1-2"} {
				if strings.HasPrefix(name, "F26") && nth != "1" {
					continue // it takes long, and is over after one
				}
				rule.Nth = nth
				want := map[bool]string{true: "EN", false: "C"}[committed]
				if nth == "1-2" {
					want = "EN" // both may have been executed late
				}
				all[name+", "+phase+", "+nth] = keyFault{rules: []ramtest.Rule{rule}, want: want}
			}
			if !slices.Contains(recovered, name) {
				continue
			}
			// Faults on the recovery: the list after the create is late, fails for a while, or for good.
			rule.Nth = "1"
			want := map[bool]string{true: "EN", false: "C"}[committed]
			all[name+", "+phase+", list fails once"] = keyFault{rules: []ramtest.Rule{rule, {Action: "ListAccessKeys", Nth: "2", Fault: "reset"}}, want: want}
			all[name+", "+phase+", list fails"] = keyFault{rules: []ramtest.Rule{rule, {Action: "ListAccessKeys", Nth: "2-", Fault: "code", Code: "NoPermission"}}, want: "EN"}
			all[name+", "+phase+", lag 1"] = keyFault{rules: []ramtest.Rule{rule, {Action: "ListAccessKeys", Nth: "2-2", Stale: 1}}, want: want, single: committed}
			all[name+", "+phase+", lag 3"] = keyFault{rules: []ramtest.Rule{rule, {Action: "ListAccessKeys", Nth: "2-4", Stale: 1}}, want: want, single: committed}
			all[name+", "+phase+", lag 10"] = keyFault{rules: []ramtest.Rule{rule, {Action: "ListAccessKeys", Nth: "2-11", Stale: 1}}, want: want, single: committed}
			all[name+", "+phase+", foreign create"] = keyFault{
				rules:   []ramtest.Rule{rule},
				arrange: foreign, want: "EN",
			}
		}
	}
	for _, status := range []int{400, 429, 503} {
		rule := code("Throttling.User", status)
		rule.Nth = "1-3"
		all["F08 throttled three times as "+time.Duration(status).String()] = keyFault{rules: []ramtest.Rule{rule}, want: "C", sends: 4}
	}
	for after, want := range map[string]string{"7": "C", "Thu, 01 Jan 2099 00:00:00 GMT": "E0", "86400": "E0"} {
		rule := code("Throttling", 429)
		rule.Nth, rule.RetryAfter = "1", after
		all["F09 throttled, asked to wait for "+after] = keyFault{rules: []ramtest.Rule{rule}, want: want}
	}
	maps.Copy(all, map[string]keyFault{
		"no fault":         {want: "C"},
		"F12 no secret":    {rules: []ramtest.Rule{{Action: "CreateAccessKey", Fault: "drop_fields", Body: "AccessKeySecret"}}, want: "ER"},
		"F12 empty secret": {rules: []ramtest.Rule{{Action: "CreateAccessKey", Fault: "retype", Body: `{"AccessKeySecret":""}`}}, want: "ER"},
		"F12 null secret":  {rules: []ramtest.Rule{{Action: "CreateAccessKey", Fault: "retype", Body: `{"AccessKeySecret":null}`}}, want: "ER"},
		"F12 no secret, delete fails": {rules: []ramtest.Rule{
			{Action: "CreateAccessKey", Fault: "drop_fields", Body: "AccessKeySecret"}, {Action: "DeleteAccessKey", Fault: "code", Code: "NoPermission"},
		}, want: "ET without secret"},
		"F12 no status and date":  {rules: []ramtest.Rule{{Action: "CreateAccessKey", Fault: "drop_fields", Body: "Status,CreateDate"}}, want: "C"},
		"F13 drip":                {rules: []ramtest.Rule{{Action: "CreateAccessKey", Fault: "drip", Delay: time.Microsecond}}, want: "C"},
		"F14 lag 1":               {arrange: stale(1), want: "C"},
		"F14 lag 3":               {arrange: stale(3), want: "C"},
		"F14 lag 10":              {arrange: stale(10), want: "C"},
		"F14 lag without end":     {arrange: stale(1000), want: "C"},
		"F15 clock of the runner": {arrange: func(srv *ramtest.Server, _ onceKind) { srv.SetSkew(20 * time.Minute) }, want: "E0"},
		"F16 foreign create":      {arrange: foreign, want: "EN"},
		"F16 foreign delete": {arrange: func(srv *ramtest.Server, k onceKind) {
			srv.ChangeBefore(k.rename.Replace("CreateAccessKey"), func(a *ramtest.Account) { k.remove(a.Users["alice"]) })
		}, want: "C"},
		"F16 the user is deleted": {arrange: func(srv *ramtest.Server, k onceKind) {
			srv.ChangeBefore(k.rename.Replace("CreateAccessKey"), func(a *ramtest.Account) { delete(a.Users, "alice") })
		}, want: "E0"},
		"F20 executed again at once": {rules: []ramtest.Rule{{Action: "CreateAccessKey", Nth: "1", Fault: "duplicate", Delay: 0}}, want: "EN"},
		// What arrives once the run is over can only be named by the next create; see TestAccessKey_warnsOfKeysOfEarlierRuns.
		"F20 executed again later": {rules: []ramtest.Rule{{Action: "CreateAccessKey", Nth: "1", Fault: "duplicate", Delay: 5}}, want: "C"},
		"F22 create denied":        {rules: []ramtest.Rule{code("NoPermission", 403)}, want: "E0"},
		"F22 list denied":          {rules: []ramtest.Rule{{Action: "ListAccessKeys", Fault: "code", Code: "NoPermission"}}, want: "E0"},
		"F22 list denied after":    {rules: []ramtest.Rule{{Action: "ListAccessKeys", Nth: "2-", Fault: "code", Code: "NoPermission"}}, want: "C"},
		"F22 user denied":          {rules: []ramtest.Rule{{Action: "GetUser", Fault: "code", Code: "NoPermission"}}, want: "E0"},
		"F22 status denied":        {rules: []ramtest.Rule{{Action: "UpdateAccessKey", Fault: "code", Code: "NoPermission"}}, config: attributes{"status": "Inactive"}, want: "ET"},
		"F23 session expired once": {rules: []ramtest.Rule{{Action: "CreateAccessKey", Nth: "1", Fault: "code", Code: "InvalidSecurityToken.Expired"}}, want: "C"},
		"F23 session expired":      {rules: []ramtest.Rule{code("InvalidSecurityToken.Expired", 403)}, want: "E0"},
		"F24 redirect":             {rules: []ramtest.Rule{{Action: "CreateAccessKey", Fault: "redirect"}}, want: "EN"},
		"F25 limit":                {rules: []ramtest.Rule{code("LimitExceeded.User.AccessKey", 409)}, want: "E0"},
		"two faults: unknown, then limit": {rules: []ramtest.Rule{
			{Action: "CreateAccessKey", Nth: "1", Fault: "reset"}, {Action: "CreateAccessKey", Nth: "2", Fault: "code", Status: 409, Code: "LimitExceeded.User.AccessKey"},
		}, want: "EN"},
		"two faults: committed beyond the window, then unknown": {rules: []ramtest.Rule{
			{Action: "CreateAccessKey", Nth: "1", Phase: "after_commit", Fault: "reset"},
			{Action: "ListAccessKeys", Nth: "2-40", Stale: 1},
			{Action: "CreateAccessKey", Nth: "2", Fault: "reset"},
		}, want: "EN"},
		"two faults: committed beyond the window, then none": {rules: []ramtest.Rule{
			{Action: "CreateAccessKey", Nth: "1", Phase: "after_commit", Fault: "reset"}, {Action: "ListAccessKeys", Nth: "2-40", Stale: 1},
		}, arrange: func(srv *ramtest.Server, _ onceKind) {
			srv.Change(func(a *ramtest.Account) { a.Quotas.AccessKeysPerUser, a.Quotas.CredentialsPerUserAndService = 5, 5 })
		}, want: "EN"},
	})
	return all
}

func stale(reads int) func(*ramtest.Server, onceKind) {
	return func(srv *ramtest.Server, _ onceKind) {
		srv.SetBehaviour(func(b *ramtest.Behaviour) { b.StaleReads = reads })
	}
}

// foreign lets another user create a credential at the same moment.
func foreign(srv *ramtest.Server, k onceKind) {
	now := srv.Now()
	srv.ChangeBefore(k.rename.Replace("CreateAccessKey"), func(a *ramtest.Account) {
		alice := a.Users["alice"]
		if k.kind == accessKey {
			alice.Keys = append(alice.Keys, &ramtest.AccessKey{ID: "LTAIforeign", Secret: "foreign", Status: "Active", CreateDate: now.Add(-100 * day)})
			return
		}
		alice.Credentials = append(alice.Credentials, &ramtest.ServiceCredential{
			ID: "LTAIforeign", Name: "bot", ServiceName: dashscope, Secret: "foreign", Status: "Active", CreateTime: now.Add(-100 * day),
		})
	})
}

// onceKind is a type of credential whose secret is shown once, as the tests of faults use it.
type onceKind struct {
	kind    string
	id      string // the attribute with its id
	word    string // in messages
	config  attributes
	list    string // the command that lists them
	rename  *strings.Replacer
	give    func(srv *ramtest.Server, user, id string, age time.Duration)
	secrets func(u *ramtest.User) map[string]string // by id
	remove  func(u *ramtest.User)
}

var accessKeys = onceKind{
	kind: accessKey, id: "access_key_id", word: "key", config: attributes{"user_name": "alice"}, rename: strings.NewReplacer(), give: addKey,
	list: "aliyun ram ListAccessKeys --UserName alice",
	secrets: func(u *ramtest.User) map[string]string {
		all := map[string]string{}
		for _, key := range u.Keys {
			all[key.ID] = key.Secret
		}
		return all
	},
	remove: func(u *ramtest.User) { u.Keys = nil },
}

// fault returns a fault of AccessKey pairs as one of this type.
func (k onceKind) fault(f keyFault) keyFault {
	f.rules = slices.Clone(f.rules)
	for at, rule := range f.rules {
		f.rules[at].Action, f.rules[at].Body, f.rules[at].Code = k.rename.Replace(rule.Action), k.rename.Replace(rule.Body), k.rename.Replace(rule.Code)
	}
	return f
}

// The checks of the campaign: each credential is in the state or named, none is created twice unnoticed, the secret
// in the state is the secret of the service, no other credential is changed, and the number of requests stays within
// its limit.
func TestAccessKey_faultTable(t *testing.T) {
	t.Parallel()
	faultTable(t, accessKeys)
}

func faultTable(t *testing.T, kind onceKind) {
	t.Helper()
	entity := pgpPair(t, nil)
	faults := keyFaults()
	var mu sync.Mutex
	lines := []string{}
	t.Cleanup(func() {
		slices.Sort(lines)
		t.Log("create of " + kind.kind + ": fault → outcome\n" + strings.Join(lines, "\n"))
	})
	for _, name := range slices.Sorted(maps.Keys(faults)) {
		for _, encrypted := range []bool{false, true} {
			f, title := kind.fault(faults[name]), name
			if encrypted {
				title += ", pgp_key"
			}
			t.Run(title, func(t *testing.T) {
				t.Parallel()
				outcome := f.run(t, kind, entity, encrypted)
				mu.Lock()
				lines = append(lines, title+" → "+outcome)
				mu.Unlock()
				if outcome != f.want {
					t.Errorf("outcome %s, want %s", outcome, f.want)
				}
			})
		}
	}
}

// run creates one credential under the fault, applies the oracles, and returns the outcome.
func (f keyFault) run(t *testing.T, kind onceKind, entity *openpgp.Entity, encrypted bool) string {
	t.Helper()
	srv := withAlice(t)
	kind.give(srv, "alice", "LTAIolder", 400*day)
	srv.Change(func(a *ramtest.Account) { a.Quotas.AccessKeysPerUser, a.Quotas.CredentialsPerUserAndService = 4, 4 })
	kind.give(srv, "bob", "LTAIbobs", 400*day)
	config := maps.Clone(kind.config)
	maps.Copy(config, f.config)
	if encrypted {
		config["pgp_key"] = publicKey(t, entity)
	}
	srv.Inject(f.rules...)
	if f.arrange != nil {
		f.arrange(srv, kind)
	}
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Create(kind.kind, config)
	text := acctest.Messages(diags)

	create := kind.rename.Replace("CreateAccessKey")
	if sends := len(srv.Calls(create)); sends > max(f.sends, 2) {
		t.Errorf("the create was sent %d times", sends)
	}
	if f.single {
		expect(t, "creates", len(srv.Calls(create)), 1)
	}
	created := ""
	if !o.State.IsNull() {
		created = stateOf(t, o, kind.id)
	}
	tracked, named := false, false
	left := map[string]string{}
	if alice := account(srv).Users["alice"]; alice != nil {
		left = kind.secrets(alice)
	}
	for id, secret := range left {
		switch id {
		case "LTAIolder":
		case created:
			tracked = true
			checkSecret(t, o, entity, encrypted, secret, f.want)
		default:
			named = true
			if !strings.Contains(text, id) && !strings.Contains(text, kind.list) {
				t.Errorf("%s is in no state, and nothing was said of it:\n%s", id, text)
			}
		}
		if id != "LTAIforeign" && len(acctest.FindSecret([]byte(text), secret)) > 0 {
			t.Errorf("the secret of %s is in the message: %s", id, text)
		}
	}
	if created != "" && !tracked {
		t.Errorf("%s is in the state, and does not exist", created)
	}
	kind.untouched(t, srv)
	return kind.outcome(diags, text, tracked, named, o.State.IsNull() || stateOf(t, o, "secret")+stateOf(t, o, "encrypted_secret") != "")
}

// checkSecret compares the secret in the state with that of the service.
func checkSecret(t *testing.T, o acctest.Object, entity *openpgp.Entity, encrypted bool, secret, want string) {
	t.Helper()
	switch {
	case strings.HasSuffix(want, "without secret"):
	case encrypted:
		expect(t, "encrypted secret", decrypted(t, entity, stateOf(t, o, "encrypted_secret")), secret)
		expect(t, "plain secret", in(t, o.State, "secret"), nil)
	default:
		expect(t, "secret", stateOf(t, o, "secret"), secret)
	}
}

// secretOf is the secret of a key in the fake, or something that is nowhere.
func secretOf(srv *ramtest.Server, id string) string {
	if key, _ := account(srv).KeyByID(id); key != nil {
		return key.Secret
	}
	return "no such key, no such secret"
}

// untouched checks that no call but those of the credential in question changed or
// deleted anything: none of an unknown owner, and nothing of bob's.
func (k onceKind) untouched(t *testing.T, srv *ramtest.Server) {
	t.Helper()
	for _, call := range srv.Calls(k.rename.Replace("UpdateAccessKey"), k.rename.Replace("DeleteAccessKey")) {
		for _, id := range []string{"LTAIolder", "LTAIforeign", "LTAIbobs"} {
			if call.Params["UserAccessKeyId"] == id || call.Params["ServiceCredentialId"] == id {
				t.Errorf("%s was called on %s of another user", call.Action, id)
			}
		}
	}
	expect(t, "bob's secret", k.secrets(account(srv).Users["bob"])["LTAIbobs"], "someones-LTAIbobs-secret")
}

func (k onceKind) outcome(diags []*tfprotov6.Diagnostic, text string, tracked, named, withSecret bool) string {
	failed := len(acctest.Errors(diags)) > 0
	switch {
	case named || failed && strings.Contains(text, k.list):
		return "EN"
	case !failed && tracked:
		return "C"
	case failed && tracked && !withSecret:
		return "ET without secret"
	case failed && tracked:
		return "ET"
	case failed && strings.Contains(text, "The provider then deleted the "+k.word+"."):
		return "ER"
	case failed:
		return "E0"
	}
	return cmp.Or(text, "nothing was said")
}

// A run that was killed after the service created a key, or a request that was delivered again later, leaves a key
// that is in no state. The next create names it.
func TestAccessKey_warnsOfKeysOfEarlierRuns(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	addKey(srv, "alice", "LTAIstray", time.Minute)
	c := newCore(t, srv.Getenv, fakeClock())
	o, diags := c.Create(accessKey, attributes{"user_name": "alice"})
	clean(t, diags)
	contains(t, acctest.Messages(diags), "WARNING: User alice has an AccessKey created less than a day ago: LTAIstray", "Terraform may manage it nevertheless", "If a run was killed", "terraform show", "aliyun ram ListAccessKeys --UserName alice")
	expect(t, "commands that delete a key of which the state is not known", strings.Contains(acctest.Messages(diags), "DeleteAccessKey"), false)
	expect(t, "secret", stateOf(t, o, "secret"), secretOf(srv, stateOf(t, o, "access_key_id")))
	_, diags = c.Create(accessKey, attributes{"user_name": "bob"})
	expect(t, "said", acctest.Messages(diags), "")
	_, diags = c.Create(accessKey, attributes{"user_name": "bob"}) // this run created the first
	expect(t, "said", acctest.Messages(diags), "")
	srv = withAlice(t)
	addKey(srv, "alice", "LTAIolder", 2*day)
	_, diags = newCore(t, srv.Getenv, fakeClock()).Create(accessKey, attributes{"user_name": "alice"})
	expect(t, "said", acctest.Messages(diags), "")
}

// A Ctrl-C while the create is in flight: the provider waits for the response, reads the list once more, and sends no
// second create.
func TestAccessKey_interrupted(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		rules []ramtest.Rule
		want  string
		says  string
	}{
		"with a response":    {nil, "C", "WARNING: Cannot confirm the AccessKey LTAI"},
		"reset after commit": {[]ramtest.Rule{{Action: "CreateAccessKey", Phase: "after_commit", Fault: "reset"}}, "EN", "UpdateAccessKey --UserName alice --UserAccessKeyId LTAI"},
		"reset after commit, lag": {[]ramtest.Rule{
			{Action: "CreateAccessKey", Phase: "after_commit", Fault: "reset"}, {Action: "ListAccessKeys", Nth: "2", Stale: 1},
		}, "EN", "UpdateAccessKey --UserName alice --UserAccessKeyId LTAI"},
		"reset before commit":   {[]ramtest.Rule{{Action: "CreateAccessKey", Fault: "reset"}}, "EN", "The run ended before a new key would be listed."},
		"reset, list is broken": {[]ramtest.Rule{{Action: "CreateAccessKey", Fault: "reset"}, {Action: "ListAccessKeys", Nth: "2-", Fault: "code", Code: "NoPermission"}}, "EN", "The user's keys cannot be listed"},
		"refused":               {[]ramtest.Rule{{Action: "CreateAccessKey", Fault: "code", Code: "NoPermission"}}, "E0", "ram:CreateAccessKey"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := withAlice(t)
			srv.Inject(test.rules...)
			ctx, interrupt := context.WithCancel(t.Context())
			defer interrupt()
			// It comes when the service executes the create, or else when it is first waited for something.
			c := newCore(t, srv.Getenv, WithClock(time.Now, func(ctx context.Context, _ time.Duration) error {
				interrupt()
				return ctx.Err()
			}))
			plan, diags := c.Plan(accessKey, attributes{"user_name": "alice"}, c.Null(accessKey))
			clean(t, diags)
			srv.ChangeBefore("CreateAccessKey", func(*ramtest.Account) { interrupt() })
			resp, err := c.Server.ApplyResourceChange(ctx, &tfprotov6.ApplyResourceChangeRequest{
				TypeName: accessKey, Config: c.Dynamic(c.Build(c.Schemas.ResourceSchemas[accessKey], attributes{"user_name": "alice"})),
				PriorState: c.Dynamic(c.Null(accessKey).State), PlannedState: plan.PlannedState, PlannedPrivate: plan.PlannedPrivate, PlannedIdentity: plan.PlannedIdentity,
			})
			must(t, err)
			o := acctest.Object{State: c.Value(accessKey, resp.NewState), Private: resp.Private, Identity: resp.NewIdentity}
			text := acctest.Messages(resp.Diagnostics)
			contains(t, text, test.says)
			tracked := !o.State.IsNull()
			if tracked {
				expect(t, "secret", stateOf(t, o, "secret"), secretOf(srv, stateOf(t, o, "access_key_id")))
			}
			expect(t, "outcome", accessKeys.outcome(resp.Diagnostics, text, tracked, strings.Contains(text, "these keys have appeared"), true), test.want)
			expect(t, "creates", len(srv.Calls("CreateAccessKey")), 1)
		})
	}
}
