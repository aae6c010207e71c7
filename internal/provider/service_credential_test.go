// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

const (
	credentialType = "ram_service_credential"
	dashscope      = "dashscope.aliyuncs.com"
)

// botOf is a configuration of a service credential of alice.
func botOf(more attributes) attributes {
	return attributes{"user_name": "alice", "service_credential_name": "bot", "service_name": dashscope}.Merge(more)
}

// credentialsOf are a user's service credentials in the fake.
func credentialsOf(srv *ramtest.Server, user string) []*ramtest.ServiceCredential {
	return account(srv).Users[user].Credentials
}

// addServiceCredential gives a user a service credential, as another user would.
func addServiceCredential(srv *ramtest.Server, user, id string, age time.Duration) {
	now := srv.Now()
	srv.Change(func(a *ramtest.Account) {
		a.Users[user].Credentials = append(a.Users[user].Credentials, &ramtest.ServiceCredential{
			ID: id, Name: "ci", ServiceName: dashscope, Secret: "someones-" + id + "-secret", Status: "Active", CreateTime: now.Add(-age),
		})
	})
}

var serviceCredentials = onceKind{
	kind: credentialType, id: "service_credential_id", word: "service credential", config: botOf(nil), give: addServiceCredential,
	rename: strings.NewReplacer(
		"ListAccessKeys", "ListServiceCredentials", "AccessKeyId", "ServiceCredentialId", "AccessKeySecret", "ServiceCredentialSecret",
		"CreateDate", "CreateTime", "AccessKey", "ServiceCredential"),
	list: "aliyun ims ListServiceCredentials --UserPrincipalName alice@" + defaultAccount + ".onaliyun.com",
	secrets: func(u *ramtest.User) map[string]string {
		all := map[string]string{}
		for _, c := range u.Credentials {
			all[c.ID] = c.Secret
		}
		return all
	},
	remove: func(u *ramtest.User) { u.Credentials = nil },
}

// A response that lacks the list may be an empty list (assumed), so the credential is also read by its id.
func TestServiceCredential_aResponseWithoutAListRemovesNothing(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	o, diags := newCore(t, srv.Getenv, fakeClock()).Create(credentialType, botOf(nil))
	clean(t, diags)
	srv.Inject(ramtest.Rule{Action: "ListServiceCredentials", Fault: "garble", Body: `{"RequestId":"X","IsTruncated":false,"MaxResults":10}`})
	after, diags := newCore(t, srv.Getenv, fakeClock()).Read(credentialType, o)
	clean(t, diags)
	expect(t, "state is as it was", after.State.Equal(o.State), true)

	srv.Change(func(a *ramtest.Account) { a.Users["alice"].Credentials = nil })
	after, diags = newCore(t, srv.Getenv, fakeClock()).Read(credentialType, o)
	contains(t, acctest.Messages(diags), "no longer exists")
	expect(t, "state after the deletion", after.State.IsNull(), true)
}

func TestServiceCredential_faultTable(t *testing.T) {
	t.Parallel()
	faultTable(t, serviceCredentials)
}

func TestServiceCredential_createAndRead(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	c := newCore(t, srv.Getenv, fakeClock())
	config := botOf(attributes{"credential_age_days": 30})
	o, diags := c.Create(credentialType, config)
	expect(t, "messages", acctest.Messages(diags), "")
	live := credentialsOf(srv, "alice")[0]
	for name, want := range map[string]any{
		"secret": live.Secret, "service_credential_id": live.ID, "user_id": aliceID, "account_id": defaultAccount, "status": "Active",
		"create_time": live.CreateTime.Format(time.RFC3339), "expiration_time": live.CreateTime.Add(30 * day).Format(time.RFC3339),
		"pgp_key": nil, "encrypted_secret": nil, "key_fingerprint": nil, "rotate_when_changed": nil,
	} {
		expect(t, name, in(t, o.State, name), want)
	}
	expect(t, "writes", writes(srv), []string{"CreateServiceCredential"})
	after, diags := c.Read(credentialType, o)
	clean(t, diags)
	if !after.State.Equal(o.State) || !bytes.Equal(after.Private, o.Private) || !bytes.Equal(after.Identity.IdentityData.MsgPack, o.Identity.IdentityData.MsgPack) {
		t.Errorf("a refresh changed the state from %v to %v", o.State, after.State)
	}
	steady(t, c, credentialType, config, after)
	srv.ForgetCalls()
	_, diags = c.Destroy(credentialType, after)
	clean(t, diags)
	expect(t, "credentials", len(credentialsOf(srv, "alice")), 0)
	expect(t, "disabled first", writes(srv), []string{"UpdateServiceCredential", "DeleteServiceCredential"})
	expect(t, "violations", srv.Violations(), []string{})
}

