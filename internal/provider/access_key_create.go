// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/diagnostics"
	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/owner"
	"github.com/ram-security/terraform-provider-ram/internal/pgp"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

const (
	// keysPerUser is what a user may have unless the account's quota says otherwise. (documented)
	keysPerUser = 2

	noKeyMade = "No key was made."
)

// making is one create of a key. The service knows no token that would make the
// create repeatable, so the list of the user's keys is all there is to tell
// whether one took effect (KEY-01 to KEY-05).
type making struct {
	*accessKeyResource

	plan   accessKeyModel
	resp   *resource.CreateResponse
	seal   func(secret string) (string, error) // nil: the secret is kept in plain
	before []ram.AccessKey                     // listed just before the create
}

func (r *accessKeyResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	plan := tf.Get[accessKeyModel](ctx, req.Plan, &resp.Diagnostics)
	ctx, cancel := tf.WithTimeout(ctx, plan.Timeouts.Create, &resp.Diagnostics)
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	m := &making{accessKeyResource: r, plan: plan, resp: resp}
	if !m.ready(ctx) {
		return
	}
	// Creates for one user wait for each other: otherwise one of them, in doubt
	// about its own, would take the other's key for it.
	unlock, err := r.Client.Lock(ctx, "access keys of "+plan.UserName.ValueString())
	if diagnostics.Report(&resp.Diagnostics, m.failed(noKeyMade), err) {
		return
	}
	defer unlock()
	m.run(ctx)
}

func (m *making) run(ctx context.Context) {
	if !m.room(ctx) {
		return
	}
	key, err := m.make(ctx)
	if diagnostics.Report(&m.resp.Diagnostics, m.failed(noKeyMade), err) {
		return
	}
	if !m.keep(ctx, key) {
		return
	}
	m.finish(ctx)
}

func (m *making) failed(now string) diagnostics.Operation { return failedKey("create", now) }

// ready checks everything that can be checked without making a key (KEY-06). What
// was unknown when the plan was made is checked here for the first time.
func (m *making) ready(ctx context.Context) bool {
	diags := &m.resp.Diagnostics
	if name := m.plan.UserName.ValueString(); !owner.UserNamePattern.MatchString(name) {
		diags.AddAttributeError(path.Root("user_name"), "Cannot create the AccessKey pair", fmt.Sprintf(
			"%q is no name of a RAM user. Without a name, the service would make a key for the caller itself. %s", name, noKeyMade))
		return false
	}
	m.plan.KeyFingerprint = types.StringNull()
	if !m.plan.PGPKey.IsNull() {
		to, err := pgp.CheckKey(m.plan.PGPKey.ValueString(), m.Client.Now())
		if pgp.ReportKeyError(diags, err) {
			return false
		}
		m.seal, m.plan.KeyFingerprint = to.Encrypt, types.StringValue(to.Fingerprint)
	}
	return owner.PrepareCreate(ctx, m.Instance, m.failed(noKeyMade), &m.plan.Object, diags)
}

// room lists the user's keys, and refuses a key that would be one too many.
func (m *making) room(ctx context.Context) bool {
	keys, err := m.Client.RefreshAccessKeys(ctx, m.user())
	if diagnostics.Report(&m.resp.Diagnostics, m.failed(noKeyMade), err) {
		return false
	}
	m.before = keys
	if len(keys) < keysPerUser {
		m.warnRecentKeys()
		return true
	}
	// The quota can be raised; who may not read it goes by the documented one.
	quota := keysPerUser
	if summary, err := m.Client.AccountSummary(ctx); err == nil {
		quota = max(quota, int(summary["AccessKeysPerUserQuota"]))
	}
	if len(keys) < quota {
		return true
	}
	m.full(keys, "")
	return false
}

// warnRecentKeys warns of young keys that this run did not make: a run that was killed
// between its create and its end leaves one that is in no state (F18, F19).
func (m *making) warnRecentKeys() {
	now, _ := m.Client.ServerNow()
	young := slices.DeleteFunc(slices.Clone(m.before), func(key ram.AccessKey) bool {
		return now.Sub(key.CreateDate) > day || m.madeHere(key.ID)
	})
	if len(young) == 0 {
		return
	}
	m.resp.Diagnostics.AddWarning("There was a young AccessKey pair before", fmt.Sprintf(
		"%s had a key that is less than a day old, and that this run did not make:\n\n%s\n\n"+
			"If a run was killed while it created a key, this may be that key, and its secret is lost. Ask the administrators whether one of them created it. If not:\n\n%s", m.user(), m.describe(young), m.commands(young)))
}

