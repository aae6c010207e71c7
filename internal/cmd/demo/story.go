// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A story is told step by step; a step that fails ends it.
type story struct {
	account *account
	reader  *reader
	cli     *cli
	out     io.Writer
	began   time.Time
}

// A step has a title, which is shown while it is under way.
type step struct {
	title string
	play  func(context.Context) error
}

func (s story) tell(ctx context.Context) error {
	version, err := s.cli.version(ctx)
	if err != nil {
		return err
	}
	s.say("Security settings of Alibaba Cloud RAM, on a fake account (%s)", version)
	name := s.cli.name()
	steps := []step{
		{"The account as it was found", s.history},
		{"The baseline: " + name + " apply", s.adopt},
		{name + " plan", s.settle},
		{"A user with a key and MFA: " + name + " apply", s.welcome},
		{"Somebody changes settings in the console, past Terraform", s.tamper},
		{name + " plan -detailed-exitcode", s.drift},
		{name + " apply", s.repair},
		{"The auditor's report: " + name + " apply", s.report},
	}
	for i, step := range steps {
		s.say("\n[%d/%d %2.0f s] %s", i+1, len(steps), time.Since(s.began).Seconds(), step.title)
		if err := step.play(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (s story) say(format string, values ...any) {
	fmt.Fprintf(s.out, format+"\n", values...)
}

// The examples that the story is about.
const (
	baseline = "quickstart"
	user     = "user-with-mfa"
	audit    = "report"
)

func (s story) history(context.Context) error {
	s.say("   Sessions last %d hours, users make their own access keys, passwords of", s.account.facts().SessionHours)
	s.say("   %d characters will do, and logon is open to an old office, %s.", s.account.facts().PasswordLength, oldOffice)
	return nil
}

func (s story) adopt(ctx context.Context) error {
	if err := s.apply(ctx, baseline); err != nil {
		return err
	}
	s.say("   Three settings are managed now: sessions of %d hours, no keys of their own,", wanted.SessionHours)
	s.say("   passwords of %d characters, and the account is called %s.", wanted.PasswordLength, wanted.Alias)
	s.say("   The configuration does not name the logon masks, so they were never touched.")
	return nil
}

func (s story) settle(ctx context.Context) error {
	if err := s.expectNoDiff(ctx, baseline); err != nil {
		return err
	}
	s.say("   No changes (exit code 0).")
	return nil
}

// welcome makes a user, and looks for her secrets where they must not be.
func (s story) welcome(ctx context.Context) error {
	if err := s.apply(ctx, user); err != nil {
		return err
	}
	alice, err := s.account.alice()
	if err != nil {
		return err
	}
	if !alice.NeedsMFA || !alice.NewPassword {
		return mismatch{of: "her login profile", want: "MFA and a new password are required", found: "they are not"}
	}
	if err := s.expectHidden(ctx, alice); err != nil {
		return err
	}
	if err := s.expectNoDiff(ctx, user); err != nil {
		return err
	}
	s.say("   Alice has a password made to the policy, an access key, and an MFA device")
	s.say("   that is bound already. The password is in no state; the key's secret and the")
	s.say("   device's seed are there only for the holder of her PGP key. We looked.")
	return nil
}

// expectHidden looks for the secrets in everything that the CLI wrote, and reads two
// of them as their owner does.
func (s story) expectHidden(ctx context.Context, alice person) error {
	work, err := s.cli.in(user)
	if err != nil {
		return err
	}
	var outputs struct {
		Secret struct{ Value string } `json:"encrypted_secret"`
		Seed   struct{ Value string } `json:"encrypted_seed"`
	}
	if err := work.outputs(ctx, &outputs); err != nil {
		return err
	}
	for message, secret := range map[string]string{outputs.Secret.Value: alice.Key, outputs.Seed.Value: alice.Seed} {
		if text, err := s.reader.read(message); err != nil || text != secret {
			return mismatch{of: "an encrypted output", want: "what the service told", found: fmt.Sprintf("something else (%v)", err)}
		}
	}
	state, err := os.ReadFile(filepath.Join(work.directory, "terraform.tfstate"))
	if err != nil {
		return err
	}
	for _, secret := range []string{alice.Password, alice.Key, alice.Seed} {
		if bytes.Contains(state, []byte(secret)) {
			return mismatch{of: "the state", want: "no secret", found: "one of alice's in clear"}
		}
	}
	return nil
}

func (s story) tamper(context.Context) error {
	s.account.tamper()
	s.say("   Users may make access keys again, passwords of 8 characters will do, and")
	s.say("   alice may log on without MFA.")
	return nil
}

// drifted is what the plans have to say of it, no more and no less.
var drifted = map[string]changes{
	baseline: {
		"ram_security_preference.this.allow_user_to_manage_access_keys": "true -> false",
		"ram_password_policy.this.minimum_password_length":              "8 -> 14",
	},
	user: {
		"ram_login_profile.alice.mfa_bind_required": "false -> true",
	},
}

func (s story) drift(ctx context.Context) error {
	for _, example := range []string{baseline, user} {
		work, err := s.cli.in(example)
		if err != nil {
			return err
		}
		plan, err := work.plan(ctx, 2)
		if err != nil {
			return err
		}
		if want := drifted[example]; !maps.Equal(plan.changes, want) {
			return mismatch{of: "the plan", want: want.String(), found: plan.changes.String() + "\n\n" + plan.text}
		}
		lines := plan.difference()
		if len(lines) == 0 {
			return mismatch{of: "the plan", want: "a readable difference", found: plan.text}
		}
		for _, line := range lines {
			s.say("   %s", line)
		}
	}
	s.say("   It is noticed (exit code 2), and nothing else is.")
	return nil
}

func (s story) repair(ctx context.Context) error {
	before, err := s.account.alice()
	if err != nil {
		return err
	}
	for _, example := range []string{baseline, user} {
		if err := s.apply(ctx, example); err != nil {
			return err
		}
		if err := s.expectNoDiff(ctx, example); err != nil {
			return err
		}
	}
	after, err := s.account.alice()
	if err != nil {
		return err
	}
	if before.NeedsMFA || !after.NeedsMFA || before.Password != after.Password {
		return mismatch{of: "her login profile", want: "MFA again, and the same password", found: "something else"}
	}
	s.say("   Repaired, and the next plan is empty again. Alice's password is the same.")
	return nil
}

// A finding is a control that fails, with its values as JSON text.
type finding struct{ ID, Title, Wanted, Found string }

// A row is what the credential report says of a user.
type row struct {
	User               string
	Password, MFA, Key bool
}

// reported is what is left to do after examples/quickstart, and who there is.
var (
	failing = []string{"1.4", "1.5", "1.13"}
	users   = []row{{User: "admin", Key: true}, {User: "alice", Password: true, MFA: true, Key: true}}
)

func (s story) report(ctx context.Context) error {
	work, err := s.cli.in(audit)
	if err != nil {
		return err
	}
	if _, err := work.run(ctx, 0, "apply", "-input=false", "-no-color", "-auto-approve"); err != nil {
		return err
	}
	var outputs struct {
		Findings struct{ Value []finding } `json:"failed_controls"`
		Users    struct{ Value []row }
	}
	if err := work.outputs(ctx, &outputs); err != nil {
		return err
	}
	var ids []string
	for _, f := range outputs.Findings.Value {
		ids = append(ids, f.ID)
	}
	if !slices.Equal(ids, failing) || !slices.Equal(outputs.Users.Value, users) {
		return mismatch{of: "the report", want: fmt.Sprint(failing, users), found: fmt.Sprint(ids, outputs.Users.Value)}
	}
	s.say("   Of the CIS benchmark 2.0.0, this is left to do:")
	for _, f := range outputs.Findings.Value {
		s.say("     %-5s %s", f.ID, f.Title)
		s.say("           is %s, and should be %s", f.Found, inWords(f.Wanted))
	}
	s.say("   Who can get in:  password  MFA  key")
	for _, u := range outputs.Users.Value {
		s.say("     %-14s %-9s %-4s %s", u.User, yes(u.Password), yes(u.MFA), yes(u.Key))
	}
	return nil
}

// inWords is a wanted value for people: a range is an object in JSON.
func inWords(wanted string) string {
	var bounds struct{ Minimum, Maximum *int }
	if json.Unmarshal([]byte(wanted), &bounds) != nil {
		return wanted
	}
	switch {
	case bounds.Minimum != nil && bounds.Maximum != nil:
		return fmt.Sprintf("%d to %d", *bounds.Minimum, *bounds.Maximum)
	case bounds.Minimum != nil:
		return fmt.Sprintf("%d or more", *bounds.Minimum)
	case bounds.Maximum != nil:
		return fmt.Sprintf("%d or less", *bounds.Maximum)
	default:
		return wanted
	}
}

func yes(answer bool) string {
	if answer {
		return "yes"
	}
	return "no"
}

// outputs reads what the configuration puts out.
func (c *cli) outputs(ctx context.Context, into any) error {
	text, err := c.run(ctx, 0, "output", "-json")
	if err != nil {
		return err
	}
	if err := json.NewDecoder(strings.NewReader(text)).Decode(into); err != nil {
		return fmt.Errorf("the outputs are not readable: %w", err)
	}
	return nil
}

// apply applies an example and looks into the account.
func (s story) apply(ctx context.Context, example string) error {
	work, err := s.cli.in(example)
	if err != nil {
		return err
	}
	if _, err := work.run(ctx, 0, "apply", "-input=false", "-no-color", "-auto-approve"); err != nil {
		return err
	}
	if err := s.account.expect(wanted); err != nil {
		return err
	}
	return s.account.expectUntouched()
}

func (s story) expectNoDiff(ctx context.Context, example string) error {
	work, err := s.cli.in(example)
	if err != nil {
		return err
	}
	plan, err := work.plan(ctx, 0)
	if err != nil {
		return err
	}
	if len(plan.changes) > 0 {
		return mismatch{of: "the plan", want: "no changes", found: plan.changes.String() + "\n\n" + plan.text}
	}
	return nil
}