// With pgp_key, the plain secret is not in the state, plan, messages, log or URLs.
func TestServiceCredential_withPGPThePlainSecretIsNotStored(t *testing.T) {
	t.Parallel()
	entity := pgpPair(t, nil)
	srv := withAlice(t)
	c := newCore(t, srv.Getenv, fakeClock())
	config := botOf(attributes{"pgp_key": publicKey(t, entity)})
	plan, diags := c.Plan(credentialType, config, c.Null(credentialType))
	clean(t, diags)
	expect(t, "planned secret", in(t, c.Planned(credentialType, plan), "secret"), nil)
	o, diags := c.Create(credentialType, config)
	clean(t, diags)
	secret := credentialsOf(srv, "alice")[0].Secret
	expect(t, "decrypted", decrypted(t, entity, stateOf(t, o, "encrypted_secret")), secret)
	expect(t, "secret", in(t, o.State, "secret"), nil)
	if text := fmt.Sprint(o.State) + string(o.Private) + acctest.Messages(diags); len(acctest.FindSecret([]byte(text), secret)) > 0 {
		t.Error("the plain secret is in the state")
	}
	_, diags = c.Create(credentialType, botOf(attributes{"user_name": "bob", "pgp_key": "not a key"}))
	if len(acctest.Errors(diags)) == 0 {
		t.Error("a broken PGP key is accepted")
	}
	expect(t, "creates", len(srv.Calls("CreateServiceCredential")), 1)
	for _, call := range srv.Calls("*") {
		if len(acctest.FindSecret([]byte(fmt.Sprint(call.Params)), secret)) > 0 {
			t.Errorf("%s carries the secret", call.Action)
		}
	}
}

// The name and the status change in place; another age, another service and another value of rotate_when_changed replace.
func TestServiceCredential_changes(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	c := newCore(t, srv.Getenv, fakeClock())
	config := botOf(attributes{"credential_age_days": 30, "rotate_when_changed": map[string]string{"n": "1"}})
	o, diags := c.Create(credentialType, config)
	clean(t, diags)
	for name, value := range map[string]any{"credential_age_days": 60, "service_name": "bailian.aliyuncs.com", "rotate_when_changed": map[string]string{"n": "2"}} {
		plan, diags := c.Plan(credentialType, config.With(name, value), o)
		clean(t, diags)
		expect(t, name+" replaces", len(plan.RequiresReplace), 1)
	}
	for _, name := range []string{"credential_age_days", "rotate_when_changed"} { // a line that is removed changes nothing
		plan, diags := c.Plan(credentialType, config.Without(name), o)
		clean(t, diags)
		expect(t, "removing "+name+" replaces", len(plan.RequiresReplace), 0)
	}
	secret := stateOf(t, o, "secret")
	o, diags = c.Apply(credentialType, config.Merge(attributes{"service_credential_name": "robot", "status": "Inactive"}), o)
	clean(t, diags)
	live := credentialsOf(srv, "alice")[0]
	expect(t, "name", live.Name, "robot")
	expect(t, "status", live.Status, "Inactive")
	expect(t, "secret", stateOf(t, o, "secret"), secret)
	// A status that is not managed stays, and one that is enables it again, with a warning.
	config = config.With("service_credential_name", "robot")
	steady(t, c, credentialType, config, o)
	plan, diags := c.Plan(credentialType, config.With("status", "Active"), o)
	contains(t, acctest.Messages(diags), "A disabled service credential will be enabled again")
	o, diags = c.ApplyPlan(credentialType, config.With("status", "Active"), o, plan)
	clean(t, diags)
	expect(t, "status", credentialsOf(srv, "alice")[0].Status, "Active")
	// A status that cannot be changed after the name was: the state has the new name and the old status.
	srv.Inject(ramtest.Rule{Action: "UpdateServiceCredential", Nth: "2", Fault: "code", Status: 403, Code: "NoPermission"})
	o, diags = c.Apply(credentialType, config.Merge(attributes{"service_credential_name": "again", "status": "Inactive"}), o)
	contains(t, acctest.Messages(acctest.Errors(diags)), "Its name was changed, and its status was not.")
	expect(t, "name", stateOf(t, o, "service_credential_name"), "again")
	expect(t, "status", stateOf(t, o, "status"), "Active")
}