// madeHere reports whether this provider instance made the key.
func (m *making) madeHere(id string) bool {
	if !m.Adopt("access key " + id) {
		return true
	}
	m.Release("access key " + id)
	return false
}

// full says that the user has all the keys that a user may have, and which (KEY-08).
func (m *making) full(keys []ram.AccessKey, why string) {
	m.resp.Diagnostics.AddAttributeError(path.Root("user_name"), "Cannot create the AccessKey pair", fmt.Sprintf(
		"%s has %d keys already, and a user cannot have more. %s\n\n%s\n\n"+
			"Delete one that is not needed, or import it: terraform import ADDRESS %s. To replace a key with create_before_destroy, the user must have no second one.%s",
		m.user(), len(keys), noKeyMade, m.describe(keys), importID(m.user(), keys), why))
}

func importID(user string, keys []ram.AccessKey) string {
	if len(keys) == 0 {
		return user + ":KEY_ID"
	}
	return user + ":" + keys[0].ID
}

// describe lists keys with status and age, by the service's clock.
func (m *making) describe(keys []ram.AccessKey) string {
	now, _ := m.Client.ServerNow()
	lines := []string{}
	for _, key := range keys {
		lines = append(lines, fmt.Sprintf("  - %s, %s, made %s (%s ago)", key.ID, key.Status, key.CreateDate.Format(time.RFC3339), age(now.Sub(key.CreateDate))))
	}
	return strings.Join(lines, "\n")
}

// age says how long something is, in the unit that a person would use.
func age(d time.Duration) string {
	if d >= 2*day {
		return fmt.Sprintf("%d days", d/day)
	}
	return max(d, 0).Round(time.Second).String()
}

func (m *making) user() string { return m.plan.UserName.ValueString() }

// make sends the create, and once more only if the first is known to have made nothing.
func (m *making) make(ctx context.Context) (ram.AccessKey, error) {
	var doubt error
	for range 2 {
		key, err := m.send(ctx)
		var secretless *ram.MissingSecretError
		switch {
		case err == nil:
			return key, nil
		case errors.As(err, &secretless):
			return key, m.withdraw(ctx, secretless.Key, "The service did not answer its secret", err)
		case !ram.OutcomeUnknown(err) && doubt == nil:
			return key, m.refused(ctx, err)
		}
		if stop := m.settle(ctx, err); stop != nil {
			return key, stop
		}
		if !ram.OutcomeUnknown(err) {
			return key, err
		}
		doubt = err
	}
	return ram.AccessKey{}, diagnostics.WithState(fmt.Sprintf(
		"The create was sent twice, and its outcome is unknown both times, but no new key of %s was listed within %s of each: none was made, as far as that can be told.", m.user(), instance.LagWindow), doubt)
}

// errOldKey is an answer that names a key from before the create.
var errOldKey = errors.New("the answer names a key that was there before")

// send sends the create once. An answer that names a key from before is not the
// answer to this create, whoever gave it.
func (m *making) send(ctx context.Context) (ram.AccessKey, error) {
	sending, cancel := context.WithTimeout(context.WithoutCancel(ctx), instance.SendLimit) // survives one Ctrl-C
	defer cancel()
	key, err := m.Client.CreateAccessKey(sending, m.user())
	var secretless *ram.MissingSecretError
	id := key.ID
	if errors.As(err, &secretless) {
		id = secretless.Key.ID
	}
	if _, old := keyIn(m.before, id); old {
		return ram.AccessKey{}, &ram.NoResponseError{Action: "CreateAccessKey", Sent: true, Err: errOldKey}
	}
	return key, err
}

// refused is a create that made nothing for certain.
func (m *making) refused(ctx context.Context, err error) error {
	if !ram.LimitExceeded(err) {
		return err
	}
	keys, listing := m.Client.RefreshAccessKeys(ctx, m.user())
	if listing != nil {
		return err
	}
	return diagnostics.WithState(fmt.Sprintf("%s %s has these keys:\n\n%s\n\nDelete one that is not needed, or import it: terraform import ADDRESS %s.",
		noKeyMade, m.user(), m.describe(keys), importID(m.user(), keys)), err)
}

// settle finds out what a create of unknown outcome did, and waits out the lag of
// the list for it. It is nil if no key is new; otherwise any of those that are may
// be another user's, so the error names them all and none is touched (KEY-03, KEY-04).
func (m *making) settle(ctx context.Context, cause error) error {
	looking, cancel := context.WithTimeout(context.WithoutCancel(ctx), instance.LagWindow+instance.SendLimit) // looks once more after a Ctrl-C
	defer cancel()
	var candidates []ram.AccessKey
	look := func(context.Context) (bool, error) {
		keys, err := m.Client.RefreshAccessKeys(looking, m.user())
		candidates = union(candidates, m.added(keys))
		return false, err
	}
	_, err := m.WaitUntil(ctx, instance.LagWindow, look)
	interrupted := ctx.Err() != nil
	if interrupted {
		_, err = look(looking)
	}
	switch {
	case len(candidates) > 0:
		return diagnostics.WithState(m.doubtful(candidates), cause)
	case ram.NotFound(err, "User"): // and its keys with it
		return diagnostics.WithState(noKeyMade+" The user does not exist any more.", cause)
	case err != nil || interrupted:
		return diagnostics.WithState(m.unsettled(err), cause)
	}
	return nil
}

// added are the keys that were not listed before the create.
func (m *making) added(keys []ram.AccessKey) []ram.AccessKey {
	return slices.DeleteFunc(slices.Clone(keys), func(key ram.AccessKey) bool {
		_, old := keyIn(m.before, key.ID)
		return old
	})
}

func union(all, more []ram.AccessKey) []ram.AccessKey {
	for _, key := range more {
		if _, known := keyIn(all, key.ID); !known {
			all = append(all, key)
		}
	}
	return all
}

func (m *making) doubtful(candidates []ram.AccessKey) string {
	return fmt.Sprintf("The outcome of the create is unknown, and %s has what was not there before:\n\n%s\n\n"+
		"The request may have created one of them, and then its secret is lost; or another administrator created it at the same time. The provider does not delete a key that it cannot identify. The state contains none of them. "+
		"Ask the administrators whether one of them created it. If not:\n\n%s\n\nThen run again. If an administrator created it, do not change it, or import it without its secret:\n\n  terraform import ADDRESS %s",
		m.user(), m.describe(candidates), m.commands(candidates), importID(m.user(), candidates))
}

// commands disable and delete keys.
func (m *making) commands(keys []ram.AccessKey) string {
	lines := []string{}
	for _, key := range keys {
		lines = append(lines,
			fmt.Sprintf("  aliyun ram UpdateAccessKey --UserName %s --UserAccessKeyId %s --Status Inactive", m.user(), key.ID),
			fmt.Sprintf("  aliyun ram DeleteAccessKey --UserName %s --UserAccessKeyId %s", m.user(), key.ID))
	}
	return strings.Join(lines, "\n")
}

// unsettled is said when the list could not be watched for long enough.
func (m *making) unsettled(err error) string {
	why := "The run ended before a new key would have been listed for certain."
	if err != nil && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) {
		why = "The user's keys cannot be listed: " + diagnostics.Explain(err)
	}
	had := "had no key"
	if len(m.before) > 0 {
		had = "had these keys:\n\n" + m.describe(m.before)
	}
	return fmt.Sprintf("The request may have created a key of %s, whose secret is lost; this is not known. %s\n\nBefore the create, %[1]s %[3]s\n\n"+
		"List the keys. If there is a new one that no administrator created, disable and delete it:\n\n  aliyun ram ListAccessKeys --UserName %[1]s\n%[4]s\n\nThen run again.",
		m.user(), why, had, m.commands([]ram.AccessKey{{ID: "KEY_ID"}}))
}

// keep puts the key into the state, before anything else can fail (KEY-05).
func (m *making) keep(ctx context.Context, key ram.AccessKey) bool {
	m.plan.Secret, m.plan.EncryptedSecret = types.StringValue(key.Secret), types.StringNull()
	if m.seal != nil {
		sealed, err := m.seal(key.Secret)
		if err != nil {
			err = m.withdraw(ctx, key, "Its secret could not be encrypted, although a trial had succeeded", err)
			diagnostics.Report(&m.resp.Diagnostics, m.failed(noKeyMade), err)
			return false
		}
		m.plan.Secret, m.plan.EncryptedSecret = types.StringNull(), types.StringValue(sealed)
	}
	m.record(ctx, key)
	return true
}

func (m *making) record(ctx context.Context, key ram.AccessKey) {
	m.Adopt("access key " + key.ID)
	wanted := m.plan.Status
	m.plan.AccessKeyID, m.plan.Status, m.plan.CreateDate = types.StringValue(key.ID), types.StringValue(keyActive), tf.Timestamp(key.CreateDate)
	tf.Save(ctx, m.plan.identity(), m.plan, &m.resp.State, m.resp.Identity, &m.resp.Diagnostics)
	if !wanted.IsUnknown() && !wanted.IsNull() {
		m.plan.Status = wanted
	}
}