// A third for one service is refused before the create, and one for another service is not.
func TestServiceCredential_aThirdIsRefused(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	addServiceCredential(srv, "alice", "SCfirst", 400*day)
	addServiceCredential(srv, "alice", "SCsecond", 300*day)
	c := newCore(t, srv.Getenv, fakeClock())
	_, diags := c.Create(credentialType, botOf(nil))
	contains(t, acctest.Messages(acctest.Errors(diags)), "alice has 2 service credentials for "+dashscope+" already", "SCfirst (ci), Active", "SCsecond", "terraform import ADDRESS alice:SCfirst", "No service credential was created.")
	expect(t, "writes", writes(srv), []string(nil))
	_, diags = c.Create(credentialType, botOf(attributes{"service_name": "bailian.aliyuncs.com"}))
	clean(t, diags)
	expect(t, "messages", acctest.Messages(diags), "")
	for _, name := range []any{"", " ", "alice@acme.onaliyun.com", nil} {
		if _, diags := c.Create(credentialType, botOf(attributes{"user_name": name})); len(acctest.Errors(diags)) == 0 {
			t.Errorf("%v is accepted", name)
		}
	}
	expect(t, "creates", len(srv.Calls("CreateServiceCredential")), 1)
	addServiceCredential(srv, "bob", "SCrecent", time.Minute)
	_, diags = c.Create(credentialType, botOf(attributes{"user_name": "bob"}))
	contains(t, acctest.Messages(diags), "WARNING: User bob has a service credential created less than a day ago: SCrecent", "aliyun ims ListServiceCredentials --UserPrincipalName bob@")
}

// A destroy ends with the credential deleted although one response is wrong, and a refresh keeps it although one list
// is incomplete.
func TestServiceCredential_oneWrongResponse(t *testing.T) {
	t.Parallel()
	for nth := 1; nth <= 2; nth++ {
		for name, rule := range wrongOnce(nth) {
			t.Run(fmt.Sprintf("%s, %d", name, nth), func(t *testing.T) {
				t.Parallel()
				rule := serviceCredentials.fault(keyFault{rules: []ramtest.Rule{rule}}).rules[0]
				srv := withAlice(t)
				o, diags := newCore(t, srv.Getenv, fakeClock()).Create(credentialType, botOf(nil))
				clean(t, diags)
				srv.Inject(rule)
				after, diags := newCore(t, srv.Getenv, fakeClock()).Read(credentialType, o)
				clean(t, diags)
				expect(t, "state", after.State.Equal(o.State), true)
				must(t, srv.SetSchedule(ramtest.Schedule{}))
				srv.Inject(rule)
				_, diags = newCore(t, srv.Getenv, fakeClock()).Destroy(credentialType, o)
				clean(t, diags)
				expect(t, "credentials", len(credentialsOf(srv, "alice")), 0)
			})
		}
	}
}