// withdraw removes the very key that the service just answered: it is ours, and
// useless. If that fails it stays in the state, to be replaced by the next apply.
func (m *making) withdraw(ctx context.Context, key ram.AccessKey, why string, cause error) error {
	removing, cancel := context.WithTimeout(context.WithoutCancel(ctx), instance.ListLimit+instance.SendLimit) // what was begun is ended
	defer cancel()
	err := m.remove(removing, &m.plan.Object, key.ID)
	if err == nil {
		return diagnostics.WithState(fmt.Sprintf("The service made the key %s of %s. %s, so that very key was deleted again. Run again.", key.ID, m.user(), why), cause)
	}
	m.plan.Secret, m.plan.EncryptedSecret, m.plan.KeyFingerprint = types.StringNull(), types.StringNull(), types.StringNull()
	m.record(ctx, key)
	return diagnostics.WithState(fmt.Sprintf("The service made the key %s of %s. %s, and the key could not be deleted again: %s\n\n"+
		"It is in the state, without a secret and marked as tainted: the next apply replaces it. Or delete it now:\n\n%s", key.ID, m.user(), why, diagnostics.Explain(err), m.commands([]ram.AccessKey{key})), cause)
}

// finish does what is left once the key is safe: it waits until the service lists
// the key, describes keys that came up beside it, and gives it its status.
func (m *making) finish(ctx context.Context) {
	created := m.plan
	created.Status = types.StringValue(keyActive)
	keys, seen := m.appear(ctx, created, &m.resp.Diagnostics)
	if !seen {
		m.resp.Diagnostics.Append(m.resp.Private.SetKey(ctx, neverListed, []byte("true"))...)
	}
	beside := m.added(keys)
	defer func() { m.warnConcurrentKeys(beside) }()
	if listed, found := keyIn(keys, m.plan.AccessKeyID.ValueString()); found && m.plan.CreateDate.IsNull() {
		m.plan.CreateDate, created.CreateDate = tf.Timestamp(listed.CreateDate), tf.Timestamp(listed.CreateDate)
		tf.Save(ctx, created.identity(), created, &m.resp.State, m.resp.Identity, &m.resp.Diagnostics)
	}
	if m.plan.Status.ValueString() != keyInactive {
		return
	}
	err := m.switchTo(ctx, m.plan, keyInactive)
	now := fmt.Sprintf("The key %s is made, and is in the state with its secret, but it is not disabled. It is marked as tainted: the next apply replaces it, unless you keep it with terraform untaint ADDRESS.",
		m.plan.AccessKeyID.ValueString())
	if diagnostics.Report(&m.resp.Diagnostics, m.failed(now), err) {
		return
	}
	tf.Save(ctx, m.plan.identity(), m.plan, &m.resp.State, m.resp.Identity, &m.resp.Diagnostics)
	keys, _ = m.await(ctx, m.plan, &m.resp.Diagnostics)
	beside = union(beside, m.added(keys))
}

// appear waits until the new key is listed. While it is not, a key that came up
// beside it is not seen either, so it says how a person finds one.
func (m *making) appear(ctx context.Context, as accessKeyModel, diags *diag.Diagnostics) (keys []ram.AccessKey, seen bool) {
	keys, seen = m.await(ctx, as, diags)
	if !seen {
		diags.AddWarning("Cannot tell whether another AccessKey pair came up", fmt.Sprintf(
			"The network delivers a create twice at times, and then the secret of the second key is lost. This lists all keys of %s; the state has %s:\n\n  aliyun ram ListAccessKeys --UserName %[1]s",
			as.UserName.ValueString(), as.AccessKeyID.ValueString()))
	}
	return keys, seen
}

// companions warns of keys that came up beside the new one: networks deliver a
// request twice at times, and then the secret of the second is lost.
func (m *making) warnConcurrentKeys(beside []ram.AccessKey) {
	others := slices.DeleteFunc(beside, func(key ram.AccessKey) bool { return key.ID == m.plan.AccessKeyID.ValueString() })
	if len(others) == 0 {
		return
	}
	m.resp.Diagnostics.AddWarning("Another AccessKey pair came up beside the new one", fmt.Sprintf(
		"The key %s of %s is made, and in the state. While it was, this came up too:\n\n%s\n\n"+
			"Another administrator may have created it; or the create was delivered twice, and its secret is lost. The provider does not delete a key that it cannot identify. Ask the administrators whether one of them created it. If not:\n\n%s",
		m.plan.AccessKeyID.ValueString(), m.user(), m.describe(others), m.commands(others)))
}