// An expired credential causes a warning and stays in the state. It is imported with its age.
func TestServiceCredential_expires(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	config := botOf(attributes{"credential_age_days": 30})
	o, diags := newCore(t, srv.Getenv, clockOf(srv)).Create(credentialType, config)
	clean(t, diags)
	id := stateOf(t, o, "service_credential_id")
	srv.Advance(31 * day)
	c := newCore(t, srv.Getenv, clockOf(srv))
	imported, diags := c.Import(credentialType, "alice:"+id)
	clean(t, diags)
	imported, diags = c.Read(credentialType, imported)
	clean(t, diags)
	expect(t, "age", fmt.Sprint(in(t, imported.State, "credential_age_days")), "30")
	plan, diags := c.Plan(credentialType, config, o)
	contains(t, acctest.Messages(diags), "The service credential "+id+" of user alice has expired", "rotate_when_changed")
	expect(t, "the plan changes nothing", c.Planned(credentialType, plan).Equal(o.State), true)
}

// A service credential that the service does not list for a long time stays in the state: its secret is only there. After an hour it
// counts as deleted.
func TestServiceCredential_notListedYetStaysInTheState(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	srv.Inject(
		ramtest.Rule{Action: "ListServiceCredentials", Fault: "short_list"},
		ramtest.Rule{Action: "GetServiceCredential", Fault: "code", Status: 404, Code: "EntityNotExist.User.ServiceCredential"},
	)
	o, diags := newCore(t, srv.Getenv, clockOf(srv)).Create(credentialType, botOf(nil))
	clean(t, diags)
	kept, diags := newCore(t, srv.Getenv, clockOf(srv)).Read(credentialType, o)
	contains(t, acctest.Messages(diags), "WARNING: The service credential "+stateOf(t, o, "service_credential_id")+" is not listed yet", "The state, with the secret, is unchanged")
	expect(t, "kept", kept.State.Equal(o.State), true)
	srv.Advance(2 * time.Hour)
	gone, diags := newCore(t, srv.Getenv, clockOf(srv)).Read(credentialType, kept)
	contains(t, acctest.Messages(diags), "no longer exists")
	expect(t, "gone", gone.State.IsNull(), true)
}

func TestServiceCredential_import(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	addServiceCredential(srv, "alice", "SCfirst", 400*day)
	c := newCore(t, srv.Getenv, fakeClock())
	for id, says := range map[string]string{
		"SCfirst": "by its user's name and its id", ":SCfirst": "by its user's name", "alice:": "by its user's name",
		"bob:SCfirst": "No RAM user bob of account", "alice:SCother": "No RAM user alice of account", "carol:SCfirst": "No RAM user carol of account",
	} {
		o, diags := c.Import(credentialType, id)
		contains(t, acctest.Messages(acctest.Errors(diags)), "Cannot import the service credential", says)
		expect(t, "state", o.State.IsNull(), true)
	}
}

// A credential is created, rotated and deleted, also with its user, whichever of the undocumented behaviours the
// service has.
func TestServiceCredential_lifecycleOnBothSides(t *testing.T) {
	t.Parallel()
	for name, turn := range map[string]func(*ramtest.Behaviour){
		"active ones cannot be deleted": func(b *ramtest.Behaviour) { b.RefuseDeletingActiveCredentials = true },
		"names are unique":              func(b *ramtest.Behaviour) { b.UniqueCredentialNames = true },
		"expired ones are hidden":       func(b *ramtest.Behaviour) { b.HideExpiredCredentials = true },
		"they prevent deletion of users": func(b *ramtest.Behaviour) {
			b.CredentialsConflict, b.RefuseDeletingActiveCredentials = true, true
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachSide(t, turn, func(t *testing.T, other bool, option ramtest.Option) {
				srv := withAlice(t, option)
				c := newCore(t, srv.Getenv, clockOf(srv))
				config := botOf(attributes{"credential_age_days": 1})
				o, diags := c.Create(credentialType, config)
				clean(t, diags)
				steady(t, c, credentialType, config, o)
				_, diags = c.Create(credentialType, botOf(nil))
				if refused := len(acctest.Errors(diags)) > 0; refused != (other && name == "names are unique") {
					t.Errorf("a second one of the same name: %s", acctest.Messages(diags))
				}
				srv.Advance(2 * day)
				c = newCore(t, srv.Getenv, clockOf(srv))
				after, diags := c.Read(credentialType, o)
				clean(t, diags)
				gone := other && name == "expired ones are hidden"
				expect(t, "left the state", after.State.IsNull(), gone)
				if gone {
					contains(t, acctest.Messages(diags), "It expired at")
				}
				_, diags = c.Destroy(credentialType, o)
				clean(t, diags)
				user, diags := c.Import(userKind, "alice")
				clean(t, diags)
				user, diags = c.Apply(userKind, attributes{"name": "alice", "display_name": "Alice", "force_destroy": true}, user)
				clean(t, diags)
				_, diags = newCore(t, srv.Getenv, clockOf(srv)).Destroy(userKind, user)
				clean(t, diags)
				expect(t, "user", account(srv).Users["alice"] == nil, true)
			})
		})
	}
}

// The list and the data source return the credentials of all users page by page, or those of one user, without
// secrets.
func TestServiceCredentials_listAndData(t *testing.T) {
	t.Parallel()
	srv := withAlice(t)
	addServiceCredential(srv, "alice", "SCold", 400*day)
	addServiceCredential(srv, "alice", "SCnew", time.Hour)
	addServiceCredential(srv, "bob", "SCbob", 10*day)
	now := srv.Now()
	srv.Change(func(a *ramtest.Account) {
		a.Users["alice"].Credentials[0].Status, a.Users["bob"].Credentials[0].ExpirationTime = "Inactive", now.Add(5*day)
		a.Users["bob"].Credentials[0].ServiceName = "bailian.aliyuncs.com"
	})
	for _, test := range []struct {
		filter attributes
		want   []string
	}{
		{nil, []string{"alice SCold (" + dashscope + ", Inactive)", "alice SCnew (" + dashscope + ", Active)", "bob SCbob (bailian.aliyuncs.com, Active)"}},
		{attributes{"user_name": "bob"}, []string{"bob SCbob (bailian.aliyuncs.com, Active)"}},
		{attributes{"name_regex": "^a", "status": "Active"}, []string{"alice SCnew (" + dashscope + ", Active)"}},
		{attributes{"service_name": "bailian.aliyuncs.com"}, []string{"bob SCbob (bailian.aliyuncs.com, Active)"}},
		{attributes{"older_than_days": 5}, []string{"alice SCold (" + dashscope + ", Inactive)", "bob SCbob (bailian.aliyuncs.com, Active)"}},
		{attributes{"expires_within_days": 5}, []string{"bob SCbob (bailian.aliyuncs.com, Active)"}},
		{attributes{"expires_within_days": 4}, nil},
	} {
		names, failures := namesOf(newCore(t, srv.Getenv, clockOf(srv)).List(credentialType, test.filter, true, 0))
		slices.Sort(names)
		slices.Sort(test.want)
		expect(t, fmt.Sprint(test.filter, " finds"), names, test.want)
		expect(t, "failures", len(failures), 0)
		v, diags := newCore(t, srv.Getenv, clockOf(srv)).ReadData("ram_service_credentials", test.filter)
		clean(t, diags)
		rows, _ := raw(t, acctest.Fields(v)["service_credentials"]).([]any)
		expect(t, fmt.Sprint(test.filter, " rows"), len(rows), len(test.want))
		if strings.Contains(fmt.Sprint(v), "someones-") {
			t.Error("a secret is found")
		}
	}
	srv.ForgetCalls()
	_, diags := newCore(t, srv.Getenv, clockOf(srv)).ReadData("ram_service_credentials", attributes{})
	clean(t, diags)
	for _, call := range srv.Calls("ListServiceCredentials") {
		expect(t, "of all users", call.Params["AllUsers"], "true")
	}
}
